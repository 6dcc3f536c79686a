; Change the volume by scrolling over the taskbar
; While the mouse pointer is over the taskbar of any monitor, the wheel changes the master
; volume by two percent a notch, or by ten with Ctrl held, and a middle click mutes and unmutes.
; A bar made of block characters appears in a tooltip beside the pointer and goes away after a
; second. Everywhere else the wheel works as usual.
#Requires AutoHotkey v2.0
#SingleInstance Force

CoordMode("Mouse", "Screen")

#HotIf PointerIsOver("Shell_TrayWnd", "Shell_SecondaryTrayWnd")
WheelUp::ChangeVolume(2)
WheelDown::ChangeVolume(-2)
^WheelUp::ChangeVolume(10)
^WheelDown::ChangeVolume(-10)
MButton::ToggleMute()
#HotIf

; True if the window under the pointer has one of the given classes.
PointerIsOver(classes*) {
    MouseGetPos(,, &hwnd)
    if !hwnd
        return false
    try
        current := WinGetClass(hwnd)
    catch TargetError
        return false
    for name in classes {
        if (name = current)
            return true
    }
    return false
}

ChangeVolume(amount) {
    try {
        ; A string with a sign is a relative change; a plain number would be absolute.
        SoundSetVolume(amount > 0 ? "+" amount : String(amount))
        if (amount > 0 && SoundGetMute())
            SoundSetMute(false)
    } catch Error as err {
        ShowNotice("No sound device: " err.Message)
        return
    }
    ShowVolume()
}

ToggleMute() {
    try
        SoundSetMute(-1)
    catch Error as err
        ShowNotice("No sound device: " err.Message)
    else
        ShowVolume()
}

ShowVolume() {
    volume := Round(SoundGetVolume())
    if SoundGetMute()
        ShowNotice("Muted (" volume "%)")
    else
        ShowNotice(VolumeBar(volume) " " volume "%")
}

; Twenty cells, filled from the left in steps of five percent.
VolumeBar(percent, cells := 20) {
    filled := Round(percent / 100 * cells)
    bar := ""
    Loop cells
        bar .= A_Index <= filled ? "█" : "░"
    return bar
}

ShowNotice(text) {
    static hide := () => ToolTip()
    MouseGetPos(&x, &y)
    ToolTip(text, x + 12, y - 40)
    SetTimer(hide, -1000)       ; the same function object, so each call restarts the wait
}
