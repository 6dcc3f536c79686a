; Fade the sound out slowly and stop the music
; Ctrl+Alt+S asks for a number of minutes and then lowers the master volume in even steps
; until it reaches zero, presses the media key for stop, and sets the volume back to what it
; was, so that it is not silent the next morning. The tray tip shows the time left. Pressing
; the hotkey again cancels the fading and restores the volume, as does leaving the script.
#Requires AutoHotkey v2.0
#SingleInstance Force
Persistent

fader := ""

^!s:: {
    global fader
    if fader {
        fader.Cancel()
        fader := ""
        return
    }
    box := InputBox("Fade out over how many minutes?", "Fade out", "w260 h110", 30)
    if box.Result = "OK" && IsNumber(box.Value) && box.Value > 0
        fader := FadeOut(box.Value * 60000, ForgetFader)
}

ForgetFader() {
    global fader := ""
}

OnExit((*) => (fader ? fader.Cancel() : 0, 0))

class FadeOut {
    __New(milliseconds, whenDone) {
        this.original := SoundGetVolume()
        this.duration := milliseconds
        this.startedAt := A_TickCount
        this.whenDone := whenDone
        this.timer := ObjBindMethod(this, "Step")
        SetTimer(this.timer, 1000)
    }

    Step() {
        left := this.duration - (A_TickCount - this.startedAt)
        if left <= 0
            return this.Finish()
        ; The square root keeps the loudness up at first and lets it go at the end.
        SoundSetVolume(this.original * Sqrt(left / this.duration))
        A_IconTip := "Silence in " Ceil(left / 60000) " min"
    }

    Finish() {
        SoundSetVolume(0)
        Send("{Media_Stop}")
        Sleep(1500)         ; the player needs a moment before the volume may come back
        this.Cancel()
        this.whenDone.Call()
    }

    Cancel() {
        SetTimer(this.timer, 0)
        SoundSetVolume(this.original)
        A_IconTip := "No fading"
    }
}
