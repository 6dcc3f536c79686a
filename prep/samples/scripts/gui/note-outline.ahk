; Outline of notes in a tree
; The left half of the window is a tree of headings, the right half an edit field for the note
; that belongs to the selected heading. Ctrl+N adds a heading below the selected one on the same
; level, Ctrl+Shift+N adds a child to it, F2 renames it, Ctrl+Delete removes it with everything
; under it after a question. The outline is kept in outline.txt beside the script, one line per
; heading with its depth, and is written when the script ends.
#Requires AutoHotkey v2.0
#SingleInstance Force

storePath := A_ScriptDir "\outline.txt"
noteOf := Map()             ; tree item -> its note
noteOf.Default := ""

outline := Gui("+Resize +MinSize400x250", "Outline")
outline.SetFont("s10", "Segoe UI")
tree := outline.AddTreeView("w220 h320 -ReadOnly")
pane := outline.AddEdit("x+8 yp w330 h320 Multi WantTab Disabled")
tree.OnEvent("ItemSelect", (ctrl, item) => ShowNote(item))
pane.OnEvent("Change", (*) => noteOf[tree.GetSelection()] := pane.Value)
outline.OnEvent("Size", FitControls)
outline.OnEvent("Close", (*) => ExitApp())

LoadOutline()
OnExit(SaveOutline)
outline.Show()

#HotIf WinActive(outline)
^n::AddHeading(tree.GetParent(tree.GetSelection()), tree.GetSelection())
^+n::AddHeading(tree.GetSelection())
F2::RenameSelected()
^Delete::RemoveSelected()
#HotIf

; The third parameter of Add takes the item after which the new one goes.
AddHeading(parent, after := 0) {
    item := tree.Add("New heading", parent, after ? after : "")
    noteOf[item] := ""      ; Windows may hand out the number of a removed item again
    tree.Modify(item, "Select Vis")
    ShowNote(item)          ; selecting by script raises no event
    RenameSelected()
}

RenameSelected() {
    static TVM_EDITLABELW := 0x1141
    tree.Focus()        ; editing a label needs the focus
    if item := tree.GetSelection()
        SendMessage(TVM_EDITLABELW, 0, item, tree)
}

RemoveSelected() {
    item := tree.GetSelection()
    outline.Opt("+OwnDialogs")
    if item && MsgBox("Remove '" tree.GetText(item) "' and all below it?", , "YesNo Icon?") = "Yes"
        tree.Delete(item)
    if !tree.GetCount()
        ShowNote(0)
}

ShowNote(item) {
    pane.Enabled := item != 0
    pane.Value := noteOf[item]
}

SaveOutline(*) {
    target := FileOpen(storePath, "w", "UTF-8")
    WriteBranch(tree.GetNext(), 0)
    target.Close()

    WriteBranch(item, depth) {
        while item {
            name := StrReplace(tree.GetText(item), "`t", " ")
            target.WriteLine(depth "`t" name "`t" Escape(noteOf[item]))
            WriteBranch(tree.GetChild(item), depth + 1)
            item := tree.GetNext(item)      ; next on the same level
        }
    }
}

LoadOutline() {
    if !FileExist(storePath)
        return
    parents := [0]
    Loop Read, storePath {
        fields := StrSplit(A_LoopReadLine, "`t", , 3)
        if fields.Length < 3
            continue
        ; Cut the chain back to the parent's level, then add one link.
        parents.Length := Min(Integer(fields[1]) + 1, parents.Length)
        item := tree.Add(fields[2], parents[-1], "Expand")
        noteOf[item] := Unescape(fields[3])
        parents.Push(item)
    }
}

; One line per note: a line feed becomes \n and a backslash is doubled.
Escape(text) => StrReplace(StrReplace(text, "\", "\\"), "`n", "\n")

Unescape(text) {
    plain := ""
    for piece in StrSplit(text, "\\")
        plain .= (A_Index > 1 ? "\" : "") StrReplace(piece, "\n", "`n")
    return plain
}

FitControls(win, state, width, height) {
    if state = -1
        return
    tree.Move(, , , height - 20)
    pane.Move(, , width - 250, height - 20)
}
