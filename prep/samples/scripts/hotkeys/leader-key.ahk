; Leader key with nested key sequences
; Ctrl+Space starts a sequence in the way of a text editor's leader key: each further letter
; walks one level down a tree of nested Maps until it reaches an action, for example Ctrl+Space
; then O then D opens the documents folder. A tooltip shows the keys that are possible next.
; Letters are read with an InputHook, so they do not reach the active program; Escape, an
; unknown letter or three idle seconds end the sequence.
#Requires AutoHotkey v2.0
#SingleInstance Force

; A branch is [label, Map of key -> node]; a leaf is [label, function].
root := Map(
    "o", ["open", Map(
        "d", ["documents", () => Run(A_MyDocuments)],
        "n", ["notepad", () => Run("notepad.exe")],
        "t", ["temporary files", () => Run(A_Temp)]
    )],
    "w", ["window", Map(
        "m", ["maximize", () => WinMaximize("A")],
        "n", ["minimize", () => WinMinimize("A")],
        "t", ["toggle on top", () => WinSetAlwaysOnTop(-1, "A")]
    )],
    "i", ["insert", Map(
        "d", ["date", () => SendText(FormatTime(, "yyyy-MM-dd"))],
        "t", ["time", () => SendText(FormatTime(, "HH:mm"))],
        "l", ["line", () => SendText(RepeatText("-", 40))]
    )],
    "r", ["reload this script", Reload]
)

^Space::RunSequence(root)

RunSequence(level) {
    path := "Leader"
    Loop {
        ToolTip(path "`n" DescribeLevel(level))
        key := ReadKey()
        if (key = "" || !level.Has(key))
            break
        node := level[key]
        path .= " > " node[1]
        if node[2] is Map {
            level := node[2]
            continue
        }
        ToolTip()
        try node[2].Call()
        catch Error as err
            FlashTip(path " failed: " err.Message)
        return
    }
    FlashTip(path " - cancelled")
}

; One lower-case letter, or an empty string after Escape or a timeout.
ReadKey(seconds := 3) {
    hook := InputHook("L1 T" seconds, "{Escape}")
    hook.Start()
    reason := hook.Wait()
    return reason = "Max" ? StrLower(hook.Input) : ""
}

DescribeLevel(level) {
    lines := ""
    for key, node in level
        lines .= Format("`n  {}  {}{}", key, node[1], node[2] is Map ? " ..." : "")
    return LTrim(lines, "`n")
}

FlashTip(text, milliseconds := 1200) {
    ToolTip(text)
    SetTimer(() => ToolTip(), -milliseconds)
}

RepeatText(text, count) => StrReplace(Format("{:" count "}", ""), " ", text)
