; Add up a CSV column for each group
; Reads a CSV file with a header row and totals one numeric column for every value
; of another column, for example the amount spent per category. The file, the group
; column and the value column are given on the command line; the result is written
; next to the input as a second CSV file with count, sum and average, in the order
; in which the groups first appear. Rows whose value is not a number are skipped.
#Requires AutoHotkey v2.0

FileEncoding("UTF-8")

if A_Args.Length < 3 {
    MsgBox("Usage: csv-group-totals.ahk file.csv group-column value-column")
    ExitApp(1)
}

try {
    outcome := GroupTotals(A_Args[1], A_Args[2], A_Args[3])
    SplitPath(A_Args[1], , &folder, , &stem)
    WriteTotals(outcome, (folder = "" ? "." : folder) "\" stem "-totals.csv", A_Args[2])
} catch Error as problem {
    MsgBox(problem.Message "`n" problem.Extra, "CSV totals", "Iconx")
    ExitApp(2)
}

GroupTotals(csvPath, groupColumn, valueColumn) {
    columns := Map()
    columns.CaseSense := "Off"
    groups := Map()
    order := []

    Loop Read, csvPath {
        cells := SplitCsvLine(A_LoopReadLine)
        if A_Index = 1 {
            for position, title in cells
                columns[Trim(title)] := position
            for needed in [groupColumn, valueColumn]
                if !columns.Has(needed)
                    throw ValueError("The file has no such column.", , needed)
            continue
        }
        if cells.Length < Max(columns[groupColumn], columns[valueColumn])
            continue
        amount := Trim(cells[columns[valueColumn]])
        if !IsNumber(amount)
            continue

        name := cells[columns[groupColumn]]
        if !groups.Has(name) {
            groups[name] := { name: name, count: 0, sum: 0 }
            order.Push(groups[name])
        }
        groups[name].count += 1
        groups[name].sum += Number(amount)
    }
    return order
}

; The built-in CSV mode of Loop Parse takes care of quoted cells.
SplitCsvLine(line) {
    cells := []
    Loop Parse, line, "CSV"
        cells.Push(A_LoopField)
    return cells
}

WriteTotals(order, path, title) {
    output := FileOpen(path, "w", "UTF-8")
    output.WriteLine(CsvCell(title) ",count,sum,average")
    for group in order
        output.WriteLine(Format("{},{},{:.2f},{:.2f}",
            CsvCell(group.name), group.count, group.sum, group.sum / group.count))
    output.Close()
}

CsvCell(text) => text ~= '[",\r\n]' ? '"' StrReplace(text, '"', '""') '"' : text
