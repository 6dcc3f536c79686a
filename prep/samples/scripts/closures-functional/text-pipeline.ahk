; Compose small text functions into a pipeline
; Pipe takes any number of one-argument functions and returns a function that sends its argument
; through all of them from left to right. With it, Ctrl+Alt+G turns a heading on the clipboard
; into a file name: trimmed, lower case, umlauts spelled out, everything else than letters
; and digits turned into single hyphens, at most 40 characters. Replacing is a factory as well:
; it returns a step for a given pattern.
#Requires AutoHotkey v2.0

Pipe(steps*) {
    return (input) => RunAll(input)

    RunAll(value) {
        for step in steps
            value := step(value)
        return value
    }
}

Replacing(pattern, by := "") => (text) => RegExReplace(text, pattern, by)
Keeping(length) => (text) => SubStr(text, 1, length)

SpellOut(text) {
    for letter, letters in Map("ä", "ae", "ö", "oe", "ü", "ue", "ß", "ss", "é", "e", "è", "e")
        text := StrReplace(text, letter, letters)
    return text
}

toFileName := Pipe(Trim, StrLower, SpellOut, Replacing("[^a-z0-9]+", "-"), Keeping(40), Replacing("^-|-$"))

^!g::A_Clipboard := toFileName(A_Clipboard)
