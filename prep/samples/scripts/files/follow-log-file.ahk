; Follow a log file and warn about errors
; Watches a log file that another program writes to, looks for new lines twice a
; second and shows the last 200 of them in a window. Lines that contain error,
; fail or exception also raise a tray tip. If the file becomes shorter, it
; was started afresh and reading begins again from the top. The path is given on
; the command line or picked in a dialogue box.
#Requires AutoHotkey v2.0
#SingleInstance Off
Persistent

class LogFollower {
    static alarm := "i)error|fail|exception"

    __New(path, onLine) {
        this.path := path
        this.onLine := onLine
        this.partial := ""
        this.position := FileGetSize(path)
        this.timer := ObjBindMethod(this, "Poll")
    }

    Start(period := 500) => SetTimer(this.timer, period)
    Stop() => SetTimer(this.timer, 0)

    Poll() {
        ; The file is only open for a moment, so as not to disturb the writer.
        try {
            if FileGetSize(this.path) = this.position
                return
            logFile := FileOpen(this.path, "r", "UTF-8")
        } catch OSError {
            return    ; locked or being replaced, so try again next time
        }
        if logFile.Length < this.position
            this.position := 0, this.partial := ""
        if this.position
            logFile.Seek(this.position)
        text := this.partial . logFile.Read()
        this.position := logFile.Pos
        logFile.Close()

        lines := StrSplit(text, "`n", "`r")
        ; The last piece has no line end yet; keep it for the next round.
        this.partial := lines.Length ? lines.Pop() : ""
        for line in lines
            this.onLine.Call(line, RegExMatch(line, LogFollower.alarm) > 0)
    }
}

class LogWindow {
    __New(title) {
        this.gui := Gui("+Resize", title)
        this.gui.SetFont("s9", "Consolas")
        this.list := this.gui.AddListBox("w700 r25")
        this.gui.OnEvent("Close", (*) => ExitApp())
        this.gui.Show()
        this.count := 0
    }

    Append(line, isAlarm) {
        this.list.Add([(isAlarm ? "!! " : "   ") line])
        if ++this.count > 200 {
            this.list.Delete(1)
            this.count--
        }
        this.list.Choose(this.count)
        if isAlarm
            TrayTip(SubStr(line, 1, 200), "Log alarm", "Icon!")
    }
}

logPath := A_Args.Length ? A_Args[1] : FileSelect(1, , "Log file to follow", "Logs (*.log; *.txt)")
if !FileExist(logPath)
    ExitApp(1)

logView := LogWindow("Following " logPath)
follower := LogFollower(logPath, (line, isAlarm) => logView.Append(line, isAlarm))
follower.Start()
