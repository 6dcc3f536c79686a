; Centre the windows that programs open
; Windows tells the script through its shell hook whenever a new top-level window appears. If the
; window belongs to one of the listed programs, it is centred on the monitor with the mouse pointer
; a moment later; a size given in the list is set as well. Maximized windows are left alone. The tray
; menu item "Centre new windows" switches the feature off and on.
#Requires AutoHotkey v2.0
#SingleInstance Force
Persistent

; Program -> [width, height], or an empty array to keep the size.
programs := Map(
    "notepad.exe", [900, 700],
    "mspaint.exe", [1200, 800],
    "calc.exe", [],
    "regedit.exe", [1100, 700]
)
ITEM := "Centre new windows"
A_TrayMenu.Insert("1&", ITEM, (name, position, trayMenu) => SetWatching(!watching))
watching := false
SetWatching(true)
OnExit((*) => SetWatching(false))

SetWatching(state) {
    global watching
    static hookMessage := DllCall("RegisterWindowMessageW", "Str", "SHELLHOOK", "UInt")
    if state = watching
        return
    watching := state
    if state {
        DllCall("RegisterShellHookWindow", "Ptr", A_ScriptHwnd)
        OnMessage(hookMessage, ShellEvent)
        A_TrayMenu.Check(ITEM)
    } else {
        DllCall("DeregisterShellHookWindow", "Ptr", A_ScriptHwnd)
        OnMessage(hookMessage, ShellEvent, 0)
        A_TrayMenu.Uncheck(ITEM)
    }
}

ShellEvent(code, hwnd, *) {
    static HSHELL_WINDOWCREATED := 1
    if code = HSHELL_WINDOWCREATED
        SetTimer(Centre.Bind(hwnd), -200)       ; the program still sets its own size first
}

Centre(hwnd) {
    try {
        program := StrLower(WinGetProcessName(hwnd))
        if !programs.Has(program) || WinGetMinMax(hwnd) != 0
            return
        WinGetPos(, , &width, &height, hwnd)
        if programs[program].Length
            width := programs[program][1], height := programs[program][2]
        PointerArea(&left, &top, &right, &bottom)
        width := Min(width, right - left)
        height := Min(height, bottom - top)
        WinMove((left + right - width) // 2, (top + bottom - height) // 2, width, height, hwnd)
    }
}

PointerArea(&left, &top, &right, &bottom) {
    CoordMode("Mouse", "Screen")
    MouseGetPos(&x, &y)
    Loop MonitorGetCount() {
        MonitorGet(A_Index, &left, &top, &right, &bottom)
        if x >= left && x < right && y >= top && y < bottom {
            MonitorGetWorkArea(A_Index, &left, &top, &right, &bottom)
            return
        }
    }
    MonitorGetWorkArea(, &left, &top, &right, &bottom)
}
