; Show the number and the data of each monitor
; Win+Alt+I puts a large card into the middle of every monitor for four seconds, with the number
; AutoHotkey uses for it, its device name, resolution, position and scaling, and "primary" on
; the main one. A second press or any mouse click on a card takes the cards away at once. The
; same data go to the clipboard as text.
#Requires AutoHotkey v2.0

#!i::Cards.Toggle()

class Cards {
    static open := []

    static Toggle() {
        if this.open.Length
            return this.Close()
        summary := ""
        Loop MonitorGetCount() {
            facts := this.Facts(A_Index)
            summary .= A_Index ": " StrReplace(facts.text, "`n", ", ") "`r`n"
            this.open.Push(this.Card(A_Index, facts))
        }
        A_Clipboard := summary
        SetTimer(this.closer, -4000)
    }

    static closer := ObjBindMethod(this, "Close")

    static Close() {
        SetTimer(this.closer, 0)
        while this.open.Length
            this.open.Pop().Destroy()
    }

    static Facts(number) {
        MonitorGet(number, &left, &top, &right, &bottom)
        ; MonitorFromPoint takes the point as one 64-bit value, y in the upper half.
        x := (left + right) // 2
        y := (top + bottom) // 2
        handle := DllCall("MonitorFromPoint", "Int64", x & 0xFFFFFFFF | y << 32, "UInt", 2, "Ptr")
        scale := 100
        try {
            ; Not available before Windows 8.1.
            DllCall("shcore\GetDpiForMonitor", "Ptr", handle, "Int", 0, "UInt*", &dpiX := 0, "UInt*", &dpiY := 0)
            scale := Round(dpiX / 96 * 100)
        }
        text := Format("{}`n{} x {}`nat {}, {}`nscaled to {} %{}", MonitorGetName(number)
            , right - left, bottom - top, left, top, scale, number = MonitorGetPrimary() ? "`nprimary" : "")
        return {text: text, x: x, y: y}
    }

    static Card(number, facts) {
        ui := Gui("-Caption +AlwaysOnTop +ToolWindow -DPIScale +Border")
        ui.BackColor := "202830"
        ui.SetFont("s90 bold cWhite", "Segoe UI")
        digit := ui.AddText("w360 Center", number)
        ui.SetFont("s14 norm")
        lines := ui.AddText("w360 r5 Center", facts.text)
        for part in [digit, lines]
            part.OnEvent("Click", (*) => this.Close())
        ui.Show("Hide")
        ui.GetPos(, , &w, &h)
        ui.Show(Format("NA x{} y{}", facts.x - w // 2, facts.y - h // 2))
        return ui
    }
}
