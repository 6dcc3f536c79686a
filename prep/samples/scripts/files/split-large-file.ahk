; Split a large file into parts and join them again
; Drop a file on the script or pick one. A file whose name ends in .001 is joined with all the
; following parts, .002 and so on, into one file without that ending; for any other file the
; script asks for the size of a part in megabytes and writes name.ext.001, name.ext.002 and so on
; beside it. Data go through one Buffer of a megabyte. An existing target is never overwritten, and
; what was written so far is removed if an error stops the work.
#Requires AutoHotkey v2.0
#SingleInstance Off

MEGABYTE := 1 << 20

chosen := A_Args.Length ? A_Args[1] : FileSelect(1, , "File to split, or first part to join")
if chosen = ""
    ExitApp

try {
    if SubStr(chosen, -4) = ".001" {
        JoinParts(SubStr(chosen, 1, -4))
    } else {
        box := InputBox("Size of a part in MB:", "Split", "w240 h110", 100)
        if box.Result != "OK"
            ExitApp
        if !IsInteger(box.Value) || box.Value < 1
            throw ValueError("The size must be a whole number from 1 on.")
        SplitFile(chosen, box.Value * MEGABYTE)
    }
} catch Error as err {
    MsgBox(err.Message, "Stopped", "Iconx")
}

SplitFile(path, partSize) {
    total := FileGetSize(path)
    count := Ceil(total / partSize)
    if count < 2
        throw ValueError("The file fits into one part already.")
    if count > 999
        throw ValueError("That would make " count " parts; choose a larger size.")
    reader := OpenAtStart(path)
    written := []
    try {
        Loop count {
            partPath := path Format(".{:03}", A_Index)
            part := CreateNew(partPath)
            written.Push(partPath)
            Transfer(reader, part, Min(partSize, total - (A_Index - 1) * partSize))
            part.Close()
        }
    } catch Error as failure {
        if IsSet(part)
            part.Close()
        for partPath in written
            try FileDelete(partPath)
        throw failure
    } finally {
        reader.Close()
    }
    MsgBox(count " parts were written.", "Split", "Iconi")
}

JoinParts(path) {
    whole := CreateNew(path)
    try {
        while FileExist(partPath := path Format(".{:03}", A_Index)) {
            part := OpenAtStart(partPath)
            Transfer(part, whole, part.Length)
            part.Close()
            joined := A_Index
        }
    } catch Error as failure {
        whole.Close()
        FileDelete(path)
        throw failure
    }
    whole.Close()
    MsgBox(joined " parts were joined to`n" path, "Joined", "Iconi")
}

; Opening skips a byte order mark, which is data here.
OpenAtStart(path) {
    handle := FileOpen(path, "r")
    handle.Pos := 0
    return handle
}

CreateNew(path) {
    if FileExist(path)
        throw OSError(80, -1, path)         ; ERROR_FILE_EXISTS
    return FileOpen(path, "w", "UTF-8-RAW")
}

Transfer(from, to, amount) {
    static block := Buffer(MEGABYTE)
    while amount > 0 {
        got := from.RawRead(block, Min(block.Size, amount))
        if !got
            throw Error("The file ended too early.")
        if to.RawWrite(block, got) != got
            throw Error("The disk is full.")
        amount -= got
    }
}
