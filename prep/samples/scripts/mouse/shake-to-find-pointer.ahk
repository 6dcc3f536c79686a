; Shake the mouse to find the pointer
; When the mouse is moved quickly to and fro, five turns within 0.8 seconds, rings close in on the
; pointer for half a second so that it is easy to see on large screens. The rings let clicks pass
; and follow the pointer. Ctrl+Alt+F shows them without shaking. While a button is down nothing
; happens, so drawing and dragging do not set it off.
#Requires AutoHotkey v2.0
#SingleInstance Force

CoordMode("Mouse", "Screen")
SetTimer(WatchForShake, 20)
^!f::ShowRings()

WatchForShake() {
    static lastX := 0, direction := 0, travelled := 0, turns := []
    MouseGetPos(&x)
    moved := x - lastX
    lastX := x
    if !moved
        return
    if GetKeyState("LButton", "P") || GetKeyState("RButton", "P") {
        turns := []
        return
    }
    heading := moved > 0 ? 1 : -1
    if heading = direction {
        travelled += Abs(moved)
        return
    }
    ; Trembling is not shaking: a turn counts only after 40 pixels one way.
    if travelled > 40
        turns.Push(A_TickCount)
    direction := heading
    travelled := Abs(moved)
    while turns.Length && A_TickCount - turns[1] > 800
        turns.RemoveAt(1)
    if turns.Length >= 5 {
        turns := []
        ShowRings()
    }
}

ShowRings() {
    static busy := false
    if busy
        return
    busy := true
    ring := Gui("-Caption +AlwaysOnTop +ToolWindow +E0x20 -DPIScale")
    ring.BackColor := "FF9020"
    radius := 130
    MouseGetPos(&x, &y)
    ring.Show(Format("NA x{} y{} w{} h{}", x - radius, y - radius, 2 * radius, 2 * radius))
    WinSetTransparent(170, ring)
    while radius > 15 {
        MouseGetPos(&x, &y)
        size := 2 * radius
        ring.Move(x - radius, y - radius, size, size)
        CutRing(ring.Hwnd, size, 8)
        Sleep(20)
        radius -= 5
    }
    ring.Destroy()
    busy := false
}

; The window keeps only the area between two circles. Windows owns the region afterwards.
CutRing(hwnd, size, thickness) {
    static RGN_DIFF := 4
    outer := DllCall("CreateEllipticRgn", "Int", 0, "Int", 0, "Int", size, "Int", size, "Ptr")
    inner := DllCall("CreateEllipticRgn", "Int", thickness, "Int", thickness
        , "Int", size - thickness, "Int", size - thickness, "Ptr")
    DllCall("CombineRgn", "Ptr", outer, "Ptr", outer, "Ptr", inner, "Int", RGN_DIFF)
    DllCall("DeleteObject", "Ptr", inner)
    DllCall("SetWindowRgn", "Ptr", hwnd, "Ptr", outer, "Int", true)
}
