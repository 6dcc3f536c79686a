; Show the appointments of the next seven days from Outlook
; Win+Alt+C reads the calendar of Outlook, recurring appointments included, and shows a text
; with a heading for each day that has appointments, then a line with the time, the subject
; and the place of each. All-day events come first in their day. The text can be copied with
; a button, and "Today" reduces it to the current day.
#Requires AutoHotkey v2.0
#SingleInstance Force

#!c::ShowAgenda(7)

ShowAgenda(days) {
    try {
        calendar := ComObject("Outlook.Application").GetNamespace("MAPI").GetDefaultFolder(9)
    } catch Error as err {
        MsgBox("Outlook cannot be reached.`n" err.Message, "Agenda", "Icon!")
        return
    }
    page := Gui("+AlwaysOnTop", "Agenda")
    page.SetFont("s10")
    text := page.AddEdit("w460 r20 ReadOnly", Agenda(calendar, days))
    page.AddButton("w100 Default", "Copy").OnEvent("Click", (*) => A_Clipboard := text.Value)
    page.AddButton("x+10 w100", "Today").OnEvent("Click", (*) => text.Value := Agenda(calendar, 1))
    page.OnEvent("Escape", (*) => page.Destroy())
    page.Show()
}

Agenda(calendar, days) {
    text := ""
    Loop days {
        day := DateAdd(FormatTime(, "yyyyMMdd"), A_Index - 1, "Days")
        lines := DayLines(calendar, day)
        if lines != ""
            text .= FormatTime(day, "dddd, d MMMM") "`n" lines "`n"
    }
    return text = "" ? "There are no appointments." : RTrim(text, "`n")
}

DayLines(calendar, day) {
    ; The order matters: only a sorted collection can unfold recurring appointments, and
    ; then Count means nothing, so that it has to be walked through with a loop.
    items := calendar.Items
    items.Sort("[Start]")
    items.IncludeRecurrences := true
    filter := Format('[Start] < "{}" AND [End] > "{}"', OutlookTime(DateAdd(day, 1, "Days")), OutlookTime(day))

    allDay := "", timed := ""
    for item in items.Restrict(filter) {
        place := item.Location
        title := item.Subject (place = "" ? "" : "  (" place ")")
        if item.AllDayEvent
            allDay .= "    all day  " title "`n"
        else
            timed .= "    " ClockOf(item.Start) "  " title "`n"
    }
    return allDay timed
}

; Outlook wants dates in the format of the regional settings, without seconds.
OutlookTime(stamp) => FormatTime(stamp, "ShortDate") " " FormatTime(stamp, "HH:mm")

; A date arrives as text in the regional format; midnight has no time part at all.
ClockOf(date) => RegExMatch(date, "i)(\d{1,2}:\d\d)(?::\d\d)?( ?[ap]m)?$", &m) ? m[1] m[2] : "00:00"
