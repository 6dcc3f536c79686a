; Remove tracking parameters from copied links
; Whenever a single web address is copied, the parameters that only serve tracking, such as utm_source,
; gclid or fbclid, are cut out of it; all other parameters and the part after # stay. For example
; https://example.com/page?id=7&utm_source=mail becomes https://example.com/page?id=7. A tip tells
; what was removed. Ctrl+Alt+Backspace puts the address back as it was copied.
#Requires AutoHotkey v2.0
#SingleInstance Force
Persistent

original := ""
OnClipboardChange(CleanCopiedLink)

^!Backspace:: {
    global original
    if original = ""
        return
    ; Without this the address would be cleaned again at once.
    OnClipboardChange(CleanCopiedLink, 0)
    A_Clipboard := original
    Sleep(100)
    OnClipboardChange(CleanCopiedLink)
    original := ""
}

CleanCopiedLink(kind) {
    global original
    if kind != 1
        return
    link := Trim(A_Clipboard, " `t`r`n")
    if !(link ~= "i)^https?://\S+\?\S+$")
        return
    removed := []
    clean := StripTracking(link, removed)
    if !removed.Length
        return
    original := link
    A_Clipboard := clean
    names := ""
    for name in removed
        names .= "`n" name
    ToolTip("Removed:" names)
    SetTimer(() => ToolTip(), -2000)
}

; Puts the names of the parameters taken out into the array removed.
StripTracking(link, removed) {
    static tracking := "i)^(utm_\w+|gclid|gbraid|wbraid|fbclid|msclkid|mc_[ce]id|igshid|_hs\w+|yclid)$"
    parts := StrSplit(link, "#", , 2)
    halves := StrSplit(parts[1], "?", , 2)
    query := ""
    for pair in StrSplit(halves.Length > 1 ? halves[2] : "", "&") {
        name := RegExReplace(pair, "=.*")
        if name ~= tracking
            removed.Push(name)
        else if pair != ""
            query .= "&" pair
    }
    return halves[1] (query = "" ? "" : "?" SubStr(query, 2))
        . (parts.Length > 1 ? "#" parts[2] : "")
}
