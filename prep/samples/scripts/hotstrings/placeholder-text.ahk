; Placeholder text and made-up data on demand
; Typing lorem and a digit, such as lorem3, is replaced at once by that many made-up sentences.
; Further codes end with a space or Tab: xxguid gives a new GUID, xxnum a random number of six
; digits, xxday a random date of the last year, xxhex a random colour, xxpick a random line of the
; clipboard. Useful for filling forms while a program is being tested.
#Requires AutoHotkey v2.0
#SingleInstance Force

Loop 9
    Hotstring(":*:lorem" A_Index, TypeSentences.Bind(A_Index))

:O:xxguid::
{
    SendText(NewGuid())
}
:XO:xxnum::SendText(Random(100000, 999999))
:XO:xxday::SendText(FormatTime(DateAdd(A_Now, -Random(1, 365), "Days"), "yyyy-MM-dd"))
:XO:xxhex::SendText(Format("#{:06X}", Random(0, 0xFFFFFF)))
:XO:xxpick::SendText(AnyOf(StrSplit(Trim(A_Clipboard, "`r`n"), "`n", "`r")))

TypeSentences(count, *) {
    text := ""
    Loop count
        text .= (A_Index > 1 ? " " : "") Sentence(Random(6, 14))
    SendText(text)
}

Sentence(length) {
    static words := StrSplit("the a quiet river stone carries every second morning light over old "
        . "garden walls and under narrow bridges where some boats wait for rain or wind while "
        . "children count slow clouds beside empty market stalls near seven small houses", " ")
    line := ""
    previous := ""
    while A_Index <= length {
        ; The same word never comes twice in a row.
        word := AnyOf(words)
        while word = previous
            word := AnyOf(words)
        line .= (line = "" ? "" : " ") word
        previous := word
    }
    return StrUpper(SubStr(line, 1, 1)) SubStr(line, 2) "."
}

AnyOf(items) => items.Length ? items[Random(1, items.Length)] : ""

NewGuid() {
    guid := Buffer(16)
    if DllCall("ole32\CoCreateGuid", "Ptr", guid)
        throw OSError()
    text := Buffer(39 * 2)          ; braces, hyphens, digits and the final zero
    DllCall("ole32\StringFromGUID2", "Ptr", guid, "Ptr", text, "Int", 39)
    return Trim(StrGet(text, "UTF-16"), "{}")
}
