; Describe Windows structures by a declaration
; StructType takes a declaration such as "Int left, Int top" and works out the offsets and the
; total size after the alignment rules of the C compiler. Calling the type makes a structure:
; an object that owns a zeroed Buffer, whose fields are read and written like properties, and
; that DllCall accepts directly as "Ptr". A field may be an array as in "UShort name[32]", with
; an index, and Text reads such an array as a string. The demo uses four structures: the
; frame of the active window, the mouse position, the local time and the time zone.
#Requires AutoHotkey v2.0

class StructType {
    static sizes := Map("Char", 1, "UChar", 1, "Short", 2, "UShort", 2, "Int", 4, "UInt", 4, "Float", 4,
        "Double", 8, "Int64", 8, "Ptr", A_PtrSize, "UPtr", A_PtrSize)

    __New(declaration) {
        this.fields := Map()
        this.fields.CaseSense := "Off"
        offset := 0, widest := 1
        for part in StrSplit(declaration, ",", " `t`r`n") {
            if !RegExMatch(part, "^(\w+)\s+(\w+)(?:\[(\d+)\])?$", &m) || !StructType.sizes.Has(m[1])
                throw ValueError("This field cannot be understood", -1, part)
            size := StructType.sizes[m[1]]
            count := m[3] = "" ? 1 : Integer(m[3])
            ; A field starts at a multiple of its own size.
            offset := (offset + size - 1) // size * size
            this.fields[m[2]] := {kind: m[1], offset: offset, size: size, count: count}
            offset += size * count
            widest := Max(widest, size)
        }
        this.size := (offset + widest - 1) // widest * widest
    }

    Call() => Struct(this)
}

class Struct {
    __New(layout) {
        ; DefineProp, because an ordinary assignment would end up in __Set.
        this.DefineProp("layout", {value: layout})
        this.DefineProp("bytes", {value: Buffer(layout.size, 0)})
    }

    Ptr => this.bytes.Ptr
    Size => this.bytes.Size

    __Get(name, indexes) {
        field := this.Field(name)
        return NumGet(this.bytes, this.Place(field, indexes), field.kind)
    }

    __Set(name, indexes, value) {
        field := this.Field(name)
        NumPut(field.kind, value, this.bytes, this.Place(field, indexes))
    }

    Field(name) {
        if !this.layout.fields.Has(name)
            throw PropertyError("The structure has no such field", -2, name)
        return this.layout.fields[name]
    }

    Place(field, indexes) {
        index := indexes.Length ? indexes[1] : 1
        if index < 1 || index > field.count
            throw IndexError("Outside the array", -2, index)
        return field.offset + (index - 1) * field.size
    }

    ; An array of UShort as text, up to the first zero.
    Text(name) {
        field := this.Field(name)
        return StrGet(this.Ptr + field.offset, field.count, "UTF-16")
    }
}

Rect := StructType("Int left, Int top, Int right, Int bottom")
Point := StructType("Int x, Int y")
SystemTime := StructType("UShort year, UShort month, UShort weekday, UShort day, UShort hour, "
    . "UShort minute, UShort second, UShort ms")
TimeZone := StructType("Int bias, UShort standardName[32], UShort standardDate[8], Int standardBias, "
    . "UShort daylightName[32], UShort daylightDate[8], Int daylightBias")

frame := Rect()
DllCall("GetWindowRect", "Ptr", WinExist("A"), "Ptr", frame)
mouse := Point()
DllCall("GetCursorPos", "Ptr", mouse)
clock := SystemTime()
DllCall("GetLocalTime", "Ptr", clock)
zone := TimeZone()
summer := DllCall("GetTimeZoneInformation", "Ptr", zone, "UInt") = 2
minutes := -(zone.bias + (summer ? zone.daylightBias : zone.standardBias))

report := Format("Active window: {} x {} at {}, {}`n"
    , frame.right - frame.left, frame.bottom - frame.top, frame.left, frame.top)
report .= Format("Mouse: {}, {}`n", mouse.x, mouse.y)
report .= Format("Time: {:02}:{:02}:{:02}.{:03}`n", clock.hour, clock.minute, clock.second, clock.ms)
report .= Format("Zone: {}, UTC{:+d}:{:02}`n", zone.Text(summer ? "daylightName" : "standardName")
    , minutes // 60, Abs(Mod(minutes, 60)))
report .= "Date of the change to summer time: month " zone.daylightDate[2]
MsgBox(report, zone.Size " bytes describe the time zone")
