; Browse a folder through a cascading menu
; Ctrl+Win+Space opens a menu at the mouse that mirrors the folder given on the command line,
; or the Start menu's program folder. Subfolders become submenus down to four levels, files
; and shortcuts become entries with their icons and no extension, and a click opens them;
; with Shift held the folder that holds the file is opened instead with the file selected.
; The menu is built anew each time, so it never goes out of date, and empty folders are
; greyed out.
#Requires AutoHotkey v2.0
#SingleInstance Force

ROOT_FOLDER := A_Args.Length ? RTrim(A_Args[1], "\") : A_Programs
DEEPEST := 4

^#Space:: {
    CoordMode("Menu", "Screen")
    launcher := FolderMenu(ROOT_FOLDER, 1)
    if launcher
        launcher.Show()
    else
        TrayTip("There is nothing in " ROOT_FOLDER, "Launcher")
}

; Returns a Menu, or "" if there is nothing to show.
FolderMenu(folder, level) {
    result := Menu()
    taken := Map()
    taken.CaseSense := "Off"
    entries := 0

    Loop Files, folder "\*", "D" {
        if A_LoopFileAttrib ~= "[HS]"
            continue
        entries++
        label := MenuLabel(A_LoopFileName, taken)
        inner := level < DEEPEST ? FolderMenu(A_LoopFilePath, level + 1) : ""
        result.Add(label, inner || OpenItem.Bind(A_LoopFilePath))
        if !inner && level < DEEPEST
            result.Disable(label)
        try result.SetIcon(label, "shell32.dll", 4)
    }
    if entries
        result.Add()

    Loop Files, folder "\*", "F" {
        if A_LoopFileAttrib ~= "[HS]" || A_LoopFileName = "desktop.ini"
            continue
        entries++
        SplitPath(A_LoopFileName, , , , &stem)
        label := MenuLabel(stem, taken)
        result.Add(label, OpenItem.Bind(A_LoopFilePath))
        GiveIcon(result, label, A_LoopFilePath)
    }
    return entries ? result : ""
}

; An entry with a name that exists already would replace the older one, so make it unique.
MenuLabel(name, taken) {
    label := StrReplace(name, "&", "&&")
    while taken.Has(label)
        label .= " "
    taken[label] := true
    return label
}

; Many files have no icon of their own; then the entry stays without one.
GiveIcon(owner, label, path) {
    iconIndex := 1
    try {
        if path ~= "i)\.lnk$" {
            FileGetShortcut(path, &target, , , , &iconFile, &iconNumber)
            path := iconFile || target
            iconIndex := iconNumber || 1
        }
        if path ~= "i)\.(exe|dll|ico)$"
            owner.SetIcon(label, path, iconIndex)
    }
}

OpenItem(path, *) {
    try {
        if GetKeyState("Shift", "P")
            Run('explorer.exe /select,"' path '"')
        else
            Run(path)
    } catch Error as err {
        MsgBox("This could not be opened:`n" path "`n`n" err.Message, "Launcher", "Iconx")
    }
}
