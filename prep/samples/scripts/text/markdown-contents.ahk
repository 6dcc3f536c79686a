; Put a table of contents into a Markdown file
; Drop a Markdown file on the script or pick one at the start. The headings of levels 2 to 4
; become a nested list of links, with the anchors made the usual way: lower case, blanks to
; hyphens, other signs dropped, repeated anchors numbered. Headings inside fenced code are
; skipped. The list replaces what stands between the lines <!-- toc --> and <!-- /toc -->; a file
; without these marks gets them after its first heading. A copy with the ending .bak is kept.
#Requires AutoHotkey v2.0
#SingleInstance Off

START_MARK := "<!-- toc -->"
END_MARK := "<!-- /toc -->"

path := A_Args.Length ? A_Args[1] : FileSelect(1, , "Markdown file", "Markdown (*.md; *.markdown)")
if path = "" || !FileExist(path)
    ExitApp(1)

raw := FileRead(path, "UTF-8")
lineEnd := InStr(raw, "`r`n") ? "`r`n" : "`n"       ; the file keeps its kind of line end
source := StrReplace(raw, "`r`n", "`n")
contents := MakeContents(source)
updated := InsertContents(source, contents)
if updated == source {
    MsgBox("The contents are up to date.", "Contents")
    ExitApp
}
FileCopy(path, path ".bak", true)
output := FileOpen(path, "w", "UTF-8-RAW")
output.Write(StrReplace(updated, "`n", lineEnd))
output.Close()
StrReplace(contents, "`n", "`n", , &lineCount)
MsgBox(lineCount " headings were listed.", "Contents")

MakeContents(text) {
    list := ""
    used := Map()
    fence := ""
    Loop Parse, text, "`n" {
        if RegExMatch(A_LoopField, "^ {0,3}(``{3,}|~{3,})", &marks) {
            ; A fence is closed by marks of its own kind only.
            if fence = ""
                fence := SubStr(marks[1], 1, 3)
            else if InStr(marks[1], fence) = 1
                fence := ""
            continue
        }
        if fence != "" || !RegExMatch(A_LoopField, "^(#{2,4})\s+(.+?)\s*#*$", &heading)
            continue
        indent := Format("{:" 2 * (heading.Len[1] - 2) + 1 "}", "")
        list .= SubStr(indent, 2) "- [" heading[2] "](#" Anchor(heading[2], used) ")`n"
    }
    return list
}

Anchor(title, used) {
    base := RegExReplace(StrLower(title), "[^\p{L}\d _-]")
    base := StrReplace(base, " ", "-")
    count := used.Get(base, 0)
    used[base] := count + 1
    return count ? base "-" count : base
}

InsertContents(text, list) {
    block := START_MARK "`n`n" list "`n" END_MARK
    from := InStr(text, START_MARK)
    to := from ? InStr(text, END_MARK, , from) : 0
    if to
        return SubStr(text, 1, from - 1) block SubStr(text, to + StrLen(END_MARK))
    if RegExMatch(text, "m)^# .*$", &top)
        return SubStr(text, 1, top.Pos + top.Len - 1) "`n`n" block SubStr(text, top.Pos + top.Len)
    return block "`n`n" text
}
