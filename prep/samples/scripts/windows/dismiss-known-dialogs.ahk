; Answer known dialogue boxes by itself
; A table of rules names dialogues that always get the same answer: a pattern for the title, one for
; a text in the window, the button to press and an optional delay in seconds. Every half second
; the script looks for them, waits the delay, presses the button and writes a line with the time to a
; log in the temporary folder. While Ctrl is held nothing is pressed, so that a box can be read.
; Ctrl+Alt+D pauses and resumes; the tray menu opens the log.
#Requires AutoHotkey v2.0
#SingleInstance Force

SetTitleMatchMode("RegEx")
DetectHiddenText(false)

rules := [
    { title: "i)^(update|new version)", text: "i)remind|later", button: "i)later|not now" },
    { title: "^Notepad$", text: "i)cannot find", button: "OK", delay: 1 },
    { title: "i)autoplay", text: "", button: "i)^&?close$" },
    { title: "i)licen[cs]e reminder", text: "i)evaluation", button: "i)^&?(ok|continue)$", delay: 3 }
]
logPath := A_Temp "\dismissed-dialogs.txt"
firstSeen := Map()          ; handle -> tick count
paused := false

A_TrayMenu.Insert("1&", "Open the log", (*) => FileExist(logPath) && Run('notepad.exe "' logPath '"'))
SetTimer(CheckRules, 500)

^!d:: {
    global paused := !paused
    SetTimer(CheckRules, paused ? 0 : 500)
    TrayTip(paused ? "Paused" : "Watching", "Dialogues")
}

CheckRules() {
    for handle in firstSeen.Clone()
        if !WinExist(handle)
            firstSeen.Delete(handle)
    if GetKeyState("Ctrl", "P")
        return
    for rule in rules {
        ; #32770 is the class of ordinary dialogue boxes.
        handle := WinExist(rule.title " ahk_class ^#32770$", rule.text)
        if !handle
            continue
        if !firstSeen.Has(handle)
            firstSeen[handle] := A_TickCount
        delay := rule.HasOwnProp("delay") ? rule.delay : 0
        if A_TickCount - firstSeen[handle] >= delay * 1000
            Press(rule.button, handle)
    }
}

Press(pattern, handle) {
    caption := WinGetTitle(handle)
    for control in WinGetControls(handle) {
        try {
            label := ControlGetText(control, handle)
            if !InStr(control, "Button") || !(label ~= pattern)
                continue
            ControlClick(control, handle, , , , "NA")
            FileAppend(Format("{}  {}  [{}]`n", FormatTime(, "yyyy-MM-dd HH:mm:ss")
                , caption, StrReplace(label, "&")), logPath, "UTF-8")
            return
        } catch Error {
            return          ; the box went away meanwhile
        }
    }
}
