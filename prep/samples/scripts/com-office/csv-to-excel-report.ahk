; Turn a CSV file into a formatted Excel workbook
; Asks for a CSV file with a header row and builds a workbook from it through Excel: the cells
; are written in one go from a two-dimensional SafeArray, the header becomes bold on grey and
; stays in view when scrolling, every column gets a filter and a fitting width, and numeric
; columns get a subtotal below the last row that follows the filter. The workbook is saved
; beside the CSV file with the extension xlsx and stays open.
#Requires AutoHotkey v2.0

source := FileSelect(1, , "CSV file for the report", "CSV (*.csv)")
if source = ""
    ExitApp()

table := ReadTable(source)
if table.Length < 2 {
    MsgBox("The file needs a header and at least one row.", "CSV report", "Icon!")
    ExitApp(1)
}
SplitPath(source, , &folder, , &stem)
BuildWorkbook(table, folder "\" stem ".xlsx")

ReadTable(path) {
    rows := []
    Loop Parse, FileRead(path, "UTF-8"), "`n", "`r" {
        if A_LoopField = ""
            continue
        cells := []
        Loop Parse, A_LoopField, "CSV"
            cells.Push(A_LoopField)
        rows.Push(cells)
    }
    return rows
}

; Codes such as 007 must stay text, so only plain numbers are converted.
CellValue(text) => text ~= "^-?(0|[1-9]\d*)(\.\d+)?$" ? Number(text) : text

IsNumericColumn(rows, column) {
    for index, cells in rows {
        if index = 1 || !cells.Has(column) || cells[column] = ""
            continue
        if CellValue(cells[column]) is String
            return false
    }
    return true
}

BuildWorkbook(rows, target) {
    static VT_VARIANT := 12, xlOpenXMLWorkbook := 51
    height := rows.Length
    width := rows[1].Length
    block := ComObjArray(VT_VARIANT, height, width)
    for r, cells in rows
        Loop width
            block[r - 1, A_Index - 1] := cells.Has(A_Index) ? CellValue(cells[A_Index]) : ""

    excel := ComObject("Excel.Application")
    excel.ScreenUpdating := false
    try {
        book := excel.Workbooks.Add()
        sheet := book.Worksheets(1)
        area := sheet.Range(sheet.Cells(1, 1), sheet.Cells(height, width))
        area.Value2 := block

        header := area.Rows(1)
        header.Font.Bold := true
        header.Interior.Color := 0xD9D9D9
        area.AutoFilter()
        Loop width {
            if !IsNumericColumn(rows, A_Index)
                continue
            ; 109 adds up the visible cells only.
            total := sheet.Cells(height + 1, A_Index)
            total.FormulaR1C1 := "=SUBTOTAL(109,R2C:R[-1]C)"
            total.Font.Bold := true
        }
        sheet.Columns.AutoFit()
        excel.ActiveWindow.SplitRow := 1
        excel.ActiveWindow.FreezePanes := true
        excel.DisplayAlerts := false        ; an older report is overwritten without a question
        book.SaveAs(target, xlOpenXMLWorkbook)
    } catch Error as err {
        MsgBox("Excel reported a problem:`n" err.Message, "CSV report", "Iconx")
    } finally {
        excel.DisplayAlerts := true
        excel.ScreenUpdating := true
        excel.Visible := true
    }
}
