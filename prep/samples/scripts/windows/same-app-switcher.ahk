; Switch between the windows of one program
; Hold Alt and press the key left of 1 to step through the open windows of the program that
; is active now; with Shift as well it steps backwards. While Alt stays down a tooltip lists
; the window titles with an arrow at the chosen one, and nothing moves yet. Letting go of
; Alt activates the choice, and Escape cancels it.
#Requires AutoHotkey v2.0
#SingleInstance Force

!SC029::Switcher.Step(1)
+!SC029::Switcher.Step(-1)

#HotIf Switcher.IsOpen
*Esc::Switcher.Cancel()
#HotIf

class Switcher {
    static windows := []
    static chosen := 0
    static watcher := ObjBindMethod(this, "WatchAlt")

    static IsOpen => this.windows.Length > 0

    static Step(direction) {
        if !this.IsOpen && !this.Open()
            return
        count := this.windows.Length
        ; Adding count keeps Mod away from negative numbers.
        this.chosen := Mod(this.chosen - 1 + direction + count, count) + 1
        this.ShowList()
    }

    static Open() {
        active := WinExist("A")
        if !active
            return false
        process := WinGetProcessName(active)
        list := []
        for hwnd in WinGetList("ahk_exe " process) {
            try {                       ; the window may close while we look
                if WinGetTitle(hwnd) != "" && this.IsSwitchable(hwnd)
                    list.Push(hwnd)
            }
        }
        if list.Length < 2
            return false
        this.windows := list
        this.chosen := 1                ; the active window is first in z-order
        SetTimer(this.watcher, 30)
        return true
    }

    ; Leave out tool windows and dialogs owned by another window.
    static IsSwitchable(hwnd) {
        static GW_OWNER := 4, WS_EX_TOOLWINDOW := 0x80
        if WinGetExStyle(hwnd) & WS_EX_TOOLWINDOW
            return false
        return !DllCall("GetWindow", "Ptr", hwnd, "UInt", GW_OWNER, "Ptr")
    }

    static ShowList() {
        text := ""
        for index, hwnd in this.windows {
            title := WinExist(hwnd) ? WinGetTitle(hwnd) : "(closed)"
            if StrLen(title) > 60
                title := SubStr(title, 1, 57) "..."
            text .= (index = this.chosen ? "-> " : "     ") title "`n"
        }
        ToolTip(RTrim(text, "`n"))
    }

    static WatchAlt() {
        if GetKeyState("Alt", "P")
            return
        hwnd := this.windows[this.chosen]
        this.Cancel()
        if WinExist(hwnd)
            WinActivate(hwnd)
    }

    static Cancel() {
        SetTimer(this.watcher, 0)
        ToolTip()
        this.windows := []
    }
}
