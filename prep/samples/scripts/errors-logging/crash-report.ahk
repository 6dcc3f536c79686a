; Write a report when an error is not caught
; A function registered with OnError takes the place of the error dialog: it adds time, message,
; place and call stack of each uncaught error to a report file in the temporary folder and tells
; so in a tray tip, and the script lives on. If the same line fails three times within ten
; seconds, it stops the script with exit code 3, since something is badly wrong. The last lines
; a user saw through Trail(text) are part of the report. Ctrl+Alt+F1 to F3 are faulty on purpose:
; a missing map key, a call of something that is no function, and a plain thrown text. Ctrl+Alt+F4
; opens the report.
#Requires AutoHotkey v2.0
#SingleInstance Force

REPORT_FILE := A_Temp "\crash-report.txt"
OnError(ReportCrash)

Trail(text) {
    static lines := []
    if text = ""
        return lines
    lines.Push(FormatTime(, "HH:mm:ss ") text)
    if lines.Length > 10
        lines.RemoveAt(1)
}

ReportCrash(thrown, mode) {
    static recent := []
    isError := thrown is Error
    place := isError ? thrown.File ":" thrown.Line : "unknown place"

    text := Format("==== {} ({})`n", FormatTime(, "yyyy-MM-dd HH:mm:ss"), mode)
    if isError
        text .= Format("{}: {}`nExtra: {}`nAt {} in {}`n{}", Type(thrown), thrown.Message, thrown.Extra
            , place, thrown.What, thrown.Stack)
    else
        text .= "Thrown: " (IsObject(thrown) ? Type(thrown) : thrown) "`n"
    for line in Trail("")
        text .= "  before: " line "`n"
    try FileAppend(text "`n", REPORT_FILE, "UTF-8")

    recent.Push({place: place, time: A_TickCount})
    while recent[1].time < A_TickCount - 10000
        recent.RemoveAt(1)
    repeats := 0
    for crash in recent
        repeats += crash.place = place
    if repeats >= 3 {
        MsgBox("The same fault came three times. The script ends now.", A_ScriptName, "Iconx T10")
        ExitApp(3)
    }

    TrayTip(isError ? thrown.Message : "Something was thrown", "Fault noted in the report", "Iconx")
    return 1                ; 1 means handled: no dialog, only the present thread ends
}

^!F1:: {
    Trail("looking up a key")
    ages := Map("oak", 300)
    MsgBox(ages["elm"])
}

^!F2:: {
    Trail("calling a number")
    answer := 42
    answer()
}

^!F3:: {
    Trail("throwing a text")
    throw "no error object, just words"
}

^!F4::Run('notepad.exe "' REPORT_FILE '"')
