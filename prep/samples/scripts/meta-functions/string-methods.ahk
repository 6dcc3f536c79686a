; Give strings methods and properties of their own
; Strings have no methods in AutoHotkey, but names that are looked up on a string are looked for
; in the prototype of all strings. This script adds some there: text.Length, text.IsBlank,
; text[3] for a character (from the end with negative numbers), text.Words(), text.Reverse(),
; text.Repeat(n), text.Between(left, right), text.Shorten(limit) at a word boundary, and
; text.StartsWith(part). The prototype has no DefineProp itself, so the one of plain objects is
; borrowed. The demo prints one line for each of them.
#Requires AutoHotkey v2.0

ExtendStrings()

sample := "The quick brown fox (a red one) jumps over the lazy dog"
Show("length", sample.Length)
Show("characters", sample[1] sample[-1])
Show("words", sample.Words().Length)
Show("reversed", "stressed".Reverse())
Show("between", sample.Between("(", ")"))
Show("shortened", sample.Shorten(30))
Show("ruler", "=-".Repeat(12))
Show("blank", "  `t".IsBlank ? "yes" : "no")
Show("starts", sample.StartsWith("The ") && !sample.StartsWith("the ") ? "case matters" : "wrong")

ExtendStrings() {
    define := {}.DefineProp
    target := "".base
    define(target, "Length", {Get: StrLen})
    define(target, "IsBlank", {Get: (text) => Trim(text, " `t`r`n") == ""})
    define(target, "__Item", {Get: (text, index) => SubStr(text, index, 1)})
    define(target, "StartsWith", {Call: (text, part) => InStr(text, part, true) = 1})
    define(target, "Repeat", {Call: (text, count) => StrReplace(Format("{:" count "}", ""), " ", text)})
    for name, method in Map("Words", Words, "Reverse", Reverse, "Between", Between, "Shorten", Shorten)
        define(target, name, {Call: method})

    Words(text) => StrSplit(Trim(RegExReplace(text, "\s+", " ")), " ")

    Reverse(text) {
        backwards := ""
        Loop Parse, text
            backwards := A_LoopField backwards
        return backwards
    }

    Between(text, left, right) {
        if !(from := InStr(text, left))
            return ""
        from += StrLen(left)
        upTo := InStr(text, right, , from)
        return upTo ? SubStr(text, from, upTo - from) : ""
    }

    Shorten(text, limit) {
        if StrLen(text) <= limit
            return text
        ; One character more, so that a word that just fits is kept.
        return RegExReplace(SubStr(text, 1, limit - 2), "\s*\S*$") "..."
    }
}

Show(label, result) => FileAppend(Format("{:-12}{}`n", label, result), "*")
