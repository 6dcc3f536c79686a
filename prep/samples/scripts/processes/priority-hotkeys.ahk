; Raise and lower the priority of the active program
; Win+PageUp raises the priority class of the process that owns the active window by one step,
; Win+PageDown lowers it, and Win+Home sets it back to normal. The steps are low, below normal,
; normal, above normal and high; realtime is left out because it can freeze the machine. The
; current class is read with GetPriorityClass. A tooltip names the program and its new class.
#Requires AutoHotkey v2.0

#PgUp::ShiftPriority(+1)
#PgDn::ShiftPriority(-1)
#Home::ShiftPriority(0)

ShiftPriority(step) {
    ; Windows' number for the class, then the name that ProcessSetPriority expects.
    static ladder := [[0x40, "Low"], [0x4000, "BelowNormal"], [0x20, "Normal"], [0x8000, "AboveNormal"], [0x80, "High"]]
    static normal := 3

    try pid := WinGetPID("A")
    catch TargetError
        return

    rung := normal
    current := PriorityClassOf(pid)
    for index, pair in ladder
        if pair[1] = current
            rung := index
    rung := step = 0 ? normal : Max(1, Min(ladder.Length, rung + step))

    try {
        ProcessSetPriority(ladder[rung][2], pid)
        Tell(ProcessGetName(pid) ": " ladder[rung][2])
    } catch Error as err {
        ; Programs of an administrator cannot be changed from an ordinary script.
        Tell("Not possible: " err.Message)
    }
}

PriorityClassOf(pid) {
    static PROCESS_QUERY_LIMITED_INFORMATION := 0x1000
    handle := DllCall("OpenProcess", "UInt", PROCESS_QUERY_LIMITED_INFORMATION, "Int", false, "UInt", pid, "Ptr")
    if !handle
        return 0
    priority := DllCall("GetPriorityClass", "Ptr", handle, "UInt")
    DllCall("CloseHandle", "Ptr", handle)
    return priority
}

Tell(text) {
    ToolTip(text)
    SetTimer(HideTip, -1800)
}

HideTip() => ToolTip()
