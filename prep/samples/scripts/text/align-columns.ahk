; Line up a block of text at a separator
; Copy some lines such as "name = value" and press Ctrl+Alt+A. A box asks for the
; separator (an equals sign unless another is typed). The lines on the clipboard
; are padded with spaces so that the first separator of every line stands in the
; same column, and the result is left on the clipboard. Lines without the
; separator are untouched and the indent of the first line is used throughout.
#Requires AutoHotkey v2.0

^!a:: {
    answer := InputBox("Align at which separator?", "Align columns", "w260 h110", "=")
    if answer.Result != "OK" || answer.Value = ""
        return
    A_Clipboard := AlignAt(A_Clipboard, answer.Value)
    SoundBeep(880, 80)
}

AlignAt(block, separator) {
    rows := []
    widest := 0
    indent := unset

    Loop Parse, block, "`n", "`r" {
        line := A_LoopField
        position := InStr(line, separator, true)
        if !position {
            rows.Push({ raw: line })
            continue
        }
        if !IsSet(indent) {
            RegExMatch(line, "^\s*", &lead)
            indent := lead[0]
        }
        left := Trim(SubStr(line, 1, position - 1))
        right := Trim(SubStr(line, position + StrLen(separator)))
        widest := Max(widest, StrLen(left))
        rows.Push({ left: left, right: right })
    }

    output := ""
    for row in rows {
        if A_Index > 1
            output .= "`r`n"
        if row.HasOwnProp("raw")
            output .= row.raw
        else
            output .= RTrim(indent PadRight(row.left, widest) " " separator " " row.right)
    }
    return output
}

; Format builds "{:-12}", which pads on the right up to 12 characters.
PadRight(text, width) => width > 0 ? Format("{:-" width "}", text) : text
