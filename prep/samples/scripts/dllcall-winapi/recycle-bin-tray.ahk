; Recycle bin in the notification area
; The tray icon shows whether the recycle bin is empty or full, and its tip tells the number of
; items and their size, read with SHQueryRecycleBin once a minute. A double click opens the
; bin, and the menu has an entry for each drive to empty the bin of that drive, and one for all
; of them. When the bin grows beyond two gigabytes a notice is shown, once until it was emptied.
#Requires AutoHotkey v2.0
#SingleInstance Force
Persistent

NOTICE_AT := 2 * 1024 ** 3

A_TrayMenu.Delete()
A_TrayMenu.Add("Open the bin", (*) => Run("::{645FF040-5081-101B-9F08-00AA002F954E}"))
for letter in StrSplit(DriveGetList("FIXED"))
    A_TrayMenu.Add("Empty drive " letter, EmptyBin.Bind(letter ":\"))
A_TrayMenu.Add("Empty all", EmptyBin.Bind(""))
A_TrayMenu.Add()
A_TrayMenu.Add("Exit", (*) => ExitApp())
A_TrayMenu.Default := "Open the bin"

Update()
SetTimer(Update, 60000)

Update() {
    static warned := false
    bin := QueryBin("")
    ; Numbers 32 and 33 are the empty and the full bin.
    TraySetIcon("shell32.dll", bin.items ? 33 : 32)
    A_IconTip := bin.items ? bin.items " items, " Megabytes(bin.bytes) : "The recycle bin is empty"
    if bin.bytes < NOTICE_AT
        warned := false
    else if !warned {
        TrayTip("It holds " Megabytes(bin.bytes) ".", "The recycle bin is large", "Icon!")
        warned := true
    }
}

; An empty path asks for the bins of all drives together.
QueryBin(path) {
    ; SHQUERYRBINFO is packed in 32-bit programs, so its layout depends on the bitness.
    wide := A_PtrSize = 8
    info := Buffer(wide ? 24 : 20, 0)
    NumPut("UInt", info.Size, info)
    result := DllCall("shell32\SHQueryRecycleBin", "Str", path, "Ptr", info)
    if result < 0
        return {bytes: 0, items: 0}
    return {bytes: NumGet(info, wide ? 8 : 4, "Int64"), items: NumGet(info, wide ? 16 : 12, "Int64")}
}

EmptyBin(drive, *) {
    before := QueryBin(drive)
    if !before.items
        return TrayTip("There is nothing in it.", "Recycle bin")
    question := Format("Delete {} items ({}) for good?", before.items, Megabytes(before.bytes))
    if MsgBox(question, "Recycle bin", "YesNo Icon! Default2") != "Yes"
        return
    try {
        if drive = ""
            FileRecycleEmpty()
        else
            FileRecycleEmpty(drive)
    } catch Error as err {
        MsgBox("Windows could not empty it: " err.Message, "Recycle bin", "Iconx")
    }
    Update()
}

Megabytes(bytes) => Format("{:.1f} MB", bytes / 1024 ** 2)
