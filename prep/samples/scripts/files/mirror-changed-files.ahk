; Copy new and changed files to a backup folder
; Two arguments, or two questions, name a source folder and a target folder. The script first
; looks through the source with all subfolders and counts the files that are missing in the
; target or are newer in the source by more than two seconds. After a question it copies them, creating
; folders as needed, while a progress window with a Stop button shows the file at hand. Nothing is
; ever deleted in the target. Each copy and each failure goes as a line with the time to
; mirror-log.txt in the target folder.
#Requires AutoHotkey v2.0
#SingleInstance Force

source := RTrim(A_Args.Length > 0 ? A_Args[1] : DirSelect(, 0, "Copy from"), "\")
target := RTrim(A_Args.Length > 1 ? A_Args[2] : DirSelect(, 1, "Copy to"), "\")
if source = "" || target = ""
    ExitApp
if !DirExist(source) || InStr(target "\", source "\") = 1 {
    MsgBox("The target must be a folder outside the source.", "Mirror", "Icon!")
    ExitApp(1)
}

waiting := FindChanges(source, target)
if !waiting.files.Length {
    MsgBox("The backup is up to date.", "Mirror", "Iconi")
    ExitApp
}
question := Format("Copy {} files ({:.1f} MB) to`n{}?", waiting.files.Length, waiting.bytes / 1048576, target)
if MsgBox(question, "Mirror", "YesNo Icon?") = "Yes"
    MsgBox(CopyAll(waiting, source, target), "Mirror", "Iconi")

FindChanges(fromRoot, toRoot) {
    changes := { files: [], bytes: 0 }
    Loop Files, fromRoot "\*", "FR" {
        relative := SubStr(A_LoopFilePath, StrLen(fromRoot) + 2)
        copy := toRoot "\" relative
        ; FAT drives store times in steps of two seconds.
        if !FileExist(copy) || DateDiff(A_LoopFileTimeModified, FileGetTime(copy), "Seconds") > 2 {
            changes.files.Push(relative)
            changes.bytes += A_LoopFileSize
        }
    }
    return changes
}

CopyAll(changes, fromRoot, toRoot) {
    stopped := false
    window := Gui("-SysMenu", "Copying")
    label := window.AddText("w420 R1")
    bar := window.AddProgress("w420 h12 Range0-" changes.files.Length)
    window.AddButton("w80", "Stop").OnEvent("Click", (*) => stopped := true)
    window.Show()

    DirCreate(toRoot)
    journal := FileOpen(toRoot "\mirror-log.txt", "a", "UTF-8")
    copied := failed := 0
    for relative in changes.files {
        if stopped
            break
        label.Text := relative
        bar.Value := A_Index
        SplitPath(toRoot "\" relative, , &folder)
        try {
            DirCreate(folder)
            FileCopy(fromRoot "\" relative, toRoot "\" relative, true)
            copied++
            result := "copied"
        } catch Error as err {
            failed++
            result := "FAILED (" err.Message ")"
        }
        journal.WriteLine(FormatTime(, "yyyy-MM-dd HH:mm:ss") "  " result "  " relative)
        Sleep(-1)           ; lets a click on Stop come through
    }
    journal.Close()
    window.Destroy()
    return copied " copied, " failed " failed" (stopped ? ", stopped before the end." : ".")
}
