; Magnifying glass that follows the mouse
; Win+Alt+Z shows and hides a round window next to the mouse with the enlarged surroundings of
; the pointer, copied from the screen with StretchBlt about thirty times a second. While it is
; shown, Win+Wheel changes the factor from 2 to 12, and Win+Alt+P copies the colour of the
; pixel in the middle, which is marked with a small frame. The glass lets clicks through and
; is moved to the other side of the pointer at the edges of the screen.
#Requires AutoHotkey v2.0
#SingleInstance Force

CoordMode("Mouse", "Screen")
CoordMode("Pixel", "Screen")

class Glass {
    static size := 240
    static factor := 4
    static shown := false

    static Toggle() {
        this.shown := !this.shown
        if this.shown
            this.Open()
        else
            this.Close()
    }

    static Open() {
        ; WS_EX_TRANSPARENT (0x20) and WS_EX_LAYERED (0x80000) together let clicks through.
        this.window := Gui("-Caption +AlwaysOnTop +ToolWindow +E0x80020 -DPIScale")
        this.window.Show(Format("Hide w{1} h{1}", this.size))
        WinSetTransparent(255, this.window)
        WinSetRegion(Format("0-0 w{1} h{1} E", this.size), this.window)
        this.screen := DllCall("GetDC", "Ptr", 0, "Ptr")
        this.canvas := DllCall("GetDC", "Ptr", this.window.Hwnd, "Ptr")
        DllCall("SetStretchBltMode", "Ptr", this.canvas, "Int", 3)     ; COLORONCOLOR keeps hard pixels
        this.ticker := ObjBindMethod(this, "Draw")
        SetTimer(this.ticker, 33)
    }

    static Close() {
        SetTimer(this.ticker, 0)
        DllCall("ReleaseDC", "Ptr", this.window.Hwnd, "Ptr", this.canvas)
        DllCall("ReleaseDC", "Ptr", 0, "Ptr", this.screen)
        this.window.Destroy()
    }

    static Zoom(step) => this.factor := Max(2, Min(12, this.factor + step))

    static Draw() {
        static SRCCOPY := 0xCC0020
        MouseGetPos(&x, &y)
        this.Follow(x, y)
        part := this.size // this.factor
        DllCall("StretchBlt", "Ptr", this.canvas, "Int", 0, "Int", 0, "Int", this.size, "Int", this.size
            , "Ptr", this.screen, "Int", x - part // 2, "Int", y - part // 2, "Int", part, "Int", part, "UInt", SRCCOPY)
        this.MarkCentre(part // 2 * this.factor)
    }

    ; The glass must not cover the part of the screen that it shows.
    static Follow(x, y) {
        gap := this.size // this.factor + 20
        left := x + gap + this.size > SysGet(76) + SysGet(78) ? x - gap - this.size : x + gap
        top := y + gap + this.size > SysGet(77) + SysGet(79) ? y - gap - this.size : y + gap
        this.window.Show(Format("NA x{} y{}", left, top))
    }

    static MarkCentre(at) {
        frame := Buffer(16)
        NumPut("Int", at, "Int", at, "Int", at + this.factor + 1, "Int", at + this.factor + 1, frame)
        brush := DllCall("GetStockObject", "Int", 4, "Ptr")     ; BLACK_BRUSH
        DllCall("FrameRect", "Ptr", this.canvas, "Ptr", frame, "Ptr", brush)
    }

    static CopyColour() {
        MouseGetPos(&x, &y)
        A_Clipboard := "#" SubStr(PixelGetColor(x, y), 3)
        SoundBeep(1200, 50)
    }
}

#!z::Glass.Toggle()

#HotIf Glass.shown
#WheelUp::Glass.Zoom(+1)
#WheelDown::Glass.Zoom(-1)
#!p::Glass.CopyColour()
#HotIf
