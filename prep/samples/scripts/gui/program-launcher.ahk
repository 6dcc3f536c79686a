; Program launcher that filters the start menu
; Ctrl+Alt+Space opens a search box over a list of all shortcuts from the start menu folders.
; Each word typed must occur in the name; names that begin with the first word come first.
; Up and Down move through the list while the caret stays in the box, Enter or a double click
; starts the program, Escape or a click elsewhere closes the window. Shift+Enter shows the
; shortcut's target in Explorer instead.
#Requires AutoHotkey v2.0
#SingleInstance Force

shortcuts := Map()
hits := []

box := Gui("-Caption +Border +AlwaysOnTop +ToolWindow")
box.SetFont("s12")
query := box.AddEdit("w420")
results := box.AddListBox("w420 r10")
query.OnEvent("Change", (*) => Refill())
results.OnEvent("DoubleClick", (*) => Launch())
box.AddButton("Hidden Default w0 h0").OnEvent("Click", (*) => Launch())
box.OnEvent("Escape", (*) => box.Hide())
OnMessage(0x0006, HideWhenLeft)         ; WM_ACTIVATE
shortcuts := CollectShortcuts(A_Programs, A_ProgramsCommon)

^!Space:: {
    query.Value := ""
    Refill()
    box.Show("AutoSize Center")
    query.Focus()
}

#HotIf WinActive(box)
Down::MoveChoice(1)
Up::MoveChoice(-1)
+Enter::Launch(true)
#HotIf

; Name -> path. The user's own folder is read first, so it wins over the common one.
CollectShortcuts(folders*) {
    found := Map()
    found.CaseSense := false
    for folder in folders
        Loop Files, folder "\*.lnk", "R" {
            SplitPath(A_LoopFilePath, , , , &label)
            if !found.Has(label) && !(label ~= "i)uninstall|readme")
                found[label] := A_LoopFilePath
        }
    return found
}

Refill() {
    global hits
    words := StrSplit(Trim(RegExReplace(query.Value, "\s+", " ")), " ")
    leading := [], others := []
    for label in shortcuts {
        if !ContainsAll(label, words)
            continue
        bucket := words.Length && InStr(label, words[1]) = 1 ? leading : others
        bucket.Push(label)
    }
    hits := leading
    hits.Push(others*)
    results.Delete()
    results.Add(hits)
    if hits.Length
        results.Choose(1)
}

ContainsAll(label, words) {
    for word in words
        if !InStr(label, word)
            return false
    return true
}

MoveChoice(by) {
    if hits.Length
        results.Choose(Max(1, Min(hits.Length, results.Value + by)))
}

Launch(showTarget := false) {
    if !results.Value
        return
    path := shortcuts[hits[results.Value]]
    box.Hide()
    try {
        if showTarget {
            FileGetShortcut(path, &target)
            Run('explorer.exe /select,"' target '"')
        } else {
            Run('"' path '"')
        }
    } catch Error as err {
        MsgBox(path "`n" err.Message, "Not started", "Icon!")
    }
}

; The low word of wParam is 0 when the window loses the focus.
HideWhenLeft(wParam, lParam, msg, hwnd) {
    if hwnd = box.Hwnd && !(wParam & 0xFFFF)
        box.Hide()
}
