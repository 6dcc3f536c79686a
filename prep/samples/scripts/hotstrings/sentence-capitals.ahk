; Start every sentence with a capital letter
; When a full stop, question mark or exclamation mark is followed by a blank and a small letter, the
; letter is turned into a capital at once. After abbreviations such as e.g., i.e., etc. and
; approx. it stays small. If a capital was not wanted, typing the letter again after Backspace
; keeps it small. Ctrl+Alt+Home switches the feature off and on, with a high or a low beep. It
; does not work in consoles and code editors.
#Requires AutoHotkey v2.0
#SingleInstance Force

codePrograms := "i)^(code|windowsterminal|cmd|powershell|pwsh|devenv|notepad\+\+)\.exe$"
keepSmall := false
enabled := true

HotIf((*) => enabled && WritesProse())
for stop in [".", "?", "!"]
    Loop 26
        Hotstring(":*?CB0:" stop " " Chr(96 + A_Index), Capitalize)
for abbreviation in ["e.g. ", "i.e. ", "etc. ", "approx. ", "vs. ", "cf. "]
    Hotstring(":*B0:" abbreviation, (*) => Remember(true))
HotIf()

~Backspace::Remember(true)      ; whoever goes back wants to decide for himself
~Enter::Remember(false)
^!Home:: {
    global enabled := !enabled
    SoundBeep(enabled ? 900 : 500, 100)
}

; A_ThisHotkey ends with the small letter that was typed.
Capitalize(*) {
    if keepSmall {
        Remember(false)
        return
    }
    SendInput("{Backspace}" StrUpper(SubStr(A_ThisHotkey, -1)))
}

Remember(state) {
    static forget := Remember.Bind(false)
    global keepSmall := state
    ; It is meant for the next letter only, so it must not live on.
    SetTimer(forget, state ? -4000 : 0)
}

WritesProse() {
    try
        return !(WinGetProcessName("A") ~= codePrograms)
    catch TargetError
        return false
}
