; List the controls inside the window under the mouse
; Win+F12 collects all child windows of the window under the mouse with EnumChildWindows and a
; callback, and shows them in a list that is indented by depth: class, text, control id, size
; and whether they are visible and enabled. Selecting a row draws a red frame around that
; control for a moment, which helps to find the right one for ControlClick and the like.
; Double-clicking copies its class and handle.
#Requires AutoHotkey v2.0
#SingleInstance Force

#F12:: {
    MouseGetPos(, , &target)
    if target
        ShowControls(target)
}

CollectChildren(parent) {
    found := []
    visitor := CallbackCreate(Visit, "Fast", 2)
    DllCall("EnumChildWindows", "Ptr", parent, "Ptr", visitor, "Ptr", 0)
    CallbackFree(visitor)
    return found

    Visit(hwnd, extra) {
        found.Push(hwnd)
        return true         ; go on with the next one
    }
}

Depth(hwnd, top) {
    level := 0
    while hwnd := DllCall("GetAncestor", "Ptr", hwnd, "UInt", 1, "Ptr") {     ; GA_PARENT
        if hwnd = top
            break
        level++
    }
    return level
}

ShowControls(target) {
    handles := CollectChildren(target)
    viewer := Gui("+Resize +AlwaysOnTop", handles.Length " controls in " WinGetTitle(target))
    list := viewer.AddListView("w680 r22 -Multi", ["Class", "Text", "Id", "Size", "State"])
    for hwnd in handles
        list.Add(, Describe(hwnd, target)*)
    for column, width in [230, 210, 60, 80, 80]
        list.ModifyCol(column, width)
    list.OnEvent("ItemSelect", (view, row, selected) => selected && FlashFrame(handles[row]))
    list.OnEvent("DoubleClick", (view, row) =>
        row && A_Clipboard := Trim(view.GetText(row)) " ahk_id " handles[row])
    viewer.OnEvent("Escape", (*) => viewer.Destroy())
    viewer.Show()
}

Describe(hwnd, top) {
    name := Buffer(512)
    DllCall("GetClassName", "Ptr", hwnd, "Ptr", name, "Int", 256)
    indent := ""
    Loop Depth(hwnd, top)
        indent .= "    "
    box := FrameOf(hwnd)
    visible := DllCall("IsWindowVisible", "Ptr", hwnd) ? "visible" : "hidden"
    enabled := DllCall("IsWindowEnabled", "Ptr", hwnd) ? "" : ", off"
    ; The control may have vanished in the meantime.
    try text := ControlGetText(hwnd)
    catch Error
        text := "?"
    return [indent StrGet(name), SubStr(text, 1, 80), DllCall("GetDlgCtrlID", "Ptr", hwnd)
        , box.w " x " box.h, visible enabled]
}

FrameOf(hwnd) {
    area := Buffer(16)
    DllCall("GetWindowRect", "Ptr", hwnd, "Ptr", area)
    x := NumGet(area, 0, "Int"), y := NumGet(area, 4, "Int")
    return {x: x, y: y, w: NumGet(area, 8, "Int") - x, h: NumGet(area, 12, "Int") - y}
}

; Four thin windows make up the frame; a region would do as well but flickers more.
FlashFrame(hwnd) {
    static edges := []
    box := FrameOf(hwnd)
    while edges.Length < 4 {
        strip := Gui("-Caption +AlwaysOnTop +ToolWindow +E0x20 -DPIScale")
        strip.BackColor := "Red"
        edges.Push(strip)
    }
    places := [[box.x, box.y, box.w, 3], [box.x, box.y + box.h - 3, box.w, 3],
        [box.x, box.y, 3, box.h], [box.x + box.w - 3, box.y, 3, box.h]]
    for index, place in places
        edges[index].Show(Format("NA x{} y{} w{} h{}", place*))
    SetTimer(() => HideAll(edges), -1200)
}

HideAll(windows) {
    for each in windows
        each.Hide()
}
