; Inspect the characters of the selected text
; Win+Alt+X copies the selection and lists its characters one by one: the code point as U+XXXX,
; the character itself, what sort it is (letter, digit, mark, space, control and so on), its
; UTF-8 bytes and its UTF-16 units. Invisible and easily confused ones, such as zero-width
; spaces or a Cyrillic a between Latin letters, are flagged. The status bar sums up how
; many characters, units and bytes the text has.
#Requires AutoHotkey v2.0
#SingleInstance Force

#!x:: {
    before := ClipboardAll()
    A_Clipboard := ""
    Send("^c")
    text := ClipWait(0.5) ? A_Clipboard : ""
    A_Clipboard := before
    if text != ""
        ShowCharacters(SubStr(text, 1, 2000))
}

ShowCharacters(text) {
    window := Gui("+Resize", "Characters")
    window.SetFont("s10", "Segoe UI")
    list := window.AddListView("w600 r20", ["Code", "Char", "Sort", "UTF-8", "UTF-16", "Note"])
    bar := window.AddStatusBar()
    latin := text ~= "\p{Latin}"
    position := 1, count := 0
    while position <= StrLen(text) {
        ; A character beyond U+FFFF takes two units; Ord joins them if it gets both.
        code := Ord(SubStr(text, position, 2))
        units := code > 0xFFFF ? 2 : 1
        char := SubStr(text, position, units)
        list.Add(, Format("U+{:04X}", code), code < 32 ? "" : char, SortOf(char)
            , HexOf(char, "UTF-8", 1), HexOf(char, "UTF-16", 2), Warning(char, latin))
        position += units
        count++
    }
    Loop 6
        list.ModifyCol(A_Index, "AutoHdr")
    bar.SetText(Format("  {} characters, {} UTF-16 units, {} UTF-8 bytes"
        , count, StrLen(text), StrPut(text, "UTF-8") - 1))
    window.OnEvent("Size", (owner, state, width, height) => state != -1 && list.Move(, , width - 24, height - 44))
    window.OnEvent("Escape", (*) => window.Destroy())
    window.Show()
}

SortOf(char) {
    static sorts := [
        ["\p{Lu}", "capital letter"], ["\p{Ll}", "small letter"], ["\p{L}", "letter"],
        ["\p{M}", "combining mark"], ["\p{Nd}", "digit"], ["\p{N}", "number"],
        ["\p{P}", "punctuation"], ["\p{S}", "symbol"], ["\p{Z}", "space"],
        ["\p{Cc}", "control"], ["\p{Cf}", "format"], ["\p{Co}", "private use"]
    ]
    for rule in sorts
        if char ~= "^" rule[1]
            return rule[2]
    return "other"
}

HexOf(char, encoding, width) {
    bytes := Buffer(StrPut(char, encoding))
    StrPut(char, bytes, encoding)
    hex := ""
    ; The last unit is the terminating zero, which does not belong to the character.
    Loop bytes.Size // width - 1
        hex .= Format("{:0" width * 2 "X} ", NumGet(bytes, (A_Index - 1) * width, width = 1 ? "UChar" : "UShort"))
    return RTrim(hex)
}

Warning(char, textIsLatin) {
    static special := Map(
        0x00A0, "non-breaking space", 0x00AD, "soft hyphen", 0x200B, "zero-width space",
        0x200C, "zero-width non-joiner", 0x200D, "zero-width joiner", 0x200E, "left-to-right mark",
        0x2011, "non-breaking hyphen", 0x202F, "narrow space", 0xFEFF, "byte order mark", 0xFFFD, "decoding error"
    )
    code := Ord(char)
    if special.Has(code)
        return special[code]
    if textIsLatin && char ~= "[\p{Cyrillic}\p{Greek}]"
        return "looks Latin, perhaps"
    return ""
}
