; List the readable text inside a binary file
; Give a file, and if you like a least length (6 if left out), on the command line: the script
; prints every run of at least so many printable characters with its offset in hexadecimal and
; a letter for its kind, A for text of one byte per character and W for text of two, as Windows
; programs keep most of their messages. The file is read into a Buffer and looked through once
; for narrow and twice for wide text, which may begin at even or odd offsets.
#Requires AutoHotkey v2.0

if !A_Args.Length || !FileExist(A_Args[1]) {
    FileAppend("Usage: readable-text-in-binaries.ahk file [least length]`n", "**")
    ExitApp(1)
}
least := A_Args.Length > 1 ? Integer(A_Args[2]) : 6
data := FileRead(A_Args[1], "RAW")

; Number keys of a Map are sorted, which brings both kinds into the order of the file.
runs := Map()
CollectRuns(data, least, 0, 1, runs)
CollectRuns(data, least, 0, 2, runs)
CollectRuns(data, least, 1, 2, runs)
for offset, entry in runs
    FileAppend(Format("{:08X} {} {}`n", offset, entry.kind, entry.text), "*", "UTF-8-RAW")

CollectRuns(bytes, minimum, begin, width, found) {
    first := at := begin
    Loop {
        if at + width <= bytes.Size && IsPrintable(bytes, at, width) {
            at += width
            continue
        }
        count := (at - first) // width
        if count >= minimum {
            text := StrGet(bytes.Ptr + first, count, width = 1 ? "CP20127" : "UTF-16")
            found[first] := {kind: width = 1 ? "A" : "W", text: text}
        }
        if at + width > bytes.Size
            return                  ; a run at the very end has been noted just now
        first := at += width
    }
}

IsPrintable(bytes, at, width) {
    code := NumGet(bytes, at, width = 1 ? "UChar" : "UShort")
    return code >= 32 && code < 127
}
