; Cycle a name through the case styles of programmers
; Select a name such as maxLineWidth and press Ctrl+Shift+K. Each press turns it into the next
; style: camelCase, PascalCase, snake_case, SCREAMING_SNAKE, kebab-case, plain words, and round
; again. The style at hand is recognized from the text. Runs of capitals such as in parseHTMLFile
; count as one word. The new name stays selected, so the key can be pressed again at once.
#Requires AutoHotkey v2.0
#SingleInstance Force

class CaseStyles {
    ; In each pair the first part recognizes a style, the second builds it from lower-case words.
    static cycle := [
        ["^[a-z][a-z\d]*(?:[A-Z][A-Za-z\d]*)+$", words => CaseStyles.Join(words, "", 2)],
        ["^(?:[A-Z][a-z\d]+)+$", words => CaseStyles.Join(words, "", 1)],
        ["^[a-z\d]+(?:_[a-z\d]+)+$", words => CaseStyles.Join(words, "_")],
        ["^[A-Z\d]+(?:_[A-Z\d]+)+$", words => StrUpper(CaseStyles.Join(words, "_"))],
        ["^[a-z\d]+(?:-[a-z\d]+)+$", words => CaseStyles.Join(words, "-")],
        ["^[a-z\d]+(?: [a-z\d]+)+$", words => CaseStyles.Join(words, " ")]
    ]

    static Next(name) {
        current := 0
        for index, style in this.cycle
            if name ~= style[1] {
                current := index
                break
            }
        ; A single word looks the same in several styles, so go on until something changes.
        Loop this.cycle.Length {
            builder := this.cycle[Mod(current + A_Index - 1, this.cycle.Length) + 1][2]
            candidate := builder(this.Words(name))
            if candidate !== name
                return candidate
        }
        return name
    }

    static Words(name) {
        spaced := RegExReplace(name, "([a-z\d])([A-Z])", "$1 $2")
        spaced := RegExReplace(spaced, "([A-Z]+)([A-Z][a-z])", "$1 $2")
        return StrSplit(Trim(RegExReplace(StrLower(spaced), "[_\-\s]+", " ")), " ")
    }

    ; Words from number capitalFrom on get a capital letter; 0 means none of them.
    static Join(words, glue, capitalFrom := 0) {
        name := ""
        for index, word in words {
            if capitalFrom && index >= capitalFrom
                word := StrUpper(SubStr(word, 1, 1)) SubStr(word, 2)
            name .= (index > 1 ? glue : "") word
        }
        return name
    }
}

^+k:: {
    before := A_Clipboard
    A_Clipboard := ""
    Send("^c")
    if !ClipWait(0.4) {
        A_Clipboard := before
        return
    }
    name := Trim(A_Clipboard, " `t`r`n")
    A_Clipboard := before
    if StrLen(name) > 80 || InStr(name, "`n")
        return
    changed := CaseStyles.Next(name)
    SendText(changed)
    Send("+{Left " StrLen(changed) "}")
}
