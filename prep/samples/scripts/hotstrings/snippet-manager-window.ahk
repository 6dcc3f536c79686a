; Text snippets with a window to manage them
; Ctrl+Alt+S opens a window with a list of abbreviations and their texts. Typed anywhere, an
; abbreviation plus a space, Enter or punctuation is replaced by its text. Below the list, the
; two fields and the Save button add a snippet or change the one with the same abbreviation; a click
; on a row copies it into the fields, the Remove button deletes it. Snippets can have several lines.
; They are kept in snippets.ini beside the script and work again after a restart.
#Requires AutoHotkey v2.0
#SingleInstance Force

class Snippets {
    static file := A_ScriptDir "\snippets.ini"
    static texts := Map()

    static Load() {
        for line in StrSplit(IniRead(this.file, "Snippets", , ""), "`n") {
            equals := InStr(line, "=")
            this.Activate(SubStr(line, 1, equals - 1), this.Decode(SubStr(line, equals + 1)))
        }
    }

    static Activate(short, text) {
        Hotstring(":T:" short, text, "On")
        this.texts[short] := text
    }

    static Store(short, text) {
        this.Activate(short, text)
        IniWrite(this.Encode(text), this.file, "Snippets", short)
    }

    static Drop(short) {
        ; A hotstring cannot be deleted, only switched off.
        Hotstring(":T:" short, , "Off")
        this.texts.Delete(short)
        IniDelete(this.file, "Snippets", short)
    }

    ; INI values are single lines and lose outer quotes and blanks, so both get escaped.
    static Encode(text) => "|" StrReplace(StrReplace(text, "%", "%25"), "`n", "%0A") "|"
    static Decode(value) => StrReplace(StrReplace(SubStr(value, 2, -1), "%0A", "`n"), "%25", "%")
}

class SnippetWindow {
    __New() {
        ui := this.ui := Gui(, "Snippets")
        this.list := ui.AddListView("w460 r10 -Multi Sort", ["Abbreviation", "Text"])
        this.list.ModifyCol(1, 110)
        this.list.ModifyCol(2, 330)
        this.short := ui.AddEdit("xm w110 Limit40")
        this.text := ui.AddEdit("x+8 w342 r4 WantReturn")
        ui.AddButton("xm w100 Default", "Save").OnEvent("Click", (*) => this.Save())
        ui.AddButton("x+8 w100", "Remove").OnEvent("Click", (*) => this.Remove())
        this.list.OnEvent("ItemFocus", (list, row) => this.Take(row))
        ui.OnEvent("Escape", (*) => ui.Hide())
    }

    Open() {
        this.Fill()
        this.ui.Show()
    }

    Fill() {
        this.list.Delete()
        for short, text in Snippets.texts
            this.list.Add(, short, StrReplace(text, "`n", " / "))
    }

    Take(row) {
        if !row
            return
        short := this.list.GetText(row)
        this.short.Value := short
        this.text.Value := Snippets.texts[short]
    }

    Save() {
        short := Trim(this.short.Value)
        if short = "" || short ~= "[\s=:;\[\]]" || this.text.Value = "" {
            this.ui.Opt("+OwnDialogs")
            MsgBox("Give an abbreviation without blanks and any of = : [ ] and a text.", "Snippets", "Icon!")
            return
        }
        Snippets.Store(short, this.text.Value)
        this.Fill()
    }

    Remove() {
        short := Trim(this.short.Value)
        if Snippets.texts.Has(short)
            Snippets.Drop(short)
        this.Fill()
    }
}

Snippets.Load()
manager := SnippetWindow()

^!s::manager.Open()
