; Hot corners for the main screen
; Resting the pointer in a corner of the main screen for 0.4 seconds starts an action: top left shows
; all windows, top right the desktop, bottom left opens the search, bottom right turns the monitor off.
; It happens once per visit, and never while a mouse button is down or the active window
; fills the whole screen. Ctrl+Alt+H pauses and resumes.
#Requires AutoHotkey v2.0
#SingleInstance Force

CoordMode("Mouse", "Screen")
corners := Map(
    "top left", (*) => Send("#{Tab}"),
    "top right", (*) => Send("#d"),
    "bottom left", (*) => Send("#s"),
    "bottom right", TurnMonitorOff
)
SetTimer(WatchCorners, 80)

^!h:: {
    static active := true
    active := !active
    SetTimer(WatchCorners, active ? 80 : 0)
    SoundBeep(active ? 800 : 400, 80)
}

WatchCorners() {
    static corner := "", enteredAt := 0, fired := false
    now := CornerAtPointer()
    if now != corner {
        corner := now
        enteredAt := A_TickCount
        fired := false
        return
    }
    if corner = "" || fired || A_TickCount - enteredAt < 400
        return
    if GetKeyState("LButton", "P") || GetKeyState("RButton", "P") || IsFullScreen()
        return
    fired := true
    corners[corner].Call()
}

CornerAtPointer(reach := 3) {
    MouseGetPos(&x, &y)
    vertical := y < reach && y >= 0 ? "top" : y >= A_ScreenHeight - reach && y < A_ScreenHeight ? "bottom" : ""
    horizontal := x < reach && x >= 0 ? "left" : x >= A_ScreenWidth - reach && x < A_ScreenWidth ? "right" : ""
    return vertical != "" && horizontal != "" ? vertical " " horizontal : ""
}

; True for films and games; the desktop itself fills the screen too, but has no such effect.
IsFullScreen() {
    try {
        if WinGetClass("A") ~= "^(Progman|WorkerW)$"
            return false
        WinGetPos(&x, &y, &w, &h, "A")
        return x <= 0 && y <= 0 && w >= A_ScreenWidth && h >= A_ScreenHeight && WinGetMinMax("A") != 1
    } catch TargetError {
        return false
    }
}

TurnMonitorOff(*) {
    ; WM_SYSCOMMAND with SC_MONITORPOWER; 2 means off.
    PostMessage(0x0112, 0xF170, 2, , "ahk_id " A_ScriptHwnd)
}
