; Mouse gestures with the right button
; Hold the right button, draw strokes up, down, left or right, and let go: left goes back, right
; forward, down then right closes the tab, down then left opens a closed tab again, up then down
; reloads the page, up then left minimizes the window, up then right maximizes or restores it. A tooltip shows the
; strokes as arrows with the action they would start. Without a stroke of at least 40 pixels the
; button does what it always does. Escape during a gesture cancels it.
#Requires AutoHotkey v2.0
#SingleInstance Force

CoordMode("Mouse", "Screen")

gestures := Map(
    "L", ["Back", () => Send("!{Left}")],
    "R", ["Forward", () => Send("!{Right}")],
    "DR", ["Close tab", () => Send("^w")],
    "DL", ["Reopen tab", () => Send("^+t")],
    "UD", ["Reload", () => Send("{F5}")],
    "UL", ["Minimize", () => WinMinimize("A")],
    "UR", ["Maximize or restore", () => WinGetMinMax("A") = 1 ? WinRestore("A") : WinMaximize("A")]
)

RButton:: {
    MouseGetPos(&fromX, &fromY, &hwnd)
    strokes := ""
    while GetKeyState("RButton", "P") {
        if GetKeyState("Escape", "P") {
            ToolTip()
            KeyWait("RButton")
            return
        }
        Sleep(10)
        MouseGetPos(&x, &y)
        stroke := StrokeOf(x - fromX, y - fromY)
        if stroke = ""
            continue
        ; Going on in the same direction is still the same stroke.
        if stroke != SubStr(strokes, -1)
            strokes .= stroke
        fromX := x
        fromY := y
        ToolTip(Arrows(strokes) "  " (gestures.Has(strokes) ? gestures[strokes][1] : ""))
    }
    ToolTip()
    if strokes = "" {
        Click("Right")
        return
    }
    if gestures.Has(strokes) {
        ; The gesture is meant for the window in which it began.
        try {
            WinActivate(hwnd)
            gestures[strokes][2].Call()
        }
    }
}

StrokeOf(dx, dy, threshold := 40) {
    if Max(Abs(dx), Abs(dy)) < threshold
        return ""
    if Abs(dx) > Abs(dy)
        return dx > 0 ? "R" : "L"
    return dy > 0 ? "D" : "U"
}

Arrows(strokes) {
    for letter, arrow in Map("L", "←", "R", "→", "U", "↑", "D", "↓")
        strokes := StrReplace(strokes, letter, arrow)
    return strokes
}
