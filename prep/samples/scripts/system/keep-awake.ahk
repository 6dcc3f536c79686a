; Keep the computer awake for a while
; A tray menu offers to keep the computer from sleeping for 30 minutes, two hours or without
; end, with the display kept on or not. It asks Windows through SetThreadExecutionState, renews
; the request every 30 seconds, shows the time left in the tray tip, and lets the computer
; sleep again when the time is up or the script ends. On battery power below 20 percent it
; gives up by itself.
#Requires AutoHotkey v2.0
#SingleInstance Force
Persistent

ES_CONTINUOUS := 0x80000000
ES_SYSTEM_REQUIRED := 0x00000001
ES_DISPLAY_REQUIRED := 0x00000002

session := {active: false, until: "", display: true}
choices := [["30 minutes", 30], ["2 hours", 120], ["Until I stop it", 0]]

BuildTrayMenu()
OnExit((*) => StopSession("exit"))
UpdateTip()

BuildTrayMenu() {
    durations := Menu()
    for choice in choices
        durations.Add(choice[1], StartSession.Bind(choice[2]))
    A_TrayMenu.Delete()
    A_TrayMenu.Add("Keep awake", durations)
    A_TrayMenu.Add("Keep the display on", ToggleDisplay)
    A_TrayMenu.Check("Keep the display on")
    A_TrayMenu.Add("Let it sleep", (*) => StopSession("stopped"))
    A_TrayMenu.Disable("Let it sleep")
    A_TrayMenu.Add()
    A_TrayMenu.Add("Exit", (*) => ExitApp())
}

StartSession(minutes, *) {
    session.active := true
    session.until := minutes ? DateAdd(A_Now, minutes, "Minutes") : ""
    A_TrayMenu.Enable("Let it sleep")
    SetTimer(Renew, 30000)
    Renew()
}

StopSession(reason) {
    if !session.active
        return
    session.active := false
    SetTimer(Renew, 0)
    DllCall("SetThreadExecutionState", "UInt", ES_CONTINUOUS)
    if reason = "exit"
        return
    A_TrayMenu.Disable("Let it sleep")
    UpdateTip()
    TrayTip("The computer may sleep again (" reason ").", "Keep awake")
}

Renew() {
    if (session.until != "" && DateDiff(session.until, A_Now, "Seconds") <= 0)
        return StopSession("time is up")
    if BatteryIsLow()
        return StopSession("battery is low")
    flags := ES_CONTINUOUS | ES_SYSTEM_REQUIRED
    if session.display
        flags |= ES_DISPLAY_REQUIRED
    if !DllCall("SetThreadExecutionState", "UInt", flags, "UInt")
        return StopSession("Windows refused")
    UpdateTip()
}

ToggleDisplay(itemName, position, trayMenu) {
    session.display := !session.display
    trayMenu.ToggleCheck(itemName)
    if session.active
        Renew()
}

BatteryIsLow(limit := 20) {
    power := Buffer(12, 0)
    if !DllCall("GetSystemPowerStatus", "Ptr", power)
        return false
    onBattery := NumGet(power, 0, "UChar") = 0
    return onBattery && NumGet(power, 2, "UChar") < limit
}

UpdateTip() {
    if !session.active
        A_IconTip := "Keep awake: off"
    else if session.until = ""
        A_IconTip := "Keep awake: until stopped"
    else
        A_IconTip := "Keep awake: " Ceil(DateDiff(session.until, A_Now, "Seconds") / 60) " min left"
}
