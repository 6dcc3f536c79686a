; Recent files with times like "3 hours ago"
; Win+Alt+R shows a menu of the twenty files on the desktop and in the documents folder that were
; changed last, each with a time as people say it: "just now", "5 minutes ago", "yesterday at
; 14:05", "last Friday", "3 weeks ago" or a date. Choosing one opens it. The words come from
; InWords, which compares a time stamp with the present one; days are counted by the calendar
; and not by 24 hours.
#Requires AutoHotkey v2.0
#SingleInstance Force

#!r:: {
    popup := Menu()
    for item in LatestFiles([A_Desktop, A_MyDocuments], 20)
        popup.Add(StrReplace(item.name, "&", "&&") "`t" InWords(item.time, A_Now), OpenFile.Bind(item.path))
    popup.Show()
}

OpenFile(path, *) {
    try
        Run('"' path '"')
    catch OSError as refusal
        MsgBox("Windows cannot open it: " refusal.Message, path, "Iconx")
}

LatestFiles(folders, limit) {
    ; A stamp in front of the path makes plain text sorting sort by time.
    stamped := ""
    for folder in folders
        Loop Files, folder "\*.*", "F"
            if !(A_LoopFileAttrib ~= "[HS]")
                stamped .= A_LoopFileTimeModified A_LoopFileFullPath "`n"
    result := []
    Loop Parse, Sort(RTrim(stamped, "`n"), "R"), "`n" {
        if A_LoopField = "" || A_Index > limit
            break
        path := SubStr(A_LoopField, 15)
        SplitPath(path, &name)
        result.Push({path: path, name: name, time: SubStr(A_LoopField, 1, 14)})
    }
    return result
}

InWords(stamp, present) {
    seconds := DateDiff(present, stamp, "Seconds")
    days := DateDiff(SubStr(present, 1, 8), SubStr(stamp, 1, 8), "Days")
    switch {
        case seconds < 0: return "in the future"
        case seconds < 60: return "just now"
        case seconds < 3600: return Ago(seconds // 60, "minute")
        case days = 0: return Ago(seconds // 3600, "hour")
        case days = 1: return "yesterday at " FormatTime(stamp, "HH:mm")
        case days < 7: return "last " FormatTime(stamp, "dddd")
        case days < 31: return Ago(days // 7, "week")
        case days < 365: return Ago(days // 30, "month")
    }
    return FormatTime(stamp, "d MMM yyyy")
}

Ago(count, unit) => Format("{} {}{} ago", count, unit, count = 1 ? "" : "s")
