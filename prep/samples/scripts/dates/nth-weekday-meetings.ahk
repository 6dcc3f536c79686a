; Dates of a meeting such as "second Tuesday"
; A rule like "2nd Tue", "last Fri" or "1st Mon of Mar,Jun,Sep,Dec" describes a date that comes
; back in every month or in the months named. The script takes the rule and how many dates are
; wanted from the command line (or uses "2nd Tue" and 12), works out the next dates from today
; on, and prints them, each with the number of days until then. The first weekday of a month is
; found from the weekday of its first day, the last one by going back from the next month.
; "5th" only gives dates in months that have five such days. Nonsense ends with exit code 2.
#Requires AutoHotkey v2.0

WEEKDAYS := ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
MONTHS := ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

try {
    meeting := ReadRule(A_Args.Length ? A_Args[1] : "2nd Tue")
    wanted := A_Args.Length > 1 ? Integer(A_Args[2]) : 12
} catch Error as mistake {
    FileAppend(mistake.Message " " mistake.Extra "`n", "**")
    ExitApp(2)
}
start := SubStr(A_Now, 1, 8)        ; the day without the time, so that whole days are counted
for date in NextMeetings(meeting, start, wanted)
    FileAppend(FormatTime(date, "ddd yyyy-MM-dd") "  in " DateDiff(date, start, "Days") " days`n", "*")

ReadRule(text) {
    if !RegExMatch(text, "i)^(?:([1-5])(?:st|nd|rd|th)|last) ([a-z]{3})(?: of ([a-z,]+))?$", &part)
        throw ValueError("Not a rule:", -1, text)
    rule := {nth: part[1] = "" ? -1 : Integer(part[1]), weekday: IndexIn(WEEKDAYS, part[2]), months: Map()}
    for name in (part[3] = "" ? MONTHS : StrSplit(part[3], ","))
        rule.months[IndexIn(MONTHS, name)] := true
    return rule
}

IndexIn(names, wantedName) {
    for index, name in names
        if name = wantedName
            return index
    throw ValueError("Unknown name:", -2, wantedName)
}

; The date as YYYYMMDD, or "" if the month has no such day.
NthWeekday(year, month, nth, weekday) {
    if nth < 0 {
        following := Format("{:04}{:02}01", year + month // 12, Mod(month, 12) + 1)
        back := Mod(FormatTime(following, "WDay") - weekday + 6, 7) + 1
        return SubStr(DateAdd(following, -back, "Days"), 1, 8)
    }
    first := Format("{:04}{:02}01", year, month)
    ahead := Mod(weekday - FormatTime(first, "WDay") + 7, 7) + 7 * (nth - 1)
    day := SubStr(DateAdd(first, ahead, "Days"), 1, 8)
    return SubStr(day, 5, 2) = month ? day : ""
}

NextMeetings(rule, today, count) {
    list := []
    year := Integer(SubStr(today, 1, 4))
    month := Integer(SubStr(today, 5, 2))
    ; A fifth weekday in one month of the year can be years away, so there is a limit.
    Loop 12 * 60 {
        if rule.months.Has(month) {
            day := NthWeekday(year, month, rule.nth, rule.weekday)
            if day != "" && day >= today
                list.Push(day)
            if list.Length = count
                break
        }
        month := Mod(month, 12) + 1
        year += month = 1
    }
    return list
}
