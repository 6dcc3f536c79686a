; Write values as readable JSON
; ToJson(value, width) turns Maps, plain objects, Arrays, numbers and texts into JSON. Short
; arrays and objects stay on one line if they fit into the width, longer ones are broken and
; indented by two blanks. Objects with a ToJSON method decide themselves what is written for
; them, JsonTrue, JsonFalse and JsonNull stand for those words, and a value that contains
; itself throws an error that names the path to it. The demo writes a small inventory and
; copies it to the clipboard.
#Requires AutoHotkey v2.0

class JsonWord {
    __New(word) => this.word := word
    ToString() => this.word
}
JsonTrue := JsonWord("true")
JsonFalse := JsonWord("false")
JsonNull := JsonWord("null")

ToJson(value, width := 80) => JsonWriter(width).Write(value, "", "$")

class JsonWriter {
    __New(width) {
        this.width := width
        this.open := Map()      ; addresses of the containers that are being written
    }

    Write(value, indent, path) {
        if value is JsonWord
            return String(value)
        if value is Integer || value is Float
            return this.Numeric(value)
        if value is String
            return this.Quote(value)
        if HasMethod(value, "ToJSON")
            return this.Write(value.ToJSON(), indent, path)

        address := ObjPtr(value)
        if this.open.Has(address)
            throw ValueError("The value contains itself", -1, path " is the same as " this.open[address])
        this.open[address] := path
        if value is Array
            text := this.Frame("[", "]", this.Elements(value, indent "  ", path), indent)
        else
            text := this.Frame("{", "}", this.Members(value, indent "  ", path), indent)
        this.open.Delete(address)
        return text
    }

    Elements(list, indent, path) {
        parts := []
        for index, element in list
            parts.Push(IsSet(element) ? this.Write(element, indent, path "[" index "]") : "null")
        return parts
    }

    Members(source, indent, path) {
        parts := []
        ; A Map enumerates its items, any other object its own properties.
        for name, member in source is Map ? source : source.OwnProps()
            parts.Push(this.Quote(String(name)) ": " this.Write(member, indent, path "." name))
        return parts
    }

    ; One line if it fits, otherwise one line for each part.
    Frame(left, right, parts, indent) {
        flat := "", tall := ""
        for part in parts {
            flat .= (A_Index > 1 ? ", " : "") part
            tall .= (A_Index > 1 ? ",`n" : "`n") indent "  " part
        }
        if StrLen(indent) + StrLen(flat) + 2 <= this.width && !InStr(flat, "`n")
            return left flat right
        return left tall "`n" indent right
    }

    ; Format with 17 digits gives 0.10000000000000001, so try the shorter forms first.
    Numeric(value) {
        if value is Integer
            return String(value)
        if value != value || Abs(value) > 1.7976931348623157e308
            throw ValueError("JSON has no notation for this number", -2, value)
        for digits in [15, 16, 17] {
            text := Format("{:." digits "g}", value)
            if Number(text) = value
                break
        }
        return text
    }

    Quote(text) {
        static marks := [["\", "\\"], ['"', '\"'], ["`n", "\n"], ["`r", "\r"], ["`t", "\t"]]
        for pair in marks
            text := StrReplace(text, pair[1], pair[2])
        while RegExMatch(text, "[\x00-\x1F]", &control)
            text := StrReplace(text, control[0], Format("\u{:04x}", Ord(control[0])))
        return '"' text '"'
    }
}

class Money {
    __New(amount, currency) {
        this.amount := amount
        this.currency := currency
    }

    ToJSON() => Format("{:.2f} {}", this.amount, this.currency)
}

inventory := Map(
    "shop", "Corner `"Hobby`" Shop",
    "open", JsonTrue,
    "manager", JsonNull,
    "hours", [9, 12, 13.5, 18],
    "stock", [
        {item: "glue", price: Money(3.9, "EUR"), sizes: [20, 50, 125], tags: ["liquid", "fast"]},
        {item: "model railway starter set", price: Money(129, "EUR"), sizes: [], tags: ["H0", "with transformer"]}
    ]
)
json := ToJson(inventory, 60)

loopy := Map("inner", [])
loopy["inner"].Push(loopy)
try ToJson(loopy)
catch ValueError as err
    json .= "`n`n" err.Message ": " err.Extra

A_Clipboard := json
MsgBox(json, "JSON writer")
