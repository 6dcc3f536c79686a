; Add up the numbers on the clipboard
; Copy cells, a bill or any text with numbers and press Ctrl+Alt+Z. A message tells how many
; numbers there are, their sum, mean, smallest and largest. Both 1,234.50 and 1.234,50 are understood:
; the last sign decides which one is the decimal point. Answering Yes puts the sum on the clipboard.
#Requires AutoHotkey v2.0
#SingleInstance Force

^!z:: {
    values := FindNumbers(A_Clipboard)
    if !values.Length
        return MsgBox("There are no numbers on the clipboard.", "Sum", "Icon!")
    sum := 0
    for value in values
        sum += value
    text := Format("Count`t{}`nSum`t{:.12g}`nMean`t{:.6g}`nLeast`t{:.12g}`nMost`t{:.12g}"
        , values.Length, sum, sum / values.Length, Min(values*), Max(values*))
    if MsgBox(text "`n`nCopy the sum?", "Sum", "YesNo") = "Yes"
        A_Clipboard := Format("{:.12g}", sum)
}

FindNumbers(text) {
    found := []
    position := 1
    ; A hyphen is a minus only if no letter or digit stands before it, as in 2024-05.
    while position := RegExMatch(text, "(?:(?<![\w)])-)?\d(?:[\d.,]*\d)?", &match, position) {
        position += match.Len
        value := ToNumber(match[0])
        if value != ""
            found.Push(value)
    }
    return found
}

ToNumber(text) {
    StrReplace(text, ".", , , &points)
    StrReplace(text, ",", , , &commas)
    if points && commas
        decimal := InStr(text, ".", , -1) > InStr(text, ",", , -1) ? "." : ","
    else if points
        decimal := points = 1 ? "." : ""
    else
        ; A single comma before exactly three digits separates thousands.
        decimal := commas = 1 && !(text ~= "^-?\d{1,3},\d{3}$") ? "," : ""
    plain := ""
    Loop Parse, text
        plain .= A_LoopField = decimal ? "." : A_LoopField ~= "[.,]" ? "" : A_LoopField
    return IsNumber(plain) ? Number(plain) : ""
}
