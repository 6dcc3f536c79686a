; Running totals of daily steps with a Fenwick tree
; A Fenwick tree holds a value for every day of a year and answers "how much up to this day"
; and "how much between these days" after looking at a handful of sums, even though any single
; day can be changed at any time. It is an array in which place i holds the sum of the last
; (i & -i) values. The script fills a year with made-up step counts, corrects one day, prints
; the totals of the four quarters, and finds by descending through the tree on which day of the
; year a million steps were reached.
#Requires AutoHotkey v2.0

class FenwickTree {
    __New(size) {
        this.size := size
        this.sums := []
        Loop size
            this.sums.Push(0)
    }

    Add(day, amount) {
        while day <= this.size {
            this.sums[day] += amount
            day += day & -day
        }
    }

    UpTo(day) {
        total := 0
        while day > 0 {
            total += this.sums[day]
            day -= day & -day
        }
        return total
    }

    Between(first, last) => this.UpTo(last) - this.UpTo(first - 1)

    __Item[day] {
        get => this.Between(day, day)
        set => this.Add(day, value - this[day])
    }

    ; The first day whose running total reaches the goal; 0 if none does. Values must not be negative.
    FirstReaching(goal) {
        if this.UpTo(this.size) < goal
            return 0
        position := 0
        stride := 1
        while stride * 2 <= this.size
            stride *= 2
        while stride {
            if position + stride <= this.size && this.sums[position + stride] < goal {
                position += stride
                goal -= this.sums[position]
            }
            stride >>= 1
        }
        return position + 1
    }
}

steps := FenwickTree(365)
Loop 365
    steps[A_Index] := 5000 + Mod(A_Index * 7919, 4001)     ; a simple stand-in for real counts
steps[100] := 23000         ; the mountain hike was counted wrong

summary := ""
for quarter in [[1, 90], [91, 181], [182, 273], [274, 365]]
    summary .= Format("Days {1:3} to {2}: {3} steps`n", quarter[1], quarter[2], steps.Between(quarter*))
goalDay := steps.FirstReaching(1000000)
MsgBox(summary "`nThe millionth step fell on "
    . FormatTime(DateAdd("20250101", goalDay - 1, "Days"), "d MMMM") ".", "Steps of the year")
