; Undo and redo with command objects
; Every change to a document is an object with Apply and Revert methods, derived from a common
; base class. The History class keeps a stack of done commands and one of undone commands, drops
; the undone ones on each new change, forgets the oldest entry past a set depth, and merges text
; typed in one go into a single step; a blank begins a new step. The demo types a few pieces of
; text into a document, deletes some characters, and steps all the way back and forth.
#Requires AutoHotkey v2.0

class Command {
    Absorb(next) => false       ; a command may swallow its successor; by default it does not
    Label => this.__Class
}

class InsertText extends Command {
    __New(position, text) {
        this.position := position
        this.text := text
    }

    Apply(doc) => doc.text := SubStr(doc.text, 1, this.position - 1) this.text SubStr(doc.text, this.position)

    Revert(doc) {
        after := this.position + StrLen(this.text)
        doc.text := SubStr(doc.text, 1, this.position - 1) SubStr(doc.text, after)
    }

    Absorb(next) {
        if !(next is InsertText) || next.position != this.position + StrLen(this.text)
            return false
        if InStr(next.text, " ")
            return false
        this.text .= next.text
        return true
    }

    Label => super.Label ' "' this.text '"'
}

class DeleteText extends Command {
    __New(position, length) {
        this.position := position
        this.length := length
    }

    Apply(doc) {
        this.removed := SubStr(doc.text, this.position, this.length)
        doc.text := SubStr(doc.text, 1, this.position - 1) SubStr(doc.text, this.position + this.length)
    }

    Revert(doc) => InsertText(this.position, this.removed).Apply(doc)
}

class History {
    done := []
    undone := []

    __New(doc, depth := 100) {
        this.doc := doc
        this.depth := depth
    }

    Do(step) {
        step.Apply(this.doc)
        this.undone := []
        if this.done.Length && this.done[-1].Absorb(step)
            return
        this.done.Push(step)
        if this.done.Length > this.depth
            this.done.RemoveAt(1)
    }

    Undo() => this.Shift(this.done, this.undone, "Revert")
    Redo() => this.Shift(this.undone, this.done, "Apply")

    ; Move the newest command from one stack to the other and tell its label; "" if none.
    Shift(source, target, method) {
        if !source.Length
            return ""
        step := source.Pop()
        step.%method%(this.doc)
        target.Push(step)
        return step.Label
    }
}

page := {text: ""}
edits := History(page)
for piece in ["Good", " mor", "ning", " all"]
    edits.Do(InsertText(StrLen(page.text) + 1, piece))
edits.Do(DeleteText(5, 8))

trace := "Now: " page.text "`n"
while stepLabel := edits.Undo()
    trace .= "Undo " stepLabel " -> [" page.text "]`n"
while stepLabel := edits.Redo()
    trace .= "Redo " stepLabel " -> [" page.text "]`n"
MsgBox(trace, "History")
