; Nine clipboard slots that survive a restart
; Ctrl+Win+1 to 9 copy the selection into a slot, Ctrl+Alt+1 to 9 paste the slot. Each slot is kept
; with all its formats, pictures and files included, in a file of the folder clip-slots beside the
; script. The clipboard itself is the same afterwards as before. Ctrl+Win+0 lists the slots with the
; time they were filled and the first words of their text; an empty slot beeps when pasted.
#Requires AutoHotkey v2.0
#SingleInstance Force

slotFolder := A_ScriptDir "\clip-slots"
DirCreate(slotFolder)

Loop 9 {
    Hotkey("^#" A_Index, FillSlot.Bind(A_Index))
    Hotkey("^!" A_Index, PasteSlot.Bind(A_Index))
}
^#0::ListSlots()

SlotPath(number) => slotFolder "\slot" number ".clip"

FillSlot(number, *) {
    before := ClipboardAll()
    A_Clipboard := ""
    Send("^c")
    ; The 1 accepts any kind of data, not only text.
    if ClipWait(1, 1) {
        content := ClipboardAll()
        target := FileOpen(SlotPath(number), "w")
        target.RawWrite(content)
        target.Close()
        FileOpen(SlotPath(number) ".txt", "w", "UTF-8").Write(Caption(A_Clipboard))
        SoundBeep(700, 60)
    }
    A_Clipboard := before
}

PasteSlot(number, *) {
    if !FileExist(SlotPath(number)) {
        SoundBeep(250, 150)
        return
    }
    before := ClipboardAll()
    A_Clipboard := ClipboardAll(FileRead(SlotPath(number), "RAW"))
    Send("^v")
    Sleep(400)
    A_Clipboard := before
}

Caption(text) {
    line := Trim(RegExReplace(text, "\s+", " "))
    return line = "" ? "(no text)" : SubStr(line, 1, 50)
}

ListSlots() {
    lines := ""
    Loop 9 {
        path := SlotPath(A_Index)
        if FileExist(path)
            lines .= Format("{}   {}   {}`n", A_Index, FormatTime(FileGetTime(path), "dd MMM HH:mm")
                , FileRead(path ".txt", "UTF-8"))
    }
    MsgBox(lines = "" ? "All slots are empty." : lines, "Clipboard slots")
}
