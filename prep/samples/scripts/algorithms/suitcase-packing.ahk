; Pack a suitcase within a weight limit
; A list of things has a weight in grams and a worth from 1 to 10 each. Which of them should go
; into the suitcase so that the limit is kept and the total worth is as large as possible? The
; script solves this 0/1 knapsack problem by dynamic programming: best[w] is the largest worth
; for a weight of w steps of 50 grams, and a table of flags remembers which things were taken
; so that the choice can be read off backwards. The limit in kilograms is the first argument on
; the command line, or 7 without one; the packing list goes to standard output.
#Requires AutoHotkey v2.0

STEP := 50
things := [
    ["rain jacket", 620, 8], ["hiking boots", 1450, 7], ["laptop", 1800, 9],
    ["novel", 340, 4], ["camera", 900, 8], ["towel", 480, 5], ["spare jeans", 700, 3],
    ["toiletries", 550, 9], ["travel guide", 410, 6], ["hair dryer", 830, 2], ["sandals", 520, 5]
]

kilograms := A_Args.Length && IsNumber(A_Args[1]) ? Number(A_Args[1]) : 7
packed := ChooseThings(things, Floor(kilograms * 1000))

weight := worth := 0
for thing in packed {
    weight += thing[2]
    worth += thing[3]
    FileAppend(Format("{:-14}{:6} g   worth {}`n", thing*), "*")
}
FileAppend(Format("{} of {} things, {} g of {} g, total worth {}`n"
    , packed.Length, things.Length, weight, Floor(kilograms * 1000), worth), "*")

ChooseThings(offered, limit) {
    slots := limit // STEP
    best := []
    Loop slots + 1
        best.Push(0)                        ; best[1] stands for weight 0

    taken := []
    for item in offered {
        flags := Map()
        need := Ceil(item[2] / STEP)       ; rounded up, so the limit always holds
        slot := slots + 1
        ; From heavy to light, so that no thing is packed twice.
        while slot > need {
            candidate := best[slot - need] + item[3]
            if candidate > best[slot] {
                best[slot] := candidate
                flags[slot] := true
            }
            slot--
        }
        taken.Push(flags)
    }

    chosen := []
    slot := slots + 1
    Loop offered.Length {
        index := offered.Length + 1 - A_Index
        if taken[index].Has(slot) {
            chosen.InsertAt(1, offered[index])
            slot -= Ceil(offered[index][2] / STEP)
        }
    }
    return chosen
}
