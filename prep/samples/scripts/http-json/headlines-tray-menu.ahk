; Headlines from a JSON feed in the tray menu
; Fetches https://example.com/feed.json every fifteen minutes, an object with an "items" array
; whose entries have a "title" and a "url", and shows the twelve newest headlines in the tray
; menu; a click opens the page. The server is asked with the ETag of the last reply, so that
; an unchanged feed costs no traffic (status 304). New headlines since the last time are
; announced with a tray notice, and "Refresh now" asks at once.
#Requires AutoHotkey v2.0
#SingleInstance Force
Persistent

FEED := "https://example.com/feed.json"
INTERVAL := 15 * 60 * 1000

seen := Map()
etag := ""
FillMenu([])
Refresh()
SetTimer(Refresh, INTERVAL)

Refresh(*) {
    global etag
    try {
        http := ComObject("WinHttp.WinHttpRequest.5.1")
        http.Open("GET", FEED, true)
        if etag != ""
            http.SetRequestHeader("If-None-Match", etag)
        http.Send()
        if !http.WaitForResponse(10) {
            A_IconTip := "The feed does not answer"
            return
        }
    } catch Error as err {
        A_IconTip := "No feed: " RegExReplace(err.Message, "s)\R.*")
        return
    }
    A_IconTip := "Feed of " FormatTime(, "HH:mm")
    if http.Status = 304
        return
    if http.Status != 200 {
        A_IconTip := "The feed answered with " http.Status
        return
    }
    try etag := http.GetResponseHeader("ETag")
    catch Error
        etag := ""
    items := ParseItems(http.ResponseText)
    FillMenu(items)
    Announce(items)
}

; The entries are flat objects, so each pair of braces without braces inside is one of them.
ParseItems(json) {
    items := []
    at := 1
    while at := RegExMatch(json, '\{(?:[^{}"]++|"(?:[^"\\]++|\\.)*+")*+\}', &entry, at) {
        at += entry.Len
        item := {title: Field(entry[0], "title"), url: Field(entry[0], "url")}
        if item.title != "" && item.url ~= "i)^https?://"
            items.Push(item)
    }
    return items
}

Field(entry, name) {
    if !RegExMatch(entry, '"' name '"\s*:\s*"((?:[^"\\]|\\.)*)"', &m)
        return ""
    return Unescape(m[1])
}

Unescape(text) {
    static simple := Map("n", " ", "t", " ", "r", "", "b", "", "f", "")
    plain := "", at := 1
    while found := RegExMatch(text, "\\(?:u([0-9A-Fa-f]{4})|(.))", &m, at) {
        plain .= SubStr(text, at, found - at)
        plain .= m[1] != "" ? Chr("0x" m[1]) : simple.Get(m[2], m[2])
        at := found + m.Len
    }
    return plain SubStr(text, at)
}

FillMenu(items) {
    A_TrayMenu.Delete()
    for item in items {
        if A_Index > 12
            break
        label := A_Index ". " StrReplace(SubStr(item.title, 1, 70), "&", "&&")
        A_TrayMenu.Add(label, OpenPage.Bind(item.url))
    }
    A_TrayMenu.Add()
    A_TrayMenu.Add("Refresh now", Refresh)
    A_TrayMenu.Add("Exit", (*) => ExitApp())
}

OpenPage(url, *) => Run(url)

Announce(items) {
    static first := true
    fresh := ""
    for item in items {
        if !seen.Has(item.url) && !first
            fresh .= item.title "`n"
        seen[item.url] := true
    }
    first := false
    if fresh != ""
        TrayTip(SubStr(fresh, 1, 250), "New headlines")
}
