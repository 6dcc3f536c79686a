; Offer old files for the recycle bin
; Asks for a folder and a number of days. All files directly in the folder and in its subfolders
; that were not changed within that time are listed with date and size, oldest first and all
; ticked. Untick what shall stay, then the button moves the ticked files to the recycle bin and the
; line below tells how much room that made. Hidden and system files are not touched.
#Requires AutoHotkey v2.0
#SingleInstance Force

folder := DirSelect("*" A_Temp, 0, "Folder to tidy up")
if folder = ""
    ExitApp
reply := InputBox("Not changed for how many days?", "Old files", "w260 h110", 90)
if reply.Result != "OK" || !IsInteger(reply.Value)
    ExitApp

cleaner := Gui(, "Old files in " folder)
oldFiles := cleaner.AddListView("w680 r20 Checked", ["File", "Changed", "KB"])
goButton := cleaner.AddButton("w200", "To the recycle bin")
goButton.OnEvent("Click", (*) => RecycleChecked())
summary := cleaner.AddText("x+12 yp+5 w400")
cleaner.OnEvent("Close", (*) => ExitApp())
FillList(DateAdd(A_Now, -reply.Value, "Days"))
cleaner.Show()

FillList(limit) {
    oldFiles.Opt("-Redraw")
    Loop Files, folder "\*", "FR" {
        if A_LoopFileTimeModified >= limit || A_LoopFileAttrib ~= "[HS]"
            continue
        shown := FormatTime(A_LoopFileTimeModified, "yyyy-MM-dd")
        oldFiles.Add("Check", A_LoopFilePath, shown, Ceil(A_LoopFileSize / 1024))
    }
    oldFiles.ModifyCol(1, 500)
    oldFiles.ModifyCol(2, "80 Sort")
    oldFiles.ModifyCol(3, "70 Integer")
    oldFiles.Opt("+Redraw")
    summary.Text := oldFiles.GetCount() " files found"
}

RecycleChecked() {
    goButton.Enabled := false
    freed := failures := row := 0
    while row := oldFiles.GetNext(row, "Checked") {
        try {
            FileRecycle(oldFiles.GetText(row, 1))
        } catch Error {
            failures++
            continue
        }
        freed += oldFiles.GetText(row, 3)
        oldFiles.Delete(row)
        row--               ; the next row has moved up to this place
    }
    summary.Text := Format("{:.1f} MB freed, {} files in use", freed / 1024, failures)
    goButton.Enabled := true
}
