; Swallow the double letters of a worn keyboard
; Worn switches close twice and type "helllo". A press of a letter, digit, the space bar or Backspace
; that follows the release of the same key within 45 milliseconds is dropped; holding a key down
; still repeats. The tray tip counts the dropped presses per key, the worst first, and the tray menu
; item "Reset the count" starts afresh. Pause switches the filter off and on.
#Requires AutoHotkey v2.0
#SingleInstance Force
#UseHook

LIMIT := 45
releasedAt := Map()
blocked := Map()
dropped := Map()

Loop 26
    Guard(Chr(96 + A_Index))
Loop 10
    Guard(String(A_Index - 1))
Guard("Space")
Guard("Backspace")
A_TrayMenu.Insert("1&", "Reset the count", (*) => (dropped.Clear(), ShowCount()))
ShowCount()

#SuspendExempt
Pause::Suspend(-1)
#SuspendExempt False

Guard(key) {
    releasedAt[key] := 0
    blocked[key] := false
    Hotkey("*" key, (*) => Pressed(key))
    Hotkey("*" key " up", (*) => Released(key))
}

Pressed(key) {
    if A_TickCount - releasedAt[key] < LIMIT {
        blocked[key] := true
        dropped[key] := dropped.Get(key, 0) + 1
        ShowCount()
        return
    }
    blocked[key] := false
    ; DownR repeats like a real key and lets go of it when another key is sent.
    Send("{Blind}{" key " DownR}")
}

Released(key) {
    releasedAt[key] := A_TickCount
    if blocked[key]
        blocked[key] := false       ; its press never came through
    else
        Send("{Blind}{" key " up}")
}

ShowCount() {
    lines := ""
    for key, count in dropped
        lines .= count " x " key "`n"
    tip := lines = "" ? "No double letters yet" : Sort(RTrim(lines, "`n"), "N R")
    A_IconTip := SubStr(tip, 1, 120)        ; Windows shows no more than 127 characters
}
