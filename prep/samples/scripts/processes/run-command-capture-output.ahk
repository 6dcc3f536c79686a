; Run a console command and show its output
; A window takes a command line and a time limit in seconds. "Run" starts the command hidden
; in the command interpreter with standard output and error sent to a temporary file, waits
; for it without blocking the window, and shows the text together with the exit code and the
; time it took. When the limit is exceeded the command and everything it started is ended,
; and the output up to then is shown.
#Requires AutoHotkey v2.0

form := Gui(, "Run a command")
form.SetFont("s10", "Consolas")
lineEdit := form.AddEdit("w560 Section", "ipconfig /all")
limitEdit := form.AddEdit("ys w50 Number", 20)
runButton := form.AddButton("ys w70 Default", "Run")
outputEdit := form.AddEdit("xs w705 r24 ReadOnly HScroll")
statusLine := form.AddText("xs w705")
runButton.OnEvent("Click", RunIt)
form.OnEvent("Close", (*) => ExitApp())
form.Show()

RunIt(*) {
    runButton.Enabled := false
    statusLine.Text := "Running..."
    try {
        result := Capture(lineEdit.Value, limitEdit.Value || 20)
        outputEdit.Value := result.text
        statusLine.Text := result.timedOut ? "Ended after " result.seconds " s, over the limit"
            : Format("Exit code {} after {} s", result.code, result.seconds)
    } catch Error as err {
        statusLine.Text := err.Message
    } finally {
        runButton.Enabled := true
    }
}

Capture(command, limit) {
    static access := 0x101000       ; SYNCHRONIZE and PROCESS_QUERY_LIMITED_INFORMATION
    target := A_Temp "\captured-" A_TickCount ".txt"
    started := A_TickCount

    ; The bracket in front keeps the interpreter from removing quotes that belong to the command,
    ; and sends the output of all its parts to the file.
    Run(Format('{} /d /c ({}) > "{}" 2>&1', A_ComSpec, command, target), A_Temp, "Hide", &pid)
    handle := DllCall("OpenProcess", "UInt", access, "Int", 0, "UInt", pid, "Ptr")
    timedOut := ProcessWaitClose(pid, limit) != 0
    if timedOut
        RunWait("taskkill /f /t /pid " pid, , "Hide")

    code := "unknown"
    if handle {
        if DllCall("GetExitCodeProcess", "Ptr", handle, "UInt*", &status := 0)
            code := status
        DllCall("CloseHandle", "Ptr", handle)
    }
    return {
        ; Console programs write in the OEM code page.
        text: ReadAndDelete(target, "CP" DllCall("GetOEMCP", "UInt")),
        code: code,
        timedOut: timedOut,
        seconds: Round((A_TickCount - started) / 1000, 1)
    }
}

ReadAndDelete(path, encoding) {
    if !FileExist(path)
        return ""
    text := FileRead(path, encoding)
    try FileDelete(path)
    return text
}
