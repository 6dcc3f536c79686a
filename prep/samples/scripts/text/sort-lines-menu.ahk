; Sort, shuffle or thin out the selected lines
; Select some lines and press Ctrl+Alt+O. A menu offers: A to Z, Z to A, numbers inside names in
; natural order (file2 before file10), by length, reversed, shuffled, and without repeats while
; the order stays. The chosen version replaces the selection; the clipboard is put back after.
#Requires AutoHotkey v2.0
#SingleInstance Force

orders := Menu()
orders.Add("&A to Z", (*) => Rearrange(text => Sort(text)))
orders.Add("&Z to A", (*) => Rearrange(text => Sort(text, "R")))
orders.Add("&Natural order", (*) => Rearrange(text => Sort(text, "CLogical")))
orders.Add("By &length", (*) => Rearrange(text => Sort(text, , ByLength)))
orders.Add("&Reversed", (*) => Rearrange(text => Sort(text, , (first, second, offset) => offset)))
orders.Add("&Shuffled", (*) => Rearrange(text => Sort(text, "Random")))
orders.Add()
orders.Add("Drop repea&ts", (*) => Rearrange(DropRepeats))

^!o::orders.Show()

Rearrange(order) {
    kept := ClipboardAll()
    A_Clipboard := ""
    SendEvent("^c")
    if ClipWait(1) {
        lines := StrReplace(A_Clipboard, "`r")
        ; A final line break belongs to the selection, not to a line of its own.
        ending := SubStr(lines, -1) = "`n" ? "`n" : ""
        sorted := order(RTrim(lines, "`n")) ending
        A_Clipboard := StrReplace(sorted, "`n", "`r`n")
        SendEvent("^v")
        Sleep(250)
    }
    A_Clipboard := kept
}

; The offset says which of the two came first, so equal lengths keep their order.
ByLength(first, second, offset) {
    difference := StrLen(first) - StrLen(second)
    return difference ? difference : -offset
}

DropRepeats(text) {
    met := Map(), unique := ""
    Loop Parse, text, "`n" {
        if met.Has(A_LoopField)
            continue
        met[A_LoopField] := true
        unique .= A_LoopField "`n"
    }
    return SubStr(unique, 1, -1)
}
