; Settings dialogue with tabs that returns its values
; AskSettings opens a window with the tabs General, Appearance and Shortcut, waits until it is
; closed and returns an object with the values, or an empty string after Cancel, Escape or the
; close button. OK is refused while the folder does not exist. The demo around it keeps the
; settings in memory: the tray menu item "Settings" opens the dialogue, and the chosen shortcut
; shows the chosen greeting in the chosen font size and colour theme for three seconds.
#Requires AutoHotkey v2.0
#SingleInstance Force
Persistent

settings := { folder: A_MyDocuments, greeting: "Good day", showFolder: 1
    , fontSize: 20, theme: "Dark", shortcut: "^!g" }

A_TrayMenu.Insert("1&", "Settings", (*) => EditSettings())
A_TrayMenu.Default := "Settings"
Hotkey(settings.shortcut, ShowGreeting)

EditSettings() {
    global settings
    static isOpen := false
    if isOpen
        return
    isOpen := true
    answer := AskSettings(settings)
    isOpen := false
    if !answer
        return
    if answer.shortcut = ""         ; an empty hotkey box would leave no way to greet
        answer.shortcut := settings.shortcut
    Hotkey(settings.shortcut, "Off")
    Hotkey(answer.shortcut, ShowGreeting, "On")
    settings := answer
}

AskSettings(current) {
    themes := ["Light", "Dark", "Sea"]
    result := ""

    dialog := Gui("-MinimizeBox -MaximizeBox", "Settings")
    tabs := dialog.AddTab3("w340 h150", ["General", "Appearance", "Shortcut"])

    tabs.UseTab("General")
    dialog.AddText("Section", "Folder:")
    folderField := dialog.AddEdit("vfolder xs w230", current.folder)
    dialog.AddButton("x+6 yp-1 w70", "Browse").OnEvent("Click", Browse)
    dialog.AddCheckbox("vshowFolder xs Checked" current.showFolder, "Mention the folder in the greeting")

    tabs.UseTab("Appearance")
    dialog.AddText("Section", "Greeting:")
    dialog.AddEdit("vgreeting xs w230", current.greeting)
    dialog.AddText("xs Section", "Font size:")
    dialog.AddEdit("ys-3 w60 Number")
    dialog.AddUpDown("vfontSize Range8-72", current.fontSize)
    themeList := dialog.AddDropDownList("vtheme ys-3 w110", themes)
    themeList.Choose(current.theme)

    tabs.UseTab("Shortcut")
    dialog.AddText(, "Press the keys that show the greeting:")
    dialog.AddHotkey("vshortcut w200", current.shortcut)

    tabs.UseTab()                   ; what follows lies below the tabs
    dialog.AddButton("xm w90 Default", "OK").OnEvent("Click", Accept)
    dialog.AddButton("x+6 yp w90", "Cancel").OnEvent("Click", Discard)
    dialog.OnEvent("Escape", Discard)
    dialog.OnEvent("Close", Discard)
    dialog.Show()
    WinWaitClose(dialog.Hwnd)
    return result

    Browse(*) {
        dialog.Opt("+OwnDialogs")
        if picked := DirSelect("*" folderField.Value, 1, "Folder for the settings")
            folderField.Value := picked
    }

    Accept(*) {
        if !DirExist(folderField.Value) {
            dialog.Opt("+OwnDialogs")
            MsgBox("There is no such folder.", "Settings", "Icon!")
            return
        }
        result := dialog.Submit()
        dialog.Destroy()
    }

    Discard(*) => dialog.Destroy()
}

ShowGreeting(*) {
    static colours := Map("Light", ["F5F5F5", "202020"], "Dark", ["252525", "F0F0F0"], "Sea", ["003F5C", "A8E6FF"])
    pair := colours[settings.theme]
    card := Gui("-Caption +AlwaysOnTop +ToolWindow")
    card.BackColor := pair[1]
    card.SetFont("s" settings.fontSize " c" pair[2])
    card.AddText(, settings.greeting (settings.showFolder ? "`n" settings.folder : ""))
    card.Show("NoActivate")
    SetTimer(() => card.Destroy(), -3000)
}
