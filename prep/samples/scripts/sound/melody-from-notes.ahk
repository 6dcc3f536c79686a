; Play a melody written as text
; Asks for a line of notes and plays it with beeps. A note is a letter from C to B with an
; optional # or b, an octave and a length, as in "C5/8" or "F#4/4."; a dot makes it half as
; long again, P is a pause, and octave and length stay as they were when left out. "T120" sets
; the number of quarters per minute. Escape stops the music. An error names the piece that was
; not understood.
#Requires AutoHotkey v2.0
#SingleInstance Force

suggestion := "T132 E4/4 E F G G F E D C C D E E/4. D/8 D/2"
stopped := false

#HotIf playing
Escape:: {
    global stopped := true
}
#HotIf

playing := false
loop {
    box := InputBox("Notes (Escape stops the music):", "Melody", "w520 h120", suggestion)
    if box.Result != "OK"
        ExitApp()
    suggestion := box.Value
    try {
        tune := ParseTune(box.Value)
    } catch ValueError as err {
        MsgBox(err.Message ": " err.Extra, "Melody", "Icon!")
        continue
    }
    stopped := false
    playing := true
    PlayTune(tune)
    playing := false
}

; Array of frequency (0 for a pause) and duration in milliseconds.
ParseTune(line) {
    static semitones := Map("C", 0, "D", 2, "E", 4, "F", 5, "G", 7, "A", 9, "B", 11)
    notes := []
    tempo := 120, octave := 4, fraction := 4
    for piece in StrSplit(RegExReplace(Trim(line), "\s+", " "), " ") {
        if RegExMatch(piece, "i)^T(\d+)$", &m) && m[1] >= 20 {
            tempo := Integer(m[1])
            continue
        }
        if !RegExMatch(piece, "i)^([A-GP])([#b]?)(\d?)(?:/(\d+)(\.?))?$", &m)
            throw ValueError("This is not a note", -1, piece)
        if m[3] != ""
            octave := Integer(m[3])
        if m[4] != ""
            fraction := Max(1, Integer(m[4]))
        duration := 60000 / tempo * 4 / fraction * (m[5] = "." ? 1.5 : 1)
        letter := StrUpper(m[1])
        if letter = "P" {
            notes.Push([0, Round(duration)])
            continue
        }
        ; A4 is 440 Hz, and each semitone multiplies the frequency by the twelfth root of two.
        sharp := m[2] = "#" ? 1 : m[2] = "b" ? -1 : 0
        steps := semitones[letter] + sharp + 12 * (octave - 4) - 9
        notes.Push([Round(440 * 2 ** (steps / 12)), Round(duration)])
    }
    return notes
}

PlayTune(tune) {
    for note in tune {
        if stopped
            break
        if note[1]
            SoundBeep(Max(37, note[1]), Round(note[2] * 0.92))
        ; The short gap sets equal notes apart, and lets the hotkey through.
        Sleep(note[1] ? Round(note[2] * 0.08) : note[2])
    }
}
