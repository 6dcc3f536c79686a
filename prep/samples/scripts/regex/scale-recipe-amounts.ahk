; Scale the amounts of a selected recipe
; Select the ingredients and press Win+Alt+X, then enter a factor such as 2, 0.5 or 6/4 (six
; persons instead of four). All amounts in the text are multiplied, whether whole numbers, with a
; point or comma, fractions like 3/4 or mixed numbers like 1 1/2; times, temperatures and percent
; stay as they are. Results close to quarters, thirds and halves are written as fractions, others
; with at most two decimals. The scaled text replaces the selection.
#Requires AutoHotkey v2.0
#SingleInstance Force

#!x:: {
    A_Clipboard := ""
    Send("^c")
    if !ClipWait(0.5)
        return
    recipe := A_Clipboard
    editor := WinExist("A")
    question := InputBox("Multiply by:", "Scale amounts", "w220 h100", "2")
    factor := question.Result = "OK" ? Amount(question.Value) : 0
    if !factor
        return
    WinActivate(editor)
    A_Clipboard := ScaleAmounts(recipe, factor)
    Send("^v")
}

ScaleAmounts(text, factor) {
    ; Mixed number or fraction, or else a plain number that is not the whole part of a mixed one.
    static pattern := "i)(?<![\d.,/])(?:(?:\d++ )?\d++/\d++|\d++(?:[.,]\d++)?+(?!/| \d+/))"
        . "(?!\s*(?:min|sec|h\b|hours?|°|degrees|%))"
    scaled := "", start := 1
    while at := RegExMatch(text, pattern, &found, start) {
        scaled .= SubStr(text, start, at - start) Written(Amount(found[0]) * factor)
        start := at + found.Len
    }
    return scaled SubStr(text, start)
}

; The value of "3", "2.5", "2,5", "3/4" or "1 1/2"; 0 for anything else.
Amount(text) {
    if RegExMatch(text, "^\s*(?:(\d+)\s+)?(\d+)/([1-9]\d*)\s*$", &part)
        return (part[1] || 0) + part[2] / part[3]
    text := StrReplace(Trim(text), ",", ".")
    return IsNumber(text) ? Number(text) : 0
}

Written(value) {
    whole := Floor(value), rest := value - whole
    for fraction, share in Map("", 0, "1/4", 0.25, "1/3", 1 / 3, "1/2", 0.5, "2/3", 2 / 3, "3/4", 0.75)
        if Abs(rest - share) < 0.01
            return Trim((whole || fraction = "" ? whole : "") " " fraction)
    return RTrim(RTrim(Format("{:.2f}", value), "0"), ".")
}
