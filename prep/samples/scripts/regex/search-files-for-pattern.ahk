; Search the text files of a folder with a regular expression
; For the command line: the first argument is the pattern, the second the folder (the current one
; if left out), the third a file mask such as *.txt. Every line that matches is printed as
; "path:line: text"; the folder is searched with all that lies below it. Options may stand
; anywhere: --ignore-case, --count prints only the number of matching lines of each file, and
; --only prints just the part that matched. Files with zero bytes at their beginning are taken
; for binary and skipped. Exit code 0: something found, 1: nothing, 2: faulty pattern or folder.
#Requires AutoHotkey v2.0

options := Map("--ignore-case", false, "--count", false, "--only", false)
plain := []
for argument in A_Args
    options.Has(argument) ? options[argument] := true : plain.Push(argument)

try {
    if !plain.Length
        throw ValueError("Usage: search-files-for-pattern.ahk pattern [folder] [mask] [options]")
    needle := (options["--ignore-case"] ? "i)" : "") plain[1]
    RegExMatch("", needle)              ; a faulty pattern throws here, before any file is read
    root := RTrim(plain.Length > 1 ? plain[2] : A_WorkingDir, "\")
    if !DirExist(root)
        throw ValueError("There is no folder " root)
} catch Error as fault {
    FileAppend(fault.Message " " fault.Extra "`n", "**")
    ExitApp(2)
}

total := 0
Loop Files, root "\" (plain.Length > 2 ? plain[3] : "*"), "FR" {
    if !LooksBinary(A_LoopFilePath)
        total += SearchFile(A_LoopFilePath, SubStr(A_LoopFilePath, StrLen(root) + 2))
}
ExitApp(total ? 0 : 1)

SearchFile(path, shownPath) {
    hits := 0
    try {
        Loop Read, path {
            if !RegExMatch(A_LoopReadLine, needle, &match)
                continue
            hits++
            if !options["--count"]
                Print(shownPath ":" A_Index ": " (options["--only"] ? match[0] : A_LoopReadLine))
        }
    } catch OSError {
        FileAppend(shownPath ": cannot be read`n", "**")
    }
    if hits && options["--count"]
        Print(shownPath ": " hits)
    return hits
}

LooksBinary(path) {
    try
        sample := FileRead(path, "RAW m512")
    catch OSError
        return true
    ; Text in UTF-16 has zero bytes too, but begins with a byte order mark.
    if sample.Size >= 2 && NumGet(sample, "UShort") = 0xFEFF
        return false
    Loop sample.Size
        if !NumGet(sample, A_Index - 1, "UChar")
            return true
    return false
}

Print(line) => FileAppend(line "`n", "*", "UTF-8-RAW")
