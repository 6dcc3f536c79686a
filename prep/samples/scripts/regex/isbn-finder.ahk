; Find valid ISBNs in a text with a regex callout
; The pattern looks for ISBN-13 and ISBN-10 numbers with or without hyphens and blanks, and a
; callout at its end runs a function while the match is under way. The function computes the
; check digit of the candidate and refuses a wrong one, so the search goes on by itself and
; only real ISBNs come back. The ones found are shown in ISBN-13 form without repeats. Ctrl+Alt+I
; does this for the text on the clipboard.
#Requires AutoHotkey v2.0
#SingleInstance Force

^!i:: {
    found := FindIsbns(A_Clipboard)
    if !found.Length {
        MsgBox("There is no valid ISBN in the clipboard.", "ISBN finder", "Icon!")
        return
    }
    text := ""
    for isbn in found
        text .= isbn "`n"
    A_Clipboard := RTrim(text, "`n")
    MsgBox(text "`nThe list is on the clipboard now.", "ISBN finder")
}

; Array of the valid ISBNs as 13 plain digits, in the order of their first appearance.
FindIsbns(text) {
    ; Thirteen digits with the prefix 978 or 979, or nine digits and a digit or X.
    static pattern := "i)(?<![\d-])"
        . "((?:97[89][- ]?)(?:\d[- ]?){9}\d|(?:\d[- ]?){9}[\dX])"
        . "(?![\d-])(?CCheckCandidate)"
    seen := Map()
    list := []
    start := 1
    while found := RegExMatch(text, pattern, &match, start) {
        isbn := ToIsbn13(PlainDigits(match[1]))
        if !seen.Has(isbn) {
            seen[isbn] := true
            list.Push(isbn)
        }
        start := found + match.Len
    }
    return list
}

; Called by the regex engine: 0 accepts the candidate, 1 makes it look further.
CheckCandidate(match, *) {
    digits := PlainDigits(match[1])
    valid := StrLen(digits) = 13 ? CheckDigit13(digits) = SubStr(digits, 13)
        : CheckDigit10(digits) = SubStr(digits, 10)
    return valid ? 0 : 1
}

PlainDigits(text) => StrUpper(RegExReplace(text, "[- ]"))

; Weights 1 and 3 in turn, modulo 10.
CheckDigit13(digits) {
    sum := 0
    Loop 12
        sum += SubStr(digits, A_Index, 1) * (A_Index & 1 ? 1 : 3)
    return String(Mod(10 - Mod(sum, 10), 10))
}

; Weights from 10 down to 2, modulo 11, with X for ten.
CheckDigit10(digits) {
    sum := 0
    Loop 9
        sum += SubStr(digits, A_Index, 1) * (11 - A_Index)
    rest := Mod(11 - Mod(sum, 11), 11)
    return rest = 10 ? "X" : String(rest)
}

ToIsbn13(digits) {
    if StrLen(digits) = 13
        return digits
    body := "978" SubStr(digits, 1, 9)
    return body CheckDigit13(body)
}
