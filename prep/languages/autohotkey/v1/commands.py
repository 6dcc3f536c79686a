"""The tables: the command of v1 for each function of v2, one rule a line, its parameters as v1 orders them."""

from __future__ import annotations

from prep.languages.autohotkey.v1.rules import in_order, rules

STATEMENTS = [
    *in_order(
        {
            "": "ListVars ListHotkeys WinMinimizeAll WinMinimizeAllUndo Reload",
            "g": "Critical Suspend",
            "G": "BlockInput DetectHiddenText DetectHiddenWindows ListLines SetCapsLockState SetNumLockState "
            "SetScrollLockState SetStoreCapsLockMode",
            "k": "FileRecycleEmpty",
            "K": "SendMode",
            "Kk": "CoordMode",
            "n": "Exit ExitApp",
            "N": "SendLevel SetControlDelay SetDefaultMouseSpeed SetWinDelay Shutdown Sleep",
            "nn": "SoundBeep",
            "T": "FileDelete FileEncoding FileRecycle OutputDebug Send SendEvent SendInput SendPlay SetRegView "
            "SetTitleMatchMode SetWorkingDir",
            "Tb": "SoundPlay",
            "TTb": "FileCopy FileMove",
            "Tt": "KeyWait",
            "TT": "EnvSet",
            "sb": "ClipWait",
            "wttt": "WinActivate WinActivateBottom WinHide WinMaximize WinMinimize WinRestore WinShow",
            "wtstt": "WinClose WinKill WinWait WinWaitActive WinWaitClose WinWaitNotActive",
            "AT": "FileSetAttrib",
            "Jwtknt": "ControlClick",
            "Jwttt": "ControlFocus",
            "Kt": "GroupActivate GroupClose",
            "Kwt": "GroupAdd",
            "Knn": "Thread",
            "nnk": "SetKeyDelay",
            "Nk": "SetMouseDelay",
            "NNnk": "MouseMove",
            "Nnnjwt": "PostMessage SendMessage",
            "OONNNNT": "ImageSearch",
            "oooo": "MouseGetPos",
            "oooowttt": "WinGetPos",
            "tnnn": "ToolTip",
            "knnnnkk": "MouseClick",
            "KNNNNnk": "MouseClickDrag",
            "TTt": "FileSetTime IniDelete",
            "TTttttknn": "FileCreateShortcut",
            "TTTK": "IniWrite",
            "TK": "RegDelete",
            "Ttko": "Run RunWait",
            "Vooooo": "SplitPath",
            "llll": "Click",
        }
    ),
    *rules("""
        ControlHide Jwttt: Control, Hide, , $1, $2, $3, $4, $5
        ControlSend TJwttt: ControlSend, $2, $1, $3, $4, $5, $6
        ControlSetText TJwttt: ControlSetText, $2, $1, $3, $4, $5, $6
        ControlShow Jwttt: Control, Show, , $1, $2, $3, $4, $5
        DirCopy TTb: FileCopyDir, $1, $2, $3
        DirCreate T: FileCreateDir, $1
        DirDelete Tb: FileRemoveDir, $1, $2
        DirMove TTb: FileMoveDir, $1, $2, $3
        Download TT: UrlDownloadToFile, $1, $2
        FileAppend UTq: FileAppend, $1, $2, $3
        FileAppend TTR: FileAppend, $1, $2, $3
        FileAppend TTq: FileAppend, $1, *$2, $3
        InstallKeybdHook : #InstallKeybdHook
        InstallMouseHook : #InstallMouseHook
        MenuSelect WtTtttt: WinMenuSelectItem, $1, $2, $3, $4, $5, $6, $7
        MsgBox T: MsgBox, $1
        MsgBox TT: MsgBox, 0, $2, $1
        MsgBox TTM: MsgBox, $3, $2, $1
        MsgBox TxM: MsgBox, $3, , $1
        Persistent : #Persistent
        ProcessClose T: Process, Close, $1
        ProcessSetPriority Kt: Process, Priority, $2, $1
        ProcessWait Ts: Process, Wait, $1, $2
        ProcessWaitClose Ts: Process, WaitClose, $1, $2
        RegDeleteKey T: RegDelete, $1
        RegWrite TKTt: RegWrite, $2, $3, $4, $1
        SendText T: Send, {Text}$1
        SoundSetMute I: SoundSet, $1, , Mute
        SoundSetVolume T: SoundSet, $1
        TraySetIcon Ti: Menu, Tray, Icon, $1, $2
        TrayTip Ttp: TrayTip, $2, $1, , $3
        WinMove nnnnWttt: WinMove, $5, $6, $1, $2, $3, $4, $7, $8
        WinMoveBottom Wttt: WinSet, Bottom, , $1, $2, $3, $4
        WinMoveTop Wttt: WinSet, Top, , $1, $2, $3, $4
        WinRedraw Wttt: WinSet, Redraw, , $1, $2, $3, $4
        WinSetAlwaysOnTop Gwttt: WinSet, AlwaysOnTop, $1, $2, $3, $4, $5
        WinSetExStyle Awttt: WinSet, ExStyle, $1, $2, $3, $4, $5
        WinSetStyle Awttt: WinSet, Style, $1, $2, $3, $4, $5
        WinSetTitle TWttt: WinSetTitle, $2, $3, $1, $4, $5
        WinSetTransColor Kwttt: WinSet, TransColor, $1, $2, $3, $4, $5
        WinSetTransparent Twttt: WinSet, Transparent, $1, $2, $3, $4, $5
        A_CoordModeMouse K: CoordMode, Mouse, $1
        A_CoordModePixel K: CoordMode, Pixel, $1
        A_CoordModeToolTip K: CoordMode, ToolTip, $1
        A_DetectHiddenWindows G: DetectHiddenWindows, $1
        A_FileEncoding K: FileEncoding, $1
        A_HotkeyInterval I: #HotkeyInterval $1
        A_IconTip T: Menu, Tray, Tip, $1
        A_MaxHotkeysPerInterval I: #MaxHotkeysPerInterval $1
        A_MenuMaskKey K: #MenuMaskKey $1
        A_SendMode K: SendMode, $1
        A_TitleMatchMode N: SetTitleMatchMode, $1
        A_WinDelay N: SetWinDelay, $1
        A_WorkingDir T: SetWorkingDir, $1
    """),
]
RESULTS = list(
    rules("""
        ControlGetText Jwttt: ControlGetText, $0, $1, $2, $3, $4, $5
        DirSelect tit: FileSelectFolder, $0, $1, $2, $3
        DriveGetCapacity T: DriveGet, $0, Capacity, $1
        DriveGetFileSystem T: DriveGet, $0, FileSystem, $1
        DriveGetLabel T: DriveGet, $0, Label, $1
        DriveGetList k: DriveGet, $0, List, $1
        DriveGetSerial T: DriveGet, $0, Serial, $1
        DriveGetSpaceFree T: DriveSpaceFree, $0, $1
        DriveGetStatus T: DriveGet, $0, Status, $1
        DriveGetType T: DriveGet, $0, Type, $1
        EnvGet T: EnvGet, $0, $1
        FileGetAttrib T: FileGetAttrib, $0, $1
        FileGetSize Tk: FileGetSize, $0, $1, $2
        FileGetTime Tk: FileGetTime, $0, $1, $2
        FileGetVersion T: FileGetVersion, $0, $1
        FileRead T: FileRead, $0, $1
        FileRead TC: FileRead, $0, $2$1
        FileSelect ittT: FileSelectFile, $0, $1, $2, $3, $4
        FormatTime tT: FormatTime, $0, $1, $2
        IniRead TTTD: IniRead, $0, $1, $2, $3, $4
        MonitorGetCount : SysGet, $0, MonitorCount
        MonitorGetName n: SysGet, $0, MonitorName, $1
        MonitorGetPrimary : SysGet, $0, MonitorPrimary
        PixelGetColor NN: PixelGetColor, $0, $1, $2, RGB
        ProcessClose T: Process, Close, $1 | $0 := ErrorLevel
        ProcessExist T: Process, Exist, $1 | $0 := ErrorLevel
        ProcessWait Ts: Process, Wait, $1, $2 | $0 := ErrorLevel
        Random II: Random, $0, $1, $2
        RegRead TKZ: RegRead, $0, $1, $2
        RunWait Ttk: RunWait, $1, $2, $3 | $0 := ErrorLevel
        StatusBarGetText nwttt: StatusBarGetText, $0, $1, $2, $3, $4, $5
        StrLen V: StringLen, $0, $1
        StrLower V: StringLower, $0, $1
        StrReplace VTt: StringReplace, $0, $1, $2, $3, All
        StrTitle V: StringUpper, $0, $1, T
        StrUpper V: StringUpper, $0, $1
        SysGet N: SysGet, $0, $1
        WinGetClass wttt: WinGetClass, $0, $1, $2, $3, $4
        WinGetCount wttt: WinGet, $0, Count, $1, $2, $3, $4
        WinGetID wttt: WinGet, $0, ID, $1, $2, $3, $4
        WinGetIDLast wttt: WinGet, $0, IDLast, $1, $2, $3, $4
        WinGetMinMax wttt: WinGet, $0, MinMax, $1, $2, $3, $4
        WinGetPID wttt: WinGet, $0, PID, $1, $2, $3, $4
        WinGetProcessName wttt: WinGet, $0, ProcessName, $1, $2, $3, $4
        WinGetProcessPath wttt: WinGet, $0, ProcessPath, $1, $2, $3, $4
        WinGetText wttt: WinGetText, $0, $1, $2, $3, $4
        WinGetTitle wttt: WinGetTitle, $0, $1, $2, $3, $4
        WinGetTransparent wttt: WinGet, $0, Transparent, $1, $2, $3, $4
    """)
)
# Of a condition; `!` before a name: where it is denied.
CONDITIONS = list(
    rules("""
        FileExist T: IfExist, $1
        !FileExist T: IfNotExist, $1
        InStr VT: IfInString, $1, $2
        !InStr VT: IfNotInString, $1, $2
        WinActive Wttt: IfWinActive, $1, $2, $3, $4
        !WinActive Wttt: IfWinNotActive, $1, $2, $3, $4
        WinExist Wttt: IfWinExist, $1, $2, $3, $4
        !WinExist Wttt: IfWinNotExist, $1, $2, $3, $4
        !ClipWait S: ClipWait, $1 | if ErrorLevel
        ClipWait S: ClipWait, $1 | if !ErrorLevel
        !KeyWait TK: KeyWait, $1, $2 | if ErrorLevel
        KeyWait TK: KeyWait, $1, $2 | if !ErrorLevel
        ProcessExist T: Process, Exist, $1 | if ErrorLevel
        !ProcessExist T: Process, Exist, $1 | if !ErrorLevel
        !WinWait WtS: WinWait, $1, $2, $3 | if ErrorLevel
        WinWait WtS: WinWait, $1, $2, $3 | if !ErrorLevel
        !WinWaitActive WtS: WinWaitActive, $1, $2, $3 | if ErrorLevel
        WinWaitActive WtS: WinWaitActive, $1, $2, $3 | if !ErrorLevel
        !WinWaitClose WtS: WinWaitClose, $1, $2, $3 | if ErrorLevel
        WinWaitClose WtS: WinWaitClose, $1, $2, $3 | if !ErrorLevel
        IsAlnum V: if $1 is alnum
        IsAlpha V: if $1 is alpha
        IsDigit V: if $1 is digit
        IsFloat V: if $1 is float
        IsInteger V: if $1 is integer
        !IsInteger V: if $1 is not integer
        IsNumber V: if $1 is number
        !IsNumber V: if $1 is not number
        IsSpace V: if $1 is space
        IsTime V: if $1 is time
        IsXDigit V: if $1 is xdigit
    """)
)
LOOPS = list(
    rules("""
        Loop N: Loop, $1
        Files Tk: Loop, Files, $1, $2
        Parse Vtt: Loop, Parse, $1, $2, $3
        Read Tt: Loop, Read, $1, $2
        Reg Tk: Loop, Reg, $1, $2
    """)
)
DIRECTIVES = list(
    rules("""
        WinActive Wt: #IfWinActive, $1, $2
        !WinActive Wt: #IfWinNotActive, $1, $2
        WinExist Wt: #IfWinExist, $1, $2
        !WinExist Wt: #IfWinNotExist, $1, $2
    """)
)
# Commands that change a variable: the result goes to the first argument.
OWN_RESULTS = list(
    rules("""
        DateAdd VNK: EnvAdd, $1, $2, $3
        DateDiff VTK: EnvSub, $1, $2, $3
        Sort Vk: Sort, $1, $2
    """)
)
OWN = frozenset(rule.name for rule in OWN_RESULTS)

