; Inspect the window under the mouse pointer
; Ctrl+Alt+I switches a tooltip on and off that follows the pointer and tells about the window and
; control below it: title, class, program, process number, handle, position and size, size of the
; client area, the control's name with its text, and the pointer position in the window. While it is
; shown, F7 freezes and thaws it, and Ctrl+C copies all lines instead of the selection.
#Requires AutoHotkey v2.0
#SingleInstance Force

CoordMode("Mouse", "Screen")
CoordMode("ToolTip", "Screen")

class Inspector {
    static report := ""
    static shown := false
    static frozen := false
    static task := ObjBindMethod(Inspector, "Follow")

    static Toggle() {
        this.shown := !this.shown
        this.frozen := false
        SetTimer(this.task, this.shown ? 100 : 0)
        if !this.shown
            ToolTip()
    }

    static Freeze() => this.frozen := !this.frozen

    static Follow() {
        if this.frozen
            return
        MouseGetPos(&x, &y, &hwnd, &control)
        try
            this.report := this.Describe(hwnd, control, x, y)
        catch Error as err
            this.report := "No access: " err.Message
        ToolTip(this.report, x + 20, y + 20)
    }

    static Describe(hwnd, control, x, y) {
        WinGetPos(&left, &top, &width, &height, hwnd)
        WinGetClientPos(, , &clientWidth, &clientHeight, hwnd)
        rows := [
            ["Title", SubStr(WinGetTitle(hwnd), 1, 80)],
            ["Class", "ahk_class " WinGetClass(hwnd)],
            ["Program", "ahk_exe " WinGetProcessName(hwnd)],
            ["Process", WinGetPID(hwnd)],
            ["Handle", Format("0x{:X}", hwnd)],
            ["Window", Format("x{} y{} w{} h{}", left, top, width, height)],
            ["Client", Format("w{} h{}", clientWidth, clientHeight)],
            ["Pointer", Format("x{} y{}", x - left, y - top)]
        ]
        if control != "" {
            rows.Push(["Control", control])
            rows.Push(["Text", SubStr(ControlGetText(control, hwnd), 1, 80)])
        }
        text := ""
        for row in rows
            text .= row[1] ": " row[2] "`n"
        return RTrim(text, "`n")
    }
}

^!i::Inspector.Toggle()

#HotIf Inspector.shown
F7::Inspector.Freeze()
^c:: {
    A_Clipboard := StrReplace(Inspector.report, "`n", "`r`n")
    SoundBeep(1000, 60)
}
#HotIf
