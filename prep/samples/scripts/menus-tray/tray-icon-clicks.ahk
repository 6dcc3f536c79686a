; Give single, double and middle clicks on the tray icon their own actions
; The tray icon stands for the master volume: a single left click mutes or unmutes, a double
; click opens the volume mixer, and a middle click steps through the presets 20, 50 and 80
; percent. The right click keeps its menu. A single click waits for the double-click time of
; Windows before it acts, so that a double click does not mute first. The tip of the icon
; shows the volume and follows changes made elsewhere every two seconds.
#Requires AutoHotkey v2.0
#SingleInstance Force
Persistent

AHK_NOTIFYICON := 0x404
OnMessage(AHK_NOTIFYICON, TrayClicked)
A_TrayMenu.ClickCount := 2      ; the default entry, if there is one, needs a double click
ShowState()
SetTimer(ShowState, 2000)

TrayClicked(wParam, lParam, msg, hwnd) {
    static waitTime := DllCall("GetDoubleClickTime", "UInt"), lastDouble := -10000
    switch lParam {
        case 0x202:     ; WM_LBUTTONUP, which also follows a double click
            if A_TickCount - lastDouble > waitTime
                SetTimer(ToggleMute, -waitTime)
        case 0x203:     ; WM_LBUTTONDBLCLK
            SetTimer(ToggleMute, 0)
            lastDouble := A_TickCount
            Run("sndvol.exe")
            return 1
        case 0x208:     ; WM_MBUTTONUP
            NextPreset()
            return 1
    }
}

ToggleMute() {
    SoundSetMute(-1)
    ShowState()
}

NextPreset() {
    static presets := [20, 50, 80]
    volume := Round(SoundGetVolume())
    chosen := presets[1]
    for preset in presets {
        if preset > volume {
            chosen := preset
            break
        }
    }
    SoundSetVolume(chosen)
    SoundSetMute(false)
    ShowState()
    SoundBeep(700, 60)
}

ShowState() {
    try
        A_IconTip := SoundGetMute() ? "Muted" : "Volume " Round(SoundGetVolume()) "%"
    catch Error
        A_IconTip := "No sound device"
}
