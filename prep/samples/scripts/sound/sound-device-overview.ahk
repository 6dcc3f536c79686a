; List the sound devices with their components
; Shows all playback and recording devices as branches of a tree and their components, such as
; "Master Volume" or "Mic Boost", below them with volume and mute state, which are read anew
; with F5. With a branch or a component selected, the slider sets its volume and the check box
; mutes it. Components that have neither are shown, but cannot be adjusted.
#Requires AutoHotkey v2.0

overview := Gui(, "Sound devices")
tree := overview.AddTreeView("w460 r18")
level := overview.AddSlider("w340 Range0-100 ToolTip Section")
silent := overview.AddCheckbox("ys+8", "Muted")
targets := Map()        ; item of the tree -> device and component

tree.OnEvent("ItemSelect", (view, item) => ShowTarget(item))
level.OnEvent("Change", (*) => Apply((t) => SoundSetVolume(level.Value, t.component, t.device)))
silent.OnEvent("Click", (*) => Apply((t) => SoundSetMute(silent.Value, t.component, t.device)))
overview.OnEvent("Close", (*) => ExitApp())
Populate()
overview.Show()

#HotIf WinActive(overview)
F5::Populate()
#HotIf

Populate() {
    tree.Delete()
    targets.Clear()
    for device, deviceName in Names() {
        branch := tree.Add(deviceName State("", device), 0, "Bold Expand")
        targets[branch] := {device: device, component: ""}
        for component, title in Names(device) {
            leaf := tree.Add((title || "(no name)") State(component, device), branch)
            targets[leaf] := {device: device, component: component}
        }
    }
}

; The names of all devices, or of the components of one. The sound functions throw an error
; for a number that does not exist, which ends the loop.
Names(device?) {
    list := []
    try {
        loop
            list.Push(IsSet(device) ? SoundGetName(A_Index, device) : SoundGetName(, A_Index))
    }
    return list
}

State(component, device) {
    text := ""
    try text .= "   " Round(SoundGetVolume(component, device)) " %"
    try text .= SoundGetMute(component, device) ? "   muted" : ""
    return text
}

ShowTarget(item) {
    level.Enabled := silent.Enabled := false
    if !targets.Has(item)
        return
    t := targets[item]
    try {
        level.Value := Round(SoundGetVolume(t.component, t.device))
        level.Enabled := true
    }
    try {
        silent.Value := SoundGetMute(t.component, t.device)
        silent.Enabled := true
    }
}

Apply(change) {
    item := tree.GetSelection()
    if !item
        return
    try {
        change(targets[item])
        t := targets[item]
        title := RegExReplace(tree.GetText(item), "   \d+ %.*$")
        tree.Modify(item, , title State(t.component, t.device))
    } catch Error as err {
        MsgBox("This cannot be adjusted: " err.Message, "Sound devices", "Icon!")
    }
}
