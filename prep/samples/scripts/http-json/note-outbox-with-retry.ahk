; Send short notes to a web service, with an outbox for bad times
; Win+Alt+N asks for a line of text and posts it as a JSON object with the text, the name of
; the computer and the time in UTC to https://example.com/notes. If the service cannot be
; reached or answers with a server error, the note waits in an outbox file. The outbox is
; tried again after one minute, then two, four and so on up to an hour, oldest note first,
; and the tray tip tells how many notes are waiting.
#Requires AutoHotkey v2.0
#SingleInstance Force
Persistent

class Outbox {
    static url := "https://example.com/notes"
    static path := A_Temp "\note-outbox.jsonl"
    static waiting := []
    static delay := 60

    static Start() {
        if FileExist(this.path) {
            Loop Read, this.path
                if A_LoopReadLine != ""
                    this.waiting.Push(A_LoopReadLine)
        }
        this.retry := ObjBindMethod(this, "Flush")
        this.Flush()
    }

    static Submit(json) {
        this.waiting.Push(json)
        this.Flush()
    }

    static Flush() {
        while this.waiting.Length {
            outcome := this.Post(this.waiting[1])
            if outcome = "later"
                break
            if outcome = "refused"
                TrayTip(this.waiting[1], "The service refused this note", "Icon!")
            this.waiting.RemoveAt(1)
        }
        this.Store()
        if this.waiting.Length {
            SetTimer(this.retry, -this.delay * 1000)
            this.delay := Min(this.delay * 2, 3600)
        } else {
            SetTimer(this.retry, 0)
            this.delay := 60
        }
        A_IconTip := this.waiting.Length " note(s) waiting"
    }

    static Post(json) {
        try {
            request := ComObject("WinHttp.WinHttpRequest.5.1")
            request.SetTimeouts(3000, 3000, 5000, 5000)
            request.Open("POST", this.url, false)
            request.SetRequestHeader("Content-Type", "application/json")
            request.Send(json)
            status := request.Status
        } catch Error {
            return "later"
        }
        if status < 300
            return "sent"
        ; 429 asks for patience; other client errors will not go away by themselves.
        return status >= 500 || status = 429 ? "later" : "refused"
    }

    static Store() {
        output := FileOpen(this.path, "w", "UTF-8")
        for json in this.waiting
            output.WriteLine(json)
        output.Close()
    }
}

; Everything beyond ASCII is escaped, so the encoding of the request does not matter.
JsonText(text) {
    quoted := ""
    for char in StrSplit(text) {
        code := Ord(char)
        if char = '"' || char = "\"
            quoted .= "\" char
        else
            quoted .= code < 32 || code > 126 ? Format("\u{:04x}", code) : char
    }
    return '"' quoted '"'
}

Outbox.Start()

#!n:: {
    box := InputBox("Note:", "Send a note", "w400 h100")
    if box.Result = "OK" && Trim(box.Value) != ""
        Outbox.Submit(Format('{{}"text":{},"from":{},"at":{}{}}'
            , JsonText(Trim(box.Value)), JsonText(A_ComputerName)
            , JsonText(FormatTime(A_NowUTC, "yyyy-MM-dd'T'HH:mm:ss'Z'"))))
}
