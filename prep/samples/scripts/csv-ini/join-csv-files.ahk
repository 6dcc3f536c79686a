; Join two CSV files on a common column
; Like a lookup in a spreadsheet: every row of the first file gets the other columns of the row
; in the second file whose key column holds the same text (case and outer blanks do not matter).
; The files, the key column and the output file are named on the command line, with --inner as
; a fifth argument to drop rows without a partner; otherwise their new cells stay empty. If the
; second file has a key several times, the row is repeated for each. Columns of the second file
; whose title is taken get "(2)" appended. Each row must be on one line. A summary is printed
; when all is done.
#Requires AutoHotkey v2.0

if A_Args.Length < 4 {
    FileAppend("join-csv-files.ahk left.csv right.csv key-column output.csv [--inner]`n", "**")
    ExitApp(1)
}
isInner := A_Args.Length > 4 && A_Args[5] = "--inner"
try {
    left := CsvTable(A_Args[1])
    right := CsvTable(A_Args[2])
    joined := left.JoinWith(right, A_Args[3], isInner)
    joined.Save(A_Args[4])
    FileAppend(Format("{} and {} rows joined to {}`n", left.rows.Length, right.rows.Length, joined.rows.Length), "*")
} catch Error as fault {
    FileAppend(fault.Message " " fault.Extra "`n", "**")
    ExitApp(2)
}

class CsvTable {
    titles := []
    rows := []

    __New(path := "") {
        if path = ""
            return
        Loop Parse, FileRead(path, "UTF-8"), "`n", "`r" {
            if Trim(A_LoopField) = ""
                continue
            cells := []
            Loop Parse, A_LoopField, "CSV"
                cells.Push(Trim(A_LoopField))
            if this.titles.Length
                this.rows.Push(CsvTable.Fit(cells, this.titles.Length))
            else
                this.titles := cells
        }
    }

    ; Rows that are too short or too long would shift the columns added later.
    static Fit(cells, length) {
        while cells.Length < length
            cells.Push("")
        cells.Length := length
        return cells
    }

    ColumnOf(title) {
        for column, name in this.titles
            if name = title
                return column
        throw ValueError("There is no column", -1, title)
    }

    JoinWith(other, key, onlyMatches) {
        mine := this.ColumnOf(key)
        theirs := other.ColumnOf(key)
        result := CsvTable()
        result.titles := this.titles.Clone()
        for column, title in other.titles
            if column != theirs
                result.titles.Push(this.HasTitle(title) ? title " (2)" : title)

        partners := other.IndexBy(theirs)
        blank := CsvTable.Fit([], other.titles.Length)
        for row in this.rows {
            matches := partners.Get(row[mine], onlyMatches ? [] : [blank])
            for partner in matches {
                extra := partner.Clone()
                extra.RemoveAt(theirs)
                wide := row.Clone()
                wide.Push(extra*)
                result.rows.Push(wide)
            }
        }
        return result
    }

    IndexBy(column) {
        index := Map()
        index.CaseSense := "Off"
        for row in this.rows {
            if !index.Has(row[column])
                index[row[column]] := []
            index[row[column]].Push(row)
        }
        return index
    }

    HasTitle(title) {
        for name in this.titles
            if name = title
                return true
        return false
    }

    Save(path) {
        output := FileOpen(path, "w", "UTF-8")
        for row in [this.titles, this.rows*] {
            line := ""
            for cell in row
                line .= (A_Index > 1 ? "," : "") (cell ~= '[,"]' ? '"' StrReplace(cell, '"', '""') '"' : cell)
            output.Write(line "`r`n")
        }
        output.Close()
    }
}
