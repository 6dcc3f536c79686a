; Calendar with a note for each day
; A window shows a month calendar, a line for the note of the selected day and a list of all
; notes in date order. Enter or Save stores the note under its date in an INI file beside the
; script; saving an empty line removes it. A click on a row of the list jumps to that day. Rows
; in the past are left out unless the box "Show past days" is ticked. At the start, a message
; tells today's note, if there is one.
#Requires AutoHotkey v2.0
#SingleInstance Force

class CalendarNotes {
    file := A_ScriptDir "\calendar-notes.ini"

    __New() {
        win := this.win := Gui(, "Calendar notes")
        this.calendar := win.AddMonthCal("xm Section")
        this.days := win.AddListView("ys w330 h165 -Multi", ["Date", "Note", "Key"])
        this.note := win.AddEdit("xm w420")
        saver := win.AddButton("x+6 yp-1 w80 Default", "Save")
        this.past := win.AddCheckbox("xm", "Show past days")

        this.calendar.OnEvent("Change", (*) => this.ShowDay())
        this.days.OnEvent("Click", (list, row) => row && this.Select(list.GetText(row, 3)))
        this.past.OnEvent("Click", (*) => this.FillList())
        saver.OnEvent("Click", (*) => this.Save())
        win.OnEvent("Close", (*) => ExitApp())

        this.days.ModifyCol(1, 110)
        this.days.ModifyCol(2, 200)
        this.days.ModifyCol(3, 0)       ; the date as YYYYMMDD, for sorting and look-up
        this.FillList()
        this.ShowDay()
        win.Show()
        this.note.Focus()
    }

    Read(day) => IniRead(this.file, "Notes", day, "")

    ShowDay() => this.note.Value := this.Read(this.calendar.Value)

    Select(day) {
        this.calendar.Value := day
        this.ShowDay()
    }

    Save() {
        day := this.calendar.Value
        text := Trim(this.note.Value)
        if text != ""
            IniWrite(text, this.file, "Notes", day)
        else if this.Read(day) != ""
            IniDelete(this.file, "Notes", day)
        this.FillList()
    }

    FillList() {
        today := FormatTime(, "yyyyMMdd")
        this.days.Opt("-Redraw")
        this.days.Delete()
        ; Without a key name, IniRead gives the whole section as key=value lines.
        for line in StrSplit(IniRead(this.file, "Notes", , ""), "`n") {
            pair := StrSplit(line, "=", , 2)
            if pair.Length = 2 && (pair[1] >= today || this.past.Value)
                this.days.Add(, FormatTime(pair[1], "ddd d MMM yyyy"), pair[2], pair[1])
        }
        this.days.ModifyCol(3, "Sort")
        this.days.Opt("+Redraw")
    }
}

notebook := CalendarNotes()
if (reminder := notebook.Read(FormatTime(, "yyyyMMdd"))) != ""
    TrayTip(reminder, "Today")
