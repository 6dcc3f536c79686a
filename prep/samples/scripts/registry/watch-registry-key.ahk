; Watch a registry key and show what changes
; Useful to find out which value a setting in a dialogue box stands for. The key is given on
; the command line, HKCU\Control Panel otherwise. Once a second the script reads all values
; below the key into a Map, compares it with the one of the second before, and adds a row to
; a list for each value that was added, changed or deleted, newest on top, with the old and
; the new data. Double-clicking a row copies the full path of the value.
#Requires AutoHotkey v2.0
Persistent

watched := A_Args.Length ? A_Args[1] : "HKCU\Control Panel"

viewer := Gui("+Resize +AlwaysOnTop", "Changes below " watched)
journal := viewer.AddListView("w760 r18", ["Time", "What", "Value", "Before", "Now"])
for column, width in [70, 70, 330, 130, 130]
    journal.ModifyCol(column, width)
journal.OnEvent("DoubleClick", (list, row) => row && A_Clipboard := list.GetText(row, 3))
viewer.OnEvent("Size", (owner, state, width, height) => state != -1 && journal.Move(, , width - 20, height - 16))
viewer.OnEvent("Close", (*) => ExitApp())
viewer.Show()

SetTimer(MakeWatcher(watched, Note), 1000)

; Returns a function that reports the differences since it was called last.
MakeWatcher(key, report) {
    known := ReadValues(key)
    return Compare

    Compare() {
        fresh := ReadValues(key)
        for path, data in fresh {
            if !known.Has(path)
                report("added", path, "", data)
            else if known[path] !== data
                report("changed", path, known[path], data)
        }
        for path, data in known
            if !fresh.Has(path)
                report("deleted", path, data, "")
        known := fresh
    }
}

ReadValues(key) {
    values := Map()
    Loop Reg, key, "VR" {
        ; A value can vanish between listing and reading, or be of a type that cannot be read.
        try data := String(RegRead())
        catch Error
            data := "(" A_LoopRegType ")"
        values[A_LoopRegKey "\" (A_LoopRegName = "" ? "(Default)" : A_LoopRegName)] := data
    }
    return values
}

Note(what, path, before, now) {
    journal.Insert(1, "Vis", FormatTime(, "HH:mm:ss"), what, path, before, now)
}
