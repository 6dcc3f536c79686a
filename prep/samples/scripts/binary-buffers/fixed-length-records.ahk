; Binary file with records of fixed length
; RecordFile keeps records of 64 bytes in a file: a 32 bit number, a name of up to 23 characters
; in UTF-16, a price as a double, and a count as a 32 bit number. Because all records are equally
; long, record n starts at byte (n - 1) * 64, and any of them can be read or rewritten without
; touching the others. The class offers Count, Append, an index in square brackets for reading
; and writing, negative numbers counting from the end, and enumeration. The demo stores some plant
; seeds, changes one record in place, and prints the stock after opening the file again.
#Requires AutoHotkey v2.0

class RecordFile {
    static SIZE := 64, NAME_CHARS := 24

    __New(path) => this.file := FileOpen(path, "rw")

    Count => this.file.Length // RecordFile.SIZE

    Append(record) {
        this.file.Pos := this.Count * RecordFile.SIZE
        this.file.RawWrite(RecordFile.Pack(record))
    }

    __Item[index] {
        get {
            this.file.Pos := this.Offset(index)
            block := Buffer(RecordFile.SIZE)
            this.file.RawRead(block)
            return RecordFile.Unpack(block)
        }
        set {
            this.file.Pos := this.Offset(index)
            this.file.RawWrite(RecordFile.Pack(value))
        }
    }

    Offset(index) {
        place := index < 0 ? this.Count + index + 1 : index
        if place < 1 || place > this.Count
            throw IndexError("No such record", -2, index)
        return (place - 1) * RecordFile.SIZE
    }

    static Pack(record) {
        block := Buffer(this.SIZE, 0)
        NumPut("UInt", record.id, block, 0)
        ; One place is left for the zero that ends the text.
        StrPut(SubStr(record.name, 1, this.NAME_CHARS - 1), block.Ptr + 4, this.NAME_CHARS, "UTF-16")
        NumPut("Double", record.price, "Int", record.count, block, 52)
        return block
    }

    static Unpack(block) {
        record := {id: NumGet(block, 0, "UInt"), price: NumGet(block, 52, "Double")}
        record.name := StrGet(block.Ptr + 4, this.NAME_CHARS, "UTF-16")
        record.count := NumGet(block, 60, "Int")
        return record
    }

    __Enum(*) {
        index := 0
        return (&record) => ++index <= this.Count && (record := this[index], true)
    }

    Close() => this.file.Close()
}

path := A_Temp "\seed-stock.dat"
if FileExist(path)
    FileDelete(path)            ; left behind by a run that was broken off
seeds := RecordFile(path)
seeds.Append({id: 101, name: "Sunflower", price: 2.49, count: 40})
seeds.Append({id: 102, name: "Snapdragon, mixed colours", price: 1.99, count: 12})
seeds.Append({id: 117, name: "Bean", price: 3.2, count: 7})
bean := seeds[-1]
bean.count -= 5
seeds[-1] := bean
seeds.Close()

seeds := RecordFile(path)
FileAppend(seeds.Count " records in " FileGetSize(path) " bytes`n", "*")
for seed in seeds
    FileAppend(Format("{} {:-24} {:6.2f} x {:3}`n", seed.id, seed.name, seed.price, seed.count), "*")
try
    seeds[9]
catch IndexError as fault
    FileAppend(fault.Message ": " fault.Extra "`n", "*")
seeds.Close()
FileDelete(path)
