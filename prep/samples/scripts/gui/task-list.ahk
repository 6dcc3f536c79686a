; Task list with check boxes in a ListView
; The window shows tasks as ListView rows with a check box and a priority. Typing a task and
; pressing Enter adds it; a text that starts with one to three exclamation marks sets the
; priority that way. A right click opens a menu to raise the priority, rename or delete the
; row, the Delete key removes all selected rows, and the status bar counts what is still
; open. The list grows with the window.
#Requires AutoHotkey v2.0
#SingleInstance Force

main := Gui("+Resize +MinSize320x240", "Tasks")
main.SetFont("s10")
input := main.AddEdit("w300 Section")
addButton := main.AddButton("ys w70 Default", "Add")
list := main.AddListView("xs w380 r12 Checked -ReadOnly", ["Task", "Priority"])
list.ModifyCol(1, 280)
list.ModifyCol(2, "80 Integer Center")
status := main.AddStatusBar()

rowMenu := Menu()
rowMenu.Add("Raise priority", (*) => ForSelected(RaisePriority))
rowMenu.Add("Rename", (*) => EditName(list.GetNext(0, "Focused")))
rowMenu.Add()
rowMenu.Add("Delete", (*) => DeleteSelected())

addButton.OnEvent("Click", AddFromInput)
list.OnEvent("ItemCheck", (*) => UpdateStatus())
list.OnEvent("ContextMenu", ShowRowMenu)
main.OnEvent("Size", ResizeControls)
main.OnEvent("Close", (*) => ExitApp())
AddTask("!!Pay the electricity bill")
AddTask("Water the plants")
main.Show()

; Not while a name is being edited: then the focus is in a child of the list.
#HotIf WinActive(main) && ControlGetFocus(main) = list.Hwnd
Delete::DeleteSelected()
#HotIf

AddFromInput(*) {
    if AddTask(input.Value)
        input.Value := ""
}

; False if the text holds no task, only marks and blanks.
AddTask(text) {
    if !RegExMatch(text, "^\s*+(?<marks>!{0,3}+)\s*(?<name>.*\S)", &match)
        return false
    list.Add(, match["name"], StrLen(match["marks"]))
    list.ModifyCol(2, "SortDesc")
    UpdateStatus()
    return true
}

ForSelected(action) {
    row := 0
    while row := list.GetNext(row)
        action(row)
    UpdateStatus()
}

RaisePriority(row) => list.Modify(row, "Col2", Min(list.GetText(row, 2) + 1, 3))

EditName(row) {
    static LVM_EDITLABELW := 0x1076
    list.Focus()
    SendMessage(LVM_EDITLABELW, row - 1, 0, list)       ; the message counts from zero
}

DeleteSelected() {
    ; Row numbers shift after a deletion, so always search from the top.
    while row := list.GetNext(0)
        list.Delete(row)
    UpdateStatus()
}

ShowRowMenu(ctrl, row, isRightClick, x, y) {
    if row
        rowMenu.Show(x, y)
}

UpdateStatus() {
    checked := row := 0
    while row := list.GetNext(row, "Checked")
        checked++
    total := list.GetCount()
    status.SetText(Format("  {} open, {} done", total - checked, checked))
}

ResizeControls(window, state, width, height) {
    if state = -1       ; minimized
        return
    input.Move(,, width - 100)
    addButton.Move(width - 80)
    list.GetPos(, &top)
    list.Move(,, width - 24, height - top - 34)
    list.ModifyCol(1, width - 130)
}
