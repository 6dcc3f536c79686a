; Draw the processor load into the tray icon
; The icon in the notification area is a bar graph of the last sixteen seconds of processor
; load, drawn by the script itself into the pixels of a 16 by 16 icon: green bars, yellow above
; half load, red above 85 percent, on a dark ground. The load is computed from the differences
; of GetSystemTimes. The tip of the icon gives the current percentage, and a double click
; opens the Task Manager.
#Requires AutoHotkey v2.0
#SingleInstance Force
Persistent

A_TrayMenu.Delete()
A_TrayMenu.Add("Task Manager", (*) => Run("taskmgr.exe"))
A_TrayMenu.Add("Exit", (*) => ExitApp())
A_TrayMenu.Default := "Task Manager"

history := []
Loop 16
    history.Push(0)
CpuLoad()               ; the first call only sets the starting point
SetTimer(Tick, 1000)

Tick() {
    history.RemoveAt(1)
    history.Push(CpuLoad())
    icon := DrawGraph(history)
    ; AutoHotkey owns the icon from here on and frees it when the next one is set.
    if icon
        TraySetIcon("HICON:" icon, , true)
    A_IconTip := Format("Processor load {:.0f} %", history[-1] * 100)
}

; Share of the time since the last call in which the processors were busy, from 0 to 1.
CpuLoad() {
    static lastIdle := 0, lastTotal := 0
    DllCall("GetSystemTimes", "Int64*", &idle := 0, "Int64*", &kernel := 0, "Int64*", &user := 0)
    total := kernel + user          ; the kernel time includes the idle time
    share := total > lastTotal ? 1 - (idle - lastIdle) / (total - lastTotal) : 0
    lastIdle := idle, lastTotal := total
    return Max(0, Min(1, share))
}

DrawGraph(values) {
    static size := 16
    mask := Buffer(size * size // 8, 0)
    pixels := Buffer(size * size * 4)
    for column, value in values {
        height := Max(1, Round(value * size))
        bar := value > 0.85 ? 0xFFE04030 : value > 0.5 ? 0xFFE0C020 : 0xFF30C050
        Loop size {
            ; Row 1 is at the top, so the bar fills the last rows.
            colour := size - A_Index < height ? bar : 0xFF202428
            NumPut("UInt", colour, pixels, ((A_Index - 1) * size + column - 1) * 4)
        }
    }
    return DllCall("CreateIcon", "Ptr", 0, "Int", size, "Int", size, "UChar", 1, "UChar", 32
        , "Ptr", mask, "Ptr", pixels, "Ptr")
}
