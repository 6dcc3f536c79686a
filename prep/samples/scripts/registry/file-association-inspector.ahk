; Tell which program opens a type of file
; Win+Alt+F asks for a file extension and collects from the registry how Windows treats it:
; the choice of the user, the registered type and its description, the command of the default
; verb with environment variables expanded, the other verbs of the context menu, and the
; further types listed under "Open with". The report is shown and can be copied.
#Requires AutoHotkey v2.0

#!f:: {
    box := InputBox("File extension, for example txt:", "File type", "w260 h110")
    if box.Result != "OK"
        return
    extension := "." LTrim(Trim(box.Value), ".*")
    if extension = "."
        return
    report := Inspect(extension)
    if MsgBox(report "`n`nCopy this report?", "File type " extension, "YesNo Default2") = "Yes"
        A_Clipboard := report
}

Inspect(extension) {
    choice := RegRead("HKCU\Software\Microsoft\Windows\CurrentVersion\Explorer\FileExts\" extension
        . "\UserChoice", "ProgId", "")
    registered := RegRead("HKCR\" extension, , "")
    progId := choice || registered      ; the user's choice takes precedence

    lines := []
    lines.Push("Chosen by the user: " (choice || "(nothing)"))
    lines.Push("Registered for all: " (registered || "(nothing)"))
    if progId = "" {
        lines.Push("Windows will ask which program to use.")
        return Join(lines)
    }

    root := "HKCR\" progId
    lines.Push("Description: " (RegRead(root, , "") || "(none)"))
    verb := RegRead(root "\shell", , "") || "open"
    verb := StrSplit(verb, ",")[1]      ; there may be a list, the first one counts
    command := RegRead(root "\shell\" verb "\command", , "")
    lines.Push("Default verb: " verb)
    lines.Push("Command: " (command = "" ? "(none, perhaps a store app)" : Expand(command)))

    others := ""
    Loop Reg, root "\shell", "K"
        if A_LoopRegName != verb
            others .= (others = "" ? "" : ", ") A_LoopRegName
    if others != ""
        lines.Push("Other verbs: " others)

    ; The names of the values are the types; their data is empty.
    Loop Reg, "HKCR\" extension "\OpenWithProgids", "V"
        if A_LoopRegName != "" && A_LoopRegName != progId
            lines.Push("Open with: " A_LoopRegName)
    return Join(lines)
}

Expand(text) {
    capacity := DllCall("ExpandEnvironmentStrings", "Str", text, "Ptr", 0, "UInt", 0, "UInt")
    expanded := Buffer(capacity * 2)
    DllCall("ExpandEnvironmentStrings", "Str", text, "Ptr", expanded, "UInt", capacity)
    return StrGet(expanded)
}

Join(lines, glue := "`n") {
    text := ""
    for line in lines
        text .= (A_Index = 1 ? "" : glue) line
    return text
}
