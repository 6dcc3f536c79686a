; Try out regular expressions in a window
; The upper field takes a pattern with its options, the large one below a text to search. While
; you type in either, a list shows every match with its position, its length and what each group
; caught, named groups with their names. Selecting a row highlights that match in the text. A
; further field with a replacement shows in the bottom field what RegExReplace would make of the
; text. A faulty pattern turns red, with the message of the regex engine in the status bar;
; a pattern that matches nothing at all, such as "x*", cannot make the search run for ever.
#Requires AutoHotkey v2.0
#SingleInstance Force

ui := Gui(, "Regex tester")
ui.SetFont("s10", "Consolas")
patternBox := ui.AddEdit("w600", "i)(?<day>\d{1,2})[. ]+(?<month>[a-z]{3,})")
subject := ui.AddEdit("w600 r8 Multi WantTab", "Open on 3 May and 12. June,`nclosed on 1 August.")
hits := ui.AddListView("w600 r7 -Multi", ["At", "Length", "Match", "Groups"])
replacementBox := ui.AddEdit("w600", "${month} $1")
outcomeBox := ui.AddEdit("w600 r5 ReadOnly")
bar := ui.AddStatusBar()

for control in [patternBox, subject, replacementBox]
    control.OnEvent("Change", Evaluate)
hits.OnEvent("ItemSelect", (list, row, selected) => selected && Highlight(list.GetText(row, 1), list.GetText(row, 2)))
ui.OnEvent("Close", (*) => ExitApp())
Evaluate()
ui.Show()

Evaluate(*) {
    hits.Delete()
    outcomeBox.Value := ""
    haystack := subject.Value
    pattern := patternBox.Value
    if pattern = ""
        return
    try {
        start := 1
        while found := RegExMatch(haystack, pattern, &match, start) {
            hits.Add(, found, match.Len, match[0], GroupList(match))
            ; An empty match must not be found at the same place again.
            start := found + Max(match.Len, 1)
            if start > StrLen(haystack) + 1 || hits.GetCount() >= 500
                break
        }
        outcomeBox.Value := RegExReplace(haystack, pattern, replacementBox.Value)
    } catch Error as fault {
        patternBox.SetFont("cRed")
        bar.SetText("  " fault.Message " " fault.Extra)
        return
    }
    patternBox.SetFont("cDefault")
    bar.SetText("  " hits.GetCount() " matches")
    hits.ModifyCol()
}

GroupList(match) {
    text := ""
    Loop match.Count {
        label := match.Name[A_Index]
        text .= (label = "" ? A_Index : label) "=" match[A_Index] "  "
    }
    return text
}

; The edit control counts every line end as two characters, the text as one.
Highlight(position, length) {
    static EM_SETSEL := 0xB1, EM_SCROLLCARET := 0xB7
    text := subject.Value
    first := Offset(position - 1)
    last := Offset(position - 1 + length)
    SendMessage(EM_SETSEL, first, last, subject)
    SendMessage(EM_SCROLLCARET, 0, 0, subject)

    Offset(count) {
        StrReplace(SubStr(text, 1, count), "`n", , , &lineEnds)
        return count + lineEnds
    }
}
