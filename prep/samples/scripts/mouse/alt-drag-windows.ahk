; Move and resize windows from anywhere with Alt
; Alt and the left button move the window under the pointer, Alt and the right button resize it by
; the corner that is nearest to where the drag began. Windows need not be active first. While
; moving, the edges snap to the work area of the main monitor within 16 pixels unless Ctrl is held
; too. A maximized window is left alone, and windows of games or virtual machines can be listed
; at the top to be passed over.
#Requires AutoHotkey v2.0
#SingleInstance Force

GroupAdd("LeftAlone", "ahk_exe vmconnect.exe")
GroupAdd("LeftAlone", "ahk_exe VirtualBoxVM.exe")
SetWinDelay(0)
CoordMode("Mouse", "Screen")
SNAP := 16

#HotIf !WinActive("ahk_group LeftAlone")
!LButton::
!^LButton:: {
    if !(start := BeginDrag(&x, &y, &hwnd))
        return
    MonitorGetWorkArea(, &left, &top, &right, &bottom)
    while GetKeyState("LButton", "P") {
        MouseGetPos(&nowX, &nowY)
        newX := start.x + nowX - x
        newY := start.y + nowY - y
        if !GetKeyState("Ctrl", "P") {
            newX := Attract(newX, left, right - start.w)
            newY := Attract(newY, top, bottom - start.h)
        }
        WinMove(newX, newY, , , hwnd)
        Sleep(8)
    }
}

!RButton:: {
    if !(start := BeginDrag(&x, &y, &hwnd))
        return
    ; Which half the drag began in decides which edge stays where it is.
    fromLeft := x < start.x + start.w // 2
    fromTop := y < start.y + start.h // 2
    while GetKeyState("RButton", "P") {
        MouseGetPos(&nowX, &nowY)
        dx := nowX - x
        dy := nowY - y
        w := Max(120, start.w + (fromLeft ? -dx : dx))
        h := Max(80, start.h + (fromTop ? -dy : dy))
        WinMove(fromLeft ? start.x + start.w - w : start.x
            , fromTop ? start.y + start.h - h : start.y, w, h, hwnd)
        Sleep(8)
    }
}
#HotIf

; Gives the window's place before the drag, or 0 if it must not be dragged.
BeginDrag(&x, &y, &hwnd) {
    MouseGetPos(&x, &y, &hwnd)
    try {
        if !hwnd || WinGetMinMax(hwnd) || WinExist("ahk_group LeftAlone ahk_id " hwnd)
            return 0
        if WinGetClass(hwnd) ~= "^(Progman|WorkerW|Shell_(Secondary)?TrayWnd)$"
            return 0        ; the desktop and the taskbar
        WinGetPos(&left, &top, &width, &height, hwnd)
        return { x: left, y: top, w: width, h: height }
    } catch TargetError {
        return 0
    }
}

Attract(value, low, high) {
    if Abs(value - low) < SNAP
        return low
    return Abs(value - high) < SNAP ? high : value
}
