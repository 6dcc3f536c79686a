; Reminders at set times of day
; A schedule in the script has one line per reminder: the time, the days of the week (daily,
; weekdays, weekend or a list such as "Mon Thu") and the text. The script works out which
; reminder comes next, sets a one-shot timer for it, shows the text in a small window with a
; button that repeats it ten minutes later, and goes on to the following one. The timer never
; runs longer than a minute at a time, because timers stand still while the computer sleeps. The
; tray tip names the next reminder, and the tray menu has an entry that lists the next ten.
#Requires AutoHotkey v2.0
#SingleInstance Force
Persistent

SCHEDULE_TEXT := "
(
08:55 weekdays Stand-up meeting in five minutes
12:30 daily    Lunch, and away from the screen
16:00 Mon Thu  Water the office plants
17:15 Fri      Write the weekly report
11:00 weekend  Call home
)"

planner := Scheduler(SCHEDULE_TEXT, ShowReminder)
A_TrayMenu.Insert("1&", "What comes next", (*) => MsgBox(planner.Preview(10), "Next reminders"))

class Scheduler {
    static DAY_NAMES := ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]

    __New(text, notify) {
        this.notify := notify
        this.entries := []
        Loop Parse, text, "`n", "`r" {
            if !RegExMatch(A_LoopField, "^(\d\d):(\d\d)\s+((?:[A-Z][a-z]{2}\s+)+|[a-z]+\s+)(.+)$", &part)
                throw ValueError("Line " A_Index " of the schedule is not understood", -1, A_LoopField)
            this.entries.Push({clock: part[1] part[2] "00", days: Scheduler.ReadDays(Trim(part[3])), text: part[4]})
        }
        this.timer := () => this.Tick()
        this.Arm(A_Now)
    }

    ; A string of the day numbers, 1 for Sunday to 7 for Saturday.
    static ReadDays(words) {
        switch words {
            case "daily": return "1234567"
            case "weekdays": return "23456"
            case "weekend": return "17"
        }
        numbers := ""
        for index, name in this.DAY_NAMES
            if InStr(words, name)
                numbers .= index
        if numbers = ""
            throw ValueError("Unknown day", -1, words)
        return numbers
    }

    ; The earliest reminder strictly after a moment, as {moment, text}.
    NextAfter(moment) {
        best := {moment: "99991231235959", text: ""}
        for entry in this.entries {
            Loop 8 {
                day := SubStr(DateAdd(moment, A_Index - 1, "Days"), 1, 8)
                candidate := day entry.clock
                if DateDiff(candidate, moment, "Seconds") <= 0 || !InStr(entry.days, FormatTime(day, "WDay"))
                    continue
                if DateDiff(candidate, best.moment, "Seconds") < 0
                    best := {moment: candidate, text: entry.text}
                break
            }
        }
        return best
    }

    Arm(moment) {
        this.due := this.NextAfter(moment)
        A_IconTip := FormatTime(this.due.moment, "ddd HH:mm ") this.due.text
        this.Tick()
    }

    Tick() {
        remaining := DateDiff(this.due.moment, A_Now, "Seconds")
        if remaining > 0 {
            SetTimer(this.timer, -1000 * Min(remaining, 60))
            return
        }
        ; After a long sleep an old reminder is of no use any more.
        if remaining > -600
            this.notify.Call(this.due.text)
        this.Arm(this.due.moment)
    }

    Preview(count) {
        lines := "", moment := A_Now
        Loop count {
            upcoming := this.NextAfter(moment)
            lines .= FormatTime(upcoming.moment, "ddd d MMM HH:mm") "  " upcoming.text "`n"
            moment := upcoming.moment
        }
        return lines
    }
}

ShowReminder(message) {
    note := Gui("+AlwaysOnTop -MinimizeBox -MaximizeBox", "Reminder " FormatTime(, "HH:mm"))
    note.SetFont("s12")
    note.AddText("w300", message)
    note.AddButton("w145 Default", "Done").OnEvent("Click", (*) => note.Destroy())
    note.AddButton("x+10 w145", "In ten minutes").OnEvent("Click", Postpone)
    note.Show("NoActivate")
    SoundPlay("*64")

    Postpone(*) {
        note.Destroy()
        SetTimer(() => ShowReminder(message), -600000)
    }
}
