; Turn dates of all kinds into ISO dates
; Win+Ctrl+D rewrites the dates in the text on the clipboard as 2024-05-03: "3 May 2024", "May 3rd,
; 2024", "3.5.2024", "03/05/2024" (day first) and years of two digits, where 00 to 49 mean this
; century. RegExReplace cannot call a function for each match, so ReplaceEach does: it walks from
; match to match and puts in what the function returns. A date that does not exist, such as
; 31.4.2024, is left alone. A tray tip tells how many dates were changed.
#Requires AutoHotkey v2.0

#^d:: {
    changed := 0
    text := A_Clipboard
    names := "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
    forms := [
        "\b(?<d>\d{1,2})(?:st|nd|rd|th)?\.?\s+(?<m>" names ")[a-z]*\.?,?\s+(?<y>\d{4})\b",
        "\b(?<m>" names ")[a-z]*\.?\s+(?<d>\d{1,2})(?:st|nd|rd|th)?,?\s+(?<y>\d{4})\b",
        "(?<![\d.])(?<d>\d{1,2})\.\s?(?<m>\d{1,2})\.\s?(?<y>\d{4}|\d{2})(?![\d.]\d)",
        "(?<![\d/])(?<d>\d{1,2})/(?<m>\d{1,2})/(?<y>\d{4}|\d{2})(?![\d/])"
    ]
    for form in forms
        text := ReplaceEach(text, "i)" form, ToIso)
    A_Clipboard := text
    TrayTip(changed " dates changed")

    ToIso(found) {
        month := IsInteger(found["m"]) ? found["m"] : InStr(names, SubStr(found["m"], 1, 3)) // 4 + 1
        year := StrLen(found["y"]) = 2 ? (found["y"] < 50 ? "20" : "19") found["y"] : found["y"]
        ; IsTime checks the length of the months, except that it knows no leap years.
        stamp := Format("{:04d}{:02d}{:02d}", year, month, found["d"])
        if !IsTime(stamp) || SubStr(stamp, 5) = "0229" && (Mod(year, 4) || !Mod(year, 100) && Mod(year, 400))
            return found[0]
        changed++
        return Format("{:04d}-{:02d}-{:02d}", year, month, found["d"])
    }
}

; Replaces every match by what replace(match) returns.
ReplaceEach(text, pattern, replace) {
    result := "", start := 1
    while at := RegExMatch(text, pattern, &found, start) {
        result .= SubStr(text, start, at - start) replace(found)
        start := at + found.Len
    }
    return result SubStr(text, start)
}
