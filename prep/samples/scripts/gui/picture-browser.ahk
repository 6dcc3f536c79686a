; Picture browser for one folder
; Asks for a folder and shows its pictures (jpg, png, gif, bmp, tif) one at a time on a dark
; background, scaled down to fit the window but never enlarged. The Right and Left keys or the
; wheel go to the next and the previous picture and wrap round at the ends, Home and End jump
; to the first and last, Delete moves the picture to the recycle bin, and Escape ends. The
; title bar tells the name, the position and the size in pixels. Resizing the window scales the
; picture anew.
#Requires AutoHotkey v2.0
#SingleInstance Force

class Browser {
    __New(folder) {
        this.paths := []
        Loop Files, folder "\*.*"
            if A_LoopFileExt ~= "i)^(jpe?g|png|gif|bmp|tiff?)$"
                this.paths.Push(A_LoopFileFullPath)
        this.index := 1
        this.frame := Gui("+Resize -DPIScale", "Pictures")
        this.frame.BackColor := "202020"
        this.canvas := this.frame.AddPicture("x0 y0")
        this.frame.OnEvent("Size", (win, state, *) => state = -1 || this.Draw())
        this.frame.OnEvent("Escape", (*) => ExitApp())
        this.frame.OnEvent("Close", (*) => ExitApp())
        this.frame.Show("w900 h650")
        this.Draw()
    }

    Step(by) => this.JumpTo(this.index + by)

    JumpTo(index) {
        if count := this.paths.Length {
            this.index := Mod(index - 1 + count, count) + 1
            this.Draw()
        }
    }

    Recycle() {
        if !this.paths.Length
            return
        try {
            FileRecycle(this.paths[this.index])
        } catch Error as err {
            MsgBox("It could not be recycled: " err.Message, "Pictures", "Icon!")
            return
        }
        this.paths.RemoveAt(this.index)
        this.index := Max(1, Min(this.index, this.paths.Length))
        this.Draw()
    }

    Draw() {
        this.canvas.Visible := this.paths.Length > 0
        if !this.paths.Length {
            this.frame.Title := "No pictures here"
            return
        }
        path := this.paths[this.index]
        SplitPath(path, &name)
        size := PictureSize(path)
        this.frame.Title := Format("{} ({} of {}, {} x {})", name, this.index
            , this.paths.Length, size.width, size.height)
        if !size.width
            return
        this.frame.GetClientPos(, , &roomX, &roomY)
        factor := Min(1, roomX / size.width, roomY / size.height)
        width := Max(1, Round(size.width * factor))
        height := Max(1, Round(size.height * factor))
        this.canvas.Value := "*w" width " *h" height " " path
        this.canvas.Move((roomX - width) // 2, (roomY - height) // 2, width, height)
        this.canvas.Redraw()
    }
}

; Loads the picture as a bitmap only to read width and height from its BITMAP structure.
PictureSize(path) {
    handle := 0
    try handle := LoadPicture(path, , &kind)
    if !handle
        return { width: 0, height: 0 }
    info := Buffer(32, 0)
    DllCall("GetObjectW", "Ptr", handle, "Int", info.Size, "Ptr", info)
    DllCall("DeleteObject", "Ptr", handle)
    return { width: NumGet(info, 4, "Int"), height: Abs(NumGet(info, 8, "Int")) }
}

if !(chosen := DirSelect(, 0, "Folder with pictures"))
    ExitApp
show := Browser(chosen)

; The keys may be pressed while the folder is still being asked for.
#HotIf IsSet(show) && WinActive(show.frame)
Right::
WheelDown::show.Step(1)
Left::
WheelUp::show.Step(-1)
Home::show.JumpTo(1)
End::show.JumpTo(show.paths.Length)
Delete::show.Recycle()
#HotIf
