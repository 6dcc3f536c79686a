; Clean up the text in the selected Excel cells
; While Excel is active, Ctrl+Shift+K cleans all text cells of the selection: non-breaking
; spaces become normal ones, control characters vanish, runs of blanks shrink to one, and the
; ends are trimmed. Ctrl+Shift+N also turns texts that look like numbers into numbers, with
; either a comma or a point as the decimal mark. Formulas are never touched. A tooltip tells
; how many cells were changed.
#Requires AutoHotkey v2.0
#SingleInstance Force

#HotIf WinActive("ahk_class XLMAIN")
^+k::CleanSelection(Tidy)
^+n::CleanSelection((text) => AsNumber(Tidy(text)))
#HotIf

CleanSelection(change) {
    try {
        excel := ComObjActive("Excel.Application")
        selected := excel.Selection
        ; A whole column has a million cells; only those in use matter.
        area := excel.Intersect(selected, selected.Worksheet.UsedRange)
    } catch Error {
        return Tell("Select some cells first, and leave the cell you are editing.")
    }
    if !IsObject(area) || !ComObjValue(area)
        return Tell("The selection is empty.")

    changed := 0
    excel.ScreenUpdating := false
    try {
        for cell in area.Cells {
            content := cell.Value2
            if !(content is String) || cell.HasFormula || cell.PrefixCharacter != ""
                continue
            fresh := change(content)
            if fresh is String && fresh == content
                continue
            if !(fresh is String)
                cell.NumberFormat := "General"      ; the text format would keep it a text
            cell.Value2 := fresh
            changed++
        }
    } catch Error as err {
        Tell("Stopped: " err.Message)
        return
    } finally {
        excel.ScreenUpdating := true
    }
    Tell(changed " of " area.Cells.Count " cells changed")
}

Tidy(text) {
    text := StrReplace(text, Chr(0xA0), " ")
    text := RegExReplace(text, "[\x00-\x09\x0B-\x1F]+", " ")       ; the line feed inside a cell stays
    return Trim(RegExReplace(text, " {2,}", " "))
}

; 1.234,50 and 1,234.50 both give 1234.5; other texts come back as they are.
AsNumber(text) {
    if text ~= "^-?\d{1,3}(\.\d{3})*,\d+$" || text ~= "^-?\d+,\d+$"
        return Number(StrReplace(StrReplace(text, "."), ",", "."))
    if text ~= "^-?\d{1,3}(,\d{3})*(\.\d+)?$" || text ~= "^-?\d+(\.\d+)?$"
        return Number(StrReplace(text, ","))
    return text
}

Tell(text) {
    ToolTip(text)
    SetTimer(() => ToolTip(), -2500)
}
