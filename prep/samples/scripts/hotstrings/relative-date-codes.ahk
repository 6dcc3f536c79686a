; Type dates by short codes
; Codes that begin with a closing square bracket turn into dates after a space, Tab or Enter, and
; the ending character stays out: ]d is today, ]t the time, ]+7 and ]-7 the day so many days away
; (up to 60), ]mon to ]sun the next such weekday, ]eom the last day of this month, ]kw the
; number of the week. Ctrl+Alt+Y steps through three date formats, from ISO to a long one; the
; tray tip tells which is in use.
#Requires AutoHotkey v2.0
#SingleInstance Force

formats := ["yyyy-MM-dd", "dd.MM.yyyy", "dddd, d MMMM yyyy"]
chosenFormat := 1

Code("d", (*) => A_Now)
Code("t", () => FormatTime(, "HH:mm"), true)
Code("kw", () => "week " Integer(SubStr(A_YWeek, 5)), true)
Code("eom", LastOfMonth)
Loop 60 {
    Code("+" A_Index, DateAdd.Bind(, A_Index, "Days"))
    Code("-" A_Index, DateAdd.Bind(, -A_Index, "Days"))
}
for weekday in ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]
    Code(weekday, NextWeekday.Bind(A_Index))
UpdateTip()

^!y:: {
    global chosenFormat := Mod(chosenFormat, formats.Length) + 1
    UpdateTip()
    ToolTip(A_IconTip)
    SetTimer(() => ToolTip(), -1200)
}

; O leaves out the ending character; source gives a date stamp, or the text itself.
Code(name, source, isText := false) {
    Hotstring(":O:]" name, (*) => SendText(isText ? source() : Written(source)))
}

Written(source) => FormatTime(source(A_Now), formats[chosenFormat])

; A_WDay is 1 on Sunday. Today itself is never meant, so the gap is 1 to 7.
NextWeekday(wanted, today) {
    gap := Mod(wanted - A_WDay + 6, 7) + 1
    return DateAdd(today, gap, "Days")
}

; Any day after the 28th plus four days lies in the next month; step back from its start.
LastOfMonth(today) {
    nextMonth := DateAdd(SubStr(today, 1, 6) "28", 4, "Days")
    return DateAdd(SubStr(nextMonth, 1, 6) "01", -1, "Days")
}

UpdateTip() {
    A_IconTip := "Dates as " FormatTime(, formats[chosenFormat])
}
