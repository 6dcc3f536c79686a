; Magnify the screen under the pointer and copy its colour
; Ctrl+Alt+X opens a small window that follows the pointer and shows the 15 by 15 pixels around it
; ten times as large, with a cross in the middle, and below it the colour of the middle pixel as
; hex code and as red, green, blue. While it is open the arrow keys move the pointer by single
; pixels, Space copies the hex code, R copies it as rgb(...), and Escape closes the window.
#Requires AutoHotkey v2.0
#SingleInstance Force

CoordMode("Mouse", "Screen")
CoordMode("Pixel", "Screen")
PIXELS := 15
ZOOM := 10

lens := Gui("-Caption +Border +AlwaysOnTop +ToolWindow -DPIScale")
lens.MarginX := lens.MarginY := 4
glass := lens.AddText(Format("w{1} h{1}", PIXELS * ZOOM))
lens.SetFont("s10", "Consolas")
info := lens.AddText("w" PIXELS * ZOOM " r2 Center")
isOpen := false
colour := 0

^!x::OpenLens()

#HotIf isOpen
Left::MouseMove(-1, 0, 0, "R")
Right::MouseMove(1, 0, 0, "R")
Up::MouseMove(0, -1, 0, "R")
Down::MouseMove(0, 1, 0, "R")
Space::CloseLens(Format("#{:06X}", colour))
r::CloseLens(Format("rgb({}, {}, {})", colour >> 16, colour >> 8 & 255, colour & 255))
Esc::CloseLens()
#HotIf

OpenLens() {
    global isOpen := true
    SetTimer(Look, 40)
}

CloseLens(text := "") {
    global isOpen := false
    SetTimer(Look, 0)
    lens.Hide()
    if text = ""
        return
    A_Clipboard := text
    ToolTip(text " copied")
    SetTimer(() => ToolTip(), -1200)
}

Look() {
    static SRCCOPY := 0x00CC0020
    global colour
    MouseGetPos(&x, &y)
    colour := Integer(PixelGetColor(x, y))
    info.Text := Format("#{:06X}`n{} {} {}", colour, colour >> 16, colour >> 8 & 255, colour & 255)
    ; Beside the pointer, so that the lens never looks at itself.
    MonitorGet(, , , &right, &bottom)
    lens.Show(Format("NA x{} y{}", x > right - 220 ? x - 190 : x + 24, y > bottom - 260 ? y - 230 : y + 24))

    screen := DllCall("GetDC", "Ptr", 0, "Ptr")
    canvas := DllCall("GetDC", "Ptr", glass.Hwnd, "Ptr")
    side := PIXELS * ZOOM
    DllCall("StretchBlt", "Ptr", canvas, "Int", 0, "Int", 0, "Int", side, "Int", side
        , "Ptr", screen, "Int", x - PIXELS // 2, "Int", y - PIXELS // 2
        , "Int", PIXELS, "Int", PIXELS, "UInt", SRCCOPY)
    ; Two inverted bars make a cross that is visible on any colour.
    for bar in [[side // 2 - 1, 0, 2, side], [0, side // 2 - 1, side, 2]]
        DllCall("PatBlt", "Ptr", canvas, "Int", bar[1], "Int", bar[2], "Int", bar[3], "Int", bar[4]
            , "UInt", 0x00550009)       ; DSTINVERT
    DllCall("ReleaseDC", "Ptr", glass.Hwnd, "Ptr", canvas)
    DllCall("ReleaseDC", "Ptr", 0, "Ptr", screen)
}
