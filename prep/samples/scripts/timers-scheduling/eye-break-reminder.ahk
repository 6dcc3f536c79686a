; Remind of eye breaks, but only while working
; Every twenty minutes of work the script dims all of the screen for twenty seconds with the
; request to look out of the window; a bar shows how long it lasts, and Escape ends it early.
; Only time at the computer counts: once a second a timer looks how long mouse and keyboard have
; been idle, counts the second as work below half a minute, and starts afresh after two idle
; minutes, as that was a break already. Win+Shift+B pauses and resumes; the tray tip shows the
; minutes until the next break. While a full-screen program is in front, the break waits.
#Requires AutoHotkey v2.0
#SingleInstance Force
InstallKeybdHook()
InstallMouseHook()
Persistent

WORK_SECONDS := 20 * 60
BREAK_SECONDS := 20

worked := 0
curtain := ""
paused := false
SetTimer(CountSecond, 1000)

CountSecond() {
    global worked
    if paused || curtain
        return
    if A_TimeIdlePhysical > 120000
        worked := 0
    else if A_TimeIdlePhysical < 30000
        worked++
    A_IconTip := "Next break in " Ceil(Max(0, WORK_SECONDS - worked) / 60) " min"
    if worked >= WORK_SECONDS && !IsFullScreen() {
        worked := 0
        LowerCurtain()
    }
}

LowerCurtain() {
    global curtain := Gui("+AlwaysOnTop -Caption +ToolWindow")
    curtain.BackColor := "101820"
    curtain.SetFont("s32 cWhite", "Segoe UI")
    width := SysGet(78), height := SysGet(79)       ; all monitors together
    curtain.AddText(Format("x0 y{} w{} Center", height // 2 - 60, A_ScreenWidth), "Look at something far away")
    bar := curtain.AddProgress(Format("x{} w{} h8 cSilver Background303840 Range0-{}"
        , A_ScreenWidth // 4, A_ScreenWidth // 2, BREAK_SECONDS * 10))
    curtain.OnEvent("Escape", RaiseCurtain)
    curtain.Show(Format("x{} y{} w{} h{}", SysGet(76), SysGet(77), width, height))
    WinSetTransparent(225, curtain)
    SetTimer(Advance, 100)

    Advance() {
        if !curtain
            return SetTimer(, 0)        ; Escape was pressed
        bar.Value += 1
        if bar.Value >= BREAK_SECONDS * 10 {
            SetTimer(, 0)
            RaiseCurtain()
            SoundBeep(660, 150)
        }
    }
}

RaiseCurtain(*) {
    global curtain
    ; Forgotten first: the timer may run while the window is being taken down.
    closing := curtain
    curtain := ""
    closing.Destroy()
}

; The window in front covers its monitor and is not the desktop.
IsFullScreen() {
    try {
        WinGetPos(&x, &y, &w, &h, "A")
        if WinGetClass("A") ~= "^(Progman|WorkerW)$"
            return false
    } catch TargetError {
        return false
    }
    Loop MonitorGetCount() {
        MonitorGet(A_Index, &left, &top, &right, &bottom)
        if x <= left && y <= top && x + w >= right && y + h >= bottom
            return true
    }
    return false
}

#+b:: {
    global paused := !paused
    A_IconTip := paused ? "Eye breaks paused" : "Eye breaks on"
    TrayTip(A_IconTip)
}
