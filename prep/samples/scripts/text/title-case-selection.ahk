; Convert the selected words to title case
; Select a heading and press Ctrl+Shift+T. Every word gets a capital letter except
; short ones such as "of" or "the", which stay lower case unless they come first,
; last or after a colon. Words written wholly in capitals (NASA, PDF) and words
; with a capital inside (iPhone) are left as they are.
#Requires AutoHotkey v2.0
#SingleInstance Force

^+t:: {
    backup := ClipboardAll()
    A_Clipboard := ""
    Send("^c")
    if ClipWait(0.6) {
        A_Clipboard := TitleCase(A_Clipboard)
        Send("^v")
        Sleep(200)
    }
    A_Clipboard := backup
}

TitleCase(heading) {
    words := StrSplit(heading, " ")
    ; A heading that is all capitals carries no information about acronyms.
    if !RegExMatch(heading, "\p{Ll}")
        words := StrSplit(StrLower(heading), " ")

    result := ""
    startsPhrase := true
    for index, word in words {
        isEdge := startsPhrase || index = words.Length
        result .= (index > 1 ? " " : "") CaseWord(word, isEdge)
        if word != ""
            startsPhrase := SubStr(word, -1) = ":"
    }
    return result
}

CaseWord(word, isEdge) {
    static small := MakeSet("a", "an", "and", "as", "at", "but", "by", "for", "from",
        "in", "nor", "of", "on", "or", "the", "to", "with")

    if RegExMatch(word, "[\p{L}\d].*\p{Lu}")
        return word
    bare := RegExReplace(word, "[^\p{L}]")
    if !isEdge && small.Has(StrLower(bare))
        return StrLower(word)
    ; Raise the first letter, also after a hyphen, as in "Twenty-Five".
    return RegExReplace(word, "(^[^\p{L}\d]*|-)(\p{Ll})", "$1$U2")
}

MakeSet(members*) {
    set := Map()
    for member in members
        set[member] := true
    return set
}
