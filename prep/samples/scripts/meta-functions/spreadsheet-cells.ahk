; A small spreadsheet addressed like sheet["B3"]
; Sheet stores cells under names such as "A1". A cell holds a number, a text or a formula, which
; is a function that gets the sheet and may read other cells; formulas are worked out whenever
; the cell is read, so changing one number changes all results. Reading an empty cell gives
; an empty string, a name that is no cell is refused, and formulas that need each other in a
; circle raise an error that names the cells. sheet["A1:B3"] with a colon returns all filled
; cells of that block as an array. A for loop goes through the filled cells row by row. The demo
; prints an invoice before and after a change of quantity.
#Requires AutoHotkey v2.0

class Sheet {
    contents := Map()
    beingComputed := []

    __Item[address] {
        get => InStr(address, ":") ? this.Block(address) : this.Compute(Sheet.Key(address))
        set => this.contents[Sheet.Key(address)] := value
    }

    ; The key has the row in front, so that the Map keeps its cells row by row.
    static Key(address) {
        if !RegExMatch(address, "i)^([A-Z])([1-9]\d{0,3})$", &part)
            throw ValueError("Not a cell", -2, address)
        return Format("{:04d}{:U}", part[2], part[1])
    }

    static Address(key) => SubStr(key, 5) Integer(SubStr(key, 1, 4))

    Compute(key) {
        content := this.contents.Get(key, "")
        if !HasMethod(content)
            return content
        for index, busy in this.beingComputed
            if busy = key
                throw Error("Circular reference", -3, this.Trail(index) Sheet.Address(key))
        this.beingComputed.Push(key)
        try
            return content(this)
        finally
            this.beingComputed.Pop()
    }

    Trail(from) {
        text := ""
        for index, key in this.beingComputed
            if index >= from
                text .= Sheet.Address(key) " > "
        return text
    }

    Block(range) {
        corners := StrSplit(range, ":")
        top := Sheet.Key(corners[1]), bottom := Sheet.Key(corners[2])
        found := []
        for key in this.contents {
            column := Ord(SubStr(key, 5)), row := SubStr(key, 1, 4)
            if column >= Ord(SubStr(top, 5)) && column <= Ord(SubStr(bottom, 5))
                && row >= SubStr(top, 1, 4) && row <= SubStr(bottom, 1, 4)
                found.Push(this.Compute(key))
        }
        return found
    }

    ; for address, shown in sheet
    __Enum(*) {
        keys := [this.contents*]
        index := 0
        return (&address, &shown := "") => ++index > keys.Length ? false
            : (address := Sheet.Address(keys[index]), shown := this.Compute(keys[index]), true)
    }
}

Total(numbers) {
    sum := 0
    for value in numbers
        sum += value
    return Round(sum, 2)
}

Render(page) {
    text := line := "", lastRow := 1
    for address, shown in page {
        if lastRow != SubStr(address, 2)
            text .= line "`n", line := ""
        lastRow := SubStr(address, 2)
        ; Empty cells do not come up in the loop, so fill up to the column first.
        while StrLen(line) < 10 * (Ord(address) - Ord("A"))
            line .= " "
        line .= shown is Float ? Format("{:.2f}", shown) : shown
    }
    return text line "`n`n"
}

invoice := Sheet()
for item in [["pencils", 12, 0.80], ["rulers", 4, 1.95], ["paper", 3, 5.49]] {
    invoice["A" A_Index] := item[1], invoice["B" A_Index] := item[2], invoice["C" A_Index] := item[3]
    ; Bind fixes the row; a closure over A_Index would see its last value only.
    invoice["D" A_Index] := ((row, cells) => Round(cells["B" row] * cells["C" row], 2)).Bind(A_Index)
}
invoice["A5"] := "sum"
invoice["D5"] := (cells) => Total(cells["D1:D4"])
FileAppend(Render(invoice), "*")
invoice["B1"] := 30
FileAppend(Render(invoice), "*")

invoice["D4"] := (cells) => cells["D5"] / 10      ; a fee on a sum that contains the fee
try
    invoice["D5"]
catch Error as fault
    FileAppend(fault.Message ": " fault.Extra "`n", "*")
