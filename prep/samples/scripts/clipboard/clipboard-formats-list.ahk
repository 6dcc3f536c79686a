; List the formats that are on the clipboard
; Win+Alt+C opens a window with all data formats that the last copying program put on the clipboard:
; number, name and size in bytes where Windows can tell it. The list follows the clipboard while the
; window is open. A double click on a row shows the first 2000 characters of a text format. Useful to
; find out why pasting gives something else than expected.
#Requires AutoHotkey v2.0
#SingleInstance Force

class FormatList {
    static Names := Map(1, "Text", 2, "Bitmap", 3, "Metafile picture", 6, "TIFF", 7, "OEM text"
        , 8, "Device independent bitmap", 9, "Palette", 12, "Wave sound", 13, "Unicode text"
        , 14, "Enhanced metafile", 15, "File list", 16, "Locale", 17, "Bitmap, version 5")
    ; The data of these are handles of pictures and the like, not blocks of memory.
    static NoMemory := "^(2|3|9|14)$"

    __New() {
        this.win := Gui("+AlwaysOnTop", "Clipboard formats")
        this.rows := this.win.AddListView("w420 r14", ["Number", "Name", "Bytes"])
        this.rows.ModifyCol(1, "60 Integer")
        this.rows.ModifyCol(2, 230)
        this.rows.ModifyCol(3, "90 Integer")
        this.rows.OnEvent("DoubleClick", (rows, row) => row && this.Preview(Integer(rows.GetText(row))))
        this.follower := (*) => this.Fill()
        this.win.OnEvent("Close", (*) => this.Close())
        this.win.OnEvent("Escape", (*) => this.Close())
    }

    Open() {
        OnClipboardChange(this.follower)
        this.Fill()
        this.win.Show()
    }

    Close() {
        OnClipboardChange(this.follower, 0)
        this.win.Hide()
    }

    Fill() {
        this.rows.Delete()
        if !FormatList.OpenClipboard()
            return
        try {
            id := 0
            while id := DllCall("EnumClipboardFormats", "UInt", id, "UInt")
                this.rows.Add(, id, FormatList.NameOf(id), FormatList.SizeOf(id))
        } finally {
            DllCall("CloseClipboard")       ; or no other program could copy any more
        }
    }

    ; Another program may hold the clipboard for a moment, so try a few times.
    static OpenClipboard() {
        Loop 10 {
            if DllCall("OpenClipboard", "Ptr", A_ScriptHwnd)
                return true
            Sleep(30)
        }
        return false
    }

    static NameOf(id) {
        if this.Names.Has(id)
            return this.Names[id]
        name := Buffer(256)
        length := DllCall("GetClipboardFormatNameW", "UInt", id, "Ptr", name, "Int", 128)
        return length ? StrGet(name, length, "UTF-16") : "(private)"
    }

    static SizeOf(id) {
        if id ~= this.NoMemory
            return ""
        handle := DllCall("GetClipboardData", "UInt", id, "Ptr")
        return handle ? DllCall("GlobalSize", "Ptr", handle, "UPtr") : ""
    }

    Preview(id) {
        text := ""
        ; Text comes as one of three standard formats or as a format that a program registered.
        if !(id ~= "^(1|7|13)$" || id >= 0xC000) || !FormatList.OpenClipboard()
            return
        try {
            handle := DllCall("GetClipboardData", "UInt", id, "Ptr")
            if handle && (address := DllCall("GlobalLock", "Ptr", handle, "Ptr")) {
                size := DllCall("GlobalSize", "Ptr", handle, "UPtr")
                wide := id = 13
                ; Never read past the block, even if the final zero is missing.
                text := StrGet(address, Min(wide ? size // 2 : size, 2000), wide ? "UTF-16" : "CP0")
                DllCall("GlobalUnlock", "Ptr", handle)
            }
        } finally {
            DllCall("CloseClipboard")
        }
        MsgBox(text, FormatList.NameOf(id), "Owner" this.win.Hwnd)
    }
}

viewer := FormatList()

#!c::viewer.Open()
