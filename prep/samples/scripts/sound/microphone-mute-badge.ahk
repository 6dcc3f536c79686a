; Mute the microphone with a key and show a badge
; The Pause key mutes and unmutes all recording devices whose name contains "mic" or "headset" at
; once, and holding it down longer than half a second works as push to talk: they are on
; until the key is released. A red badge at the top of the primary screen is shown as long as the
; microphone is muted, so that nobody talks in vain. Devices are looked for at the start and
; again with Ctrl+Pause.
#Requires AutoHotkey v2.0
#SingleInstance Force

class Microphone {
    static devices := []
    static muted := false

    static Find() {
        this.devices := []
        ; Devices are numbered from 1; asking for one too many throws an error.
        try loop {
            name := SoundGetName(, A_Index)
            if name ~= "i)mic|headset"
                this.devices.Push(A_Index)
        }
        if !this.devices.Length
            TrayTip("No microphone was found.", "Microphone", "Icon!")
        else
            this.muted := SoundGetMute(, this.devices[1])
        this.ShowBadge()
    }

    static Set(muted) {
        for device in this.devices {
            try SoundSetMute(muted, , device)
            catch Error
                continue        ; unplugged
            this.muted := muted
        }
        this.ShowBadge()
    }

    static ShowBadge() {
        static badge := this.MakeBadge()
        if this.muted
            badge.Show("NA y0 xCenter")
        else
            badge.Hide()
    }

    static MakeBadge() {
        ui := Gui("-Caption +AlwaysOnTop +ToolWindow +E0x20")
        ui.BackColor := "B02020"
        ui.SetFont("s11 bold cWhite", "Segoe UI")
        ui.AddText(, "  Microphone off  ")
        return ui
    }
}

Microphone.Find()

Pause:: {
    if KeyWait("Pause", "T0.5") {
        Microphone.Set(!Microphone.muted)
        return
    }
    Microphone.Set(false)
    SoundBeep(900, 40)
    KeyWait("Pause")
    Microphone.Set(true)
    SoundBeep(600, 40)
}

; With Ctrl held the Pause key sends CtrlBreak.
^CtrlBreak::Microphone.Find()
