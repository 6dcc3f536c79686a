; Readability of the selected English text
; Select a passage and press Win+Alt+R. The script counts sentences, words and syllables,
; works out the Flesch reading ease and the school grade after Kincaid, and shows them with a
; verdict in words. Syllables are estimated: each group of vowels counts once, a silent e at
; the end not at all. Passages under ten words are refused.
#Requires AutoHotkey v2.0
#SingleInstance Force

#!r:: {
    A_Clipboard := ""
    Send("^c")
    if ClipWait(1)
        MsgBox(Describe(A_Clipboard), "Readability", "Iconi")
}

Describe(passage) {
    RegExReplace(passage, "[.!?]+(?=[\s)`"'\x{201D}]|$)", , &sentences)
    sentences := Max(sentences, 1)
    words := 0
    syllables := 0
    position := 1
    while position := RegExMatch(passage, "[A-Za-z]+(?:['\x{2019}][A-Za-z]+)*", &word, position) {
        words++
        syllables += CountSyllables(word[0])
        position += word.Len
    }
    if words < 10
        return "Ten words are needed at least."

    perSentence := words / sentences
    perWord := syllables / words
    ease := 206.835 - 1.015 * perSentence - 84.6 * perWord
    grade := 0.39 * perSentence + 11.8 * perWord - 15.59
    return Format("{1} sentences, {2} words, {3} syllables`n"
        . "{4:.1f} words to a sentence, {5:.2f} syllables to a word`n`n"
        . "Reading ease {6:.0f}: {7}`nSchool grade {8:.1f}"
        , sentences, words, syllables, perSentence, perWord, ease, Verdict(ease), grade)
}

CountSyllables(word) {
    stem := RegExReplace(StrLower(word), "(?<=[^aeiouyl])e$")
    RegExReplace(stem, "[aeiouy]+", , &groups)
    return Max(groups, 1)
}

Verdict(ease) {
    for level in [[90, "very easy"], [70, "easy"], [60, "plain"], [50, "fairly hard"], [30, "hard"]]
        if ease >= level[1]
            return level[2]
    return "very hard"
}
