; Group, sort and summarize a list of records
; A handful of small functions works on arrays of objects: Filter and MapEach with a callback,
; GroupBy into a Map of arrays, Fold to a single value, and a stable merge sort that takes any
; number of key functions, each ascending or wrapped in Descending. The demo reports a list of
; orders by city, with the number, total and largest order, and the cities sorted by total.
#Requires AutoHotkey v2.0

orders := [
    {city: "Graz", item: "lamp", price: 45.50},
    {city: "Wien", item: "desk", price: 210},
    {city: "Linz", item: "chair", price: 80},
    {city: "Wien", item: "lamp", price: 39.90},
    {city: "Graz", item: "shelf", price: 120},
    {city: "Linz", item: "rug", price: 85.50},
    {city: "Wien", item: "mug", price: 6.20}
]

relevant := Filter(orders, (order) => order.price >= 10)
summary := []
for city, group in GroupBy(relevant, (order) => order.city)
    summary.Push({
        city: city,
        count: group.Length,
        total: Fold(group, (sum, order) => sum + order.price, 0),
        best: SortBy(group, Descending((order) => order.price))[1].item
    })

lines := MapEach(SortBy(summary, Descending((row) => row.total), (row) => row.city)
    , (row) => Format("{:-6} {} orders {:8.2f}  largest: {}", row.city, row.count, row.total, row.best))
MsgBox(Fold(lines, (text, line) => text line "`n", ""), "Orders by city")

Filter(list, keep) {
    result := []
    for element in list {
        if keep(element)
            result.Push(element)
    }
    return result
}

MapEach(list, change) {
    result := []
    for element in list
        result.Push(change(element))
    return result
}

Fold(list, combine, result) {
    for element in list
        result := combine(result, element)
    return result
}

GroupBy(list, keyOf) {
    groups := Map()
    for element in list {
        key := keyOf(element)
        groups.Has(key) ? groups[key].Push(element) : groups[key] := [element]
    }
    return groups
}

; A key for SortBy that reverses the order.
Descending(keyOf) => {keyOf: keyOf, sign: -1}

; Returns a sorted copy. Equal elements keep their order (merge sort is stable).
SortBy(list, keys*) {
    if list.Length < 2
        return list.Clone()
    middle := list.Length // 2
    left := [], right := []
    for index, element in list
        (index <= middle ? left : right).Push(element)
    left := SortBy(left, keys*)
    right := SortBy(right, keys*)

    merged := []
    while (left.Length && right.Length)
        merged.Push(Compare(left[1], right[1], keys) <= 0 ? left.RemoveAt(1) : right.RemoveAt(1))
    merged.Push(left*)
    merged.Push(right*)
    return merged
}

Compare(a, b, keys) {
    for rule in keys {
        plain := rule is Func
        keyOf := plain ? rule : rule.keyOf
        x := keyOf(a)
        y := keyOf(b)
        order := IsNumber(x) && IsNumber(y) ? (x > y) - (x < y) : StrCompare(x, y, "Locale")
        if order
            return plain ? order : order * rule.sign
    }
    return 0
}
