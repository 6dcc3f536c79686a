; Statistics of the numbers on the clipboard
; Copy anything that holds numbers, such as a column of a spreadsheet, and press Ctrl+Alt+Numpad0.
; All numbers that stand alone between blanks, tabs, semicolons or line ends, with sign, decimal
; point or comma, are picked out (12 counts, 12kg does not), and a window tells count, sum, mean,
; median, mode, smallest and largest value, quartiles, and the standard deviation of the sample.
; Values further than 1.5 quartile distances outside the quartiles are named as outliers, and a
; histogram of eight classes is drawn with block characters beneath. With fewer than two numbers
; a tooltip says so.
#Requires AutoHotkey v2.0
#SingleInstance Force

^!Numpad0:: {
    values := ReadNumbers(A_Clipboard)
    if values.Length < 2 {
        ToolTip("Fewer than two numbers on the clipboard")
        SetTimer(ToolTip, -2000)
        return
    }
    view := Gui("+AlwaysOnTop", values.Length " numbers")
    view.SetFont("s10", "Consolas")
    view.AddEdit("w420 r21 ReadOnly -VScroll", StrReplace(Describe(Sorted(values)), "`n", "`r`n"))
    view.OnEvent("Escape", (*) => view.Destroy())
    view.Show()
}

ReadNumbers(text) {
    numbers := [], start := 1
    while at := RegExMatch(text, "(?<![\w.,])-?\d+(?:[.,]\d+)?(?![\w.,]*\w)", &found, start) {
        numbers.Push(Number(StrReplace(found[0], ",", ".")))
        start := at + found.Len
    }
    return numbers
}

; Sort works on text, so the numbers take a detour through a list.
Sorted(numbers) {
    list := ""
    for value in numbers
        list .= value "`n"
    ordered := []
    Loop Parse, Sort(RTrim(list, "`n"), "N"), "`n"
        ordered.Push(Number(A_LoopField))
    return ordered
}

; The value below which a share of the sorted numbers lies, between two of them if need be.
Quantile(sorted, share) {
    place := 1 + share * (sorted.Length - 1)
    low := Floor(place)
    high := Min(low + 1, sorted.Length)
    return sorted[low] + (place - low) * (sorted[high] - sorted[low])
}

Describe(sorted) {
    sum := 0, runs := Map()
    for value in sorted {
        sum += value
        runs[String(value)] := runs.Get(String(value), 0) + 1
    }
    mean := sum / sorted.Length
    squares := 0
    for value in sorted
        squares += (value - mean) ** 2
    mode := "", most := 1
    for value, times in runs
        if times > most
            mode := value " (" times " times)", most := times

    q1 := Quantile(sorted, 0.25), q3 := Quantile(sorted, 0.75)
    fence := 1.5 * (q3 - q1)
    outliers := ""
    for value in sorted
        if value < q1 - fence || value > q3 + fence
            outliers .= " " value

    text := ""
    for row in [["Sum", sum], ["Mean", mean], ["Median", Quantile(sorted, 0.5)], ["Deviation", Sqrt(squares / (sorted.Length - 1))]
            , ["Smallest", sorted[1]], ["Quartiles", Format("{:.6g} and {:.6g}", q1, q3)], ["Largest", sorted[-1]]]
        text .= Format("{:-12}{}`n", row[1], IsNumber(row[2]) ? Format("{:.6g}", row[2]) : row[2])
    return text Format("{:-12}{}`n{:-12}{}`n`n", "Mode", mode = "" ? "none" : mode, "Outliers"
        , outliers = "" ? "none" : Trim(outliers)) Histogram(sorted, 8)
}

Histogram(sorted, classes) {
    width := (sorted[-1] - sorted[1]) / classes || 1
    counts := []
    Loop classes
        counts.Push(0)
    for value in sorted
        counts[Min(Floor((value - sorted[1]) / width) + 1, classes)]++
    tallest := Max(counts*)
    text := ""
    for count in counts {
        bar := ""
        Loop Round(count / tallest * 25)
            bar .= "█"
        text .= Format("{:10.4g} {} {}`n", sorted[1] + (A_Index - 1) * width, bar, count || "")
    }
    return text
}
