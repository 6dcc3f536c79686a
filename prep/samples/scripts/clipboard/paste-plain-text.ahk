; Paste the clipboard as clean plain text
; Press Ctrl+Alt+V to paste what is on the clipboard without its formatting.
; Curly quotes become straight ones, long dashes become hyphens, non-breaking
; spaces become ordinary spaces, spaces at line ends are cut and more than two
; blank lines in a row are reduced to one. The original clipboard, with its
; formatting, is put back half a second later.
#Requires AutoHotkey v2.0
#SingleInstance Force

^!v::PasteClean()

PasteClean() {
    if A_Clipboard = "" {
        Notify("There is no text on the clipboard.")
        return
    }
    saved := ClipboardAll()
    cleaned := CleanText(A_Clipboard)
    A_Clipboard := ""
    A_Clipboard := cleaned
    if !ClipWait(1) {
        A_Clipboard := saved
        Notify("The clipboard is busy, try again.")
        return
    }
    SendInput("^v")
    ; Give the target program time to read the text before restoring.
    SetTimer(() => A_Clipboard := saved, -500)
}

CleanText(source) {
    static swaps := [
        [0x2018, "'"], [0x2019, "'"],
        [0x201C, '"'], [0x201D, '"'],
        [0x2013, "-"], [0x2014, " - "],
        [0x2026, "..."],
        [0x00A0, " "], [0x200B, ""]
    ]
    result := StrReplace(source, "`r`n", "`n")
    for swap in swaps
        result := StrReplace(result, Chr(swap[1]), swap[2])

    ; Drop blanks at the end of each line, then squeeze runs of blank lines.
    result := RegExReplace(result, "m)[ \t]+$")
    result := RegExReplace(result, "\n{4,}", "`n`n")
    return StrReplace(result, "`n", "`r`n")
}

Notify(message) {
    ToolTip(message)
    SetTimer(() => ToolTip(), -1500)
}
