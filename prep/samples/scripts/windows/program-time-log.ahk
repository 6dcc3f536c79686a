; Log how long each program is used
; Every two seconds the script adds the time that has gone by to the program whose window is active.
; After two minutes without mouse or keyboard the clock stands still. Win+Shift+T shows the hours and
; minutes per program since midnight or since the start, longest first, with the share of each. At
; midnight and when the script ends, the day is appended to program-times.csv beside the script with
; the columns date, program and seconds.
#Requires AutoHotkey v2.0
#SingleInstance Force
Persistent

usage := Map()
day := FormatTime(, "yyyy-MM-dd")
lastTick := A_TickCount

SetTimer(CountActive, 2000)
OnExit((*) => WriteDay())

#+t:: {
    report := ""
    total := 0
    for name, milliseconds in usage {
        total += milliseconds
        report .= Format("{:09}", milliseconds // 1000) "|" name "`n"
    }
    text := ""
    for line in StrSplit(Sort(RTrim(report, "`n"), "R"), "`n") {
        part := StrSplit(line, "|")
        seconds := Integer(part[1])
        text .= Format("{}:{:02}   {:3.0f} %   {}`n", seconds // 3600, Mod(seconds // 60, 60)
            , 100 * usage[part[2]] / total, part[2])
    }
    MsgBox(text = "" ? "Nothing has been counted yet." : text, "Programs on " day)
}

CountActive() {
    global lastTick, day
    elapsed := A_TickCount - lastTick
    lastTick := A_TickCount
    if day != FormatTime(, "yyyy-MM-dd") {
        WriteDay()
        usage.Clear()
        day := FormatTime(, "yyyy-MM-dd")
    }
    ; A long gap means that the computer was asleep.
    if A_TimeIdlePhysical > 120000 || elapsed > 60000
        return
    try
        program := WinGetProcessName("A")
    catch Error
        return
    usage[program] := usage.Get(program, 0) + elapsed
}

; Must return nothing: a true value would keep the script from exiting.
WriteDay() {
    rows := ""
    for program, milliseconds in usage
        if milliseconds >= 1000
            rows .= day "," program "," milliseconds // 1000 "`r`n"
    if rows != ""
        FileAppend(rows, A_ScriptDir "\program-times.csv", "UTF-8")
}
