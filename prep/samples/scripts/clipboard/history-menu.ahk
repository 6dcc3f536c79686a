; Clipboard history in a pop-up menu
; Remembers the last 15 different pieces of text that were copied, newest first.
; Win+Shift+V opens a menu at the mouse with a short preview of each one; picking
; an entry puts it back on the clipboard and pastes it. Copying something that is
; already in the list moves it to the top. The menu also has an entry that
; empties the list. Nothing is written to disk.
#Requires AutoHotkey v2.0
#SingleInstance Force

class ClipHistory {
    __New(limit := 15) {
        this.limit := limit
        this.items := []
    }

    Add(text) {
        if Trim(text, " `t`r`n") = ""
            return
        for index, item in this.items {
            if item == text {
                this.items.RemoveAt(index)
                break
            }
        }
        this.items.InsertAt(1, text)
        if this.items.Length > this.limit
            this.items.Pop()
    }

    Clear() => this.items := []

    ; One line, at most 50 characters, with & doubled so the menu shows it.
    static Preview(text) {
        line := Trim(RegExReplace(text, "\s+", " "))
        if StrLen(line) > 50
            line := SubStr(line, 1, 47) "..."
        return StrReplace(line, "&", "&&")
    }

    Show() {
        popup := Menu()
        for index, text in this.items {
            key := index < 10 ? "&" index : index
            popup.Add(key "  " ClipHistory.Preview(text), PasteItem.Bind(text))
        }
        if this.items.Length {
            popup.Add()
            popup.Add("Clear history", (*) => this.Clear())
        } else {
            popup.Add("(nothing copied yet)", (*) => 0)
            popup.Disable("1&")
        }
        popup.Show()
    }
}

PasteItem(text, *) {
    A_Clipboard := text
    ; Let the focus return to the window that was active before the menu.
    Sleep(80)
    Send("^v")
}

RememberClip(dataType) {
    ; 1 means the clipboard now holds something that can be read as text.
    if dataType = 1
        history.Add(A_Clipboard)
}

history := ClipHistory()
OnClipboardChange(RememberClip)

#+v::history.Show()
