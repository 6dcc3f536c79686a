; Text editor with a full menu bar
; A small editor to show how a menu bar is put together: File has New, Open, Save and Quit
; with keyboard shortcuts, Edit inserts the date or turns the selection into capitals, and
; View has a radio group of font sizes and a check mark for "Always on top". The title shows
; the file name with a star while there are unsaved changes, and closing or opening another
; file with such changes asks whether to save them.
#Requires AutoHotkey v2.0
#SingleInstance Off

class Editor {
    path := ""
    changed := false
    sizes := [9, 11, 14, 18]

    __New() {
        this.window := Gui("+Resize +MinSize300x200")
        this.area := this.window.AddEdit("w640 h420 Multi WantTab HScroll")
        this.area.OnEvent("Change", (*) => this.Mark(true))
        this.window.OnEvent("Size", (owner, state, width, height) =>
            state != -1 && this.area.Move(0, 0, width, height))
        this.window.OnEvent("Close", (*) => this.Quit())
        this.window.MenuBar := this.BuildMenus()
        this.SetSize(2)
        this.Mark(false)
        this.window.Show()
    }

    BuildMenus() {
        fileMenu := Menu()
        fileMenu.Add("&New`tCtrl+N", (*) => this.Load(""))
        fileMenu.Add("&Open...`tCtrl+O", (*) => this.Load())
        fileMenu.Add("&Save`tCtrl+S", (*) => this.Save())
        fileMenu.Add()
        fileMenu.Add("&Quit`tCtrl+Q", (*) => this.Quit())

        editMenu := Menu()
        editMenu.Add("Insert &date`tF5", (*) => EditPaste(FormatTime(, "ShortDate"), this.area))
        editMenu.Add("&Capitals`tCtrl+U", (*) => EditPaste(StrUpper(EditGetSelectedText(this.area)), this.area))

        this.sizeMenu := Menu()
        for index, points in this.sizes
            this.sizeMenu.Add(points " points", ((n, *) => this.SetSize(n)).Bind(index), "Radio")
        viewMenu := Menu()
        viewMenu.Add("&Font size", this.sizeMenu)
        viewMenu.Add("&Always on top", (name, position, owner) =>
            (owner.ToggleCheck(name), WinSetAlwaysOnTop(-1, this.window)))

        bar := MenuBar()
        bar.Add("&File", fileMenu)
        bar.Add("&Edit", editMenu)
        bar.Add("&View", viewMenu)
        return bar
    }

    SetSize(chosen) {
        for index, points in this.sizes
            this.sizeMenu.%index = chosen ? "Check" : "Uncheck"%(points " points")
        this.area.SetFont("s" this.sizes[chosen], "Consolas")
    }

    Mark(changed) {
        this.changed := changed
        SplitPath(this.path, &name)
        this.window.Title := (changed ? "* " : "") (name || "Untitled")
    }

    ; An empty path starts a new text, no path at all asks for a file.
    Load(path?) {
        this.window.Opt("+OwnDialogs")
        if !this.MayDiscard()
            return
        if !IsSet(path) {
            path := FileSelect(1, , "Open", "Text (*.txt; *.ahk; *.md)")
            if path = ""
                return
        }
        this.area.Value := path = "" ? "" : FileRead(path, "UTF-8")
        this.path := path
        this.Mark(false)
    }

    Save() {
        this.window.Opt("+OwnDialogs")
        target := this.path || FileSelect("S16", "untitled.txt", "Save as", "Text (*.txt)")
        if target = ""
            return false
        try {
            output := FileOpen(target, "w", "UTF-8-RAW")
            output.Write(StrReplace(this.area.Value, "`n", "`r`n"))
            output.Close()
        } catch OSError as err {
            MsgBox("Could not save: " err.Message, "Editor", "Iconx")
            return false
        }
        this.path := target
        this.Mark(false)
        return true
    }

    MayDiscard() {
        if !this.changed
            return true
        switch MsgBox("Save the changes?", "Editor", "YesNoCancel Icon?") {
            case "Yes": return this.Save()
            case "No": return true
        }
        return false
    }

    ; A true result keeps the window open.
    Quit() {
        if this.MayDiscard()
            ExitApp()
        return true
    }
}

Editor()
