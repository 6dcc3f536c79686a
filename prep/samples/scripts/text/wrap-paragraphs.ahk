; Re-wrap paragraphs to a fixed line length
; Win+W takes the selected text, joins the lines of each paragraph and breaks them
; again so that no line is longer than 72 characters. Blank lines keep paragraphs
; apart. A leading "> " quote mark or comment mark ("; ", "# ", "// ") on the first
; line of a paragraph is repeated on each of its lines. Words longer than a line
; are never split.
#Requires AutoHotkey v2.0
#SingleInstance Force

LINE_LENGTH := 72

#w:: {
    A_Clipboard := ""
    Send("^c")
    if !ClipWait(0.5)
        return
    A_Clipboard := Rewrap(A_Clipboard, LINE_LENGTH)
    Send("^v")
}

Rewrap(text, width) {
    ; The prefix is any indent, then optional quote or comment marks.
    static prefixPattern := "^[ \t]*(?:(?:>|;|#|//)+(?:[ \t]+|$))*"
    paragraphs := []
    current := ""

    Flush() {
        if current
            paragraphs.Push(FillLines(current.words, current.prefix, width))
        current := ""
    }

    for line in StrSplit(text, "`n", "`r") {
        RegExMatch(line, prefixPattern, &prefix)
        body := Trim(SubStr(line, prefix.Len[0] + 1))
        if body = "" {
            Flush()
            paragraphs.Push(RTrim(prefix[0]))
            continue
        }
        ; Another kind of mark starts a new paragraph even without a blank line.
        if current && Trim(prefix[0]) != Trim(current.prefix)
            Flush()
        if !current
            current := { prefix: prefix[0], words: [] }
        for word in StrSplit(RegExReplace(body, "\s+", " "), " ")
            current.words.Push(word)
    }
    Flush()

    joined := ""
    for paragraph in paragraphs
        joined .= (A_Index > 1 ? "`r`n" : "") paragraph
    return joined
}

FillLines(words, prefix, width) {
    filled := ""
    line := prefix words[1]
    for index, word in words {
        if index = 1
            continue
        if StrLen(line) + 1 + StrLen(word) <= width {
            line .= " " word
        } else {
            filled .= line "`r`n"
            line := prefix word
        }
    }
    return filled line
}
