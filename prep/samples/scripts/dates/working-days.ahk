; Count working days and find delivery dates
; A small window with two date pickers counts the working days from the first date
; up to and including the second, leaving out Saturdays, Sundays and a list of
; public holidays that fall on the same date every year as well as Easter Monday,
; which is computed. A number box below tells which date lies that many working
; days after the first date. Both answers change as soon as anything is altered.
#Requires AutoHotkey v2.0
#SingleInstance Force

class WorkCalendar {
    static fixedHolidays := ["0101", "0501", "1225", "1226"]

    static IsWorkday(stamp) {
        weekday := FormatTime(stamp, "WDay")    ; 1 is Sunday, 7 is Saturday
        if weekday = 1 || weekday = 7
            return false
        for holiday in this.fixedHolidays
            if SubStr(stamp, 5, 4) == holiday
                return false
        easterMonday := DateAdd(this.Easter(Integer(SubStr(stamp, 1, 4))), 1, "Days")
        return SubStr(stamp, 1, 8) != SubStr(easterMonday, 1, 8)
    }

    static Count(from, through) {
        total := 0
        loop Max(0, DateDiff(SubStr(through, 1, 8), SubStr(from, 1, 8), "Days") + 1)
            total += this.IsWorkday(DateAdd(SubStr(from, 1, 8), A_Index - 1, "Days"))
        return total
    }

    static After(from, workdays) {
        stamp := SubStr(from, 1, 8)
        while workdays > 0 {
            stamp := DateAdd(stamp, 1, "Days")
            workdays -= this.IsWorkday(stamp)
        }
        return stamp
    }

    ; Easter Sunday in the Gregorian calendar, by the Meeus/Jones/Butcher method.
    static Easter(year) {
        a := Mod(year, 19), b := year // 100, c := Mod(year, 100)
        h := Mod(19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15, 30)
        l := Mod(32 + 2 * Mod(b, 4) + 2 * (c // 4) - h - Mod(c, 4), 7)
        m := (a + 11 * h + 22 * l) // 451
        n := h + l - 7 * m + 114
        return Format("{:04}{:02}{:02}", year, n // 31, Mod(n, 31) + 1)
    }
}

OpenCalculator()

OpenCalculator() {
    box := Gui(, "Working days")
    box.AddText("w60", "From")
    first := box.AddDateTime("x+5 yp-3 w200", "LongDate")
    box.AddText("xm w60", "Until")
    last := box.AddDateTime("x+5 yp-3 w200", "LongDate")
    box.AddText("xm w60", "Days later")
    days := box.AddEdit("x+5 yp-3 w60 Number", 10)
    box.AddUpDown("Range0-500", 10)
    answer := box.AddText("xm w270 r2")

    for control in [first, last, days]
        control.OnEvent("Change", Refresh)
    box.OnEvent("Close", (*) => ExitApp())
    Refresh()
    box.Show()

    Refresh(*) {
        count := WorkCalendar.Count(first.Value, last.Value)
        amount := IsInteger(days.Value) ? Integer(days.Value) : 0
        due := WorkCalendar.After(first.Value, amount)
        answer.Value := Format("Working days in that span: {}`nAfter {} working days: {}",
            count, amount, FormatTime(due, "dddd d MMMM yyyy"))
    }
}
