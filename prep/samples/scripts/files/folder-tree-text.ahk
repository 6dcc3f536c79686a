; Copy a folder tree as text
; In an Explorer window, Ctrl+Alt+T copies the tree of the open folder to the clipboard, drawn with
; box characters in the way of the tree command: folders first and ending in a backslash, then files.
; It goes four levels deep; deeper folders end in "...". Folders called .git or node_modules
; are named but not entered. A tip tells the number of lines.
#Requires AutoHotkey v2.0
#SingleInstance Force

MAX_DEPTH := 4

#HotIf WinActive("ahk_class CabinetWClass")
^!t:: {
    root := ExplorerPath(WinExist("A"))
    if !DirExist(root) {
        MsgBox("This window shows no folder on a disk.", "Folder tree", "Icon!")
        return
    }
    A_Clipboard := root "`r`n" Branches(RTrim(root, "\"), "", 1)
    StrReplace(A_Clipboard, "`n", , , &count)
    ToolTip(count " lines copied")
    SetTimer(() => ToolTip(), -1500)
}
#HotIf

; The shell knows all its windows; the handle tells which one is meant.
ExplorerPath(hwnd) {
    for view in ComObject("Shell.Application").Windows {
        try {
            if view.HWND = hwnd
                return view.Document.Folder.Self.Path
        }
    }
    return ""
}

Branches(folder, indent, depth) {
    entries := []
    Loop Files, folder "\*", "D"
        entries.Push(A_LoopFileName "\")
    Loop Files, folder "\*", "F"
        entries.Push(A_LoopFileName)

    text := ""
    for index, entry in entries {
        isLast := index = entries.Length
        text .= indent (isLast ? "└── " : "├── ") entry "`r`n"
        if SubStr(entry, -1) != "\" || entry ~= "i)^(\.git|node_modules)\\$"
            continue
        deeper := indent (isLast ? "    " : "│   ")
        text .= depth < MAX_DEPTH ? Branches(folder "\" RTrim(entry, "\"), deeper, depth + 1)
            : deeper "...`r`n"
    }
    return text
}
