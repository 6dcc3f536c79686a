; Percent-encode, decode and take apart web addresses
; Works on the selected text. Ctrl+Alt+5 encodes it for use in the query of a web address,
; Ctrl+Alt+6 decodes it, with a plus sign as a blank. Ctrl+Alt+7 takes a whole address apart and
; shows its scheme, host, path and fragment and a table of the decoded query parameters in
; their order, with those marked that are known for tracking; a button copies the address
; without them.
#Requires AutoHotkey v2.0
#SingleInstance Force

^!5::ReplaceSelection(PercentEncode)
^!6::ReplaceSelection(PercentDecode)
^!7::ShowParts(Trim(Selection()))

Selection() {
    kept := ClipboardAll()
    A_Clipboard := ""
    Send("^c")
    picked := ClipWait(0.5) ? A_Clipboard : ""
    A_Clipboard := kept
    return picked
}

ReplaceSelection(change) {
    picked := Selection()
    if picked != ""
        SendText(change(picked))
}

PercentEncode(text) {
    encoded := ""
    size := StrPut(text, "UTF-8") - 1
    bytes := Buffer(size + 1)
    StrPut(text, bytes, "UTF-8")
    Loop size {
        code := NumGet(bytes, A_Index - 1, "UChar")
        encoded .= InStr("-._~", Chr(code)) || (code < 128 && IsAlnum(Chr(code))) ? Chr(code) : Format("%{:02X}", code)
    }
    return encoded
}

; Runs of %XX are collected as bytes first, because one character may take up to four.
PercentDecode(text) {
    text := StrReplace(text, "+", " ")
    at := 1
    while at := RegExMatch(text, "i)(?:%[0-9A-F]{2})+", &chain, at) {
        pairs := StrSplit(SubStr(chain[0], 2), "%")
        bytes := Buffer(pairs.Length)
        for index, pair in pairs
            NumPut("UChar", Integer("0x" pair), bytes, index - 1)
        piece := StrGet(bytes, bytes.Size, "UTF-8")
        text := SubStr(text, 1, at - 1) piece SubStr(text, at + chain.Len)
        at += StrLen(piece)         ; a decoded percent sign must not be decoded again
    }
    return text
}

ShowParts(address) {
    static pattern := "^(?:(?<scheme>[a-z][a-z0-9+.-]*):)?(?://(?<host>[^/?#]*))?(?<path>[^?#]*)"
        . "(?:\?(?<query>[^#]*))?(?:#(?<fragment>.*))?$"
    static tracking := "i)^(utm_\w+|fbclid|gclid|msclkid|mc_eid)$"
    if address = "" || !RegExMatch(address, "i)" pattern, &part)
        return

    viewer := Gui("+AlwaysOnTop", "Parts of the address")
    for title in ["scheme", "host", "path", "fragment"]
        viewer.AddText("w480", title ": " PercentDecode(StrReplace(part[title], "+", "%2B")))
    table := viewer.AddListView("w480 r8", ["Name", "Content", ""])
    cleaned := ""
    Loop Parse, part["query"], "&" {
        if A_LoopField = ""
            continue
        pair := StrSplit(A_LoopField, "=", , 2)
        isTracking := pair[1] ~= tracking
        table.Add(, PercentDecode(pair[1]), PercentDecode(pair.Has(2) ? pair[2] : ""), isTracking ? "tracking" : "")
        if !isTracking
            cleaned .= (cleaned = "" ? "?" : "&") A_LoopField
    }
    table.ModifyCol(1, "AutoHdr"), table.ModifyCol(2, 250)
    base := RegExReplace(address, "[?#].*$")
    ending := part["fragment"] = "" ? "" : "#" part["fragment"]
    viewer.AddButton("Default", "Copy without tracking").OnEvent("Click", (*) => A_Clipboard := base cleaned ending)
    viewer.OnEvent("Escape", (*) => viewer.Destroy())
    viewer.Show()
}
