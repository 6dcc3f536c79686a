; Colour mixer with three sliders
; Three sliders for red, green and blue paint a large swatch as they move, and a text field
; holds the colour as a six digit hex code. Typing a valid code into the field moves the
; sliders, three digit short codes included. Below the swatch the window tells the WCAG
; contrast of the colour against white and black text and which of the two reads better.
; A button copies the code to the clipboard.
#Requires AutoHotkey v2.0
#SingleInstance Force

BuildMixer(0x3A, 0x7C, 0xA5).Show()

BuildMixer(startRed, startGreen, startBlue) {
    win := Gui("-MinimizeBox", "Colour mixer")
    sliders := Map()
    starts := [startRed, startGreen, startBlue]
    for index, name in ["Red", "Green", "Blue"] {
        win.AddText("xm w45 h30 Section 0x200", name)       ; 0x200 centres vertically
        sliders[name] := win.AddSlider("ys w240 h30 Range0-255 ToolTip AltSubmit", starts[index])
        sliders[name].OnEvent("Change", (*) => Repaint())
    }
    swatch := win.AddText("xm w295 h90 Border Center 0x200")
    swatch.SetFont("s16 bold")
    note := win.AddText("xm w295 h32")
    code := win.AddEdit("xm w120 Uppercase Limit7 Section")
    code.OnEvent("Change", (*) => ReadCode())
    copy := win.AddButton("ys-1 w90", "Copy")
    copy.OnEvent("Click", (*) => A_Clipboard := "#" CurrentHex())
    win.OnEvent("Close", (*) => ExitApp())
    Repaint()
    return win

    ; The nested functions below are closures over the controls.
    CurrentHex() => Format("{:02X}{:02X}{:02X}"
        , sliders["Red"].Value, sliders["Green"].Value, sliders["Blue"].Value)

    Repaint(keepCode := false) {
        hex := CurrentHex()
        light := Luminance(sliders["Red"].Value, sliders["Green"].Value, sliders["Blue"].Value)
        onWhite := Contrast(1, light)
        onBlack := Contrast(light, 0)
        best := onWhite > onBlack ? "White" : "Black"
        swatch.Opt("Background" hex " c" best)
        swatch.Text := best " text"
        swatch.Redraw()
        note.Text := Format("Contrast with white {:.2f}, with black {:.2f}", onWhite, onBlack)
        if !keepCode
            code.Value := hex
    }

    ReadCode() {
        if !RegExMatch(code.Value, "i)^#?([0-9A-F]{3}|[0-9A-F]{6})$", &found)
            return
        digits := found[1]
        if StrLen(digits) = 3
            digits := RegExReplace(digits, ".", "$0$0")
        for index, name in ["Red", "Green", "Blue"]
            sliders[name].Value := Integer("0x" SubStr(digits, index * 2 - 1, 2))
        Repaint(true)       ; leave the field alone while the user types in it
    }
}

; Relative luminance of an sRGB colour, from 0 for black to 1 for white.
Luminance(red, green, blue) {
    return 0.2126 * Linear(red) + 0.7152 * Linear(green) + 0.0722 * Linear(blue)

    Linear(channel) {
        part := channel / 255
        return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
    }
}

Contrast(lighter, darker) => (lighter + 0.05) / (darker + 0.05)
