; Keep a program running and restart it when it ends
; The command line of the program is given as the first argument. The watchdog starts it,
; looks every second whether it still runs and starts it again after it has ended. If it ended
; within ten seconds of its start the pause before the next try doubles, from one second up to
; five minutes; a longer run sets it back. The tray menu shows the number of restarts, pauses
; the watch, and ends it. Every event is written to a log in the temporary folder.
#Requires AutoHotkey v2.0
#SingleInstance Off
Persistent

class Watchdog {
    static shortestRun := 10000
    static longestPause := 300000

    pid := 0
    starts := 0
    pause := 1000
    startedAt := 0
    dueAt := 0
    active := true

    __New(command) {
        this.command := command
        this.logPath := A_Temp "\watchdog.log"
        SetTimer(ObjBindMethod(this, "Check"), 1000)
        this.Launch()
    }

    Check() {
        if !this.active || (this.pid && ProcessExist(this.pid))
            return
        if this.pid {
            this.pid := 0
            this.Plan(A_TickCount - this.startedAt)
        } else if A_TickCount >= this.dueAt {
            this.Launch()
        }
    }

    ; Decide when to try again, given how long the program lasted.
    Plan(lifetime) {
        if lifetime < Watchdog.shortestRun
            this.pause := Min(this.pause * 2, Watchdog.longestPause)
        else
            this.pause := 1000
        this.dueAt := A_TickCount + this.pause
        this.Log(Format("ended after {} s, next start in {} s", lifetime // 1000, this.pause // 1000))
    }

    Launch() {
        this.startedAt := A_TickCount
        try {
            Run(this.command, , , &pid)
            this.pid := pid
            this.starts++
            this.Log("started as process " pid)
        } catch Error as err {
            this.Log("could not be started: " err.Message)
            this.Plan(0)
        }
        A_IconTip := "Watchdog: " Max(0, this.starts - 1) " restarts"
    }

    Toggle() {
        this.active := !this.active
        this.Log(this.active ? "watch resumed" : "watch paused")
        return this.active
    }

    Log(text) {
        FileAppend(FormatTime(, "yyyy-MM-dd HH:mm:ss") "  " text "`n", this.logPath, "UTF-8")
    }
}

if !A_Args.Length {
    MsgBox("Give the command line of the program to watch as an argument.", "Watchdog", "Iconx")
    ExitApp(1)
}

guard := Watchdog(A_Args[1])
A_TrayMenu.Delete()
A_TrayMenu.Add("Watching", SwitchWatch)
A_TrayMenu.Check("Watching")
A_TrayMenu.Add("Show the log", (*) => Run('notepad.exe "' guard.logPath '"'))
A_TrayMenu.Add()
A_TrayMenu.Add("End the watch", (*) => ExitApp())

SwitchWatch(itemName, position, trayMenu) {
    if guard.Toggle()
        trayMenu.Check(itemName)
    else
        trayMenu.Uncheck(itemName)
}
