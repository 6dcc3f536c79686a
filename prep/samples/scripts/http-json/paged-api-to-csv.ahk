; Collect all pages of a web API into a CSV file
; Reads a list of records from https://example.com/api/items?page=1, where every reply is a
; JSON object with a "data" array of flat objects and a "next" field that holds the address
; of the following page or null. It goes on until there is no next page, at most 200, with a
; progress window that has a Cancel button, and then writes one CSV file with a column for
; each field of any record. The JSON is read with a short recursive reader.
#Requires AutoHotkey v2.0

cancelled := false
progress := Gui("-SysMenu +AlwaysOnTop", "Downloading")
label := progress.AddText("w260", "Starting...")
progress.AddButton("w80", "Cancel").OnEvent("Click", CancelDownload)
progress.Show()

try {
    records := FetchAll("https://example.com/api/items?page=1", 200)
    target := A_Desktop "\items.csv"
    WriteCsv(records, target)
    MsgBox(records.Length " records are in " target (cancelled ? " (cancelled)" : ""), "Items")
} catch Error as failure
    MsgBox("The download failed: " failure.Message, "Items", "Iconx")
ExitApp()

CancelDownload(*) {
    global cancelled := true
}

FetchAll(url, limit) {
    all := []
    while url != "" && A_Index <= limit && !cancelled {
        label.Text := Format("Page {}, {} records so far", A_Index, all.Length)
        page := JsonReader(HttpText(url)).Read()
        all.Push(page["data"]*)
        url := page.Get("next", "")
    }
    return all
}

HttpText(url) {
    http := ComObject("WinHttp.WinHttpRequest.5.1")
    http.Open("GET", url, true)
    http.SetRequestHeader("Accept", "application/json")
    http.Send()
    ; Waiting in small steps keeps the Cancel button alive.
    while !http.WaitForResponse(0) {
        Sleep(50)
        if cancelled
            return '{"data":[]}'
    }
    if http.Status = 200
        return http.ResponseText
    throw Error("status " http.Status " for " url)
}

; null becomes an empty text, true and false become 1 and 0.
class JsonReader {
    __New(text) {
        this.text := text, this.pos := 1
    }

    Take(pattern) {
        if !RegExMatch(this.text, "A)\s*+(" pattern ")\s*+", &m, this.pos)
            throw Error("unexpected JSON at position " this.pos)
        this.pos += m.Len
        return m[1]
    }

    Next() => RegExMatch(this.text, "A)\s*+(.)", &m, this.pos) ? m[1] : ""

    Read() {
        switch this.Next() {
            case "{": return this.ReadObject()
            case "[": return this.ReadArray()
            case '"': return this.ReadString()
        }
        token := this.Take("-?[\d.eE+-]+|true|false|null")
        return IsNumber(token) ? Number(token) : Map("true", 1, "false", 0).Get(token, "")
    }

    ReadObject() {
        result := Map()
        this.Take("\{")
        while this.Next() != "}" {
            key := this.ReadString()
            this.Take(":")
            result[key] := this.Read()
            this.Take(",?")
        }
        this.Take("\}")
        return result
    }

    ReadArray() {
        result := []
        this.Take("\[")
        while this.Next() != "]" {
            result.Push(this.Read())
            this.Take(",?")
        }
        this.Take("\]")
        return result
    }

    ; Cut at the escaped backslashes first, so that \\n is not taken for a line feed.
    ReadString() {
        raw := this.Take('"(?:[^"\\]|\\.)*+"')
        plain := ""
        for part in StrSplit(SubStr(raw, 2, -1), "\\") {
            while RegExMatch(part, "\\u([[:xdigit:]]{4})", &m)
                part := StrReplace(part, m[0], Chr("0x" m[1]), true)
            for escape, char in Map("\n", "`n", "\t", "`t", "\r", "", '\"', '"', "\/", "/")
                part := StrReplace(part, escape, char, true)
            plain .= (A_Index > 1 ? "\" : "") part
        }
        return plain
    }
}

WriteCsv(list, path) {
    columns := Map()
    for record in list
        for name in record
            columns[name] := true
    output := FileOpen(path, "w", "UTF-8")
    output.WriteLine(CsvLine([columns*]))
    for record in list {
        cells := []
        for name in columns
            cells.Push(IsObject(content := record.Get(name, "")) ? "(nested)" : content)
        output.WriteLine(CsvLine(cells))
    }
    output.Close()
}

CsvLine(cells) {
    line := ""
    for cell in cells
        line .= (A_Index > 1 ? "," : "") (cell ~= '[",\n]' ? '"' StrReplace(cell, '"', '""') '"' : cell)
    return line
}
