; Pick a window from a menu with icons
; Shift+Middle click opens a menu of all ordinary windows. Windows are grouped by program with a
; separator line between the groups, carry the icon of their program, and have a check mark
; if they are minimized. A click activates the window, Ctrl+click closes it, and Shift+click
; minimizes it.
#Requires AutoHotkey v2.0

+MButton:: {
    groups := Map()
    for id in WinGetList() {
        if !IsOrdinary(id)
            continue
        try path := WinGetProcessPath(id)
        catch Error
            path := ""
        if !groups.Has(path)
            groups[path] := []
        groups[path].Push(id)
    }

    picker := Menu()
    for path, windows in groups {
        if A_Index > 1
            picker.Add()
        for id in windows
            AddWindow(picker, id, path)
    }
    picker.Show()
}

AddWindow(picker, id, path) {
    title := WinGetTitle(id)
    if StrLen(title) > 60
        title := SubStr(title, 1, 57) "..."
    ; The id behind the tab is unique and hardly visible as a shortcut text.
    label := StrReplace(title, "&", "&&") "`t" Format("{:x}", id)
    picker.Add(label, ActOn.Bind(id))
    if WinGetMinMax(id) = -1
        picker.Check(label)
    else if path != ""
        try picker.SetIcon(label, path)
}

; Visible windows with a title that would also be found on the taskbar.
IsOrdinary(id) {
    static WS_EX_TOOLWINDOW := 0x80, WS_EX_APPWINDOW := 0x40000
    try {
        if WinGetTitle(id) = ""
            return false
        extended := WinGetExStyle(id)
    } catch TargetError {
        return false
    }
    owned := DllCall("GetWindow", "Ptr", id, "UInt", 4, "Ptr")     ; GW_OWNER
    return (extended & WS_EX_APPWINDOW) || !(owned || extended & WS_EX_TOOLWINDOW)
}

ActOn(id, *) {
    try {
        if GetKeyState("Ctrl")
            WinClose(id)
        else if GetKeyState("Shift")
            WinMinimize(id)
        else
            WinActivate(id)
    } catch TargetError {
        SoundBeep(300, 100)     ; closed while the menu was open
    }
}
