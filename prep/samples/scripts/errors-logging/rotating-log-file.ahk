; Log class with levels and rotating files
; Logger writes lines with time, level and source to a text file in the temporary folder. Lines
; below the chosen level are dropped. When the file has grown past a limit it is renamed to .1,
; an older .1 to .2 and so on, and the oldest is deleted. Debug, Info, Warn and Fail take a
; format string with values; LogError writes an error object with its place in the script. Child
; loggers share the file but add their own name. Lines also go to the debugger. At the end of
; the script the log notes why it ended. The demo uses a tiny limit so that the files rotate.
#Requires AutoHotkey v2.0

class Logger {
    static LEVELS := Map("DEBUG", 1, "INFO", 2, "WARN", 3, "FAIL", 4)

    __New(path, level := "INFO", limit := 1048576, keep := 3) {
        this.path := path
        this.threshold := Logger.LEVELS[level]
        this.limit := limit
        this.keep := keep
        this.source := "main"
    }

    Child(name) {
        child := this.Clone()
        child.source := this.source "." name
        return child
    }

    Debug(text, values*) => this.Write("DEBUG", text, values)
    Info(text, values*) => this.Write("INFO", text, values)
    Warn(text, values*) => this.Write("WARN", text, values)
    Fail(text, values*) => this.Write("FAIL", text, values)

    LogError(problem) {
        SplitPath(problem.File, &fileName)
        this.Fail("{}: {} {} ({} line {})", Type(problem), problem.Message, problem.Extra, fileName, problem.Line)
    }

    Write(level, text, values) {
        if Logger.LEVELS[level] < this.threshold
            return
        line := Format("{}.{:03} {:-5} [{}] {}", FormatTime(, "yyyy-MM-dd HH:mm:ss"), A_MSec
            , level, this.source, values.Length ? Format(text, values*) : text)
        OutputDebug(line "`n")
        try {
            this.RotateIfFull()
            FileAppend(line "`n", this.path, "UTF-8")
        } catch OSError as trouble {
            ; A log must never bring down the program that writes it.
            OutputDebug("Log not written: " trouble.Message "`n")
        }
    }

    RotateIfFull() {
        if !FileExist(this.path) || FileGetSize(this.path) < this.limit
            return
        generation := this.keep
        while --generation > 0 {
            if FileExist(this.path "." generation)
                FileMove(this.path "." generation, this.path "." (generation + 1), true)
        }
        FileMove(this.path, this.path ".1", true)
    }
}

journal := Logger(A_Temp "\logger-demo.log", "DEBUG", 600, 3)
OnExit((reason, code) => journal.Info("Ended: {} (code {})", reason, code))

journal.Info("Started with {} arguments", A_Args.Length)
worker := journal.Child("worker")
Loop 20 {
    worker.Debug("Round {:02} of 20", A_Index)
    try {
        if Mod(A_Index, 7) = 0
            throw ValueError("Seven is not liked here", , A_Index)
    } catch ValueError as objection {
        worker.LogError(objection)
    }
}
journal.Warn("100% done")           ; without values the text is not taken as a format

overview := ""
Loop Files, journal.path "*"
    overview .= A_LoopFileName ": " A_LoopFileSize " bytes`n"
MsgBox(overview, "Log files")
