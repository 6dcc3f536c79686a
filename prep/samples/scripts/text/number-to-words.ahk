; Write the selected number out in English words
; Select a whole number such as 1,204,017 and press Ctrl+Alt+W to replace it by words: one
; million two hundred four thousand seventeen. Commas, blanks and apostrophes between digits are
; skipped, a minus is read, and numbers of up to fifteen digits are understood. With Shift as
; well the words start with a capital letter. Anything else is left as it is, with a beep.
#Requires AutoHotkey v2.0

^!w::ReplaceNumber(false)
^!+w::ReplaceNumber(true)

ReplaceNumber(withCapital) {
    saved := ClipboardAll()
    A_Clipboard := ""
    Send("^c")
    selection := ClipWait(0.5) ? Trim(A_Clipboard) : ""
    A_Clipboard := saved
    digits := RegExReplace(selection, "(?<=\d)[, '](?=\d)")
    if !(digits ~= "^-?\d{1,15}$") {
        SoundBeep(300, 120)
        return
    }
    words := InWords(Integer(digits))
    if withCapital
        words := StrUpper(SubStr(words, 1, 1)) SubStr(words, 2)
    SendText(words)
}

InWords(number) {
    static scales := ["", " thousand", " million", " billion", " trillion"]
    if number = 0
        return "zero"
    if number < 0
        return "minus " InWords(-number)
    words := ""
    Loop scales.Length {
        group := Mod(number, 1000)
        number //= 1000
        if group
            words := Hundreds(group) scales[A_Index] " " words
    }
    return RTrim(words)
}

Hundreds(number) {
    static small := StrSplit("one two three four five six seven eight nine ten eleven twelve "
        . "thirteen fourteen fifteen sixteen seventeen eighteen nineteen", " ")
    static tens := StrSplit("ten twenty thirty forty fifty sixty seventy eighty ninety", " ")
    if number >= 100 {
        rest := Mod(number, 100)
        return small[number // 100] " hundred" (rest ? " " Hundreds(rest) : "")
    }
    if number < 20
        return small[number]
    return tens[number // 10] (Mod(number, 10) ? "-" small[Mod(number, 10)] : "")
}
