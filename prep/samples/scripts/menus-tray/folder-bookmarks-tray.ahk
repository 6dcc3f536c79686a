; Folder bookmarks in the tray menu
; The tray menu lists bookmarked folders, each with a submenu to open it in Explorer, to copy
; its path and to remove it. Win+Shift+B bookmarks the folder shown in the active Explorer
; window. Left-clicking the tray icon opens the same menu. The list is kept as one path per
; line in a text file in the temporary folder, and folders that do not exist at the moment
; are greyed out but not forgotten.
#Requires AutoHotkey v2.0
#SingleInstance Force
Persistent

STORE := A_Temp "\folder-bookmarks.txt"
bookmarks := ReadStore()
A_IconTip := "Folder bookmarks"
TraySetIcon("shell32.dll", 44)
RebuildMenu()

; 0x202 is the release of the left button over the tray icon.
OnMessage(0x404, (wParam, lParam, *) => lParam = 0x202 ? (A_TrayMenu.Show(), 1) : "")

#+b:: {
    folder := ActiveExplorerFolder()
    if folder = "" {
        TrayTip("No Explorer window is active.", "Bookmarks", "Icon!")
        return
    }
    for known in bookmarks
        if known = folder
            return
    bookmarks.Push(folder)
    WriteStore()
    RebuildMenu()
    TrayTip(folder, "Bookmark added")
}

ActiveExplorerFolder() {
    active := WinActive("ahk_class CabinetWClass")
    if !active
        return ""
    for shellWindow in ComObject("Shell.Application").Windows {
        try {
            if shellWindow.HWND = active
                return shellWindow.Document.Folder.Self.Path
        }
    }
    return ""
}

RebuildMenu() {
    A_TrayMenu.Delete()
    for index, folder in bookmarks {
        actions := Menu()
        actions.Add("Open", OpenFolder.Bind(folder))
        actions.Add("Copy path", CopyPath.Bind(folder))
        actions.Add("Remove", Forget.Bind(folder))
        actions.Default := "Open"
        SplitPath(folder, &name)
        label := index ". " StrReplace(name || folder, "&", "&&")
        A_TrayMenu.Add(label, actions)
        if !DirExist(folder)
            A_TrayMenu.Disable(label)
    }
    if !bookmarks.Length {
        A_TrayMenu.Add("Win+Shift+B adds a folder", (*) => 0)
        A_TrayMenu.Disable("1&")
    }
    A_TrayMenu.Add()
    A_TrayMenu.Add("Exit", (*) => ExitApp())
}

OpenFolder(folder, *) => Run('explorer.exe "' folder '"')

CopyPath(folder, *) => A_Clipboard := folder

Forget(folder, *) {
    for index, known in bookmarks {
        if known = folder {
            bookmarks.RemoveAt(index)
            break
        }
    }
    WriteStore()
    RebuildMenu()
}

ReadStore() {
    found := []
    if FileExist(STORE)
        Loop Read, STORE
            if Trim(A_LoopReadLine) != ""
                found.Push(Trim(A_LoopReadLine))
    return found
}

WriteStore() {
    output := FileOpen(STORE, "w", "UTF-8")
    for folder in bookmarks
        output.WriteLine(folder)
    output.Close()
}
