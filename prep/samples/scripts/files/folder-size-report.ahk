; Report which subfolders take up the most space
; Asks for a folder, adds up the size of all files below each of its direct
; subfolders, and writes a report to a text file in the temporary folder, largest
; first. Each line has the size in a readable unit, the number of files and a bar
; of # marks that shows the share of the total. The report opens in Notepad.
#Requires AutoHotkey v2.0

root := DirSelect("*" A_MyDocuments, 0, "Folder to measure")
if root = ""
    ExitApp

report := BuildReport(root, MeasureSubfolders(root))
target := A_Temp "\folder-sizes-" A_Now ".txt"
FileAppend(report, target, "UTF-8")
Run('notepad.exe "' target '"')

MeasureSubfolders(parent) {
    entries := []
    Loop Files, parent "\*", "D" {
        entry := { name: A_LoopFileName, bytes: 0, files: 0 }
        Loop Files, A_LoopFilePath "\*", "FR" {
            entry.bytes += A_LoopFileSize
            entry.files += 1
        }
        InsertBySize(entries, entry)
    }
    return entries
}

; Keeps the array ordered from large to small while it grows.
InsertBySize(entries, entry) {
    for index, other in entries {
        if entry.bytes > other.bytes {
            entries.InsertAt(index, entry)
            return
        }
    }
    entries.Push(entry)
}

BuildReport(parent, entries) {
    total := 0
    for entry in entries
        total += entry.bytes

    text := "Subfolders of " parent "`r`n"
    text .= "Total: " ReadableSize(total) "`r`n`r`n"
    for entry in entries {
        share := total ? entry.bytes / total : 0
        text .= Format("{:10}  {:7} files  {:-20}  {}`r`n",
            ReadableSize(entry.bytes), entry.files, Bar(share, 20), entry.name)
    }
    return text
}

Bar(share, width) {
    marks := ""
    Loop Round(share * width)
        marks .= "#"
    return marks
}

ReadableSize(bytes) {
    static units := ["B", "KB", "MB", "GB", "TB"]
    step := 1
    while bytes >= 1024 && step < units.Length {
        bytes /= 1024
        step++
    }
    return Format(step = 1 ? "{:d} {}" : "{:.1f} {}", bytes, units[step])
}
