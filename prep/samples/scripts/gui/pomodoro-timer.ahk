; Pomodoro timer with a progress bar
; A small always-on-top window counts down 25 minutes of work and then 5 minutes of rest, and
; every fourth rest lasts 15 minutes. One button starts and pauses, another skips to the next
; phase. A progress bar fills as the phase goes by, the title bar shows the time left, and a
; beep with a tray notice marks the end of a phase. The rest of the time is kept in
; milliseconds against A_TickCount, so a slow timer does not make the clock drift.
#Requires AutoHotkey v2.0
#SingleInstance Force

timer := PomodoroWindow()
timer.Show()

class PomodoroWindow {
    static Minutes := Map("Work", 25, "Rest", 5, "Long rest", 15)

    phase := "Work"
    finished := 0           ; completed work phases
    running := false
    deadline := 0

    __New() {
        this.ui := Gui("+AlwaysOnTop -MaximizeBox", "Pomodoro")
        this.ui.MarginX := this.ui.MarginY := 14
        this.ui.SetFont("s10", "Segoe UI")
        this.phaseText := this.ui.AddText("w220 Center", this.phase)
        this.ui.SetFont("s28 bold")
        this.clockText := this.ui.AddText("w220 Center", "00:00")
        this.ui.SetFont("s10 norm")
        this.bar := this.ui.AddProgress("w220 h10 Range0-1000")
        this.toggleButton := this.ui.AddButton("w105 Default", "Start")
        this.toggleButton.OnEvent("Click", (*) => this.Toggle())
        skipButton := this.ui.AddButton("x+10 yp w105", "Skip")
        skipButton.OnEvent("Click", (*) => this.NextPhase(false))
        this.ui.OnEvent("Close", (*) => ExitApp())

        this.ticker := ObjBindMethod(this, "Tick")
        this.remaining := this.PhaseLength
        this.Refresh()
    }

    PhaseLength => PomodoroWindow.Minutes[this.phase] * 60000

    Show() => this.ui.Show()

    Toggle() {
        if this.running {
            this.remaining := Max(this.deadline - A_TickCount, 0)
            SetTimer(this.ticker, 0)
        } else {
            this.deadline := A_TickCount + this.remaining
            SetTimer(this.ticker, 200)
        }
        this.running := !this.running
        this.toggleButton.Text := this.running ? "Pause" : "Go on"
    }

    Tick() {
        this.remaining := Max(this.deadline - A_TickCount, 0)
        if this.remaining = 0
            this.NextPhase(true)
        this.Refresh()
    }

    NextPhase(completed) {
        if this.phase = "Work" {
            this.finished += completed
            this.phase := completed && Mod(this.finished, 4) = 0 ? "Long rest" : "Rest"
        } else {
            this.phase := "Work"
        }
        this.remaining := this.PhaseLength
        this.deadline := A_TickCount + this.remaining
        if completed {
            SoundBeep(880, 250)
            TrayTip("Now: " this.phase, "Phase finished")
        }
        this.Refresh()
    }

    Refresh() {
        seconds := Ceil(this.remaining / 1000)
        clock := Format("{:02}:{:02}", seconds // 60, Mod(seconds, 60))
        this.clockText.Text := clock
        this.phaseText.Text := this.phase " - " this.finished " done"
        this.bar.Value := Round(1000 * (1 - this.remaining / this.PhaseLength))
        this.ui.Title := clock " " this.phase
    }
}
