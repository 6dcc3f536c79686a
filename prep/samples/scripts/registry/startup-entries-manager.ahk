; Manage the programs that start with Windows
; A window lists the entries of the current user's Run key with a check box each. Clearing a
; box moves the entry to a parking key of this script, so that the program no longer starts
; but can be brought back with another click. "Add..." picks a program and enters it under
; its file name, and "Remove" deletes the selected entry for good after a question. Entries
; whose program file no longer exists are marked as missing in the last column.
#Requires AutoHotkey v2.0
#SingleInstance Force

class Startup {
    static activeKey := "HKCU\Software\Microsoft\Windows\CurrentVersion\Run"
    static parkedKey := "HKCU\Software\StartupManager\Parked"

    static Entries() {
        found := []
        for key in [this.activeKey, this.parkedKey]
            Loop Reg, key, "V"
                if A_LoopRegType ~= "^REG_(EXPAND_)?SZ$"
                    found.Push({name: A_LoopRegName, command: RegRead(), active: key = this.activeKey})
        return found
    }

    ; Nothing happens if the entry already is where it should be.
    static SetActive(name, active) {
        source := active ? this.parkedKey : this.activeKey
        target := active ? this.activeKey : this.parkedKey
        command := RegRead(source, name, "")
        if command = ""
            return
        this.Write(target, name, command)
        RegDelete(source, name)
    }

    static Write(key, name, command) {
        ; Only the expandable type has its %variables% replaced by Windows.
        kind := InStr(command, "%") ? "REG_EXPAND_SZ" : "REG_SZ"
        RegWrite(command, kind, key, name)
    }

    static Remove(name) {
        for key in [this.activeKey, this.parkedKey]
            try RegDelete(key, name)
    }

    ; The program of a command line, with or without quotes around it.
    static ProgramOf(command) {
        if RegExMatch(command, '^\s*"([^"]+)"', &quoted)
            return quoted[1]
        return RegExMatch(command, "i)^.*?\.(exe|cmd|bat|ahk)\b", &plain) ? plain[0] : command
    }

    static IsMissing(command) {
        program := this.ProgramOf(command)
        ; A bare name is searched for in the PATH and a variable is expanded; skip both.
        return InStr(program, "\") && !InStr(program, "%") && !FileExist(program)
    }
}

win := Gui("+Resize", "Programs that start with Windows")
rows := win.AddListView("w620 r14 Checked", ["Name", "Command", "State"])
win.AddButton("w90", "Add...").OnEvent("Click", AddProgram)
win.AddButton("x+8 w90", "Remove").OnEvent("Click", RemoveSelected)
win.OnEvent("Close", (*) => ExitApp())
Fill()
rows.OnEvent("ItemCheck", (list, row, checked) => Startup.SetActive(list.GetText(row, 1), checked))
win.Show()

Fill() {
    rows.Delete()
    for entry in Startup.Entries()
        rows.Add(entry.active ? "Check" : "", entry.name, entry.command
            , Startup.IsMissing(entry.command) ? "missing" : "")
    rows.ModifyCol(1, "140 Sort")
    rows.ModifyCol(2, 390)
}

AddProgram(*) {
    win.Opt("+OwnDialogs")
    program := FileSelect(1, A_ProgramFiles, "Program to start with Windows", "Programs (*.exe; *.cmd; *.ahk)")
    if program = ""
        return
    SplitPath(program, , , , &title)
    Startup.Write(Startup.activeKey, title, '"' program '"')
    Fill()
}

RemoveSelected(*) {
    row := rows.GetNext()
    if !row
        return
    name := rows.GetText(row, 1)
    win.Opt("+OwnDialogs")
    if MsgBox("Delete the entry " name "?", "Startup", "YesNo Icon?") = "Yes" {
        Startup.Remove(name)
        Fill()
    }
}
