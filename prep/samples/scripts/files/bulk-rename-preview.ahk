; Rename many files with a pattern and a preview
; The window asks for a folder, a regular expression and a replacement. Below, a list shows every
; file whose name would change, before and after, while the fields are being typed in. In the
; replacement, $1 stands for the first group and <#> for a running number with three digits. Names
; that would clash are marked and block the Rename button. Rename does it in two steps, so that
; names can also be swapped; Undo takes the last round back.
#Requires AutoHotkey v2.0
#SingleInstance Force

class Renamer {
    plan := []          ; each entry is {from, to}
    done := []
    folder := ""

    __New() {
        this.win := win := Gui("+Resize", "Bulk rename")
        win.AddButton("w80", "Folder...").OnEvent("Click", (*) => this.PickFolder())
        this.folderText := win.AddText("x+8 yp+5 w440 R1", "(no folder yet)")
        win.AddText("xm w80", "Pattern")
        this.pattern := win.AddEdit("x+8 yp-3 w440")
        win.AddText("xm w80", "Replacement")
        this.replacement := win.AddEdit("x+8 yp-3 w440")
        this.preview := win.AddListView("xm w530 r14 NoSortHdr", ["Now", "Then", "Problem"])
        for index, width in [215, 215, 75]
            this.preview.ModifyCol(index, width)
        this.renameButton := win.AddButton("xm w100", "Rename")
        this.undoButton := win.AddButton("x+8 w100 Disabled", "Undo")
        this.status := win.AddText("x+12 yp+5 w300")

        ; A short pause in typing starts the preview, not every letter.
        refresh := ObjBindMethod(this, "Refresh")
        for field in [this.pattern, this.replacement]
            field.OnEvent("Change", (*) => SetTimer(refresh, -250))
        this.renameButton.OnEvent("Click", (*) => this.Apply())
        this.undoButton.OnEvent("Click", (*) => this.Undo())
        win.OnEvent("Close", (*) => ExitApp())
        win.Show()
        this.Refresh()
    }

    PickFolder() {
        if !(chosen := DirSelect("*" this.folder, 0, "Folder with the files"))
            return
        this.folder := RTrim(chosen, "\")
        this.folderText.Text := this.folder
        this.Refresh()
    }

    Refresh() {
        this.plan := []
        this.preview.Delete()
        clashes := 0
        this.renameButton.Enabled := false
        if this.folder = "" || this.pattern.Value = ""
            return
        try
            proposals := this.Propose()
        catch Error as err {
            this.status.Text := "Pattern: " err.Message
            return
        }
        takenBy := Map()
        takenBy.CaseSense := false
        for proposal in proposals
            takenBy[proposal.to] := takenBy.Get(proposal.to, 0) + 1
        for proposal in proposals {
            if proposal.from == proposal.to
                continue
            problem := takenBy[proposal.to] > 1 ? "clash"
                : proposal.to ~= '[\\/:*?"<>|]|^\s*$' ? "not allowed" : ""
            clashes += problem != ""
            this.plan.Push(proposal)
            this.preview.Add(, proposal.from, proposal.to, problem)
        }
        this.status.Text := this.plan.Length " names change, " clashes " problems"
        this.renameButton.Enabled := this.plan.Length && !clashes
    }

    Propose() {
        list := []
        counter := 0
        Loop Files, this.folder "\*" {
            name := then := A_LoopFileName      ; one that does not match still takes its name
            if name ~= this.pattern.Value {
                by := StrReplace(this.replacement.Value, "<#>", Format("{:03}", ++counter))
                then := RegExReplace(name, this.pattern.Value, by)
            }
            list.Push({ from: name, to: then })
        }
        return list
    }

    Apply() {
        this.Move(this.plan)
        this.done := this.plan
        this.undoButton.Enabled := true
        this.Refresh()
    }

    Undo() {
        back := []
        for entry in this.done
            back.Push({ from: entry.to, to: entry.from })
        this.Move(back)
        this.undoButton.Enabled := false
        this.Refresh()
    }

    Move(entries) {
        failed := 0
        for entry in entries
            try FileMove(this.folder "\" entry.from, this.folder "\~" A_Index "~" entry.from)
        for entry in entries {
            try
                FileMove(this.folder "\~" A_Index "~" entry.from, this.folder "\" entry.to)
            catch Error
                failed++
        }
        if failed
            MsgBox(failed " files could not be renamed.", "Bulk rename", "Icon!")
    }
}

Renamer()
