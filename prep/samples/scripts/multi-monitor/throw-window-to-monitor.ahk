; Move the active window to another monitor
; Win+Ctrl+Right and Win+Ctrl+Left move the active window to the next or previous monitor, in
; the order of their positions from left to right, and around the ends. The window keeps its
; relative place and size within the work area, so that a window on the right half stays on
; the right half on a smaller monitor too. Maximized windows are maximized again over there,
; and windows that cannot be resized are moved only.
#Requires AutoHotkey v2.0
#SingleInstance Force

#^Right::SendToMonitor(+1)
#^Left::SendToMonitor(-1)

SendToMonitor(step) {
    screens := ScreensFromLeft()
    id := WinExist("A")
    if screens.Length < 2 || !id || WinGetClass(id) ~= "^(Progman|WorkerW|Shell_TrayWnd)$"
        return

    state := WinGetMinMax(id)
    if state = 1
        WinRestore(id)
    WinGetPos(&x, &y, &w, &h, id)
    from := IndexOf(screens, x + w // 2, y + h // 2)
    to := Mod(from - 1 + step + screens.Length, screens.Length) + 1
    a := screens[from]
    b := screens[to]

    ; WS_SIZEBOX; without it a window keeps its size.
    if WinGetStyle(id) & 0x40000 {
        w := Round(w * b.w / a.w)
        h := Round(h * b.h / a.h)
    }
    x := b.x + Round((x - a.x) * b.w / a.w)
    y := b.y + Round((y - a.y) * b.h / a.h)
    x := Max(b.x, Min(x, b.x + b.w - w))
    y := Max(b.y, Min(y, b.y + b.h - h))

    ; Some programs answer a change of the scaling by resizing themselves, so move twice.
    Loop 2
        WinMove(x, y, w, h, id)
    if state = 1
        WinMaximize(id)
}

ScreensFromLeft() {
    screens := []
    Loop MonitorGetCount() {
        MonitorGetWorkArea(A_Index, &left, &top, &right, &bottom)
        area := {x: left, y: top, w: right - left, h: bottom - top}
        place := 1
        while place <= screens.Length && (screens[place].x < area.x
            || screens[place].x = area.x && screens[place].y < area.y)
            place++
        screens.InsertAt(place, area)
    }
    return screens
}

; The screen that holds the point, otherwise the one whose centre is nearest.
IndexOf(screens, px, py) {
    best := 1, shortest := ""
    for index, s in screens {
        if px >= s.x && px < s.x + s.w && py >= s.y && py < s.y + s.h
            return index
        distance := (px - s.x - s.w / 2) ** 2 + (py - s.y - s.h / 2) ** 2
        if shortest = "" || distance < shortest
            best := index, shortest := distance
    }
    return best
}
