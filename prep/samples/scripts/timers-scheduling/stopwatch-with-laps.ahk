; Stopwatch with lap times
; F7 starts and stops the watch, F8 takes a lap while it runs, and Shift+F7 resets it. The time is
; measured with QueryPerformanceCounter and shown in hundredths in a narrow window on top of
; all others; below it the laps are listed with their own time and the total, newest first, and
; the fastest lap carries a star. Ctrl+F8 copies the list as tab-separated text for a
; spreadsheet. The display is refreshed by a timer that only runs while the watch does.
#Requires AutoHotkey v2.0
#SingleInstance Force

class Stopwatch {
    elapsed := 0.0      ; milliseconds up to the last stop
    startedAt := 0
    laps := []

    Running => this.startedAt != 0

    static Now() {
        static perSecond := (DllCall("QueryPerformanceFrequency", "Int64*", &frequency := 0), frequency)
        DllCall("QueryPerformanceCounter", "Int64*", &ticks := 0)
        return ticks * 1000 / perSecond
    }

    Total => this.elapsed + (this.Running ? Stopwatch.Now() - this.startedAt : 0)

    StartStop() {
        if this.Running {
            this.elapsed := this.Total
            this.startedAt := 0
        } else {
            this.startedAt := Stopwatch.Now()
        }
    }

    Lap() {
        if !this.Running
            return
        total := this.Total
        before := this.laps.Length ? this.laps[-1].total : 0
        this.laps.Push({time: total - before, total: total})
    }

    Reset() {
        this.elapsed := 0.0
        this.startedAt := 0
        this.laps := []
    }

    FastestLap() {
        best := 0
        for index, lap in this.laps
            if !best || lap.time < this.laps[best].time
                best := index
        return best
    }
}

ClockText(milliseconds) {
    hundredths := Round(milliseconds / 10)
    return Format("{:02}:{:02}.{:02}", hundredths // 6000, Mod(hundredths // 100, 60), Mod(hundredths, 100))
}

watch := Stopwatch()
panel := Gui("+AlwaysOnTop +ToolWindow", "Stopwatch")
panel.SetFont("s26", "Consolas")
display := panel.AddText("w220 Center", ClockText(0))
panel.SetFont("s10")
lapRows := panel.AddListView("w220 r8", ["Lap", "Time", "Total"])
for columnWidth in [50, 80, 80]
    lapRows.ModifyCol(A_Index, columnWidth)
panel.OnEvent("Close", (*) => ExitApp())
panel.Show("x20 y20 NoActivate")

F7:: {
    watch.StartStop()
    SetTimer(Refresh, watch.Running ? 30 : 0)
    Refresh()
}

F8:: {
    watch.Lap()
    ListLaps()
}

+F7:: {
    watch.Reset()
    SetTimer(Refresh, 0)
    Refresh()
    ListLaps()
}

^F8:: {
    text := "Lap`tTime`tTotal`r`n"
    for index, lap in watch.laps
        text .= index "`t" ClockText(lap.time) "`t" ClockText(lap.total) "`r`n"
    A_Clipboard := text
}

Refresh() => display.Text := ClockText(watch.Total)

ListLaps() {
    lapRows.Delete()
    fastest := watch.laps.Length > 1 ? watch.FastestLap() : 0
    for index, lap in watch.laps
        lapRows.Insert(1, , index (index = fastest ? " *" : ""), ClockText(lap.time), ClockText(lap.total))
}
