; Format, minify or sort JSON on the clipboard
; Ctrl+Alt+J rewrites the JSON text on the clipboard with line breaks and an indent of four
; blanks, Ctrl+Alt+Shift+J removes all blanks that are not needed. Neither builds values: the
; text is only cut into tokens, so that numbers, escapes and the order of the keys stay
; exactly as they were. Brackets are checked on the way, and a text that is no JSON is left
; alone with a message that shows the place where it went wrong.
#Requires AutoHotkey v2.0

^!j::Rework(Prettify)
^!+j::Rework(Minify)

Rework(change) {
    try {
        tokens := Tokenize(A_Clipboard)
        CheckBrackets(tokens)
        A_Clipboard := change(tokens)
        TrayTip(tokens.Length " tokens, now on the clipboard", "JSON")
    } catch ValueError as err {
        TrayTip(err.Message ": " err.Extra, "This is not JSON", "Iconx")
    }
}

Tokenize(text) {
    static pattern := 'A)\s*+(?:("(?:[^"\\]++|\\.)*+")|(-?\d++(?:\.\d++)?(?:[eE][+-]?\d++)?|true|false|null)|([{}\[\]:,]))'
    tokens := []
    text := RTrim(text, " `t`r`n")
    start := 1
    while start <= StrLen(text) {
        if !RegExMatch(text, pattern, &m, start)
            throw ValueError("Not understood", , SubStr(text, start, 30))
        tokens.Push(m[1] m[2] m[3])     ; only one of them holds something
        start += m.Len
    }
    if !tokens.Length
        throw ValueError("Empty", , "nothing there")
    return tokens
}

CheckBrackets(tokens) {
    static partner := Map("}", "{", "]", "[")
    stack := []
    for index, token in tokens {
        if token = "{" || token = "["
            stack.Push(token)
        else if partner.Has(token) && (!stack.Length || stack.Pop() != partner[token])
            throw ValueError("A bracket too many or of the wrong kind", , "token " index)
    }
    if stack.Length
        throw ValueError("Not closed", , stack.Length " bracket(s)")
}

Minify(tokens) {
    text := ""
    for token in tokens
        text .= token
    return text
}

Prettify(tokens) {
    static step := "    "
    text := "", margin := "", previous := ""
    for token in tokens {
        opened := previous = "{" || previous = "["
        switch token {
            case "}", "]":
                margin := SubStr(margin, 1, -StrLen(step))
                ; An empty object or array stays together.
                text .= opened ? token : "`r`n" margin token
            case ",":
                text .= ",`r`n" margin
            case ":":
                text .= ": "
            default:
                text .= opened ? "`r`n" margin token : token
        }
        if token = "{" || token = "["
            margin .= step
        previous := token
    }
    return text
}
