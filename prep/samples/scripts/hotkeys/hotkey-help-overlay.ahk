; Hold F1 to see what the hotkeys of this script do
; While F1 is held longer than 0.4 seconds a half-transparent panel in the middle of the screen
; lists every hotkey of the script with the remark that stands behind it in the source; it goes
; away on release. A short press of F1 is passed on as usual. The list is read from the script's own
; file, so a new hotkey with a remark shows up by itself. Signs such as ^!+# are spelled out.
; Five small hotkeys for windows are there to begin with.
#Requires AutoHotkey v2.0
#SingleInstance Force

#Up::WinMaximize("A")               ; Maximize the window
#Down::WinMinimize("A")             ; Minimize the window
#^t::WinSetAlwaysOnTop(-1, "A")     ; Keep the window on top, or not
^!Backspace::WinClose("A")          ; Close the window
^!r::Reload()                       ; Load this script again

$F1:: {
    if KeyWait("F1", "T0.4") {      ; released in time
        Send("{F1}")
        return
    }
    panel := BuildPanel(ReadHotkeys(A_ScriptFullPath))
    KeyWait("F1")
    panel.Destroy()
}

; Array of [keys, remark] for lines of the form  keys::action ; remark
ReadHotkeys(path) {
    entries := []
    Loop Read, path
        if RegExMatch(A_LoopReadLine, "^([^\s;:`"]+)::.*\s;\s*(\S.*)$", &line)
            entries.Push([SpellOut(line[1]), line[2]])
    return entries
}

SpellOut(keys) {
    static names := Map("#", "Win+", "^", "Ctrl+", "!", "Alt+", "+", "Shift+"
        , "$", "", "~", "", "*", "", "<", "left ", ">", "right ")
    words := ""
    ; The last character is the key itself, even if it is one of the signs.
    while StrLen(keys) > 1 && names.Has(SubStr(keys, 1, 1)) {
        words .= names[SubStr(keys, 1, 1)]
        keys := SubStr(keys, 2)
    }
    return words (StrLen(keys) = 1 ? StrUpper(keys) : keys)
}

BuildPanel(entries) {
    sheet := Gui("-Caption +AlwaysOnTop +ToolWindow +E0x20")     ; 0x20: clicks pass through
    sheet.BackColor := "101820"
    sheet.MarginX := sheet.MarginY := 24
    sheet.SetFont("s14 cF0F0F0", "Segoe UI")
    for entry in entries {
        sheet.AddText("xm w220 cFFC83D", entry[1])
        sheet.AddText("x+10 yp", entry[2])
    }
    sheet.Show("NoActivate Center")
    WinSetTransparent(225, sheet)
    return sheet
}
