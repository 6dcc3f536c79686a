; CapsLock as a navigation layer
; While CapsLock is held, H J K L are the arrow keys, U and I jump a word left and right, A and
; E go to the start and end of the line, and D deletes. Space, pressed in the layer, turns on a
; selecting mode in which all these moves extend the selection until CapsLock is released.
; A short tap of CapsLock alone sends Escape, and Shift+CapsLock switches real caps lock on
; and off.
#Requires AutoHotkey v2.0
#SingleInstance Force
#UseHook

TAP_LIMIT := 250        ; milliseconds; a longer press is never a tap
SetCapsLockState("AlwaysOff")

class Layer {
    static selecting := false
    static used := false

    static Move(keys) {
        this.used := true
        Send("{Blind}" (this.selecting ? "{Shift down}" keys "{Shift up}" : keys))
    }

    static ToggleSelecting() {
        this.used := true
        this.selecting := !this.selecting
        ToolTip(this.selecting ? "Selecting" : "Moving")
        SetTimer(() => ToolTip(), -700)
    }
}

*CapsLock:: {
    Layer.used := false
    Layer.selecting := false
    pressedAt := A_TickCount
    KeyWait("CapsLock")
    Layer.selecting := false
    if (!Layer.used && A_TickCount - pressedAt < TAP_LIMIT)
        Send("{Esc}")
}

+CapsLock:: {
    isOn := GetKeyState("CapsLock", "T")
    SetCapsLockState(isOn ? "AlwaysOff" : "AlwaysOn")
    KeyWait("CapsLock")
}

#HotIf GetKeyState("CapsLock", "P")
*h::Layer.Move("{Left}")
*j::Layer.Move("{Down}")
*k::Layer.Move("{Up}")
*l::Layer.Move("{Right}")
*u::Layer.Move("^{Left}")
*i::Layer.Move("^{Right}")
*a::Layer.Move("{Home}")
*e::Layer.Move("{End}")
*Space::Layer.ToggleSelecting()

; Deleting uses up the selection, so selecting ends with it.
*d:: {
    Layer.used := true
    Layer.selecting := false
    Send("{Delete}")
}
#HotIf
