; Hide windows in the tray menu
; Win+Shift+Down hides the active window completely, from the screen and from the taskbar. The tray
; menu of the script lists all hidden windows by title and shows the chosen one again. Win+Shift+Up
; brings back the window hidden last. When the script ends, every hidden window is shown. Windows
; that were closed meanwhile drop out of the list when the menu is built.
#Requires AutoHotkey v2.0
#SingleInstance Force
Persistent

hidden := []            ; {hwnd, title}, the latest at the end
RebuildTray()
OnExit(ShowAll)

#+Down:: {
    hwnd := WinExist("A")
    ; Hiding the desktop or the taskbar would leave the user stranded.
    if !hwnd || WinGetClass(hwnd) ~= "^(Progman|WorkerW|Shell_\w*TrayWnd)$"
        return
    title := WinGetTitle(hwnd)
    WinHide(hwnd)
    hidden.Push({ hwnd: hwnd, title: title = "" ? "(untitled)" : title })
    ; The focus would otherwise be nowhere.
    Send("!{Esc}")
    RebuildTray()
}

#+Up:: {
    if hidden.Length
        BringBack(hidden[-1].hwnd)
}

BringBack(hwnd, *) {
    for index, window in hidden
        if window.hwnd = hwnd {
            hidden.RemoveAt(index)
            break
        }
    try {
        WinShow(hwnd)
        WinActivate(hwnd)
    } catch TargetError {
        TrayTip("That window has been closed.", "Hidden windows")
    }
    RebuildTray()
}

RebuildTray() {
    A_TrayMenu.Delete()
    index := hidden.Length
    while index > 0 {
        window := hidden[index]
        if DllCall("IsWindow", "Ptr", window.hwnd) {
            caption := StrReplace(SubStr(window.title, 1, 60), "&", "&&")
            ; The number in front keeps equal titles apart.
            A_TrayMenu.Add(index ": " caption, BringBack.Bind(window.hwnd))
        } else {
            hidden.RemoveAt(index)
        }
        index--
    }
    if hidden.Length {
        A_TrayMenu.Add()
        A_TrayMenu.Add("Show all", (*) => (ShowAll(), RebuildTray()))
    }
    A_TrayMenu.Add("Exit", (*) => ExitApp())
    A_IconTip := hidden.Length " hidden windows"
}

ShowAll(*) {
    while hidden.Length
        try WinShow(hidden.Pop().hwnd)
}
