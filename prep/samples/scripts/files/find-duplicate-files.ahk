; Find files with the same content
; Searches a folder and everything below it for duplicate files. Files are first
; grouped by size; only those that share a size are read, and a CRC-32 checksum of
; their bytes, taken with the Windows function RtlComputeCrc32, tells them apart.
; The groups are shown in a tree view with the wasted space on each branch.
; Double-clicking a file selects it in Explorer. Empty files are ignored.
#Requires AutoHotkey v2.0

if !(startFolder := DirSelect(, 0, "Where should duplicates be looked for?"))
    ExitApp

ShowGroups(FindDuplicates(startFolder))

FindDuplicates(folder) {
    bySize := Map()
    Loop Files, folder "\*", "FR" {
        if A_LoopFileSize = 0
            continue
        AddToGroup(bySize, A_LoopFileSize, A_LoopFileFullPath)
    }

    duplicates := []
    for size, candidates in bySize {
        if candidates.Length < 2
            continue
        byChecksum := Map()
        for path in candidates {
            try AddToGroup(byChecksum, Checksum(path), path)
            catch OSError
                continue    ; locked by another program
        }
        for , paths in byChecksum
            if paths.Length > 1
                duplicates.Push({ size: size, paths: paths })
    }
    return duplicates
}

AddToGroup(groups, key, path) {
    if !groups.Has(key)
        groups[key] := []
    groups[key].Push(path)
}

; Reads in blocks of 1 MB, so that large files need little memory.
Checksum(path) {
    block := Buffer(1 << 20)
    crc := 0
    handle := FileOpen(path, "r")
    handle.Pos := 0    ; step back over a byte order mark, if there is one
    while count := handle.RawRead(block)
        crc := DllCall("ntdll\RtlComputeCrc32", "UInt", crc, "Ptr", block, "UInt", count, "UInt")
    handle.Close()
    return crc
}

ShowGroups(groups) {
    viewer := Gui("+Resize", groups.Length " groups of duplicates")
    tree := viewer.AddTreeView("w640 r24")
    for group in groups {
        wasted := Round(group.size * (group.paths.Length - 1) / 1024, 1)
        branch := tree.Add(group.paths.Length " copies, " wasted " KB wasted")
        for path in group.paths
            tree.Add(path, branch)
        tree.Modify(branch, "Expand")
    }
    tree.OnEvent("DoubleClick", Reveal)
    ; A state of -1 means that the window has been minimised.
    viewer.OnEvent("Size", (win, state, width, height) =>
        state != -1 && tree.Move(, , width - 20, height - 20))
    viewer.OnEvent("Close", (*) => ExitApp())
    viewer.Show()
}

Reveal(tree, item) {
    if item && tree.GetParent(item)
        Run('explorer.exe /select,"' tree.GetText(item) '"')
}
