; Record keystrokes and play them back
; F9 starts recording every key that is pressed and released, with the pauses between them, while
; the keys keep working; F9 again stops. F10 plays the recording once, Shift+F10 asks how many
; times. Pauses longer than one second are shortened to one second. Escape during playback stops
; it and releases all keys that are still held down. A tooltip tells what is going on. Nothing is
; written to a file, so the recording is gone when the script ends.
#Requires AutoHotkey v2.0
#SingleInstance Force

class Recorder {
    static events := []
    static hook := ""
    static playing := false

    static Toggle() {
        if this.playing
            return
        if this.hook {
            this.hook.Stop()
            this.hook := ""
            Say(this.events.Length " key events recorded")
            return
        }
        this.events := []
        this.last := A_TickCount
        ; V lets the keys through, L0 collects no text, I1 leaves out what scripts send.
        this.hook := InputHook("V L0 I1")
        this.hook.KeyOpt("{All}", "N")
        this.hook.OnKeyDown := (hook, vk, sc) => this.Note(vk, sc, "down")
        this.hook.OnKeyUp := (hook, vk, sc) => this.Note(vk, sc, "up")
        this.hook.Start()
        Say("Recording, F9 stops")
    }

    static Note(vk, sc, action) {
        key := Format("vk{:02X}sc{:03X}", vk, sc)
        if GetKeyName(key) ~= "^F(9|10)$"
            return
        now := A_TickCount
        this.events.Push({ key: key, action: action, wait: Min(now - this.last, 1000) })
        this.last := now
    }

    static Play(times := 1) {
        if this.playing || this.hook || !this.events.Length
            return
        this.playing := true
        Say("Playing, Escape stops")
        held := Map()
        Loop times {
            for entry in this.events {
                Sleep(entry.wait)
                if !this.playing
                    break 2
                Send("{Blind}{" entry.key " " entry.action "}")
                if entry.action = "down"
                    held[entry.key] := true
                else if held.Has(entry.key)
                    held.Delete(entry.key)
            }
        }
        for key in held
            Send("{Blind}{" key " up}")
        Say(this.playing ? "Done" : "Stopped")
        this.playing := false
    }
}

F9::Recorder.Toggle()
F10::Recorder.Play()
+F10:: {
    KeyWait("Shift")        ; otherwise Shift would change the keys that are played
    answer := InputBox("How many times?", "Play back", "w200 h100", 2)
    if answer.Result = "OK" && IsInteger(answer.Value) && answer.Value > 0
        Recorder.Play(answer.Value)
}

#HotIf Recorder.playing
Esc::Recorder.playing := false
#HotIf

Say(text) {
    ToolTip(text)
    SetTimer(() => ToolTip(), -1500)
}
