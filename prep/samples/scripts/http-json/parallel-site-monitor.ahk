; Check several web addresses at the same time
; A list shows one row per address with its status and the time the answer took. Every minute,
; or at once with F5, all addresses are requested in parallel with asynchronous XMLHTTP
; objects, so that a slow server does not hold up the others. A request without an answer
; after ten seconds is aborted and counts as down. When an address changes between up and
; down a tray notice appears. The addresses can be given as command line arguments.
#Requires AutoHotkey v2.0
#SingleInstance Force
Persistent

addresses := A_Args.Length ? A_Args : [
    "https://example.com/",
    "https://example.com/health",
    "https://www.example.com/"
]

board := Gui("+Resize", "Site monitor")
table := board.AddListView("w520 r8", ["Address", "State", "Milliseconds", "Checked"])
for column, width in [250, 90, 80, 80]
    table.ModifyCol(column, width)
for site in addresses
    table.Add(, site, "waiting")
board.OnEvent("Close", (*) => ExitApp())
board.Show()

wasUp := Map()
CheckAll()
SetTimer(CheckAll, 60000)

#HotIf WinActive(board)
F5::CheckAll()
#HotIf

CheckAll() {
    for row, address in addresses
        Probe(address, Report.Bind(row))
}

; Calls done(status, milliseconds) exactly once; a status of 0 stands for no answer.
Probe(address, done) {
    started := A_TickCount
    finished := false
    request := ComObject("Msxml2.XMLHTTP.6.0")
    request.open("GET", address, true)
    request.setRequestHeader("Cache-Control", "no-cache")
    request.onreadystatechange := Changed
    SetTimer(GiveUp, -10000)
    try request.send()
    catch Error
        Finish(0)

    Changed() {
        if request && request.readyState = 4 {
            try status := request.status
            catch Error
                status := 0
            ; Values of 12000 and more are error numbers of the network layer.
            Finish(status >= 12000 ? 0 : status)
        }
    }

    GiveUp() {
        if finished
            return
        pending := request
        Finish(0)
        try pending.abort()
    }

    Finish(status) {
        if finished
            return
        finished := true
        SetTimer(GiveUp, 0)
        ; The request and its callback refer to each other, which would keep both alive.
        request := ""
        done(status, A_TickCount - started)
    }
}

Report(row, status, elapsed) {
    address := addresses[row]
    up := status >= 200 && status < 400
    table.Modify(row, , , status ? status : "no answer", elapsed, FormatTime(, "HH:mm:ss"))
    if wasUp.Has(address) && wasUp[address] != up
        TrayTip(address, up ? "Reachable again" : "Not reachable", up ? "Iconi" : "Iconx")
    wasUp[address] := up
}
