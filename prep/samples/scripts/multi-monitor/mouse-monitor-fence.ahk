; Jump with the mouse between monitors, or fence it in
; Win+Alt+1 to Win+Alt+9 send the mouse pointer to the monitor of that number, to the place
; where it was last on it, or to its centre the first time, and flash a ring around it.
; Win+Alt+0 fences the pointer in on the monitor where it is, with ClipCursor, until the
; hotkey is pressed again; because Windows lifts such a limit whenever another window is
; activated, a timer renews it.
#Requires AutoHotkey v2.0
#SingleInstance Force

CoordMode("Mouse", "Screen")
lastPlaces := Map()
fenced := 0

Loop Min(9, MonitorGetCount())
    Hotkey("#!" A_Index, JumpTo.Bind(A_Index))
Hotkey("#!0", (*) => ToggleFence())
OnExit((*) => (DllCall("ClipCursor", "Ptr", 0), 0))

JumpTo(number, *) {
    if fenced || number > MonitorGetCount()
        return
    MouseGetPos(&x, &y)
    lastPlaces[MonitorAt(x, y)] := [x, y]
    MonitorGet(number, &left, &top, &right, &bottom)
    target := lastPlaces.Get(number, [(left + right) // 2, (top + bottom) // 2])
    ; SetCursorPos copes with monitors of different scaling better than MouseMove; the second
    ; call corrects a pointer that was put to the wrong place on the way.
    Loop 2
        DllCall("SetCursorPos", "Int", target[1], "Int", target[2])
    Ring(target[1], target[2])
}

MonitorAt(x, y) {
    Loop MonitorGetCount() {
        MonitorGet(A_Index, &left, &top, &right, &bottom)
        if x >= left && x < right && y >= top && y < bottom
            return A_Index
    }
    return MonitorGetPrimary()
}

ToggleFence() {
    global fenced
    if fenced {
        fenced := 0
        SetTimer(HoldFence, 0)
        DllCall("ClipCursor", "Ptr", 0)
    } else {
        MouseGetPos(&x, &y)
        fenced := MonitorAt(x, y)
        HoldFence()
        SetTimer(HoldFence, 200)
    }
    ToolTip(fenced ? "The mouse stays on monitor " fenced : "The mouse is free")
    SetTimer(() => ToolTip(), -1500)
}

HoldFence() {
    MonitorGet(fenced, &left, &top, &right, &bottom)
    limits := Buffer(16)
    NumPut("Int", left, "Int", top, "Int", right, "Int", bottom, limits)
    DllCall("ClipCursor", "Ptr", limits)
}

; A ring is an ellipse with a smaller ellipse cut out of it.
Ring(x, y, radius := 60) {
    static hoop := ""
    if !hoop {
        hoop := Gui("-Caption +AlwaysOnTop +ToolWindow +E0x20 -DPIScale")
        hoop.BackColor := "FFB000"
    }
    side := radius * 2
    hoop.Show(Format("NA x{} y{} w{} h{}", x - radius, y - radius, side, side))
    outer := DllCall("CreateEllipticRgn", "Int", 0, "Int", 0, "Int", side, "Int", side, "Ptr")
    inner := DllCall("CreateEllipticRgn", "Int", 8, "Int", 8, "Int", side - 8, "Int", side - 8, "Ptr")
    DllCall("CombineRgn", "Ptr", outer, "Ptr", outer, "Ptr", inner, "Int", 4)     ; RGN_DIFF
    DllCall("SetWindowRgn", "Ptr", hoop.Hwnd, "Ptr", outer, "Int", true)        ; Windows owns it now
    DllCall("DeleteObject", "Ptr", inner)
    SetTimer(() => hoop.Hide(), -500)
}
