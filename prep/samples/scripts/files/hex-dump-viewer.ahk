; View any file as a hex dump
; Drop a file on the window to see its bytes: 32 lines of sixteen bytes each, with the offset at the
; left and the printable characters at the right, other bytes as dots. Page Up and Page Down or the
; buttons turn pages, and a number typed into the small field, decimal or with 0x in front, goes
; to that offset when Enter is pressed. Only the page shown is read, so size does not matter.
#Requires AutoHotkey v2.0
#SingleInstance Force

class HexViewer {
    static PAGE := 512

    __New() {
        this.file := ""
        this.start := 0
        this.win := Gui(, "Drop a file here")
        this.win.SetFont("s10", "Consolas")
        this.dump := this.win.AddEdit("w620 r32 ReadOnly -VScroll -Wrap")
        this.win.AddButton("w80", "Back").OnEvent("Click", (*) => this.Turn(-1))
        this.win.AddButton("x+6 w80", "Next").OnEvent("Click", (*) => this.Turn(1))
        this.jump := this.win.AddEdit("x+20 w120", "0x0")
        goButton := this.win.AddButton("x+6 w60 Default", "Go")
        goButton.OnEvent("Click", (*) => IsInteger(this.jump.Value) && this.Show(Integer(this.jump.Value)))
        this.win.OnEvent("DropFiles", (win, ctrl, files, *) => this.Open(files[1]))
        this.win.OnEvent("Close", (*) => ExitApp())
        this.win.Show()
    }

    Open(path) {
        try {
            this.file := FileOpen(path, "r")
        } catch OSError as err {
            MsgBox(err.Message, "Hex dump", "Icon!")
            return
        }
        SplitPath(path, &name)
        this.win.Title := name " (" this.file.Length " bytes)"
        this.Show(0)
    }

    Turn(pages) => this.Show(this.start + pages * HexViewer.PAGE)

    Show(offset) {
        if !this.file
            return
        ; Stay inside the file and on a line boundary.
        offset := Max(0, Min(offset, this.file.Length - 1)) & ~15
        data := Buffer(HexViewer.PAGE)
        this.file.Pos := this.start := offset
        count := this.file.RawRead(data)
        text := ""
        Loop Ceil(count / 16) {
            first := (A_Index - 1) * 16
            text .= this.Line(data, first, Min(16, count - first), offset + first) "`r`n"
        }
        this.dump.Value := text
    }

    Line(data, first, length, address) {
        hex := "", plain := ""
        Loop length {
            byte := NumGet(data, first + A_Index - 1, "UChar")
            hex .= Format("{:02X}", byte) (A_Index = 8 ? "  " : " ")
            plain .= byte >= 32 && byte < 127 ? Chr(byte) : "."
        }
        return Format("{:08X}  {:-49} {}", address, hex, plain)
    }
}

viewer := HexViewer()

#HotIf WinActive(viewer.win)
PgUp::viewer.Turn(-1)
PgDn::viewer.Turn(1)
#HotIf
