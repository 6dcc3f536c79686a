; Append-only record store in a JSON Lines file
; RecordStore keeps flat records, Maps of texts and numbers by field name, in a file with one
; JSON object per line. Put adds a line with an id and the fields, Delete a line that marks the
; id as gone, and opening the store replays the lines so that the last one for an id counts. A
; damaged line, as after a power cut, is skipped and counted. Compact rewrites the file without
; outdated lines through a temporary file. A window keeps a small reading list in the store,
; with buttons to add, delete and compact.
#Requires AutoHotkey v2.0
#SingleInstance Force
FileEncoding("UTF-8")

class RecordStore {
    records := Map()
    lines := 0
    damaged := 0
    lastId := 0

    __New(path) {
        this.path := path
        if FileExist(path)
            Loop Read, path
                this.Replay(A_LoopReadLine)
    }

    Replay(line) {
        this.lines++
        fields := RecordStore.Decode(line)
        if !fields || !IsInteger(fields.Get("id", "")) {
            this.damaged++
            return
        }
        id := fields.Delete("id")
        this.lastId := Max(this.lastId, id)
        if !fields.Has("deleted")
            this.records[id] := fields
        else if this.records.Has(id)
            this.records.Delete(id)
    }

    Put(fields, id := 0) {
        this.lastId := Max(this.lastId, id := id || this.lastId + 1)
        this.records[id] := fields
        this.Append(RecordStore.Encode(id, fields))
        return id
    }

    Delete(id) {
        this.records.Delete(id)
        this.Append(RecordStore.Encode(id, Map("deleted", 1)))
    }

    Append(line) {
        FileAppend(line "`n", this.path, "UTF-8-RAW")
        this.lines++
    }

    ; Moving a finished file over the old one leaves no moment without a complete store.
    Compact() {
        draft := this.path ".new"
        output := FileOpen(draft, "w", "UTF-8-RAW")
        for id, fields in this.records
            output.Write(RecordStore.Encode(id, fields) "`n")
        output.Close()
        FileMove(draft, this.path, true)
        this.lines := this.records.Count, this.damaged := 0
    }

    static Encode(id, fields) {
        line := '{"id":' id
        for name, content in fields {
            if !(content is Number) {
                for swap in [["\", "\\"], ['"', '\"'], ["`r", ""], ["`n", "\n"], ["`t", "\t"]]
                    content := StrReplace(content, swap[1], swap[2])
                content := '"' content '"'
            }
            line .= ',"' name '":' content
        }
        return line "}"
    }

    ; Reads what Encode writes; returns "" for anything else.
    static Decode(line) {
        static member := 'A)"(\w+)":(?:"((?:[^"\\]++|\\.)*+)"|(-?\d++(?:\.\d+)?))(,|\}$)'
        if SubStr(line, 1, 1) != "{"
            return ""
        fields := Map()
        at := 2
        loop {
            if !RegExMatch(line, member, &m, at)
                return ""
            fields[m[1]] := m[3] != "" ? Number(m[3]) : this.Plain(m[2])
            at += m.Len
        } until m[4] = "}"
        return fields
    }

    static Plain(text) {
        ; A stand-in for the escaped backslash keeps it out of the other replacements.
        text := StrReplace(text, "\\", Chr(1))
        for swap in [["\n", "`n"], ["\t", "`t"], ['\"', '"'], [Chr(1), "\"]]
            text := StrReplace(text, swap[1], swap[2], true)
        return text
    }
}

books := RecordStore(A_Temp "\reading-list.jsonl")

desk := Gui(, "Reading list")
shelf := desk.AddListView("w420 r12", ["Id", "Title", "Added"])
titleEdit := desk.AddEdit("w320 Section")
desk.AddButton("ys w90 Default", "Add").OnEvent("Click", AddBook)
desk.AddButton("xs w120", "Delete selected").OnEvent("Click", DeleteBook)
desk.AddButton("x+8 w120", "Compact file").OnEvent("Click", (*) => (books.Compact(), ListBooks()))
info := desk.AddStatusBar()
desk.OnEvent("Close", (*) => ExitApp())
ListBooks()
desk.Show()

AddBook(*) {
    if Trim(titleEdit.Value) = ""
        return
    books.Put(Map("title", Trim(titleEdit.Value), "added", FormatTime(, "yyyy-MM-dd")))
    titleEdit.Value := ""
    ListBooks()
}

DeleteBook(*) {
    if row := shelf.GetNext()
        books.Delete(Integer(shelf.GetText(row, 1)))
    ListBooks()
}

ListBooks() {
    shelf.Delete()
    for id, fields in books.records
        shelf.Add(, id, fields.Get("title", "?"), fields.Get("added", ""))
    shelf.ModifyCol(2, 210)
    info.SetText(Format("  {} records in {} lines, {} damaged", books.records.Count, books.lines, books.damaged))
}
