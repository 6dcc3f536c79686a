; Snap the active window with the numeric keypad
; Ctrl+Alt plus a keypad digit sends the active window to the spot where that digit sits on
; the keypad: 7 is the top left corner, 6 the right edge at full height, 5 the centre.
; Pressing the same digit again for the same window cycles its width through one half, one
; third and two thirds of the work area. The monitor is found with MonitorFromWindow, and the
; invisible resize borders of modern Windows are measured through DWM and allowed for.
#Requires AutoHotkey v2.0
#SingleInstance Force

Loop 9
    Hotkey("^!Numpad" A_Index, SnapActive.Bind(A_Index))

SnapActive(digit, *) {
    static widths := [1 / 2, 1 / 3, 2 / 3]
    static lastHwnd := 0, lastDigit := 0, step := 1

    hwnd := WinExist("A")
    if !hwnd || WinGetClass(hwnd) ~= "^(Progman|WorkerW|Shell_TrayWnd)$"
        return

    ; Same window, same key: go on to the next width. Otherwise begin anew.
    if (hwnd = lastHwnd && digit = lastDigit)
        step := Mod(step, widths.Length) + 1
    else
        step := 1
    lastHwnd := hwnd
    lastDigit := digit

    if WinGetMinMax(hwnd) != 0
        WinRestore(hwnd)
    target := CellRect(digit, widths[step], WorkAreaOf(hwnd))
    frame := InvisibleFrame(hwnd)
    WinMove(target.x - frame.left, target.y - frame.top
        , target.w + frame.left + frame.right
        , target.h + frame.top + frame.bottom, hwnd)
}

; Turn a keypad digit and a width fraction into a rectangle inside the area.
CellRect(digit, fraction, area) {
    column := Mod(digit - 1, 3)         ; 0 left, 1 middle, 2 right
    row := (digit - 1) // 3             ; 0 bottom, 1 middle, 2 top
    w := Round(area.w * fraction)
    h := row = 1 ? area.h : area.h // 2
    x := area.x + Round((area.w - w) * column / 2)
    y := row = 0 ? area.y + area.h - h : area.y
    return {x: x, y: y, w: w, h: h}
}

WorkAreaOf(hwnd) {
    static MONITOR_DEFAULTTONEAREST := 2
    monitor := DllCall("MonitorFromWindow", "Ptr", hwnd, "UInt", MONITOR_DEFAULTTONEAREST, "Ptr")
    info := Buffer(40, 0)               ; MONITORINFO: size, monitor rect, work rect, flags
    NumPut("UInt", info.Size, info)
    if !DllCall("GetMonitorInfoW", "Ptr", monitor, "Ptr", info)
        throw OSError()
    left := NumGet(info, 20, "Int")
    top := NumGet(info, 24, "Int")
    return {
        x: left,
        y: top,
        w: NumGet(info, 28, "Int") - left,
        h: NumGet(info, 32, "Int") - top
    }
}

; Difference between what WinMove sets and what the eye sees, for each edge.
InvisibleFrame(hwnd) {
    static DWMWA_EXTENDED_FRAME_BOUNDS := 9
    rect := Buffer(16, 0)
    failed := DllCall("dwmapi\DwmGetWindowAttribute", "Ptr", hwnd
        , "UInt", DWMWA_EXTENDED_FRAME_BOUNDS, "Ptr", rect, "UInt", rect.Size, "Int")
    if failed
        return {left: 0, top: 0, right: 0, bottom: 0}
    WinGetPos(&x, &y, &w, &h, hwnd)
    return {
        left: NumGet(rect, 0, "Int") - x,
        top: NumGet(rect, 4, "Int") - y,
        right: x + w - NumGet(rect, 8, "Int"),
        bottom: y + h - NumGet(rect, 12, "Int")
    }
}
