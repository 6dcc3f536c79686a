; Count the most frequent words of a text file
; Asks for a text file, counts how often each word occurs without regard to upper
; or lower case, leaves out very common words, and shows the 20 most frequent ones
; in a list with their share of all counted words. Words with the same count are
; ordered alphabetically. Accented letters and apostrophes count as word parts.
#Requires AutoHotkey v2.0

commonWords := "a an and are as at be but by for from had has have he her his i in is it"
    . " its not of on or she that the their they this to was we were which with you"

textFile := FileSelect(1, A_MyDocuments, "Choose a text file", "Text (*.txt; *.md; *.log)")
if textFile = ""
    ExitApp

counts := CountWords(FileRead(textFile, "UTF-8"), commonWords)
ShowTop(RankWords(counts), 20)

CountWords(text, skipList) {
    skip := Map()
    for word in StrSplit(skipList, " ")
        skip[word] := 1

    tally := Map()
    start := 1
    while start := RegExMatch(text, "[\p{L}]+(?:['\x{2019}][\p{L}]+)*", &hit, start) {
        word := StrLower(hit[0])
        if !skip.Has(word)
            tally[word] := tally.Get(word, 0) + 1
        start += hit.Len[0]
    }
    return tally
}

; Sort works on text, so the count goes first, turned round and padded with zeros:
; the highest count then sorts first and equal counts sort by word.
RankWords(tally) {
    lines := ""
    for word, count in tally
        lines .= Format("{:010}", 9999999999 - count) "|" word "`n"
    ranked := []
    for line in StrSplit(Sort(RTrim(lines, "`n")), "`n") {
        word := StrSplit(line, "|")[-1]
        if word != ""
            ranked.Push({ word: word, count: tally[word] })
    }
    return ranked
}

ShowTop(ranked, limit) {
    total := 0
    for entry in ranked
        total += entry.count

    window := Gui(, "Frequent words")
    list := window.AddListView("w320 r20", ["Word", "Count", "Share"])
    for entry in ranked {
        if A_Index > limit
            break
        list.Add(, entry.word, entry.count, Format("{:.1f} %", 100 * entry.count / total))
    }
    list.ModifyCol(1, 160), list.ModifyCol(2, "70 Integer")
    window.AddText(, Format("{1} different words, {2} in all", ranked.Length, total))
    window.OnEvent("Close", (*) => ExitApp())
    window.Show()
}
