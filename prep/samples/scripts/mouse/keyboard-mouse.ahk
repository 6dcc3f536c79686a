; Steer the mouse with the keyboard
; While Scroll Lock is on, the arrow keys move the pointer, faster and faster the longer they are held
; and in slanting directions when two are down; holding Shift keeps it slow and exact. Space is the
; left button and can be held to drag, the right Ctrl key is the right button, Page Up and Page
; Down turn the wheel, and Home puts the pointer in the middle of the active window. When Scroll
; Lock is off, all keys are as usual.
#Requires AutoHotkey v2.0
#SingleInstance Force

SetMouseDelay(-1)
A_IconTip := "Scroll Lock steers the mouse"

#HotIf GetKeyState("ScrollLock", "T")
*Up::
*Down::
*Left::
*Right::Glider.Begin()

*Space:: {
    Click("Down")
    KeyWait("Space")        ; so that the repeat of the key gives no further clicks
    Click("Up")
}

*RCtrl:: {
    Click("Down Right")
    KeyWait("RCtrl")
    Click("Up Right")
}

*PgUp::Click("WheelUp")
*PgDn::Click("WheelDown")

Home:: {
    CoordMode("Mouse", "Screen")
    WinGetPos(&x, &y, &w, &h, "A")
    MouseMove(x + w // 2, y + h // 2, 0)
}
#HotIf

class Glider {
    static timer := ObjBindMethod(this, "Advance")
    static active := false

    static Begin() {
        if this.active
            return
        this.active := true
        this.speed := 1.0
        ; Fractions of pixels are kept for the next step, or slow slants would be crooked.
        this.restX := 0.0
        this.restY := 0.0
        SetTimer(this.timer, 10)
    }

    static Advance() {
        dx := GetKeyState("Right", "P") - GetKeyState("Left", "P")
        dy := GetKeyState("Down", "P") - GetKeyState("Up", "P")
        if !dx && !dy {
            SetTimer(this.timer, 0)
            this.active := false
            return
        }
        this.speed := GetKeyState("Shift", "P") ? 0.6 : Min(this.speed * 1.035, 22)
        length := dx && dy ? Sqrt(2) : 1
        this.restX += this.speed * dx / length
        this.restY += this.speed * dy / length
        wholeX := Integer(this.restX)
        wholeY := Integer(this.restY)
        if wholeX || wholeY
            MouseMove(wholeX, wholeY, 0, "R")
        this.restX -= wholeX
        this.restY -= wholeY
    }
}
