; Track how long each program is used
; Runs in the background and looks every second which program owns the active window, adding
; a second to its account for the day. Time without any input for more than two minutes does
; not count. Win+Alt+U shows today's ranking with hours, minutes and percentages. The accounts
; are kept in an INI file with one section per day, saved every five minutes and on exit, and
; read again at the start.
#Requires AutoHotkey v2.0
#SingleInstance Force
Persistent

INI_PATH := A_Temp "\program-usage.ini"
IDLE_LIMIT := 120000

today := FormatTime(, "yyyy-MM-dd")
usage := LoadDay(today)
SetTimer(CountSecond, 1000)
SetTimer(Save, 300000)
OnExit((*) => Save())

#!u::MsgBox(Ranking(), "Use of programs on " today)

CountSecond() {
    global today, usage
    if FormatTime(, "yyyy-MM-dd") != today {
        ; Midnight: close the old account and open a new one.
        Save()
        today := FormatTime(, "yyyy-MM-dd")
        usage := LoadDay(today)
    }
    if A_TimeIdle > IDLE_LIMIT
        return
    try program := WinGetProcessName("A")
    catch Error
        return      ; no active window, or one that may not be looked into
    usage[program] := usage.Get(program, 0) + 1
}

LoadDay(day) {
    seconds := Map()
    seconds.CaseSense := "Off"
    Loop Parse, IniRead(INI_PATH, day, , ""), "`n" {
        parts := StrSplit(A_LoopField, "=", , 2)
        if parts.Length = 2 && IsInteger(parts[2])
            seconds[parts[1]] := Integer(parts[2])
    }
    return seconds
}

Save() {
    pairs := ""
    for program, count in usage
        pairs .= program "=" count "`n"
    if pairs != ""
        IniWrite(RTrim(pairs, "`n"), INI_PATH, today)      ; writes the whole section at once
    return 0        ; lets the script exit
}

Ranking() {
    total := 0, lines := ""
    for program, count in usage
        total += count, lines .= count "|" program "`n"
    if !total
        return "Nothing has been counted yet."
    text := ""
    for line in StrSplit(Sort(RTrim(lines, "`n"), "N R"), "`n") {
        pair := StrSplit(line, "|")
        text .= Format("{}:{:02} h  ({:.0f} %)   {}`n", pair[1] // 3600, Mod(pair[1], 3600) // 60,
            100 * pair[1] / total, pair[2])
    }
    return text
}
