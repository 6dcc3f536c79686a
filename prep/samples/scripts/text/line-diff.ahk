; Compare two texts line by line
; Copy the old text and press Ctrl+Alt+1, then copy the new text and press Ctrl+Alt+2. A window
; lists all lines: those only in the old text are marked with -, those only in the new one with
; +, and common lines stand unmarked. Long runs of common lines are cut down to two lines of
; context on either side. The longest common subsequence is found with a table in a Buffer, after
; equal lines at both ends have been set aside. The Copy button copies the listing.
#Requires AutoHotkey v2.0
#SingleInstance Force

oldText := ""

^!1:: {
    global oldText := A_Clipboard
    ToolTip("Old text kept: " StrLen(oldText) " characters")
    SetTimer(() => ToolTip(), -1200)
}

^!2:: {
    try
        rows := CompareLines(ToLines(oldText), ToLines(A_Clipboard))
    catch MemoryError as tooLarge
        MsgBox(tooLarge.Message, "Compare", "Icon!")
    else
        ShowListing(ShortenCommon(rows))
}

ToLines(text) => StrSplit(StrReplace(text, "`r"), "`n")

; Returns an array of [mark, line] with the marks " ", "-" and "+".
CompareLines(before, after) {
    head := 0
    while head < Min(before.Length, after.Length) && before[head + 1] == after[head + 1]
        head++
    tail := 0
    while tail < Min(before.Length, after.Length) - head && before[-1 - tail] == after[-1 - tail]
        tail++

    m := before.Length - head - tail
    n := after.Length - head - tail
    if m * n > 4000000
        throw MemoryError("The texts differ in too many lines to be compared.")
    table := Buffer(4 * (m + 1) * (n + 1), 0)
    Cell(i, j) => NumGet(table, 4 * (i * (n + 1) + j), "UInt")

    ; From the end backwards, so that the way through can be read from the start.
    i := m
    while --i >= 0 {
        j := n
        while --j >= 0 {
            best := before[head + i + 1] == after[head + j + 1]
                ? Cell(i + 1, j + 1) + 1 : Max(Cell(i + 1, j), Cell(i, j + 1))
            NumPut("UInt", best, table, 4 * (i * (n + 1) + j))
        }
    }

    rows := []
    Loop head
        rows.Push([" ", before[A_Index]])
    i := 0, j := 0
    while i < m || j < n {
        if i < m && j < n && before[head + i + 1] == after[head + j + 1]
            rows.Push([" ", before[head + ++i]]), j++
        else if j = n || i < m && Cell(i + 1, j) >= Cell(i, j + 1)
            rows.Push(["-", before[head + ++i]])
        else
            rows.Push(["+", after[head + ++j]])
    }
    Loop tail
        rows.Push([" ", before[before.Length - tail + A_Index]])
    return rows
}

ShortenCommon(rows, context := 2) {
    near := Map()
    for index, row in rows
        if row[1] != " "
            Loop 2 * context + 1
                near[index - context - 1 + A_Index] := true
    listing := ""
    skipped := 0
    for index, row in rows {
        if !near.Has(index) {
            skipped++
            continue
        }
        if skipped
            listing .= "  ... " skipped " equal lines`r`n"
        skipped := 0
        listing .= row[1] " " row[2] "`r`n"
    }
    return listing (skipped ? "  ... " skipped " equal lines" : "")
}

ShowListing(listing) {
    sheet := Gui(, "Differences")
    sheet.SetFont("s10", "Consolas")
    sheet.AddEdit("w760 r30 ReadOnly -Wrap HScroll", listing)
    sheet.AddButton("Default", "Copy").OnEvent("Click", (*) => A_Clipboard := listing)
    sheet.OnEvent("Escape", (*) => sheet.Destroy())
    sheet.Show()
}
