; Shortcuts per program from one table
; A table at the top lists shortcuts that hold only in certain programs: in Notepad F5 types the
; date and Ctrl+D doubles the current line, in Explorer Ctrl+Alt+N opens a command prompt in the
; open folder and F12 shows hidden files or hides them again, in browsers Alt+Q closes the tab. Ctrl+Alt+K lists the
; shortcuts of the active program; Ctrl+Alt+F12 switches all of them off and on.
#Requires AutoHotkey v2.0
#SingleInstance Force

GroupAdd("Browsers", "ahk_exe firefox.exe")
GroupAdd("Browsers", "ahk_exe chrome.exe")
GroupAdd("Browsers", "ahk_exe msedge.exe")

; Window, keys, what it does, function.
table := [
    ["ahk_exe notepad.exe", "F5", "type the date", (*) => SendText(FormatTime(, "yyyy-MM-dd"))],
    ["ahk_exe notepad.exe", "^d", "double the line", DoubleLine],
    ["ahk_class CabinetWClass", "^!n", "command prompt here", PromptHere],
    ["ahk_class CabinetWClass", "F12", "hidden files on or off", ToggleHiddenFiles],
    ["ahk_group Browsers", "!q", "close the tab", (*) => Send("^w")]
]

for entry in table {
    HotIfWinActive(entry[1])
    Hotkey(entry[2], entry[4])
}
HotIfWinActive()            ; what follows holds everywhere again

^!k:: {
    list := ""
    for row in table
        if WinActive(row[1])
            list .= Format("{:-8} {}`n", row[2], row[3])
    MsgBox(list = "" ? "There are none for this program." : list, "Shortcuts here")
}

#SuspendExempt
^!F12:: {
    Suspend(-1)
    TrayTip(A_IsSuspended ? "Shortcuts off" : "Shortcuts on")
}
#SuspendExempt False

DoubleLine(*) {
    kept := ClipboardAll()
    A_Clipboard := ""
    Send("{Home}+{End}^c")
    if ClipWait(0.5)
        Send("{End}{Enter}"), SendText(A_Clipboard)
    A_Clipboard := kept
}

PromptHere(*) {
    active := WinExist("A")
    for view in ComObject("Shell.Application").Windows {
        if view.HWND != active
            continue
        place := view.Document.Folder.Self.Path
        if DirExist(place)
            Run(A_ComSpec, place)
        return
    }
}

; Explorer reads the setting anew when it is refreshed.
ToggleHiddenFiles(*) {
    static key := "HKCU\Software\Microsoft\Windows\CurrentVersion\Explorer\Advanced"
    shown := RegRead(key, "Hidden", 2) = 1
    RegWrite(shown ? 2 : 1, "REG_DWORD", key, "Hidden")
    Send("{F5}")
}
