; Expand abbreviations into letters with blanks to fill in
; Typing an abbreviation such as ;reply or ;meet and a space inserts a ready-made
; text. Parts in curly braces are filled in first: {date} and {time} by the script,
; {clip} with the clipboard, and any other name such as {first name} by asking for
; it once, even if it occurs twice. {caret} marks where the caret ends up.
; Cancelling a question inserts nothing.
#Requires AutoHotkey v2.0
#SingleInstance Force

templates := Map()

templates["reply"] := "
(
    Dear {first name},

    thank you for your message of {date}. {caret}

    Kind regards
)"

templates["meet"] := "
(
    Hello {first name},

    shall we meet on {weekday} at {hour}? If {weekday} does not suit you,
    please suggest another day.{caret}
)"

templates["quote"] := "
(
    On {date} at {time} you wrote:
    > {clip}

    {caret}
)"

for name in templates
    Hotstring(":O:;" name, InsertTemplate.Bind(templates[name]))

InsertTemplate(template, *) {
    target := WinExist("A")
    letter := FillBlanks(template, AskUser)
    if !letter
        return

    ; The question box took the focus, so give it back before typing.
    if target
        WinActivate(target)
    SendText(letter.text)
    if letter.charsAfterCaret
        Send("{Left " letter.charsAfterCaret "}")
}

; Calls ask(name) for every unknown name and remembers the answer. Returns an empty
; string if one of the questions was cancelled.
FillBlanks(template, ask) {
    answers := Map(
        "date", FormatTime(, "d MMMM yyyy"),
        "time", FormatTime(, "HH:mm"),
        "clip", Trim(StrReplace(A_Clipboard, "`r"), " `t`n"),
        "caret", ""
    )
    filled := "", caret := 0
    position := 1
    while found := RegExMatch(template, "\{([a-z ]+)\}", &blank, position) {
        filled .= SubStr(template, position, found - position)
        key := blank[1]
        if key = "caret"
            caret := StrLen(filled) + 1
        if !answers.Has(key) {
            reply := ask(key)
            if reply = ""
                return ""
            answers[key] := reply
        }
        filled .= answers[key]
        position := found + blank.Len
    }
    filled .= SubStr(template, position)
    return { text: filled, charsAfterCaret: caret ? StrLen(filled) - caret + 1 : 0 }
}

AskUser(what) {
    box := InputBox("Please enter: " what, "Fill in the blank", "w280 h110")
    return box.Result = "OK" ? Trim(box.Value) : ""
}
