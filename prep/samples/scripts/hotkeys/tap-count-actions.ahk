; Different actions for one, two and three taps of a key
; Tapping the right Ctrl key by itself once shows the date and time in a tooltip, twice opens
; Notepad, three times locks the computer. Tapping the right Shift key twice switches the active
; window between normal and maximized. The taps of a series must follow each other within 300
; milliseconds; the action runs when the series is over, or at once after the highest count. Using
; the key together with another one does not count as a tap, and the keys keep their own function.
#Requires AutoHotkey v2.0
#SingleInstance Force

TapSeries("RControl", ShowClock, () => Run("notepad.exe"), () => DllCall("LockWorkStation"))
TapSeries("RShift", , ToggleMaximized)

class TapSeries {
    static pause := 300

    ; Each further parameter is the action for that many taps; a gap means none.
    __New(key, actions*) {
        this.key := key
        this.actions := actions
        this.taps := 0
        this.onPause := ObjBindMethod(this, "Finish")
        Hotkey("~" key " up", (*) => this.Released())
    }

    Released() {
        ; The last key pressed was another one: the key served as a modifier.
        if A_PriorKey != this.key {
            this.taps := 0
            return
        }
        this.taps++
        if this.taps < this.actions.Length
            SetTimer(this.onPause, -TapSeries.pause)     ; each tap restarts the wait
        else
            this.Finish()
    }

    Finish() {
        SetTimer(this.onPause, 0)
        count := this.taps
        this.taps := 0
        if count && this.actions.Has(count)
            this.actions[count].Call()
    }
}

ShowClock() {
    ToolTip(FormatTime(, "dddd, d MMMM yyyy  HH:mm"))
    SetTimer(() => ToolTip(), -2500)
}

ToggleMaximized() {
    if !(hwnd := WinExist("A"))
        return
    if WinGetMinMax(hwnd) = 1
        WinRestore(hwnd)
    else
        WinMaximize(hwnd)
}
