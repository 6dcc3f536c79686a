; Command launcher that forgives typing errors
; Ctrl+Alt+Space opens a box for a command word such as "notepad", "calculator" or "downloads".
; An exact word, in any case, is carried out at once. Otherwise the script computes the edit
; distance (insertions, deletions, replacements and swapped neighbours cost one each) between
; the typed word and every known one, and asks "Did you mean ...?" for the closest, provided
; that not more than a third of its letters differ. Nothing close enough: all commands are listed.
#Requires AutoHotkey v2.0
#SingleInstance Force

commands := Map(
    "notepad", () => Run("notepad.exe"),
    "calculator", () => Run("calc.exe"),
    "paint", () => Run("mspaint.exe"),
    "desktop", () => Run(A_Desktop),
    "temporary", () => Run(A_Temp),
    "reload", Reload
)

^!Space:: {
    prompt := InputBox("Command:", "Launcher", "w260 h100")
    word := StrLower(Trim(prompt.Value))
    if prompt.Result != "OK" || word = ""
        return
    if commands.Has(word)
        return commands[word].Call()

    guess := ClosestWord(word, commands)
    if guess = ""
        MsgBox("Unknown command. There are:" ListWords(commands), "Launcher")
    else if MsgBox("Did you mean " guess "?", "Launcher", "YesNo") = "Yes"
        commands[guess].Call()
}

ClosestWord(typed, known) {
    closest := "", least := 1000
    for word in known {
        distance := EditDistance(typed, word)
        if distance < least && distance * 3 <= StrLen(word)
            closest := word, least := distance
    }
    return closest
}

; Keeps only the last three rows of the table; the one before the previous is for swaps.
EditDistance(a, b) {
    older := []
    previous := [0]
    Loop StrLen(b)
        previous.Push(A_Index)

    Loop StrLen(a) {
        i := A_Index
        current := [i]
        Loop StrLen(b) {
            j := A_Index
            same := SubStr(a, i, 1) = SubStr(b, j, 1)
            cost := Min(previous[j + 1] + 1, current[j] + 1, previous[j] + !same)
            if i > 1 && j > 1 && SubStr(a, i, 1) = SubStr(b, j - 1, 1) && SubStr(a, i - 1, 1) = SubStr(b, j, 1)
                cost := Min(cost, older[j - 1] + 1)
            current.Push(cost)
        }
        older := previous
        previous := current
    }
    return previous[StrLen(b) + 1]
}

ListWords(known) {
    text := ""
    for word in known
        text .= "`n  " word
    return text
}
