; Show all processes as a tree
; The window asks WMI for every running process and shows them in a TreeView, each below the
; process that started it. Because Windows gives used numbers to new processes, a parent only
; counts as such if it was created before its child; otherwise the process becomes a root.
; F5 reads the list afresh, and the Delete key ends the selected process with all those below
; it, children first, after a question that names how many they are.
#Requires AutoHotkey v2.0
#SingleInstance Force

viewer := Gui("+Resize", "Process tree")
tree := viewer.AddTreeView("w480 r28")
bar := viewer.AddStatusBar()
pidOfItem := Map()
viewer.OnEvent("Size", (owner, state, width, height) => state != -1 && tree.Move(, , width - 20, height - 40))
viewer.OnEvent("Close", (*) => ExitApp())
FillTree()
viewer.Show()

#HotIf WinActive(viewer)
F5::FillTree()
Delete::EndSelected()
#HotIf

FillTree() {
    processes := QueryProcesses()
    childrenOf := Map()
    for pid, info in processes {
        parent := processes.Get(info.parent, 0)
        isChild := parent && info.parent != pid && StrCompare(parent.created, info.created) <= 0
        key := isChild ? info.parent : "root"
        if !childrenOf.Has(key)
            childrenOf[key] := []
        childrenOf[key].Push(pid)
    }

    tree.Opt("-Redraw")
    tree.Delete()
    pidOfItem.Clear()
    AddBranch("root", 0)
    tree.Opt("+Redraw")
    bar.SetText("  " processes.Count " processes at " FormatTime(, "HH:mm:ss"))

    ; A nested function, so that it sees both maps.
    AddBranch(key, parentItem) {
        for child in childrenOf.Get(key, []) {
            item := tree.Add(processes[child].name "  (" child ")", parentItem, "Expand")
            pidOfItem[item] := child
            AddBranch(child, item)
        }
    }
}

QueryProcesses() {
    result := Map()
    wmi := ComObjGet("winmgmts:")
    query := "SELECT ProcessId, ParentProcessId, Name, CreationDate FROM Win32_Process"
    for process in wmi.ExecQuery(query) {
        stamp := process.CreationDate
        result[process.ProcessId] := {
            name: process.Name,
            parent: process.ParentProcessId,
            ; A text such as 20240503101532.123456+120; the idle process has none.
            created: stamp is String ? stamp : ""
        }
    }
    return result
}

EndSelected() {
    item := tree.GetSelection()
    if !item
        return
    doomed := Subtree(item)
    question := Format("End {} and {} process(es) below it?", tree.GetText(item), doomed.Length - 1)
    if MsgBox(question, "Process tree", "YesNo Icon! Default2") != "Yes"
        return
    refused := 0
    for pid in doomed
        if !ProcessClose(pid)
            refused++
    Sleep(300)
    FillTree()
    if refused
        bar.SetText("  " refused " process(es) could not be ended")
}

; The process numbers below an item and of the item itself, deepest first.
Subtree(item) {
    list := []
    child := tree.GetChild(item)
    while child {
        list.Push(Subtree(child)*)
        child := tree.GetNext(child)
    }
    list.Push(pidOfItem[item])
    return list
}
