; Report on drives, power and uptime
; Shows one window of text with a line for each ready drive (label, file system, free and total
; space and a bar of the used share), the state of the power supply and battery, the memory in
; use and the time since Windows started. Battery and memory are read with DllCall into Buffer
; structures whose fields are taken out by offset. Drives under ten percent free get a warning.
#Requires AutoHotkey v2.0

sections := ["Drives`n" DriveLines(), "Power`n  " PowerLine(), "Memory`n  " MemoryLine(), "Running since`n  " UptimeLine()]
report := ""
for part in sections
    report .= RTrim(part, "`n") "`n`n"
MsgBox(RTrim(report, "`n"), "System report")

DriveLines() {
    text := ""
    for letter in StrSplit(DriveGetList()) {
        drive := letter ":\"
        if DriveGetStatus(drive) != "Ready"
            continue
        try {
            total := DriveGetCapacity(drive)            ; both in megabytes
            free := DriveGetSpaceFree(drive)
            label := DriveGetLabel(letter ":")
            fileSystem := DriveGetFileSystem(letter ":")
        } catch OSError {
            continue                                    ; ejected in between, or no access
        }
        if !total
            continue
        text .= Format("  {} {} [{}] {} of {} free, {}{}`n", letter ":", label = "" ? "(no label)" : label
            , Bar(1 - free / total), Size(free), Size(total), fileSystem
            , free / total < 0.1 ? "  << nearly full" : "")
    }
    return text
}

PowerLine() {
    status := Buffer(12, 0)                 ; SYSTEM_POWER_STATUS
    if !DllCall("GetSystemPowerStatus", "Ptr", status)
        return "unknown"
    onMains := NumGet(status, 0, "UChar")
    flags := NumGet(status, 1, "UChar")
    percent := NumGet(status, 2, "UChar")
    secondsLeft := NumGet(status, 4, "Int")
    if (flags & 128)                        ; no system battery
        return "mains power, no battery"
    text := onMains = 1 ? "mains power" : "on battery"
    if percent <= 100
        text .= ", charge " percent "%"
    if (flags != 255 && flags & 8)
        text .= ", charging"
    if secondsLeft > 0
        text .= Format(", {}:{:02} hours left", secondsLeft // 3600, Mod(secondsLeft, 3600) // 60)
    return text
}

MemoryLine() {
    info := Buffer(64, 0)                   ; MEMORYSTATUSEX
    NumPut("UInt", info.Size, info)
    if !DllCall("GlobalMemoryStatusEx", "Ptr", info)
        return "unknown"
    load := NumGet(info, 4, "UInt")
    total := NumGet(info, 8, "Int64") / 1024 ** 2
    free := NumGet(info, 16, "Int64") / 1024 ** 2
    return Format("[{}] {}% used, {} of {} free", Bar(load / 100), load, Size(free), Size(total))
}

UptimeLine() {
    seconds := A_TickCount // 1000
    days := seconds // 86400
    return Format("{} ({} d {} h {} min)", FormatTime(DateAdd(A_Now, -seconds, "Seconds"), "yyyy-MM-dd HH:mm")
        , days, Mod(seconds, 86400) // 3600, Mod(seconds, 3600) // 60)
}

Bar(share, cells := 10) {
    text := ""
    Loop cells
        text .= A_Index <= Round(share * cells) ? "#" : "."
    return text
}

; Megabytes as MB, GB or TB.
Size(megabytes) {
    for unit in ["MB", "GB", "TB"] {
        if (megabytes < 1024 || unit = "TB")
            return Round(megabytes, 1) " " unit
        megabytes /= 1024
    }
}
