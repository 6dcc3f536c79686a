; Show how many days remain until yearly occasions
; Keeps a short list of occasions that come round every year, each with a month
; and a day. Ctrl+Alt+D shows a tooltip for six seconds with the next date of each,
; its weekday and the number of days left, nearest first. An occasion whose day has
; passed this year is counted to next year, and 29 February only falls in leap years.
#Requires AutoHotkey v2.0

occasions := [
    { name: "New Year", month: 1, day: 1 },
    { name: "Leap day", month: 2, day: 29 },
    { name: "Midsummer", month: 6, day: 24 },
    { name: "Halloween", month: 10, day: 31 },
    { name: "Café anniversary", month: 9, day: 12 }
]

^!d:: {
    ToolTip(ListOccasions(occasions, SubStr(A_Now, 1, 8)))
    SetTimer(ToolTip, -6000)
}

ListOccasions(list, today) {
    upcoming := Map()    ; numeric keys of a Map are kept in ascending order
    for item in list {
        date := NextDate(item.month, item.day, today)
        left := DateDiff(date, today, "Days")
        if !upcoming.Has(left)
            upcoming[left] := []
        upcoming[left].Push({ name: item.name, date: date })
    }

    text := ""
    for left, entries in upcoming
        for entry in entries
            text .= Format("{:-18} {}   {}`n", entry.name,
                FormatTime(entry.date, "ddd d MMM yyyy"), InWords(left))
    return RTrim(text, "`n")
}

; First date on or after today (YYYYMMDD) with this month and day.
NextDate(month, day, today) {
    year := Integer(SubStr(today, 1, 4))
    loop {
        if month != 2 || day != 29 || IsLeapYear(year) {
            candidate := Format("{:04}{:02}{:02}", year, month, day)
            if DateDiff(candidate, today, "Days") >= 0
                return candidate
        }
        year++
    }
}

IsLeapYear(year) => Mod(year, 4) = 0 && (Mod(year, 100) != 0 || Mod(year, 400) = 0)

InWords(days) {
    switch days {
        case 0: return "today"
        case 1: return "tomorrow"
        case 2: return "the day after tomorrow"
        default: return Format("in {} days", days)
    }
}
