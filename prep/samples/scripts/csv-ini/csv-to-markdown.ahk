; Turn CSV text on the clipboard into a Markdown table
; Ctrl+Alt+M reads CSV text from the clipboard and replaces it with a Markdown
; table whose columns are padded to equal width. The text is read one character at
; a time, so quoted cells may hold commas, doubled quotes and line breaks. The
; delimiter is a tab, a semicolon or a comma, whichever is most frequent in the
; first line. Columns that hold only numbers are aligned to the right.
#Requires AutoHotkey v2.0

^!m:: {
    if Trim(A_Clipboard, " `t`r`n") = ""
        return
    A_Clipboard := MarkdownTable(ParseCsv(A_Clipboard))
    TrayTip("The table is on the clipboard.")
}

GuessDelimiter(text) {
    firstLine := StrSplit(text, "`n", "`r", 2)[1]
    best := ",", most := 0
    for mark in ["`t", ";", ","] {
        StrReplace(firstLine, mark, , , &count)
        if count > most
            best := mark, most := count
    }
    return best
}

ParseCsv(text) {
    delimiter := GuessDelimiter(text)
    rows := [], row := [], cell := "", quoted := false, previous := ""
    Loop Parse, RTrim(text, "`r`n") "`n", , "`r" {
        char := A_LoopField
        if quoted {
            if char = '"'
                quoted := false
            else
                cell .= char
        } else if char = '"' {
            ; A quote right after a closing quote stands for one quote mark.
            if previous = '"'
                cell .= '"'
            quoted := true
        } else if char = delimiter {
            row.Push(cell), cell := ""
        } else if char = "`n" {
            row.Push(cell), cell := ""
            rows.Push(row), row := []
        } else {
            cell .= char
        }
        previous := char
    }
    return rows
}

MarkdownTable(rows) {
    widths := [], numeric := []
    for index, row in rows {
        for column, cell in row {
            row[column] := cell := StrReplace(StrReplace(Trim(cell), "|", "\|"), "`n", "<br>")
            if column > widths.Length
                widths.Push(3), numeric.Push(true)
            widths[column] := Max(widths[column], StrLen(cell))
            if index > 1 && cell != "" && !IsNumber(cell)
                numeric[column] := false
        }
    }

    lines := ""
    for index, row in rows {
        line := "|", rule := "|"
        for column, width in widths {
            cell := row.Has(column) ? row[column] : ""
            align := numeric[column] ? "" : "-"
            line .= " " Format("{:" align width "}", cell) " |"
            dashes := StrReplace(Format("{:" width - 1 "}", ""), " ", "-")
            rule .= " " dashes (numeric[column] ? ":" : "-") " |"
        }
        lines .= line "`r`n" (index = 1 ? rule "`r`n" : "")
    }
    return lines
}
