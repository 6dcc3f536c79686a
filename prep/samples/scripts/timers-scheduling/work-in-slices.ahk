; Long work in short slices
; Counting the lines of all text files below a folder may take minutes; done in one go, it would
; block the hotkeys and timers of the script. Here the work is cut up: SlicedJob has a list of
; tasks, and a timer carries out as many of them as fit into 40 milliseconds, then lets go. A task
; may add further tasks, so a folder adds its subfolders and files. A tooltip reports progress,
; Escape cancels, and at the end a message names files, lines, and the time it took. Win+Shift+L
; starts the count for a folder of your choice; only one job runs at a time.
#Requires AutoHotkey v2.0
#SingleInstance Force

class SlicedJob {
    static BUDGET := 40
    tasks := []
    finished := 0

    __New(onProgress, onEnd) {
        this.onProgress := onProgress
        this.onEnd := onEnd
        this.slice := ObjBindMethod(this, "RunSlice")
    }

    Add(task) => this.tasks.Push(task)

    Start() {
        this.startedAt := A_TickCount
        SetTimer(this.slice, 10)
    }

    Cancel() => this.Finish("cancelled")

    RunSlice() {
        deadline := A_TickCount + SlicedJob.BUDGET
        while this.tasks.Length {
            task := this.tasks.Pop()        ; the last first keeps the list short
            task()
            this.finished++
            if A_TickCount >= deadline {
                this.onProgress.Call(this.finished, this.tasks.Length)
                return
            }
        }
        this.Finish("complete")
    }

    Finish(how) {
        SetTimer(this.slice, 0)
        this.tasks := []
        this.onEnd.Call(how, A_TickCount - this.startedAt)
    }
}

job := ""

#+l:: {
    global job
    if job
        return TrayTip("A count is running already; Escape cancels it.")
    folder := DirSelect(, 0, "Count the lines of the text files in")
    if folder != ""
        job := CountLines(folder)
}

#HotIf job
Esc::job.Cancel()
#HotIf

CountLines(root) {
    files := lines := 0
    work := SlicedJob(Progress, Done)
    work.Add(() => Scan(root))
    work.Start()
    return work

    Scan(folder) {
        Loop Files, folder "\*", "FD" {
            path := A_LoopFileFullPath
            if InStr(A_LoopFileAttrib, "D")
                work.Add(Scan.Bind(path))
            else if A_LoopFileExt ~= "i)^(txt|md|csv|log|ini|ahk)$"
                work.Add(Count.Bind(path))
        }
    }

    Count(path) {
        try
            text := FileRead(path)
        catch OSError
            return                          ; locked by another program
        StrReplace(text, "`n", , , &breaks)
        files++
        lines += breaks + (text != "" && SubStr(text, -1) != "`n")
    }

    Progress(finished, waiting) => ToolTip(Format("{} done, {} waiting`n{} lines so far", finished, waiting, lines))

    Done(how, milliseconds) {
        global job := ""
        ToolTip()
        MsgBox(Format("{} files, {} lines`n{} after {:.1f} s", files, lines, how, milliseconds / 1000), root)
    }
}
