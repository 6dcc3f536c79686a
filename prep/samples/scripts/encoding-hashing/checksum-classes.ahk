; CRC-32, Adler-32 and FNV-1a without any library
; Three small classes with a common base compute checksums in plain AutoHotkey. Each takes data
; piece by piece with Feed, which accepts text or a Buffer, and gives the result as a number
; in Value and as eight hex digits in Hex. Checksum.Of is a shortcut for a single piece. At
; the start the published test values are verified; then the checksums of the clipboard text
; are shown.
#Requires AutoHotkey v2.0

class Checksum {
    static Of(data) => this().Feed(data).Hex

    ; Returns the object itself, so that calls can be chained.
    Feed(data) {
        if data is Buffer {
            bytes := data, size := data.Size
        } else {
            bytes := Buffer(StrPut(data, "UTF-8"))
            size := StrPut(data, bytes, "UTF-8") - 1       ; without the final zero
        }
        Loop size
            this.Byte(NumGet(bytes, A_Index - 1, "UChar"))
        return this
    }

    Hex => Format("{:08X}", this.Value)
}

class Crc32 extends Checksum {
    static table := this.MakeTable()
    state := 0xFFFFFFFF

    ; The remainders of all 256 bytes for the reversed polynomial.
    static MakeTable() {
        remainders := []
        Loop 256 {
            r := A_Index - 1
            Loop 8
                r := r & 1 ? (r >> 1) ^ 0xEDB88320 : r >> 1
            remainders.Push(r)
        }
        return remainders
    }

    Byte(b) => this.state := (this.state >> 8) ^ Crc32.table[((this.state ^ b) & 0xFF) + 1]

    Value => this.state ^ 0xFFFFFFFF
}

class Adler32 extends Checksum {
    low := 1
    high := 0

    Byte(b) {
        this.low := Mod(this.low + b, 65521)        ; the largest prime below 65536
        this.high := Mod(this.high + this.low, 65521)
    }

    Value => this.high << 16 | this.low
}

class Fnv1a extends Checksum {
    Value := 0x811C9DC5

    ; The product stays below 2 ** 57, so 64-bit numbers are wide enough.
    Byte(b) => this.Value := ((this.Value ^ b) * 0x01000193) & 0xFFFFFFFF
}

for kind, expected in Map(Crc32, "CBF43926", Adler32, "091E01DE")
    if kind.Of("123456789") != expected
        throw Error("The implementation of " kind.Prototype.__Class " is wrong")
if Fnv1a().Feed("foo").Feed("bar").Hex != "BF9CF968"
    throw Error("The implementation of Fnv1a is wrong")

text := A_Clipboard
report := StrLen(text) " characters`n"
for kind in [Crc32, Adler32, Fnv1a]
    report .= "`n" Format("{:-8} {}", kind.Prototype.__Class, kind.Of(text))
MsgBox(report, "Checksums of the clipboard")
