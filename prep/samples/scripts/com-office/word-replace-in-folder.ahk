; Replace texts in all Word documents of a folder
; Asks for a folder and for a list of replacements, a text file with one "old => new" pair per
; line. Each docx file in the folder, temporary ones left out, is opened hidden in Word, the
; pairs are replaced in the body as well as in headers, footers and text boxes, and the
; document is saved only if something was changed, after a copy of the original was put into
; a "before" subfolder. A report lists what happened to every file.
#Requires AutoHotkey v2.0
FileEncoding("UTF-8")

folder := DirSelect(, 0, "Folder with Word documents")
listFile := folder = "" ? "" : FileSelect(1, folder, "List of replacements", "Text (*.txt)")
if listFile = ""
    ExitApp()

pairs := ReadPairs(listFile)
if !pairs.Length {
    MsgBox("The list has no line of the form old => new.", "Replace in Word", "Icon!")
    ExitApp(1)
}
MsgBox(ProcessFolder(folder, pairs), "Replace in Word")

ReadPairs(path) {
    result := []
    Loop Read, path {
        ; Word does not accept search texts of more than 255 characters.
        if RegExMatch(A_LoopReadLine, "^(.{1,255}?)\s*=>\s*(.{0,255})$", &m)
            result.Push({old: m[1], new: m[2]})
    }
    return result
}

ProcessFolder(parent, replacements) {
    files := []
    Loop Files, parent "\*.docx" {
        if SubStr(A_LoopFileName, 1, 2) != "~$"
            files.Push(A_LoopFilePath)
    }
    word := ComObject("Word.Application")
    word.DisplayAlerts := 0
    report := ""
    try {
        for path in files {
            SplitPath(path, &name)
            try outcome := ProcessDocument(word, path, replacements)
            catch Error as err
                outcome := "FAILED, " RegExReplace(err.Message, "\R.*")
            report .= name ": " outcome "`n"
        }
    } finally {
        word.Quit(0)        ; 0 does not save what is still open
    }
    return report = "" ? "There are no docx files in this folder." : report
}

ProcessDocument(word, path, replacements) {
    doc := word.Documents.Open(path, false, false, false)
    try {
        if doc.ReadOnly
            return "read-only, skipped"
        doc.TrackRevisions := false
        doc.Saved := true       ; opening alone may mark a document as changed
        for story in doc.StoryRanges
            ReplaceInStory(story, replacements)
        if doc.Saved
            return "nothing found"
        KeepOriginal(path)
        doc.Save()
        return "changed"
    } finally {
        doc.Close(0)
    }
}

; Stories of one kind, such as the headers of several sections, form a chain.
ReplaceInStory(story, replacements) {
    static wdFindContinue := 1, wdReplaceAll := 2
    while IsObject(story) && ComObjValue(story) {
        for pair in replacements {
            seeker := story.Find
            seeker.ClearFormatting()
            seeker.Replacement.ClearFormatting()
            seeker.Execute(pair.old, true, false, false, false, false, true, wdFindContinue, false, pair.new, wdReplaceAll)
        }
        story := story.NextStoryRange
    }
}

KeepOriginal(path) {
    SplitPath(path, &name, &parent)
    DirCreate(parent "\before")
    FileCopy(path, parent "\before\" name, true)
}
