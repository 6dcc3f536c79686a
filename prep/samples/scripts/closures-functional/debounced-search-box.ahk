; Search box that waits until typing pauses
; A window lists the running processes and filters them by what is typed into its field. The
; filter is wrapped in Debounce, a function that returns a new function: calls to it are held
; back until none has come for 250 milliseconds, and only the last one is carried out, with its
; arguments. A button reloads the process list; it is wrapped in Throttle, which lets one call
; through and ignores all others for the next two seconds. Both wrappers work with any function.
#Requires AutoHotkey v2.0
#SingleInstance Force

Debounce(fn, wait) {
    latest := []
    fire := () => fn(latest*)
    return (args*) => (latest := args, SetTimer(fire, -wait))
}

Throttle(fn, pause) {
    openAgain := 0
    return Gate

    Gate(args*) {
        if A_TickCount < openAgain
            return
        openAgain := A_TickCount + pause
        fn(args*)
    }
}

BuildWindow()

BuildWindow() {
    processes := []
    win := Gui("+Resize", "Processes")
    field := win.AddEdit("w300")
    reloadButton := win.AddButton("x+8 w80", "Reload")
    rows := win.AddListView("xm w388 r16", ["Name", "Process ID"])
    rows.ModifyCol(1, 260)

    applyFilter := Debounce(Filter, 250)
    field.OnEvent("Change", (*) => applyFilter(field.Value))
    reloadButton.OnEvent("Click", Throttle((*) => (LoadProcesses(), Filter(field.Value)), 2000))
    win.OnEvent("Close", (*) => ExitApp())
    LoadProcesses()
    Filter("")
    win.Show()

    LoadProcesses() {
        processes := []
        for item in ComObjGet("winmgmts:").ExecQuery("SELECT Name, ProcessId FROM Win32_Process")
            processes.Push([item.Name, item.ProcessId])
    }

    Filter(needle) {
        rows.Opt("-Redraw")
        rows.Delete()
        for entry in processes
            if needle = "" || InStr(entry[1], needle)
                rows.Add(, entry*)
        rows.Opt("+Redraw")
        win.Title := rows.GetCount() " of " processes.Length " processes"
    }
}
