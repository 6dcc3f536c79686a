; Indent or shrink the JSON text on the clipboard
; Ctrl+Alt+J lays the JSON on the clipboard out with one value per line and an indent of two
; spaces, Ctrl+Alt+Shift+J puts it on a single line without blanks. Strings are taken over
; letter by letter; empty objects and arrays stay on one line. Brackets that do not pair, or
; signs that cannot be in JSON, are reported with their position and nothing is changed.
#Requires AutoHotkey v2.0
#SingleInstance Force

^!j::Reformat("  ")
^!+j::Reformat("")

Reformat(indent) {
    try {
        A_Clipboard := Layout(A_Clipboard, indent)
        TrayTip("Ready to paste.", "JSON")
    } catch ValueError as fault {
        MsgBox(fault.Message " at character " fault.Extra, "JSON", "Icon!")
    }
}

Layout(json, indent) {
    static token := '\s*("(?:[^"\\]|\\.)*"|[{}\[\],:]|-?\d[\d.eE+-]*|true|false|null)'
    static partner := Map("{", "}", "[", "]")
    expected := []          ; closing brackets still to come
    output := ""
    position := 1
    previous := ""
    length := StrLen(RTrim(json, " `t`r`n"))

    NewLine(depth) {
        if indent = ""
            return ""
        line := "`r`n"
        Loop depth
            line .= indent
        return line
    }

    while position <= length {
        if RegExMatch(json, token, &match, position) != position
            throw ValueError("Not understood", , position)
        position += match.Len
        sign := match[1]
        switch sign {
            case "{", "[":
                output .= (previous = ":" || previous = "" ? "" : NewLine(expected.Length)) sign
                expected.Push(partner[sign])
            case "}", "]":
                if !expected.Length || expected.Pop() != sign
                    throw ValueError("The bracket has no partner", , match.Pos[1])
                output .= (previous = "{" || previous = "[" ? "" : NewLine(expected.Length)) sign
            case ",":
                output .= ","
            case ":":
                output .= indent = "" ? ":" : ": "
            default:
                output .= (previous = ":" || previous = "" ? "" : NewLine(expected.Length)) sign
        }
        previous := sign
    }
    if expected.Length
        throw ValueError("A closing bracket is missing", , position)
    return output
}
