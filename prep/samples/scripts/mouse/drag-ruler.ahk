; Measure distances on the screen
; Ctrl+Alt+M makes the next drag with the left button a measurement: a see-through blue rectangle
; spans from the start to the pointer, and a tooltip tells width, height, diagonal in pixels and the
; angle. With Shift held the rectangle becomes a square. Letting go copies "width x height" to the
; clipboard and removes the rectangle; Escape or the right button cancels.
#Requires AutoHotkey v2.0
#SingleInstance Force

CoordMode("Mouse", "Screen")
armed := false

^!m:: {
    global armed := true
    ToolTip("Drag over what you want to measure")
}

#HotIf armed
Esc::
RButton::Disarm()
LButton::Measure()
#HotIf

Disarm() {
    global armed := false
    ToolTip()
}

Measure() {
    MouseGetPos(&startX, &startY)
    sheet := Gui("-Caption +AlwaysOnTop +ToolWindow +E0x20 -DPIScale")
    sheet.BackColor := "2060FF"
    sheet.Show("NA x" startX " y" startY " w1 h1")
    WinSetTransparent(90, sheet)
    while GetKeyState("LButton", "P") && armed {
        MouseGetPos(&x, &y)
        width := Abs(x - startX)
        height := Abs(y - startY)
        if GetKeyState("Shift", "P")
            width := height := Max(width, height)
        left := x < startX ? startX - width : startX
        top := y < startY ? startY - height : startY
        sheet.Move(left, top, Max(width, 1), Max(height, 1))
        ToolTip(Format("{} x {}`ndiagonal {:.1f}`nangle {:.1f}°", width, height
            , Sqrt(width ** 2 + height ** 2), Angle(x - startX, startY - y)))
        Sleep(15)
    }
    sheet.Destroy()
    if armed && IsSet(width)
        A_Clipboard := width " x " height
    Disarm()
}

; In degrees, counted against the clock from the right, as in school.
Angle(dx, dy) {
    if !dx && !dy
        return 0
    radians := DllCall("msvcrt\atan2", "Double", dy, "Double", dx, "CDecl Double")
    return radians * 57.29577951308232
}
