; Read the size of pictures from their first bytes
; Select some pictures in the dialogue; the script tells the kind and the width and height of
; each without decoding it. The kind is recognised by the signature at the beginning, not by the
; file name: PNG has its size as big-endian numbers at byte 16, GIF as little-endian numbers at
; byte 6, BMP at byte 18, and in a JPEG the chain of markers is followed until one that describes
; a frame. Only the first 256 kilobytes are read. A list shows the outcome, one row a picture,
; and unknown kinds are named as such.
#Requires AutoHotkey v2.0

pictures := FileSelect("M1", , "Pictures", "Pictures (*.png; *.jpg; *.jpeg; *.gif; *.bmp)")
if !pictures.Length
    ExitApp

table := Gui(, "Picture sizes")
rows := table.AddListView("w520 r15", ["File", "Kind", "Width", "Height", "Megapixels"])
for picture in pictures {
    SplitPath(picture, &fileName)
    found := Measure(FileRead(picture, "RAW m262144"))
    rows.Add(, fileName, found.kind, found.width, found.height, Round(found.width * found.height / 1e6, 2))
}
rows.ModifyCol()
rows.ModifyCol(3, "Integer 60"), rows.ModifyCol(4, "Integer 60"), rows.ModifyCol(5, "Float 80")
table.OnEvent("Close", (*) => ExitApp())
table.Show()

Measure(data) {
    if data.Size < 26
        return Result("too short")
    ; The signatures as they look when read as a little-endian number.
    switch NumGet(data, 0, "UInt") {
        case 0x474E5089: return Result("PNG", BigEndian(data, 16, 4), BigEndian(data, 20, 4))
        case 0x38464947: return Result("GIF", NumGet(data, 6, "UShort"), NumGet(data, 8, "UShort"))
    }
    switch NumGet(data, 0, "UShort") {
        ; The height of a bitmap is negative when its rows run from top to bottom.
        case 0x4D42: return Result("BMP", NumGet(data, 18, "Int"), Abs(NumGet(data, 22, "Int")))
        case 0xD8FF: return MeasureJpeg(data)
    }
    return Result("unknown")

    Result(kind, width := 0, height := 0) => {kind: kind, width: width, height: height}
}

MeasureJpeg(data) {
    position := 2
    while position + 9 <= data.Size && NumGet(data, position, "UChar") = 0xFF {
        marker := NumGet(data, position + 1, "UChar")
        if marker = 0xFF {              ; a fill byte
            position++
            continue
        }
        ; C0 to CF start a frame, except for three that define tables.
        if marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC
            return {kind: "JPEG", height: BigEndian(data, position + 5, 2), width: BigEndian(data, position + 7, 2)}
        position += 2 + BigEndian(data, position + 2, 2)
    }
    return {kind: "JPEG, no size found", width: 0, height: 0}
}

BigEndian(data, offset, bytes) {
    result := 0
    Loop bytes
        result := result << 8 | NumGet(data, offset + A_Index - 1, "UChar")
    return result
}
