; Compare two INI files key by key
; Takes two INI files from the command line, or asks for them, and reports how the second differs
; from the first, whatever the order of sections and keys: sections and keys that were added
; (+) or removed (-), and keys with another value (~), old and new. Names are compared without
; regard to case, values exactly. The report goes to the clipboard and into a message box;
; the exit code is 0 for equal files, 1 for different ones and 2 when a file cannot be read.
#Requires AutoHotkey v2.0

oldPath := A_Args.Length > 0 ? A_Args[1] : FileSelect(1, , "First INI file", "INI files (*.ini)")
newPath := A_Args.Length > 1 ? A_Args[2] : oldPath = "" ? "" : FileSelect(1, , "Second INI file", "INI files (*.ini)")
try {
    report := CompareSettings(LoadIni(oldPath), LoadIni(newPath))
} catch OSError {
    MsgBox("Both files must exist and be readable.", "INI comparison", "Iconx")
    ExitApp(2)
}
A_Clipboard := report
MsgBox(report = "" ? "The settings are the same." : report, "INI comparison")
ExitApp(report != "")

; Map of section -> Map of key -> value.
LoadIni(path) {
    if !FileExist(path)
        throw OSError(2, -1, path)              ; 2 is "file not found"
    sections := NewMap()
    Loop Parse, IniRead(path), "`n" {
        section := A_LoopField
        if section = ""
            continue
        sections[section] := NewMap()
        ; A section without keys makes IniRead throw unless there is a default.
        Loop Parse, IniRead(path, section, , ""), "`n" {
            parts := StrSplit(A_LoopField, "=", " `t", 2)
            if parts.Length = 2
                sections[section][parts[1]] := parts[2]
        }
    }
    return sections
}

NewMap() {
    fresh := Map()
    fresh.CaseSense := "Off"
    return fresh
}

CompareSettings(before, after) {
    text := ""
    for section, keys in Merge(before, after) {
        if !after.Has(section)
            text .= "- [" section "]`r`n"
        else if !before.Has(section)
            text .= "+ [" section "]`r`n"
        lines := CompareKeys(before.Get(section, Map()), after.Get(section, Map()))
        if lines != ""
            text .= (before.Has(section) && after.Has(section) ? "  [" section "]`r`n" : "") lines
    }
    return text
}

CompareKeys(before, after) {
    lines := ""
    for key in Merge(before, after) {
        if !before.Has(key)
            lines .= Format("    + {} = {}`r`n", key, after[key])
        else if !after.Has(key)
            lines .= Format("    - {} = {}`r`n", key, before[key])
        else if before[key] !== after[key]
            lines .= Format("    ~ {} = {}  ->  {}`r`n", key, before[key], after[key])
    }
    return lines
}

Merge(first, second) {
    both := NewMap()
    for source in [first, second]
        for name, content in source
            both[name] := content
    return both
}
