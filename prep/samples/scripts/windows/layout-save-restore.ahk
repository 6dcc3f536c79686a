; Save window layouts and bring them back
; Ctrl+Win+Shift+F1 to F3 store where the windows of all programs are, which are maximized and which
; minimized, under layout 1 to 3 in layouts.ini beside the script. Ctrl+Win+F1 to F3 put the windows
; back. Windows are matched by program and window class; several windows of the same kind are taken
; in the order of their titles. Windows that are not open now are passed over and a tray
; notice tells how many were placed.
#Requires AutoHotkey v2.0
#SingleInstance Force

layoutFile := A_ScriptDir "\layouts.ini"
Loop 3 {
    Hotkey("^#F" A_Index, RestoreLayout.Bind(A_Index))
    Hotkey("^#+F" A_Index, SaveLayout.Bind(A_Index))
}

SaveLayout(slot, *) {
    pairs := ""
    saved := 0
    for kind, handles in WindowsByKind()
        for hwnd in handles {
            try {
                state := WinGetMinMax(hwnd)
                place := NormalPlace(hwnd)
            } catch Error {
                continue
            }
            saved++
            pairs .= Format("{:03}={}|{}|{}|{}|{}|{}`n", saved, kind, state, place.x, place.y, place.w, place.h)
        }
    IniWrite(RTrim(pairs, "`n"), layoutFile, "Layout" slot)
    TrayTip(saved " windows stored", "Layout " slot)
}

RestoreLayout(slot, *) {
    open := WindowsByKind()
    placed := 0
    for line in StrSplit(IniRead(layoutFile, "Layout" slot, , ""), "`n") {
        ; The kind itself is "program|class", so there are seven parts.
        parts := StrSplit(SubStr(line, InStr(line, "=") + 1), "|")
        kind := parts[1] "|" parts[2]
        if !open.Has(kind) || !open[kind].Length
            continue
        hwnd := open[kind].RemoveAt(1)
        try {
            if WinGetMinMax(hwnd)
                WinRestore(hwnd)
            WinMove(parts[4], parts[5], parts[6], parts[7], hwnd)
            if parts[3] = 1
                WinMaximize(hwnd)
            else if parts[3] = -1
                WinMinimize(hwnd)
            placed++
        }
    }
    TrayTip(placed ? placed " windows placed" : "Nothing to place", "Layout " slot)
}

; Map of "program|class" -> handles, ordered by title.
WindowsByKind() {
    titles := ""
    for hwnd in WinGetList() {
        try {
            title := WinGetTitle(hwnd)
            if title != "" && !(WinGetExStyle(hwnd) & 0x80) && WinGetClass(hwnd) != "Progman"
                titles .= StrReplace(title, "`n", " ") "`t" hwnd "`n"
        }
    }
    kinds := Map()
    Loop Parse, Sort(RTrim(titles, "`n")), "`n" {
        hwnd := Integer(StrSplit(A_LoopField, "`t")[-1])
        try {
            kind := WinGetProcessName(hwnd) "|" StrReplace(WinGetClass(hwnd), "|")
            if !kinds.Has(kind)
                kinds[kind] := []
            kinds[kind].Push(hwnd)
        }
    }
    return kinds
}

; Position the window has, or would have when restored; WinGetPos would tell
; coordinates far off the screen for a minimized one.
NormalPlace(hwnd) {
    if WinGetMinMax(hwnd) = 0 {
        WinGetPos(&x, &y, &w, &h, hwnd)
        return { x: x, y: y, w: w, h: h }
    }
    info := Buffer(44, 0)               ; WINDOWPLACEMENT
    NumPut("UInt", info.Size, info)
    if !DllCall("GetWindowPlacement", "Ptr", hwnd, "Ptr", info)
        throw OSError()
    x := NumGet(info, 28, "Int"), y := NumGet(info, 32, "Int")
    return { x: x, y: y, w: NumGet(info, 36, "Int") - x, h: NumGet(info, 40, "Int") - y }
}
