; Correct typing errors from a list that can grow
; Loads pairs such as "teh=the" from a text file in the temporary folder, made with
; a few examples on the first run, and turns each pair into a hotstring at run time.
; Win+H adds a new pair: the selected wrong word is offered in a box where its
; correction is typed. Ctrl+Alt+H switches all corrections off and on. The tray icon
; tip shows how many corrections are known and whether they are active.
#Requires AutoHotkey v2.0
#SingleInstance Force

class Corrections {
    static path := A_Temp "\autocorrect-list.txt"
    static pairs := Map()
    static active := true

    static Load() {
        if !FileExist(this.path)
            FileAppend("teh=the`nadn=and`nrecieve=receive`nseperate=separate`n", this.path, "UTF-8")
        Loop Read, this.path {
            parts := StrSplit(A_LoopReadLine, "=", " `t", 2)
            ; A line that starts with # is a remark.
            if parts.Length = 2 && parts[1] != "" && SubStr(parts[1], 1, 1) != "#"
                this.Define(parts[1], parts[2])
        }
        this.UpdateTip()
    }

    static Define(wrong, right) {
        ; T sends the text raw, so that characters such as ! stay what they are.
        Hotstring(":T:" wrong, right, this.active)
        this.pairs[wrong] := right
    }

    static Learn(wrong, right) {
        this.Define(wrong, right)
        FileAppend(wrong "=" right "`n", this.path, "UTF-8")
        this.UpdateTip()
    }

    static Toggle() {
        this.active := !this.active
        for wrong, right in this.pairs
            Hotstring(":T:" wrong, right, this.active)
        this.UpdateTip()
    }

    static UpdateTip() {
        state := this.active ? "on" : "off"
        A_IconTip := Format("{} corrections, {}", this.pairs.Count, state)
    }
}

Corrections.Load()

^!h::Corrections.Toggle()

#h:: {
    wrong := GetSelectedWord()
    if wrong = "" {
        MsgBox("Select the wrong word first.", "Autocorrect", "Icon!")
        return
    }
    box := InputBox('Replace "' wrong '" with:', "New correction", "w300 h120", wrong)
    if box.Result = "OK" && box.Value != "" && box.Value != wrong
        Corrections.Learn(wrong, box.Value)
}

GetSelectedWord() {
    before := ClipboardAll()
    A_Clipboard := ""
    Send("^c")
    word := ClipWait(0.5) ? Trim(A_Clipboard, " `t`r`n") : ""
    A_Clipboard := before
    ; A hotstring is at most 40 characters long and must be one word here.
    return StrLen(word) <= 40 && !RegExMatch(word, "[\s=:]") ? word : ""
}
