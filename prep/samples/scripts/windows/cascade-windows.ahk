; Cascade the windows of the current monitor
; Ctrl+Alt+C takes every ordinary, visible, titled window whose centre lies on the same
; monitor as the active window and lays them out as a diagonal cascade in that monitor's
; work area. Each window gets 65 percent of the area's width and height and sits 36 pixels
; further right and down than the one before; a cascade that runs off the area starts over
; at the top left corner. Ctrl+Alt+Z puts all moved windows back where they were.
#Requires AutoHotkey v2.0
#SingleInstance Force

previousPlaces := Map()     ; window handle -> {x, y, w, h} before the last cascade

^!c::CascadeCurrentMonitor()
^!z::UndoCascade()

CascadeCurrentMonitor(share := 0.65, offset := 36) {
    active := WinExist("A")
    if !active
        return
    monitor := MonitorOfWindow(active)
    MonitorGetWorkArea(monitor, &left, &top, &right, &bottom)
    width := Round((right - left) * share)
    height := Round((bottom - top) * share)

    previousPlaces.Clear()
    x := left
    y := top
    windows := OrdinaryWindows(monitor)
    ; WinGetList goes from the top of the stack to the bottom, so walk it backwards:
    ; the front window then ends up last and lowest.
    Loop windows.Length {
        hwnd := windows[windows.Length - A_Index + 1]
        try {
            if WinGetMinMax(hwnd) = 1
                WinRestore(hwnd)
            WinGetPos(&oldX, &oldY, &oldW, &oldH, hwnd)
            previousPlaces[hwnd] := {x: oldX, y: oldY, w: oldW, h: oldH}
            WinMoveTop(hwnd)
            WinMove(x, y, width, height, hwnd)
        } catch Error {
            continue    ; closed meanwhile, or owned by an elevated program
        }
        x += offset
        y += offset
        if (x + width > right || y + height > bottom)
            x := left, y := top
    }
}

UndoCascade() {
    for hwnd, place in previousPlaces {
        try WinMove(place.x, place.y, place.w, place.h, hwnd)
    }
    previousPlaces.Clear()
}

; Windows a person would call "open": titled, not minimized, not tool windows.
OrdinaryWindows(monitor) {
    static WS_EX_TOOLWINDOW := 0x80
    found := []
    for hwnd in WinGetList() {
        try {
            if (WinGetTitle(hwnd) = "" || WinGetMinMax(hwnd) = -1)
                continue
            if (WinGetExStyle(hwnd) & WS_EX_TOOLWINDOW)
                continue
            if WinGetClass(hwnd) ~= "^(Progman|WorkerW|Shell_TrayWnd)$"
                continue
            if MonitorOfWindow(hwnd) = monitor
                found.Push(hwnd)
        }
    }
    return found
}

MonitorOfWindow(hwnd) {
    WinGetPos(&x, &y, &w, &h, hwnd)
    centreX := x + w // 2
    centreY := y + h // 2
    Loop MonitorGetCount() {
        MonitorGet(A_Index, &left, &top, &right, &bottom)
        if (centreX >= left && centreX < right && centreY >= top && centreY < bottom)
            return A_Index
    }
    return MonitorGetPrimary()
}