# Not exact: only to show what does not load.
NEAR = list(
    rules("""
        Hotkey TFk: Hotkey, $1, $2, $3
        OnExit F: OnExit, $1
        SetTimer FN: SetTimer, $1, $2
    """)
)
NEAR_RESULTS = list(
    rules("""
        ControlGetFocus wttt: ControlGetFocus, $0, $1, $2, $3, $4
        GetKeyState Tk: GetKeyState, $0, $1, $2
        Gui tt: Gui, New, $1, $2
        InStr VT: StringGetPos, $0, $1, $2
        InputBox Tt: InputBox, $0, $2, $1
        StrSplit Vtt: StringSplit, $0, $1, $2, $3
        WinGetList wttt: WinGet, $0, List, $1, $2, $3, $4
    """)
)
# `$0` is the object: v1 had one window, and menus by their name.
METHODS = list(
    rules("""
        Gui.Add Ktt: Gui, Add, $1, $2, $3
        Gui.AddButton tt: Gui, Add, Button, $1, $2
        Gui.AddCheckBox tt: Gui, Add, CheckBox, $1, $2
        Gui.AddEdit tt: Gui, Add, Edit, $1, $2
        Gui.AddGroupBox tt: Gui, Add, GroupBox, $1, $2
        Gui.AddText tt: Gui, Add, Text, $1, $2
        Gui.Destroy : Gui, Destroy
        Gui.Hide : Gui, Hide
        Gui.SetFont tt: Gui, Font, $1, $2
        Gui.Show t: Gui, Show, $1
        Menu.Add TF: Menu, $0, Add, $1, $2
        Menu.Add : Menu, $0, Add
        Menu.Delete T: Menu, $0, Delete, $1
        Menu.Disable T: Menu, $0, Disable, $1
        Menu.Check T: Menu, $0, Check, $1
        Menu.Show : Menu, $0, Show
    """)
)
