; Turn copied files into a list of quoted paths
; After files have been copied in Explorer, Ctrl+Alt+P replaces the clipboard with
; their paths as text. A small menu offers four shapes: full paths one per line,
; quoted paths on a single line, file names only, and forward-slash paths.
; If the clipboard holds no existing files, a tray tip says so.
#Requires AutoHotkey v2.0
#SingleInstance Force

^!p:: {
    paths := ReadCopiedPaths()
    if paths.Length = 0 {
        TrayTip("Copy some files in Explorer first.", "No files found", "Icon!")
        return
    }

    shapes := Menu()
    shapes.Add("&Full paths", (*) => PutBack(paths, path => path, "`r`n"))
    shapes.Add("&Quoted, on one line", (*) => PutBack(paths, Quoted, " "))
    shapes.Add("File &names only", (*) => PutBack(paths, NameOf, "`r`n"))
    shapes.Add("For&ward slashes", (*) => PutBack(paths, Slashed, "`r`n"))
    shapes.Show()
}

; When files are on the clipboard, A_Clipboard gives their paths, one per line.
ReadCopiedPaths() {
    found := []
    Loop Parse, A_Clipboard, "`n", "`r" {
        candidate := Trim(A_LoopField)
        if candidate != "" && FileExist(candidate)
            found.Push(candidate)
    }
    return found
}

PutBack(paths, shape, separator) {
    A_Clipboard := JoinShaped(paths, shape, separator)
    word := paths.Length = 1 ? "path" : "paths"
    TrayTip(Format("{1} {2} ready to paste.", paths.Length, word))
}

JoinShaped(paths, shape, separator) {
    joined := ""
    for path in paths
        joined .= (A_Index > 1 ? separator : "") shape(path)
    return joined
}

Slashed(path) => StrReplace(path, "\", "/")

Quoted(path) => '"' path '"'

NameOf(path) {
    SplitPath(path, &name)
    return name
}
