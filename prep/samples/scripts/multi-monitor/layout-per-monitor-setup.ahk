; Remember the window layout for each set of monitors
; For people who dock and undock a laptop: whenever monitors are added or removed, Windows
; shuffles the windows. This script notes the places of all ordinary windows every ten seconds
; under a signature of the present monitors (their number, sizes and positions). After a
; WM_DISPLAYCHANGE message it waits until the setup has been steady for three seconds and puts
; the windows back as they were the last time with the same monitors. Win+Alt+L restores by hand.
#Requires AutoHotkey v2.0
#SingleInstance Force
Persistent

layouts := Map()            ; signature -> Map of window id -> place
changing := false

OnMessage(0x007E, DisplayChanged)       ; WM_DISPLAYCHANGE
SetTimer(Remember, 10000)
Remember()

#!l::Restore()

; Left to right does not matter here: the same monitors always give the same text.
Signature() {
    text := ""
    Loop MonitorGetCount() {
        MonitorGet(A_Index, &left, &top, &right, &bottom)
        text .= Format("{}x{} at {},{}|", right - left, bottom - top, left, top)
    }
    return text
}

Remember() {
    ; Half-way through a change the places are worthless.
    if changing
        return
    places := Map()
    for id in WinGetList() {
        placement := ReadPlacement(id)
        if placement
            places[id] := placement
    }
    layouts[Signature()] := places
}

DisplayChanged(wParam, lParam, msg, hwnd) {
    global changing := true
    ; Several messages come in a row; each one starts the wait anew.
    SetTimer(Settled, -3000)
}

Settled() {
    global changing := false
    moved := Restore()
    if moved
        TrayTip(moved " windows are back in their places.", "Monitors changed")
}

Restore() {
    count := 0
    for id, placement in layouts.Get(Signature(), Map()) {
        if !WinExist(id)
            continue
        now := ReadPlacement(id)
        if !now || SamePlace(now, placement)
            continue
        if DllCall("SetWindowPlacement", "Ptr", id, "Ptr", placement)
            count++
    }
    return count
}

; WINDOWPLACEMENT also holds the normal position of maximized and minimized windows. Returns
; "" for windows that should be left alone.
ReadPlacement(id) {
    try {
        if WinGetTitle(id) = "" || WinGetClass(id) ~= "^(Progman|WorkerW|Shell_TrayWnd|Windows\.UI\.Core\.CoreWindow)$"
            return ""
        if WinGetExStyle(id) & 0x80      ; WS_EX_TOOLWINDOW
            return ""
    } catch TargetError {
        return ""
    }
    placement := Buffer(44, 0)
    NumPut("UInt", placement.Size, placement)
    return DllCall("GetWindowPlacement", "Ptr", id, "Ptr", placement) ? placement : ""
}

; Compare the state and the four edges of the normal position.
SamePlace(a, b) {
    for offset in [8, 28, 32, 36, 40]
        if NumGet(a, offset, "Int") != NumGet(b, offset, "Int")
            return false
    return true
}
