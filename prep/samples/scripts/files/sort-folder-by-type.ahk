; Sort the files of a folder into subfolders by type
; Moves every file that lies directly in a chosen folder into a subfolder such as
; Pictures, Documents or Archives, picked by its extension; anything unknown goes
; to Other. If a file of that name is already there, a number in brackets is added
; instead of overwriting it. Shortcuts and files changed within the last minute,
; which may still be downloading, are left alone. A message lists the counts.
#Requires AutoHotkey v2.0

EXTENSION_LISTS := Map(
    "Pictures", "jpg,jpeg,png,gif,bmp,webp,svg",
    "Documents", "pdf,doc,docx,odt,txt,md,rtf,xls,xlsx,ods,csv",
    "Archives", "zip,7z,rar,gz,tar",
    "Sound", "mp3,wav,flac,ogg,m4a",
    "Video", "mp4,mkv,avi,mov,webm",
    "Programs", "exe,msi,ahk,bat,ps1"
)

chosen := DirSelect("*" A_MyDocuments, 3, "Which folder should be sorted?")
if chosen != ""
    MsgBox(Summarise(SortFolder(chosen, InvertTypes(EXTENSION_LISTS))), "Sorted", "Iconi")

; From folder -> extensions to extension -> folder, for quick look-up.
InvertTypes(types) {
    folderOf := Map()
    folderOf.CaseSense := false
    folderOf.Default := "Other"
    for folder, extensions in types
        Loop Parse, extensions, ","
            folderOf[A_LoopField] := folder
    return folderOf
}

SortFolder(source, folderOf) {
    ; Collect first: moving files while the loop runs could confuse it.
    waiting := []
    Loop Files, source "\*.*", "F" {
        isFresh := DateDiff(A_Now, A_LoopFileTimeModified, "Seconds") < 60
        if A_LoopFileExt != "lnk" && !isFresh
            waiting.Push(A_LoopFileFullPath)
    }

    moved := Map()
    for path in waiting {
        SplitPath(path, &name, , &extension)
        folder := folderOf[extension]
        try {
            DirCreate(source "\" folder)
            FileMove(path, FreeName(source "\" folder, name))
            moved[folder] := moved.Get(folder, 0) + 1
        } catch {
            moved["(could not be moved)"] := moved.Get("(could not be moved)", 0) + 1
        }
    }
    return moved
}

FreeName(folder, name) {
    SplitPath(name, , , &extension, &stem)
    dot := extension = "" ? "" : "."
    path := folder "\" name
    while FileExist(path)
        path := Format("{}\{} ({}){}{}", folder, stem, A_Index + 1, dot, extension)
    return path
}

Summarise(moved) {
    if !moved.Count
        return "There was nothing to sort."
    text := ""
    for folder, count in moved
        text .= folder ": " count "`n"
    return RTrim(text, "`n")
}
