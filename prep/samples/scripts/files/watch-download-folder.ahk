; Tell when a download is complete
; Watches the Downloads folder of the user. A new file is announced with a tray notice once its
; size has stayed the same for two looks, three seconds apart, so that half-finished downloads
; are not reported; the temporary endings of browsers are passed over. A click on the notice
; shows the file in Explorer. The tray menu keeps the last five files and opens them on a click.
#Requires AutoHotkey v2.0
#SingleInstance Force
Persistent

class DownloadWatch {
    static ignored := "i)\.(crdownload|part|partial|tmp|download)$"

    __New(folder, announce) {
        this.folder := folder
        this.announce := announce
        this.known := this.Snapshot()       ; what is there now is old news
        this.growing := Map()               ; path -> size at the last look
        SetTimer(ObjBindMethod(this, "Look"), 3000)
    }

    Snapshot() {
        sizes := Map()
        sizes.CaseSense := false
        Loop Files, this.folder "\*", "F"
            if !(A_LoopFileName ~= DownloadWatch.ignored)
                sizes[A_LoopFilePath] := A_LoopFileSize
        return sizes
    }

    Look() {
        present := this.Snapshot()
        for path, size in present {
            if this.known.Has(path)
                continue
            if size > 0 && this.growing.Get(path, -1) = size {
                this.growing.Delete(path)
                this.known[path] := size
                this.announce.Call(path)
            } else {
                this.growing[path] := size
            }
        }
        ; A file that has gone may come again under the same name.
        for path in this.known.Clone()
            if !present.Has(path)
                this.known.Delete(path)
    }
}

recent := []
downloads := EnvGet("USERPROFILE") "\Downloads"
if !DirExist(downloads)
    downloads := DirSelect(, 0, "Which folder receives the downloads?")
if downloads = ""
    ExitApp

A_IconTip := "Watching " downloads
RebuildMenu()
watch := DownloadWatch(downloads, Announce)
OnMessage(0x404, TrayMessage)       ; AHK_NOTIFYICON

Announce(path) {
    recent.InsertAt(1, path)
    if recent.Length > 5
        recent.Pop()
    RebuildMenu()
    SplitPath(path, &name)
    TrayTip(name "`n" Round(FileGetSize(path) / 1024) " KB", "Download complete", "Iconi")
}

RebuildMenu() {
    A_TrayMenu.Delete()
    for path in recent {
        SplitPath(path, &name)
        A_TrayMenu.Add("&" A_Index "  " StrReplace(name, "&", "&&"), OpenFile.Bind(path))
    }
    if recent.Length
        A_TrayMenu.Add()
    A_TrayMenu.Add("Open the folder", (*) => Run(downloads))
    A_TrayMenu.Add("Exit", (*) => ExitApp())
}

OpenFile(path, *) {
    try Run('"' path '"')
    catch Error
        TrayTip("The file cannot be opened any more.", "Download", "Icon!")
}

TrayMessage(wParam, lParam, *) {
    static NIN_BALLOONUSERCLICK := 0x405
    if (lParam & 0xFFFF) = NIN_BALLOONUSERCLICK && recent.Length
        Run('explorer.exe /select,"' recent[1] '"')
}
