; Show and hide hidden files and extensions in Explorer
; While an Explorer window is active, Ctrl+H switches the display of hidden files, Ctrl+Shift+H
; that of protected system files and Ctrl+Shift+E that of file name extensions. Each hotkey
; flips a value below Explorer's Advanced key in the registry, refreshes all open Explorer
; windows so that it takes effect at once, and tells the new state in a tooltip.
#Requires AutoHotkey v2.0
#SingleInstance Force

#HotIf WinActive("ahk_class CabinetWClass")
^h::Flip("Hidden", 1, 2, "Hidden files")            ; 1 shows them, 2 hides them
^+h::Flip("ShowSuperHidden", 1, 0, "System files")
^+e::Flip("HideFileExt", 0, 1, "Extensions")        ; this one is the other way round
#HotIf

Flip(name, shown, concealed, label) {
    static key := "HKCU\Software\Microsoft\Windows\CurrentVersion\Explorer\Advanced"
    visible := RegRead(key, name, concealed) = shown
    try {
        RegWrite(visible ? concealed : shown, "REG_DWORD", key, name)
    } catch OSError as problem {
        MsgBox("The setting could not be written.`n" problem.Message, "Explorer", "Iconx")
        return
    }
    RefreshExplorer()
    ToolTip(label " are " (visible ? "hidden" : "shown") " now")
    SetTimer(() => ToolTip(), -1500)
}

RefreshExplorer() {
    ; Tells the shell, and with it the desktop, that its settings changed (SHCNE_ASSOCCHANGED).
    DllCall("shell32\SHChangeNotify", "Int", 0x08000000, "UInt", 0, "Ptr", 0, "Ptr", 0)
    for folderWindow in ComObject("Shell.Application").Windows
        try folderWindow.Refresh()      ; a window that is just closing may refuse
}
