; Make a wallpaper with a colour gradient
; Writes a bitmap of the size of the screen whose colour goes smoothly from one colour at the top
; to another at the bottom, and makes it the desktop background. The two colours are given as
; six hexadecimal digits on the command line; without them a night blue and a peach are taken.
; The 54 byte header of the bitmap and one row of pixels are Buffers; each row is filled with a
; single call of RtlFillMemoryUlong and written to the file, so even large screens take no time.
#Requires AutoHotkey v2.0

top := A_Args.Length > 0 ? Integer("0x" A_Args[1]) : 0x1B2A49
bottom := A_Args.Length > 1 ? Integer("0x" A_Args[2]) : 0xE8A87C
wallpaper := A_AppData "\gradient-wallpaper.bmp"

header := Buffer(54, 0)
NumPut("UShort", 0x4D42, "UInt", 54 + 4 * A_ScreenWidth * A_ScreenHeight, "UInt", 0, "UInt", 54, header)
; A negative height means that the rows run from top to bottom; 32 bits per pixel.
NumPut("UInt", 40, "Int", A_ScreenWidth, "Int", -A_ScreenHeight, "UShort", 1, "UShort", 32, header, 14)

picture := FileOpen(wallpaper, "w")
picture.RawWrite(header)
line := Buffer(4 * A_ScreenWidth)
Loop A_ScreenHeight {
    colour := Blend(top, bottom, (A_Index - 1) / (A_ScreenHeight - 1))
    DllCall("ntdll\RtlFillMemoryUlong", "Ptr", line, "UPtr", line.Size, "UInt", colour)
    picture.RawWrite(line)
}
picture.Close()

; SPI_SETDESKWALLPAPER; 3 keeps it after the next logon and tells all windows.
DllCall("SystemParametersInfo", "UInt", 0x14, "UInt", 0, "Str", wallpaper, "UInt", 3)

; Mixes two colours channel by channel; the share of the second goes from 0 to 1.
Blend(first, second, share) {
    share := share * share * (3 - 2 * share)        ; slow at both ends, which looks softer
    mixed := 0
    for shift in [16, 8, 0] {
        a := first >> shift & 0xFF
        b := second >> shift & 0xFF
        mixed |= Round(a + (b - a) * share) << shift
    }
    return mixed
}
