; JSON parser that tells where a fault is
; Json.Parse turns JSON text into AutoHotkey values: objects become Maps, arrays become Arrays,
; true and false become 1 and 0, and null becomes an empty text. It follows the grammar
; strictly, so trailing commas, single quotes, leading zeros and doubled keys are refused. A
; fault throws a JsonError with the line, the column and a pointer to the place. The demo
; parses a good text and several faulty ones.
#Requires AutoHotkey v2.0

class JsonError extends ValueError {
    __New(message, text, position) {
        before := SubStr(text, 1, position - 1)
        StrReplace(before, "`n", , , &breaks)
        this.Row := breaks + 1
        this.Column := position - InStr(before, "`n", , -1)
        this.Excerpt := StrSplit(text "`n", "`n", "`r")[this.Row]
        super.__New(Format("{} in line {}, column {}", message, this.Row, this.Column), -2)
    }

    Pointer() => this.Excerpt "`n" Format("{:" this.Column "}", "^")
}

class Json {
    static Parse(text) {
        parser := Json(text)
        parser.SkipBlanks()
        result := parser.ReadValue()
        if parser.char != ""
            parser.Fail("Something follows the end")
        return result
    }

    __New(text) {
        this.text := text
        this.pos := 1
    }

    char => SubStr(this.text, this.pos, 1)

    Fail(message) {
        throw JsonError(message, this.text, this.pos)
    }

    SkipBlanks() {
        while this.char != "" && InStr(" `t`r`n", this.char)
            this.pos++
    }

    Expect(mark) {
        if this.char !== mark
            this.Fail("Expected " mark)
        this.pos++
        this.SkipBlanks()
    }

    ReadValue() {
        switch this.char {
            case "{": result := this.ReadObject()
            case "[": result := this.ReadArray()
            case '"': result := this.ReadText()
            default: result := this.ReadLiteral()
        }
        this.SkipBlanks()
        return result
    }

    ReadObject() {
        members := Map()
        this.Expect("{")
        if this.char != "}" {
            loop {
                if this.char !== '"'
                    this.Fail("Expected a key in quotes")
                key := this.ReadText()
                if members.Has(key)
                    this.Fail("The key " key " occurs twice")
                this.SkipBlanks()
                this.Expect(":")
                members[key] := this.ReadValue()
            } until !this.Comma()
        }
        this.Expect("}")
        return members
    }

    ReadArray() {
        elements := []
        this.Expect("[")
        if this.char != "]" {
            loop
                elements.Push(this.ReadValue())
            until !this.Comma()
        }
        this.Expect("]")
        return elements
    }

    Comma() => this.char == "," ? (this.Expect(","), true) : false

    ReadText() {
        static simple := Map("n", "`n", "t", "`t", "r", "`r", "b", "`b", "f", "`f", "/", "/", "\", "\", '"', '"')
        content := ""
        this.pos++
        loop {
            ; Take everything up to the next quote, escape or control character in one piece.
            RegExMatch(this.text, 'A)[^"\\\x00-\x1F]*+', &piece, this.pos)
            content .= piece[0]
            this.pos += piece.Len
            switch this.char {
                case '"':
                    this.pos++
                    return content
                case "\":
                    if !RegExMatch(this.text, "A)\\(?:u([[:xdigit:]]{4})|([ntrbf/\\`"]))", &code, this.pos)
                        this.Fail("Unknown escape")
                    content .= code[1] = "" ? simple[code[2]] : Chr("0x" code[1])
                    this.pos += code.Len
                case "":
                    this.Fail("The text is not closed")
                default:
                    this.Fail("A control character in a text")
            }
        }
    }

    ReadLiteral() {
        static words := Map("true", 1, "false", 0, "null", "")
        if !RegExMatch(this.text, "A)(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.])", &m, this.pos)
            this.Fail(this.char = "" ? "Unexpected end" : "Not a value")
        this.pos += m.Len
        return words.Has(m[0]) ? words[m[0]] : Number(m[0])
    }
}

ship := Json.Parse('{"name": "Hope", "crew": [{"name": "Ada"}, {"name": "L\u00e9on", "age": 4.1e1}], "afloat": true}')
report := ship["crew"][2]["name"] " is " ship["crew"][2]["age"] "`n"
for sample in ['[1, 2,]', '{"a": 01}', '{"a": 1, "a": 2}', "{`n  `"ok`": tru`n}", '["open']
    try Json.Parse(sample)
    catch JsonError as fault
        report .= "`n" fault.Message "`n" fault.Pointer() "`n"
MsgBox(report, "JSON parser")
