; Record what is done with any object
; Recorder(target) stands in for another object and writes down everything that passes through
; it: properties read and set, methods called with their arguments and results, items read and
; set with square brackets, and errors, which are recorded and then go on as usual. It works
; with the meta-functions __Get, __Set and __Call, which are asked for every name the stand-in
; does not have itself. The list of notes is kept outside, in an array given to the constructor.
; The demo hands a recorded Map and a recorded Buffer to code that knows nothing of it and then
; shows the notes in a message box.
#Requires AutoHotkey v2.0

class Recorder {
    __New(target, notes) {
        ; Plain assignments would end up in __Set below.
        this.DefineProp("_target", {Value: target})
        this.DefineProp("_notes", {Value: notes})
    }

    __Get(name, params) {
        if params.Length
            return this._Watch(name "[" Recorder.List(params) "]", () => this._target.%name%[params*])
        return this._Watch("." name, () => this._target.%name%)
    }

    __Set(name, params, newValue) {
        label := "." name " := " Recorder.Show(newValue)
        if params.Length
            this._Watch(label, () => this._target.%name%[params*] := newValue)
        else
            this._Watch(label, () => this._target.%name% := newValue)
    }

    __Call(name, params) => this._Watch("." name "(" Recorder.List(params) ")", () => this._target.%name%(params*))

    __Item[keys*] {
        get => this._Watch("[" Recorder.List(keys) "]", () => this._target[keys*])
        set => this._Watch("[" Recorder.List(keys) "] := " Recorder.Show(value), () => this._target[keys*] := value)
    }

    _Watch(label, action) {
        label := Type(this._target) label
        try {
            result := action()
        } catch Error as problem {
            this._notes.Push(label "  failed: " problem.Message)
            throw problem
        }
        this._notes.Push(label "  ->  " Recorder.Show(result))
        return result
    }

    static List(values) {
        text := ""
        for value in values
            text .= (A_Index > 1 ? ", " : "") (IsSet(value) ? this.Show(value) : "")
        return text
    }

    static Show(value) => value is Number ? String(value) : value is String ? '"' value '"' : "<" Type(value) ">"
}

diary := []
stock := Recorder(Map("apples", 3), diary)
stock["pears"] := 5
stock["apples"] += stock["pears"]
if stock.Count > 1
    stock.Delete("pears")
try stock.Delete("plums")
try stock.NoSuchMethod(1, , "three")

memory := Recorder(Buffer(16, 0), diary)
memory.Size := memory.Size * 2

everything := ""
for note in diary
    everything .= A_Index ". " note "`n"
MsgBox(everything, "What happened")
