; Go back through the windows like through web pages
; A hook for the event EVENT_SYSTEM_FOREGROUND records every change of the active window, of
; whatever cause. Alt+Win+Left goes back to the window used before, and further with each
; press, Alt+Win+Right goes forward again. As in a browser, activating another window in
; between drops the windows that lie forward. Closed windows are skipped. The trail holds
; fifty windows.
#Requires AutoHotkey v2.0
#SingleInstance Force
Persistent

class Trail {
    static visited := []
    static place := 0
    static expected := 0

    static Start() {
        static EVENT_SYSTEM_FOREGROUND := 3, WINEVENT_SKIPOWNPROCESS := 2
        ; Kept in the class, because the address must stay valid as long as the hook.
        this.callback := CallbackCreate((hook, event, hwnd, *) => this.Note(hwnd), , 7)
        this.hook := DllCall("SetWinEventHook", "UInt", EVENT_SYSTEM_FOREGROUND, "UInt", EVENT_SYSTEM_FOREGROUND
            , "Ptr", 0, "Ptr", this.callback, "UInt", 0, "UInt", 0, "UInt", WINEVENT_SKIPOWNPROCESS, "Ptr")
        if !this.hook
            throw OSError()
        OnExit((*) => this.Stop())
        this.Note(WinExist("A"))
    }

    static Stop() {
        DllCall("UnhookWinEvent", "Ptr", this.hook)
        CallbackFree(this.callback)
        return 0
    }

    static Note(hwnd) {
        if !hwnd || hwnd = this.expected || !WinExist(hwnd) || WinGetTitle(hwnd) = ""
            return
        if this.place && this.visited[this.place] = hwnd
            return
        this.visited.Length := this.place       ; drop what lies forward
        this.visited.Push(hwnd)
        if this.visited.Length > 50
            this.visited.RemoveAt(1)
        this.place := this.visited.Length
    }

    static Go(step) {
        target := this.place + step
        while target >= 1 && target <= this.visited.Length {
            hwnd := this.visited[target]
            if WinExist(hwnd) && hwnd != WinExist("A") {
                this.place := target
                ; The change we cause ourselves must not be taken for a new visit.
                this.expected := hwnd
                WinActivate(hwnd)
                SetTimer(() => this.expected := 0, -300)
                return
            }
            target += step
        }
        SoundBeep(250, 60)
    }
}

Trail.Start()

#!Left::Trail.Go(-1)
#!Right::Trail.Go(+1)
