; Keep a journal of the changes in a running Excel
; Connects to the events of the Excel instance that is already open and appends a line to a
; CSV file on the desktop whenever a cell is changed: the time, the workbook, the sheet, the
; address and the new content, or the number of cells if a whole block was changed at once.
; Opening and saving a workbook is noted as well. The script ends by itself, and lets go of
; Excel, once Excel has been closed by the user.
#Requires AutoHotkey v2.0
#SingleInstance Force
Persistent

class ExcelJournal {
    __New(path) {
        this.path := path
        this.excel := ComObjActive("Excel.Application")
        ; Methods of this object that are named like an event are called for it.
        ComObjConnect(this.excel, this)
        this.Append("journal", "", "", "started")
        SetTimer(ObjBindMethod(this, "CheckAlive"), 2000)
    }

    SheetChange(sheet, target, excel) {
        address := target.Address(false, false)
        if target.CountLarge > 1
            content := target.CountLarge " cells"
        else
            content := target.HasFormula ? target.Formula : target.Text
        this.Append(sheet.Parent.Name, sheet.Name, address, content)
    }

    WorkbookOpen(book, excel) => this.Append(book.Name, "", "", "opened")

    WorkbookAfterSave(book, succeeded, excel) {
        this.Append(book.Name, "", "", succeeded ? "saved" : "saving failed")
    }

    ; Our reference keeps the process alive, so a closed Excel only becomes invisible.
    CheckAlive() {
        try {
            if this.excel.Visible
                return
        } catch Error as err {
            ; Excel refuses calls while a cell is being edited; that is no reason to stop.
            if InStr(err.Message, "0x800AC472") || InStr(err.Message, "0x80010001")
                return
        }
        try ComObjConnect(this.excel)
        this.excel := ""
        ExitApp()
    }

    Append(fields*) {
        line := FormatTime(, "yyyy-MM-dd HH:mm:ss")
        for field in fields
            line .= ',"' StrReplace(field, '"', '""') '"'
        FileAppend(line "`n", this.path, "UTF-8")
    }
}

try {
    journal := ExcelJournal(A_Desktop "\excel-journal.csv")
    A_IconTip := "Excel changes are written to " journal.path
} catch Error {
    MsgBox("Start Excel first, then this script.", "Excel journal", "Icon!")
    ExitApp(1)
}
