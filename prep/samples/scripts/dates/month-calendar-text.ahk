; Type a month calendar as plain text
; Win+F9 writes the calendar of the current month at the caret, and Win+F10 that of
; next month. The week begins on Monday, each row starts with the ISO week number,
; and today is marked with an asterisk. The text is pasted through the clipboard,
; whose previous content is restored, so that editors do not re-indent it.
#Requires AutoHotkey v2.0

#F9::InsertCalendar(0)
#F10::InsertCalendar(1)

InsertCalendar(monthsAhead) {
    keep := ClipboardAll()
    A_Clipboard := MonthCalendar(ShiftMonth(A_Now, monthsAhead), A_Now)
    Send("^v")
    Sleep(250)
    A_Clipboard := keep
}

; DateAdd has no months, so the year and month are moved by hand.
ShiftMonth(stamp, amount) {
    months := SubStr(stamp, 1, 4) * 12 + SubStr(stamp, 5, 2) - 1 + amount
    return Format("{:04}{:02}01", months // 12, Mod(months, 12) + 1)
}

DaysInMonth(first) => DateDiff(ShiftMonth(first, 1), first, "Days")

MonthCalendar(first, today) {
    first := SubStr(first, 1, 6) "01"
    length := DaysInMonth(first)
    ; WDay counts from Sunday = 1; this gives Monday = 0 up to Sunday = 6.
    blanks := Mod(FormatTime(first, "WDay") + 5, 7)

    lines := [FormatTime(first, "MMMM yyyy"), "Wk | Mo  Tu  We  Th  Fr  Sa  Su"]
    cells := ""
    loop blanks
        cells .= "    "

    loop length {
        date := DateAdd(first, A_Index - 1, "Days")
        mark := SubStr(date, 1, 8) = SubStr(today, 1, 8) ? "*" : " "
        cells .= Format("{:2}{} ", A_Index, mark)
        ; A Sunday or the last day of the month closes the row.
        if Mod(blanks + A_Index, 7) = 0 || A_Index = length {
            week := SubStr(FormatTime(date, "YWeek"), 5)
            lines.Push(RTrim(week " | " cells))
            cells := ""
        }
    }

    text := ""
    for line in lines
        text .= line "`r`n"
    return text
}
