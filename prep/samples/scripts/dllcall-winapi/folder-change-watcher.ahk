; Report new, changed and deleted files in a folder
; Asks for a folder and shows in a window what happens in it and below it: each line has the
; time, what was done and the file. Windows itself is asked for a signal with
; FindFirstChangeNotification, so the folder is only read again when something did happen; a
; timer looks at the signal four times a second without waiting. The comparison uses size and
; time of change, and a new file of the size and time of one that vanished is shown as renamed
; or moved.
#Requires AutoHotkey v2.0

folder := A_Args.Length ? RTrim(A_Args[1], "\") : DirSelect(, 0, "Folder to watch")
if !DirExist(folder)
    ExitApp()

class FolderSignal {
    ; File names, folder names, sizes and times of the last change.
    static filter := 0x1 | 0x2 | 0x8 | 0x10

    __New(path) {
        this.handle := DllCall("FindFirstChangeNotification", "Str", path, "Int", true, "UInt", FolderSignal.filter, "Ptr")
        if this.handle = -1
            throw OSError()
    }

    ; True if there was a change since the last call; never waits.
    Raised() {
        if DllCall("WaitForSingleObject", "Ptr", this.handle, "UInt", 0, "UInt") != 0
            return false
        DllCall("FindNextChangeNotification", "Ptr", this.handle)
        return true
    }

    __Delete() => DllCall("FindCloseChangeNotification", "Ptr", this.handle)
}

board := Gui("+Resize +AlwaysOnTop", "Watching " folder)
journal := board.AddListView("w600 r18", ["Time", "What", "File"])
journal.ModifyCol(1, 70), journal.ModifyCol(2, 90), journal.ModifyCol(3, 410)
board.OnEvent("Size", (owner, state, width, height) => state != -1 && journal.Move(, , width - 20, height - 16))
board.OnEvent("Close", (*) => ExitApp())
board.Show()

signal := FolderSignal(folder)
stamps := ReadFolder(folder)
SetTimer(Look, 250)

Look() {
    global stamps
    if !signal.Raised()
        return
    Sleep(150)          ; programs often touch a file several times in a row
    fresh := ReadFolder(folder)
    gone := Map()       ; stamp -> path
    for path, stamp in stamps
        if !fresh.Has(path)
            gone[stamp] := path

    for path, stamp in fresh {
        if !stamps.Has(path) {
            if gone.Has(stamp)
                Note("moved", gone.Delete(stamp) "  ->  " path)
            else
                Note("new", path)
        } else if stamps[path] != stamp {
            Note("changed", path)
        }
    }
    for , path in gone
        Note("deleted", path)
    stamps := fresh
}

ReadFolder(path) {
    found := Map()
    found.CaseSense := "Off"
    Loop Files, path "\*", "FR"
        found[SubStr(A_LoopFilePath, StrLen(path) + 2)] := A_LoopFileTimeModified "/" A_LoopFileSize
    return found
}

Note(what, file) {
    journal.Insert(1, , FormatTime(, "HH:mm:ss"), what, file)
}
