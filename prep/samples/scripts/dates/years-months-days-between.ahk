; How many years, months and days lie between two dates
; Asks for two dates as "2019-02-28 2024-05-03" (one date alone means up to today) and tells the
; span in years, months and days, as people count it, as well as in weeks and in days. Months
; are added one by one to the earlier date, and a day that a month does not have becomes its
; last day, so from 31 January to 28 February is one month. Dates may stand in either order and
; with hyphens, dots (day first) or slashes (year first). Impossible dates such as 2023-02-30 are
; refused. Ctrl+Alt+J opens the box.
#Requires AutoHotkey v2.0
#SingleInstance Force

^!j:: {
    static last := "2019-02-28 2024-05-03"
    question := InputBox("One or two dates:", "Time between", "w280 h110", last)
    if question.Result != "OK"
        return
    last := question.Value
    try {
        dates := []
        for word in StrSplit(RegExReplace(Trim(last), "\s+", " "), " ")
            dates.Push(ReadDate(word))
        if dates.Length = 1
            dates.Push(SubStr(A_Now, 1, 8))
        if dates.Length != 2
            throw ValueError("Please give one or two dates.")
        MsgBox(DescribeSpan(dates*), "Time between")
    } catch ValueError as mistake {
        MsgBox(mistake.Message "`n" mistake.Extra, "Time between", "Icon!")
    }
}

; YYYYMMDD from 2024-05-03, 2024/5/3 or 3.5.2024.
ReadDate(word) {
    if RegExMatch(word, "^(?<y>\d{4})[-/](?<m>\d{1,2})[-/](?<d>\d{1,2})$", &part)
        || RegExMatch(word, "^(?<d>\d{1,2})\.(?<m>\d{1,2})\.(?<y>\d{4})$", &part) {
        if part["d"] > 0 && part["d"] <= LastDay(part["y"], part["m"])
            return Format("{:04d}{:02d}{:02d}", part["y"], part["m"], part["d"])
    }
    throw ValueError("This is no date:", -1, word)
}

; Number of days of a month, 0 for a month that does not exist. IsTime is of no help here, as it
; lets 29 February pass in any year.
LastDay(year, month) {
    static lengths := [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    isLeap := Mod(year, 4) = 0 && Mod(year, 100) != 0 || Mod(year, 400) = 0
    return lengths.Has(month) ? lengths[month] + (month = 2 && isLeap) : 0
}

AddMonths(stamp, amount) {
    count := SubStr(stamp, 1, 4) * 12 + SubStr(stamp, 5, 2) - 1 + amount
    year := count // 12, month := Mod(count, 12) + 1
    return Format("{:04d}{:02d}{:02d}", year, month, Min(SubStr(stamp, 7, 2), LastDay(year, month)))
}

DescribeSpan(from, to) {
    if DateDiff(to, from, "Days") < 0
        swapped := from, from := to, to := swapped
    days := DateDiff(to, from, "Days")
    ; A guess that is never too high; at most two more months follow.
    months := days // 31
    while DateDiff(to, AddMonths(from, months + 1), "Days") >= 0
        months++
    rest := DateDiff(to, AddMonths(from, months), "Days")

    span := InUnits([months // 12, "year"], [Mod(months, 12), "month"], [rest, "day"])
    return Format("From {} to {}:`n`n{}`n{}`n{}", FormatTime(from, "d MMMM yyyy"), FormatTime(to, "d MMMM yyyy")
        , span, InUnits([days // 7, "week"], [Mod(days, 7), "day"]), InUnits([days, "day"]))
}

; "2 years, 1 day": units with an amount of zero are left out.
InUnits(pairs*) {
    words := ""
    for pair in pairs
        if pair[1]
            words .= (words = "" ? "" : ", ") pair[1] " " pair[2] (pair[1] = 1 ? "" : "s")
    return words = "" ? "no time at all" : words
}
