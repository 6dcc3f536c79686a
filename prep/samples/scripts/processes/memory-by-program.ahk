; Rank programs by the memory they use
; Win+Alt+M opens a small window that lists the fifteen programs with the largest working set,
; where all processes of the same name are added up, as browsers run dozens of them. The rows
; show the name, the number of processes and the megabytes, and are refreshed every three
; seconds while the window is open. Processes come from a toolhelp snapshot, their memory
; from GetProcessMemoryInfo; those that may not be read are skipped.
#Requires AutoHotkey v2.0
#SingleInstance Force

board := Gui("+AlwaysOnTop +ToolWindow", "Memory by program")
ranking := board.AddListView("w330 r15 NoSortHdr", ["Program", "Processes", "MB"])
ranking.ModifyCol(1, 170), ranking.ModifyCol(2, "70 Integer"), ranking.ModifyCol(3, "70 Integer")
board.OnEvent("Close", (*) => SetTimer(Refresh, 0))
board.OnEvent("Escape", (*) => (SetTimer(Refresh, 0), board.Hide()))

#!m:: {
    Refresh()
    board.Show()
    SetTimer(Refresh, 3000)
}

Refresh() {
    totals := Map()
    totals.CaseSense := "Off"
    for process in Snapshot() {
        bytes := WorkingSet(process.pid)
        if !bytes
            continue
        if !totals.Has(process.name)
            totals[process.name] := {count: 0, bytes: 0}
        totals[process.name].count += 1
        totals[process.name].bytes += bytes
    }

    ; Sort with N looks at the number at the start of each line, R puts the largest first.
    lines := ""
    for name, total in totals
        lines .= total.bytes "`t" total.count "`t" name "`n"
    ranking.Opt("-Redraw")
    ranking.Delete()
    Loop Parse, Sort(RTrim(lines, "`n"), "N R"), "`n" {
        cells := StrSplit(A_LoopField, "`t")
        ranking.Add(, cells[3], cells[2], Round(cells[1] / 1024 ** 2))
    } until A_Index = 15
    ranking.Opt("+Redraw")
}

Snapshot() {
    list := []
    handle := DllCall("CreateToolhelp32Snapshot", "UInt", 2, "UInt", 0, "Ptr")      ; TH32CS_SNAPPROCESS
    if handle = -1
        return list
    ; PROCESSENTRY32W holds a pointer, so its size and the place of the name depend on the bitness.
    entry := Buffer(A_PtrSize = 8 ? 568 : 556, 0)
    nameOffset := A_PtrSize = 8 ? 44 : 36
    NumPut("UInt", entry.Size, entry)
    more := DllCall("Process32FirstW", "Ptr", handle, "Ptr", entry)
    while more {
        list.Push({pid: NumGet(entry, 8, "UInt"), name: StrGet(entry.Ptr + nameOffset, 260)})
        more := DllCall("Process32NextW", "Ptr", handle, "Ptr", entry)
    }
    DllCall("CloseHandle", "Ptr", handle)
    return list
}

WorkingSet(pid) {
    process := DllCall("OpenProcess", "UInt", 0x1000, "Int", 0, "UInt", pid, "Ptr")
    if !process
        return 0
    counters := Buffer(8 + 8 * A_PtrSize, 0)        ; PROCESS_MEMORY_COUNTERS
    ok := DllCall("psapi\GetProcessMemoryInfo", "Ptr", process, "Ptr", counters, "UInt", counters.Size)
    DllCall("CloseHandle", "Ptr", process)
    return ok ? NumGet(counters, 8 + A_PtrSize, "UPtr") : 0
}
