; Use a temporary folder that is always cleaned up
; WithTempFolder(work) creates a new empty folder, calls work with its path, returns what work
; returns, and deletes the folder afterwards: in a finally block, so that it also goes when work
; throws an error. If the script ends in the midst of it, an OnExit function removes the folders
; that are still there. The demo writes the lines of a text into numbered files, sorts
; them by size with a file loop, then fails once on purpose, and checks that no folder is left.
#Requires AutoHotkey v2.0

class TempFolders {
    static inUse := Map()

    static __New() => OnExit((*) => this.RemoveAll())

    static Create() {
        Loop {
            path := Format("{}\work-{:x}-{:x}", A_Temp, A_TickCount, Random(0x1000, 0xFFFF))
        } until !FileExist(path)
        DirCreate(path)
        this.inUse[path] := true
        return path
    }

    static Remove(path) {
        try {
            DirDelete(path, true)
            this.inUse.Delete(path)
        } catch OSError as refusal {
            ; Something in it may still be open; the attempt at exit gets another chance.
            OutputDebug("Left for later: " path " " refusal.Message)
        }
    }

    static RemoveAll() {
        for path in this.inUse.Clone()
            this.Remove(path)
    }
}

WithTempFolder(work) {
    path := TempFolders.Create()
    try
        return work(path)
    finally
        TempFolders.Remove(path)
}

LinesBySize(folder) {
    for line in ["a longer line of text", "short", "a line"]
        FileAppend(line, folder "\" A_Index ".txt")
    sizes := ""
    Loop Files, folder "\*.txt"
        sizes .= A_LoopFileSize " " FileRead(A_LoopFilePath) "`n"
    return Sort(sizes, "N")
}

FailHalfway(folder) {
    FileAppend("unfinished", folder "\result.txt")
    throw Error("The work was broken off", -1, folder)
}

outcome := WithTempFolder(LinesBySize)
try
    WithTempFolder(FailHalfway)
catch Error as failure
    outcome .= Format("`n{}. Folder still there: {}", failure.Message, DirExist(failure.Extra) ? "yes" : "no")
MsgBox(outcome, "Temporary folders")
