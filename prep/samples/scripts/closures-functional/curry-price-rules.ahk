; Currying: price rules built from general functions
; Curry turns a function of several parameters into one that may be given its arguments bit by
; bit: while fewer than the required ones have come, another function is returned that waits for
; the rest. How many are required is read from MinParams. The demo defines general functions for
; discount, tax, rounding and limits, fixes their first arguments to get rules such as "twenty
; percent off", and applies each list of rules to a price list. The table goes to standard output.
#Requires AutoHotkey v2.0

Curry(fn, held*) {
    return Collect

    Collect(more*) {
        all := held.Clone()
        all.Push(more*)
        return all.Length < fn.MinParams ? Curry(fn, all*) : fn(all*)
    }
}

TakeOff := Curry((percent, price) => price * (100 - percent) / 100)
AddTax := Curry((percent, price) => price * (100 + percent) / 100)
RoundUpTo := Curry((step, price) => Ceil(Round(price / step, 6)) * step)
Between := Curry((low, high, price) => Min(Max(low, price), high))

offers := Map(
    "clearance", [TakeOff(20), AddTax(19), RoundUpTo(0.05)],
    "members", [TakeOff(5), AddTax(19), RoundUpTo(0.10)],
    "one euro shop", [Between(1)(5), RoundUpTo(1)]
)

for offer, rules in offers {
    FileAppend(offer ":", "*")
    for price in [0.80, 12.49, 99.99] {
        for rule in rules
            price := rule(price)
        FileAppend(Format("{:9.2f}", price), "*")
    }
    FileAppend("`n", "*")
}

; All arguments at once work as well, and so do two portions.
FileAppend(Between(1, 5, 7) " " Between(1)(5, 7) " " Between(1, 5)(7) "`n", "*")
