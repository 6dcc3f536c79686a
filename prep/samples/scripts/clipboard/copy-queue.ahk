; Copy several things, then paste them one after the other
; Ctrl+Alt+Q begins to collect: every text that is copied goes to the end of a queue, and a tip tells
; its length. Ctrl+Alt+Q again begins to give out: each Ctrl+V pastes the next text of the queue, the
; oldest first, until it is empty. With Ctrl+Shift+V all that is left is pasted at once, one text to
; a line. Ctrl+Alt+Escape gives up and empties the queue.
#Requires AutoHotkey v2.0
#SingleInstance Force

class Queue {
    static texts := []
    static mode := "off"                ; off, collect or paste
    static collector := ObjBindMethod(this, "Collect")

    static Advance() {
        if this.mode = "off" {
            this.texts := []
            this.Enter("collect", "Collecting: copy what you need")
        } else if this.mode = "collect" && this.texts.Length {
            this.Enter("paste", this.texts.Length " texts are ready to paste")
        } else {
            this.Enter("off", "Queue closed")
        }
    }

    static Enter(mode, message) {
        this.mode := mode
        OnClipboardChange(this.collector, mode = "collect")
        ToolTip(message)
        SetTimer(() => ToolTip(), -1500)
    }

    static Collect(kind) {
        if kind != 1 || A_Clipboard = ""
            return
        this.texts.Push(A_Clipboard)
        ToolTip(this.texts.Length " in the queue")
        SetTimer(() => ToolTip(), -1000)
    }

    static PasteNext() => this.Paste(this.texts.RemoveAt(1))

    static PasteRest() {
        joined := ""
        for text in this.texts
            joined .= (A_Index > 1 ? "`r`n" : "") text
        this.texts := []
        this.Paste(joined)
    }

    static Paste(text) {
        A_Clipboard := text
        Send("^v")
        if !this.texts.Length
            this.Enter("off", "The queue is empty")
    }
}

^!q::Queue.Advance()

#HotIf Queue.mode = "paste" && Queue.texts.Length
$^v::Queue.PasteNext()
$^+v::Queue.PasteRest()
#HotIf Queue.mode != "off"
^!Esc::Queue.Enter("off", "Given up")
#HotIf
