; Editor for 8 by 8 LED matrix pictures
; Shows an 8 by 8 grid of squares that stand for the lamps of an LED matrix. Pressing the left
; button on a square switches it and dragging on paints the following squares the same way.
; Buttons clear, invert, mirror and turn the picture by 90 degrees. A line below always holds
; the eight rows as hexadecimal bytes, the leftmost lamp in the highest bit, and Copy puts them
; on the clipboard as a list of numbers for a program. Editing the bytes redraws the grid.
#Requires AutoHotkey v2.0
#SingleInstance Force

SIZE := 8
lamps := []             ; lamps[row][column] holds a Text control
lit := Map()            ; handle of a lamp -> true or false
brush := true

board := Gui(, "LED matrix")
board.BackColor := "303030"
Loop SIZE {
    lamps.Push(line := [])
    rowNumber := A_Index
    Loop SIZE {
        spot := Format("x{} y{} w28 h28", A_Index * 30 - 18, rowNumber * 30 - 18)
        ; 0x100 is SS_NOTIFY; without it the mouse goes through to the window.
        line.Push(lamp := board.AddText(spot " 0x100 Background101010"))
        lit[lamp.Hwnd] := false
    }
}
bytes := board.AddEdit("xm w238")
bytes.OnEvent("Change", (*) => ReadBytes())
for caption, change in Map("Clear", (r, c) => false
    , "Invert", (r, c) => !IsLit(r, c)
    , "Mirror", (r, c) => IsLit(r, SIZE + 1 - c)
    , "Turn", (r, c) => IsLit(SIZE + 1 - c, r))
    board.AddButton((A_Index = 1 ? "xm" : "x+4 yp") " w56", caption).OnEvent("Click", Redraw.Bind(change))
board.AddButton("xm w236", "Copy").OnEvent("Click", (*) => A_Clipboard := "{ " StrReplace(bytes.Value, " ", ", ") " }")
board.OnEvent("Close", (*) => ExitApp())
OnMessage(0x0201, (wParam, lParam, msg, hwnd) => StartStroke(hwnd))      ; WM_LBUTTONDOWN
OnMessage(0x0200, (wParam, lParam, msg, hwnd) => wParam & 1 ? Paint(hwnd) : "")  ; WM_MOUSEMOVE
WriteBytes()
board.Show()

IsLit(row, column) => lit[lamps[row][column].Hwnd]

StartStroke(hwnd) {
    global brush
    if lit.Has(hwnd) {
        brush := !lit[hwnd]
        Paint(hwnd)
    }
}

Paint(hwnd) {
    if lit.Has(hwnd) && lit[hwnd] != brush {
        SetLamp(GuiCtrlFromHwnd(hwnd), brush)
        WriteBytes()
    }
}

SetLamp(lampCtrl, state) {
    if lit[lampCtrl.Hwnd] = state
        return
    lit[lampCtrl.Hwnd] := state
    lampCtrl.Opt("Background" (state ? "FF4030" : "101010"))
    lampCtrl.Redraw()
}

; The new picture is worked out in full before it is drawn, as it depends on the old one.
Redraw(rule, *) {
    states := []
    Loop SIZE * SIZE
        states.Push(rule((A_Index - 1) // SIZE + 1, Mod(A_Index - 1, SIZE) + 1))
    for index, state in states
        SetLamp(lamps[(index - 1) // SIZE + 1][Mod(index - 1, SIZE) + 1], state)
    WriteBytes()
}

WriteBytes() {
    text := ""
    for cells in lamps {
        value := 0
        for cell in cells
            value := value << 1 | lit[cell.Hwnd]
        text .= Format("0x{:02X} ", value)
    }
    bytes.Value := RTrim(text)
}

ReadBytes() {
    values := StrSplit(Trim(bytes.Value), " ")
    if values.Length != SIZE
        return
    for value in values
        if !(value ~= "i)^0x[0-9a-f]{1,2}$")
            return
    for index, value in values
        for column, cell in lamps[index]
            SetLamp(cell, value >> SIZE - column & 1)
}
