; Make a test tone as a WAV file and play it
; A window asks for the frequency, the duration and the shape of the wave (sine, square, triangle
; or noise), and for a second frequency if the tone is to glide from one to the other. The
; samples are computed as 16-bit numbers at 44100 Hz in a Buffer behind a WAV header, with ten
; milliseconds of fading at both ends against clicks. "Play" plays it without waiting and "Save"
; writes the file to a place of choice.
#Requires AutoHotkey v2.0
#SingleInstance Force

panel := Gui(, "Tone generator")
fields := Map()
for entry in [["Start frequency (Hz)", 440], ["End frequency (Hz)", 440], ["Duration (s)", 1.5]] {
    panel.AddText("xm w150", entry[1])
    fields[entry[1]] := panel.AddEdit("x+5 yp-3 w90", entry[2])
}
panel.AddText("xm w150", "Wave")
shapeList := panel.AddDropDownList("x+5 yp-3 w90 Choose1", ["sine", "square", "triangle", "noise"])
panel.AddButton("xm w115 Default", "Play").OnEvent("Click", (*) => PlayTone())
panel.AddButton("x+15 w115", "Save...").OnEvent("Click", (*) => SaveTone())
panel.OnEvent("Close", (*) => ExitApp())
panel.Show()

MakeTone() {
    values := []
    for title, field in fields {
        if !IsNumber(field.Value) || field.Value <= 0
            throw ValueError(title " must be a positive number")
        values.Push(Number(field.Value))
    }
    ; A Map is ordered by key: Duration, End, Start.
    return WavTone(values[3], values[2], Min(values[1], 30), shapeList.Text)
}

PlayTone() {
    try {
        path := A_Temp "\tone-preview.wav"
        try SoundPlay("")               ; lets go of the file that is being played
        WriteFile(path, MakeTone())
        SoundPlay(path)
    } catch Error as err {
        MsgBox(err.Message, "Tone generator", "Icon!")
    }
}

SaveTone() {
    panel.Opt("+OwnDialogs")
    path := FileSelect("S16", "tone.wav", "Save the tone", "Sound (*.wav)")
    if path = ""
        return
    try WriteFile(path ~= "i)\.wav$" ? path : path ".wav", MakeTone())
    catch Error as err
        MsgBox(err.Message, "Tone generator", "Icon!")
}

WriteFile(path, data) {
    output := FileOpen(path, "w", "UTF-8-RAW")        ; without a byte order mark
    output.RawWrite(data)
    output.Close()
}

WavTone(startHz, endHz, seconds, shape) {
    static rate := 44100, headerSize := 44, turn := 8 * ATan(1)
    count := Round(rate * seconds)
    wav := Buffer(headerSize + count * 2, 0)
    StrPut("RIFF", wav, 4, "CP0")
    NumPut("UInt", wav.Size - 8, wav, 4)
    StrPut("WAVEfmt ", wav.Ptr + 8, 8, "CP0")
    ; Length of the block, PCM, one channel, rate, bytes per second, bytes per sample, bits.
    NumPut("UInt", 16, "UShort", 1, "UShort", 1, "UInt", rate, "UInt", rate * 2, "UShort", 2, "UShort", 16, wav, 16)
    StrPut("data", wav.Ptr + 36, 4, "CP0")
    NumPut("UInt", count * 2, wav, 40)

    phase := 0.0            ; counted in turns, so that a glide has no jumps
    fade := rate // 100
    Loop count {
        n := A_Index - 1
        phase += (startHz + (endHz - startHz) * n / count) / rate
        part := phase - Floor(phase)
        switch shape {
            case "square": level := part < 0.5 ? 0.6 : -0.6
            case "triangle": level := 4 * Abs(part - 0.5) - 1
            case "noise": level := Random(-0.8, 0.8)
            default: level := Sin(part * turn)
        }
        level *= Min(1, n / fade, (count - n) / fade)
        NumPut("Short", Round(level * 26000), wav, headerSize + n * 2)
    }
    return wav
}
