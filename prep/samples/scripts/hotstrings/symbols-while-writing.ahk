; Type arrows, fractions and Greek letters by name
; Short codes turn into symbols as soon as they are complete: -> becomes an arrow,
; 1/2 a fraction, \alpha a Greek letter. A capital after the backslash gives the
; capital letter. The codes work everywhere except in code editors and consoles,
; where such characters are needed as they are. Within three
; seconds after a Greek letter, Ctrl+Backspace takes it back and types its code.
#Requires AutoHotkey v2.0
#SingleInstance Force

GroupAdd("CodeWindows", "ahk_exe Code.exe")
GroupAdd("CodeWindows", "ahk_exe notepad++.exe")
GroupAdd("CodeWindows", "ahk_class ConsoleWindowClass")
GroupAdd("CodeWindows", "ahk_exe WindowsTerminal.exe")

lastCode := ""

#HotIf !WinActive("ahk_group CodeWindows")

; * replaces without an ending character, ? also works inside a word.
:*?:->::→
:*?:<-::←
:*?:=/=::≠
:*?:+/-::±
:*?:(c)::©
:*:1/2::½
:*:1/4::¼
:*:3/4::¾

; C makes the code case sensitive, X runs a function instead of typing.
:*?CX:\alpha::Symbol("α")
:*?CX:\beta::Symbol("β")
:*?CX:\gamma::Symbol("γ")
:*?CX:\Gamma::Symbol("Γ")
:*?CX:\delta::Symbol("δ")
:*?CX:\Delta::Symbol("Δ")
:*?CX:\lambda::Symbol("λ")
:*?CX:\pi::Symbol("π")
:*?CX:\sigma::Symbol("σ")
:*?CX:\Sigma::Symbol("Σ")
:*?CX:\omega::Symbol("ω")
:*?CX:\Omega::Symbol("Ω")

#HotIf lastCode != ""
^Backspace::UndoSymbol()
#HotIf

Symbol(char) {
    global lastCode
    SendText(char)
    ; A_ThisHotkey is, for example, ":*?CX:\alpha".
    lastCode := RegExReplace(A_ThisHotkey, "^:[^:]*:")
    SetTimer(ForgetCode, -3000)
}

UndoSymbol() {
    code := lastCode
    ForgetCode()
    Send("{Backspace}")
    ; SendLevel 0 is the default, so this text cannot trigger a hotstring again.
    SendText(code)
}

ForgetCode() {
    global lastCode := ""
}
