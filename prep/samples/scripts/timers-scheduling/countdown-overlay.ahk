; Countdown in the corner of the screen
; Ctrl+Alt+K asks for a duration such as "5m30s", "1h", "90" (seconds) or "2:30" and shows large
; digits in the lower right corner that count down to zero. The digits float above all windows
; without a frame, let mouse clicks through and turn red for the last ten seconds. At zero
; they blink and three beeps sound. Pressing Ctrl+Alt+K while it runs stops the countdown. The end
; is fixed as a tick count at the start, so that late timer calls do no harm.
#Requires AutoHotkey v2.0
#SingleInstance Force

class Countdown {
    static active := ""

    static Toggle() {
        if this.active {
            this.active.Stop()
            return
        }
        answer := InputBox("How long? (5m30s, 1h, 90, 2:30)", "Countdown", "w240 h100", "5m")
        if answer.Result != "OK"
            return
        if seconds := ParseDuration(answer.Value)
            this.active := Countdown(seconds)
        else
            MsgBox("'" answer.Value "' is no duration.", "Countdown", "Icon!")
    }

    __New(seconds) {
        this.end := A_TickCount + seconds * 1000
        ; E0x20 lets clicks pass to what is below; E0x08000000 keeps the focus where it is.
        this.face := Gui("+AlwaysOnTop -Caption +ToolWindow +E0x20 +E0x08000000")
        this.face.BackColor := "Black"
        this.face.SetFont("s48 bold cWhite", "Segoe UI")
        this.digits := this.face.AddText("w320 Right", "")
        MonitorGetWorkArea(, , , &right, &bottom)
        this.face.Show(Format("NoActivate x{} y{} w350 h110", right - 370, bottom - 130))
        WinSetTransparent(190, this.face)
        this.timer := ObjBindMethod(this, "Tick")
        this.Tick()
        SetTimer(this.timer, 200)
    }

    Tick() {
        left := Max(0, Ceil((this.end - A_TickCount) / 1000))
        text := left >= 3600
            ? Format("{}:{:02}:{:02}", left // 3600, Mod(left, 3600) // 60, Mod(left, 60))
            : Format("{}:{:02}", left // 60, Mod(left, 60))
        if text = this.digits.Text
            return
        this.digits.SetFont(left <= 10 ? "cRed" : "cWhite")
        this.digits.Text := text
        if !left
            this.Ring()
    }

    Ring() {
        SetTimer(this.timer, 0)
        Loop 3 {
            this.digits.Visible := false
            SoundBeep(1200, 200)
            this.digits.Visible := true
            Sleep(300)
            if Countdown.active != this         ; stopped by the hotkey meanwhile
                return
        }
        this.Stop()
    }

    Stop() {
        SetTimer(this.timer, 0)
        if Countdown.active = this {
            Countdown.active := ""
            this.face.Destroy()
        }
    }
}

; Seconds, or 0 if the text makes no sense.
ParseDuration(text) {
    text := Trim(text)
    if RegExMatch(text, "^(\d+):([0-5]\d)$", &clock)
        return clock[1] * 60 + clock[2]
    if text = "" || !RegExMatch(text, "i)^(?:(\d+)h)?\s*(?:(\d+)m)?\s*(?:(\d+)s?)?$", &part)
        return 0
    return (part[1] || 0) * 3600 + (part[2] || 0) * 60 + (part[3] || 0)
}

^!k::Countdown.Toggle()
