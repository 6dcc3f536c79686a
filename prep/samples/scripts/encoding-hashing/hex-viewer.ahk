; Page through a file as a hex dump
; Shows any file as hexadecimal bytes with their offset on the left and the printable ASCII
; characters on the right, sixteen bytes per line and 24 lines per page. PageUp and PageDown
; turn the pages, Ctrl+Home and Ctrl+End go to the ends, Ctrl+G asks for an offset, decimal or
; with 0x, and Ctrl+F searches on from the current page for bytes such as "FF D8" or for a
; text in quotes. The file is never loaded as a whole.
#Requires AutoHotkey v2.0
#SingleInstance Off

class HexViewer {
    static perLine := 16
    static perPage := 16 * 24
    offset := 0

    __New(path) {
        this.file := FileOpen(path, "r")
        this.size := this.file.Length
        this.gui := Gui(, path)
        this.gui.SetFont("s10", "Consolas")
        this.dump := this.gui.AddEdit("w620 r25 ReadOnly -VScroll -Wrap")
        this.bar := this.gui.AddStatusBar()
        this.gui.OnEvent("Close", (*) => ExitApp())
        this.GoTo(0)
        this.gui.Show()
    }

    Turn(pages) => this.GoTo(this.offset + pages * HexViewer.perPage)

    GoTo(offset) {
        offset := Max(0, Min(offset, this.size - 1))
        this.offset := offset - Mod(offset, HexViewer.perLine)
        page := this.ReadAt(this.offset, HexViewer.perPage)
        this.dump.Value := this.Render(page)
        this.bar.SetText(Format("  Offset 0x{1:X} of 0x{2:X} ({2} bytes)", this.offset, this.size))
    }

    ReadAt(position, count) {
        bytes := Buffer(count)
        this.file.Pos := position
        bytes.Size := this.file.RawRead(bytes)
        return bytes
    }

    Render(bytes) {
        text := "", hex := "", ascii := ""
        Loop bytes.Size {
            byte := NumGet(bytes, A_Index - 1, "UChar")
            hex .= Format("{:02X} ", byte) (Mod(A_Index, 8) = 0 ? " " : "")
            ascii .= byte >= 32 && byte < 127 ? Chr(byte) : "."
            if Mod(A_Index, HexViewer.perLine) = 0 || A_Index = bytes.Size {
                lineStart := this.offset + (A_Index - 1) // HexViewer.perLine * HexViewer.perLine
                text .= Format("{:08X}  {:-50} {}`r`n", lineStart, hex, ascii)
                hex := ascii := ""
            }
        }
        return text
    }

    AskOffset() {
        box := InputBox("Go to offset:", "Hex viewer", "w220 h100")
        if box.Result = "OK" && IsInteger(box.Value)
            this.GoTo(Integer(box.Value))
    }

    ; Blocks overlap by the length of the pattern, so that no match is cut in two.
    Search() {
        static blockSize := 1 << 16
        box := InputBox('Bytes such as FF D8, or a "text":', "Search", "w260 h100")
        pattern := box.Result = "OK" ? this.ParsePattern(Trim(box.Value)) : []
        if !pattern.Length
            return
        start := this.offset + HexViewer.perLine
        while start < this.size {
            block := this.ReadAt(start, blockSize + pattern.Length)
            Loop Max(0, Min(blockSize, block.Size - pattern.Length + 1)) {
                if this.Matches(block, A_Index - 1, pattern)
                    return this.GoTo(start + A_Index - 1)
            }
            start += blockSize
        }
        this.bar.SetText("  Not found")
    }

    Matches(block, at, pattern) {
        for index, byte in pattern
            if NumGet(block, at + index - 1, "UChar") != byte
                return false
        return true
    }

    ParsePattern(typed) {
        pattern := []
        if RegExMatch(typed, '^"(.+)"$', &quoted) {
            Loop Parse, quoted[1]
                pattern.Push(Ord(A_LoopField) & 0xFF)
        } else if RegExMatch(typed, "i)^([0-9A-F]{2}\s*)+$") {
            typed := RegExReplace(typed, "\s")
            Loop StrLen(typed) // 2
                pattern.Push(Integer("0x" SubStr(typed, A_Index * 2 - 1, 2)))
        }
        return pattern
    }
}

chosen := A_Args.Length ? A_Args[1] : FileSelect(1, , "File to show")
if chosen = "" || !FileExist(chosen)
    ExitApp()
viewer := HexViewer(chosen)

#HotIf WinActive(viewer.gui)
PgUp::viewer.Turn(-1)
PgDn::viewer.Turn(+1)
^Home::viewer.GoTo(0)
^End::viewer.GoTo(viewer.size - 1)
^g::viewer.AskOffset()
^f::viewer.Search()
#HotIf
