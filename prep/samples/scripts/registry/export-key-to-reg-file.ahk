; Export a registry key to a .reg file
; Asks for a key, with HKCU\Control Panel\Desktop as the suggestion, walks through its values
; and all of its subkeys, and writes them to a Unicode .reg file on the desktop that Registry
; Editor can import. Strings, expandable and multiple strings, DWORDs and binary values are
; written in the notation of that format; a value of another type leaves a comment in its
; place. A message tells how many keys and values were written.
#Requires AutoHotkey v2.0

answer := InputBox("Registry key to export:", "Export a key", "w420 h120", "HKCU\Control Panel\Desktop")
if answer.Result = "OK" && Trim(answer.Value) != ""
    ExportKey(FullKeyName(RTrim(Trim(answer.Value), "\")), A_Desktop "\registry-" A_Now ".reg")

; The .reg format does not know abbreviations such as HKCU.
FullKeyName(key) {
    static roots := Map(
        "HKCU", "HKEY_CURRENT_USER", "HKLM", "HKEY_LOCAL_MACHINE",
        "HKCR", "HKEY_CLASSES_ROOT", "HKU", "HKEY_USERS"
    )
    root := StrUpper(StrSplit(key, "\")[1])
    return roots.Get(root, root) SubStr(key, StrLen(root) + 1)
}

ExportKey(key, target) {
    sections := Map()       ; ordered by key name, so a parent comes before its children
    values := 0
    Loop Reg, key, "KVR" {
        if A_LoopRegType = "KEY" {
            ; Empty keys have no values but belong to the export all the same.
            child := A_LoopRegKey "\" A_LoopRegName
            sections[child] := sections.Get(child, "")
            continue
        }
        try {
            line := QuoteName(A_LoopRegName) "=" EncodeData(A_LoopRegType, RegRead())
            values++
        } catch Error {
            line := "; " A_LoopRegName " is of type " A_LoopRegType " and was left out"
        }
        sections[A_LoopRegKey] := sections.Get(A_LoopRegKey, "") line "`r`n"
    }
    if !sections.Count {
        MsgBox("The key is empty or does not exist:`n" key, "Export a key", "Icon!")
        return
    }

    output := FileOpen(target, "w", "UTF-16")
    output.Write("Windows Registry Editor Version 5.00`r`n")
    for section, lines in sections
        output.Write("`r`n[" section "]`r`n" lines)
    output.Close()
    MsgBox(Format("{} keys and {} values are in`n{}", sections.Count, values, target), "Export a key", "Iconi")
}

; The default value of a key has no name and is written as @.
QuoteName(name) => name = "" ? "@" : '"' Escape(name) '"'

Escape(text) => StrReplace(StrReplace(text, "\", "\\"), '"', '\"')

EncodeData(kind, data) {
    switch kind {
        case "REG_SZ": return '"' Escape(data) '"'
        case "REG_DWORD": return Format("dword:{:08x}", data)
        case "REG_BINARY": return "hex:" RegExReplace(data, "..(?=.)", "$0,")
        case "REG_EXPAND_SZ": return "hex(2):" Utf16Bytes(data)
        case "REG_MULTI_SZ": return "hex(7):" Utf16Bytes(RTrim(data, "`n") "`n")
    }
    throw ValueError("This type cannot be written", -1, kind)
}

; Low byte first, with a terminator. In a multiple string each line end is a terminator too.
Utf16Bytes(text) {
    bytes := ""
    for char in StrSplit(text) {
        unit := char = "`n" ? 0 : Ord(char)
        bytes .= Format("{:02x},{:02x},", unit & 0xFF, unit >> 8)
    }
    return bytes "00,00"
}
