; Send the active window to the next monitor
; Win+Numpad+ moves the active window to the next monitor and Win+Numpad- to the one before, round
; in a circle. The window keeps its relative place and its share of the work area, so it also
; fits on a smaller screen; a maximized window is maximized again over there, and a window that
; cannot be resized keeps its size. The mouse pointer goes along to the middle of the window.
#Requires AutoHotkey v2.0
#SingleInstance Force

#NumpadAdd::SendAcross(1)
#NumpadSub::SendAcross(-1)

SendAcross(step) {
    static WS_SIZEBOX := 0x40000
    count := MonitorGetCount()
    hwnd := WinExist("A")
    if count < 2 || !hwnd
        return
    wasMaximized := WinGetMinMax(hwnd) = 1
    if wasMaximized
        WinRestore(hwnd)

    WinGetPos(&x, &y, &w, &h, hwnd)
    present := MonitorAt(x + w // 2, y + h // 2)
    from := Area(present)
    to := Area(Mod(present - 1 + step + count, count) + 1)
    if WinGetStyle(hwnd) & WS_SIZEBOX {
        newW := Round(w * to.w / from.w)
        newH := Round(h * to.h / from.h)
    } else {
        newW := w
        newH := h
    }
    newX := to.x + Round((x - from.x) * to.w / from.w)
    newY := to.y + Round((y - from.y) * to.h / from.h)
    WinMove(newX, newY, newW, newH, hwnd)
    if wasMaximized
        WinMaximize(hwnd)

    CoordMode("Mouse", "Screen")
    WinGetPos(&x, &y, &w, &h, hwnd)
    MouseMove(x + w // 2, y + h // 2, 0)
}

Area(number) {
    MonitorGetWorkArea(number, &left, &top, &right, &bottom)
    return { x: left, y: top, w: right - left, h: bottom - top }
}

MonitorAt(x, y) {
    Loop MonitorGetCount() {
        MonitorGet(A_Index, &left, &top, &right, &bottom)
        if x >= left && x < right && y >= top && y < bottom
            return A_Index
    }
    return MonitorGetPrimary()
}
