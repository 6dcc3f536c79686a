; Auto clicker with pace, spread and safety stop
; A window sets the button, the milliseconds between clicks, a random spread in percent and the
; number of clicks (0 for no end). F6 starts clicking at the place of the pointer after one second
; and F6 again stops. Moving the mouse more than 60 pixels away stops as well, so that it can never
; run wild. The status line counts the clicks and tells why it stopped.
#Requires AutoHotkey v2.0
#SingleInstance Force

CoordMode("Mouse", "Screen")
clicker := AutoClicker()
F6::clicker.Toggle()

class AutoClicker {
    running := false
    done := 0

    __New() {
        panel := this.panel := Gui("+AlwaysOnTop", "Auto clicker")
        panel.AddText("w130", "Button")
        panel.AddDropDownList("vbutton x+6 yp-3 w90 Choose1", ["Left", "Right", "Middle"])
        for name, field in Map("interval", ["Milliseconds between", 500], "limit", ["Clicks, 0 for no end", 0]
            , "spread", ["Spread in percent", 20]) {
            panel.AddText("xm w130", field[1])
            panel.AddEdit("v" name " x+6 yp-3 w90 Number", field[2])
        }
        this.status := panel.AddText("xm w226", "F6 starts and stops")
        panel.OnEvent("Close", (*) => ExitApp())
        panel.Show()
        this.clickOnce := ObjBindMethod(this, "ClickNow")
    }

    Toggle() {
        if this.running
            return this.Stop("Stopped by F6")
        this.options := this.panel.Submit(false)
        if !IsInteger(this.options.interval) || this.options.interval < 10 {
            this.status.Text := "At least 10 milliseconds, please"
            return
        }
        MouseGetPos(&x, &y)
        this.home := { x: x, y: y }
        this.done := 0
        this.running := true
        this.status.Text := "Starting"
        SetTimer(this.clickOnce, -1000)
    }

    Stop(reason) {
        SetTimer(this.clickOnce, 0)
        this.running := false
        this.status.Text := reason " after " this.done " clicks"
    }

    ClickNow() {
        MouseGetPos(&x, &y)
        if Max(Abs(x - this.home.x), Abs(y - this.home.y)) > 60
            return this.Stop("Mouse moved, stopped")
        Click(this.options.button)
        this.done++
        if this.done = this.options.limit
            return this.Stop("Finished")
        this.status.Text := this.done " clicks"
        ; A one-shot timer each time, as the pause is never quite the same.
        SetTimer(this.clickOnce, -this.NextPause())
    }

    NextPause() {
        spread := (IsNumber(this.options.spread) ? Min(this.options.spread, 90) : 0) / 100
        return Max(10, Round(this.options.interval * (1 + spread * (2 * Random(0.0, 1.0) - 1))))
    }
}
