; Keep program settings in an INI file behind an object
; A class wraps an INI file so that settings can be read and written like a map
; with two keys, as in settings["window", "width"]. Each setting has a default
; that also fixes its type: whole numbers, decimals and yes/no values are turned
; back into that type when they are read, and a damaged value gives the default.
; The example window remembers its size, a check box and a note between runs.
#Requires AutoHotkey v2.0

class IniSettings {
    __New(path, defaults) {
        this.path := path
        this.defaults := defaults
    }

    __Item[section, key] {
        get {
            fallback := this.defaults[section][key]
            stored := IniRead(this.path, section, key, "")
            return stored = "" ? fallback : IniSettings.Convert(stored, fallback)
        }
        set {
            if !this.defaults.Has(section) || !this.defaults[section].Has(key)
                throw UnsetItemError("Unknown setting", -1, section "/" key)
            IniWrite(value, this.path, section, key)
        }
    }

    ; Yes/no settings use the strings "yes" and "no" as their default.
    static Convert(stored, fallback) {
        switch Type(fallback) {
            case "Integer": return IsInteger(stored) ? Integer(stored) : fallback
            case "Float": return IsNumber(stored) ? Float(stored) : fallback
        }
        if fallback = "yes" || fallback = "no"
            return stored = "yes" || stored = "no" ? StrLower(stored) : fallback
        return stored
    }

    ; Forget what was saved in a section, so that its defaults apply again.
    Reset(section) {
        if FileExist(this.path)
            IniDelete(this.path, section)
    }
}

settings := IniSettings(A_Temp "\notepad-demo.ini", Map(
    "window", Map("width", 360, "height", 200, "topmost", "no"),
    "note", Map("text", "Write something here.")
))

OpenNote(settings)

OpenNote(store) {
    pad := Gui("+Resize +MinSize240x140", "Settings demo")
    onTop := pad.AddCheckbox("x10 y10", "Always on top")
    reset := pad.AddButton("x150 y5 w110", "Default size")
    note := pad.AddEdit("x10 y40 w340 h150 Multi", store["note", "text"])

    onTop.Value := store["window", "topmost"] = "yes"
    onTop.OnEvent("Click", (box, *) => pad.Opt((box.Value ? "+" : "-") "AlwaysOnTop"))
    reset.OnEvent("Click", ApplyDefaults)
    pad.OnEvent("Size", (win, state, width, height) => note.Move(, , width - 20, height - 50))
    pad.OnEvent("Close", SaveAll)
    pad.Opt((onTop.Value ? "+" : "-") "AlwaysOnTop")
    pad.Show(Format("w{} h{}", store["window", "width"], store["window", "height"]))

    ApplyDefaults(*) {
        store.Reset("window")
        pad.Show(Format("w{} h{}", store["window", "width"], store["window", "height"]))
    }

    SaveAll(*) {
        pad.GetClientPos(, , &width, &height)
        store["window", "width"] := width
        store["window", "height"] := height
        store["window", "topmost"] := onTop.Value ? "yes" : "no"
        ; An INI value is a single line, so line ends become spaces.
        store["note", "text"] := StrReplace(note.Value, "`n", " ")
        ExitApp()
    }
}
