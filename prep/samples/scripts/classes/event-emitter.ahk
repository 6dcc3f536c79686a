; Event emitter class with unsubscribe functions
; EventEmitter lets objects announce named events. On(name, handler) subscribes and returns a
; function that takes the subscription back, Once subscribes for a single call, and Emit calls
; the handlers in the order they came with any number of arguments. A handler that throws does
; not stop the others: its error goes to the "error" event. The demo is a Thermostat that
; inherits from the emitter and reports changes and limits.
#Requires AutoHotkey v2.0

class EventEmitter {
    __New() {
        this.handlers := Map()
        this.handlers.CaseSense := "Off"
    }

    On(name, handler) {
        if !HasMethod(handler)
            throw TypeError("The handler for '" name "' cannot be called", -1, Type(handler))
        if !this.handlers.Has(name)
            this.handlers[name] := []
        this.handlers[name].Push(handler)
        return () => this.Off(name, handler)
    }

    Once(name, handler) {
        return cancel := this.On(name, RunOnce)

        RunOnce(args*) {
            cancel()
            handler(args*)
        }
    }

    Off(name, handler) {
        for index, candidate in this.handlers.Get(name, []) {
            if (candidate = handler) {
                this.handlers[name].RemoveAt(index)
                return true
            }
        }
        return false
    }

    ; Returns how many handlers were called.
    Emit(name, args*) {
        called := 0
        ; A copy, because a handler may unsubscribe itself during the loop.
        for handler in this.handlers.Get(name, []).Clone() {
            called++
            try {
                handler(args*)
            } catch Error as err {
                if name = "error"
                    throw
                this.Emit("error", name, err)
            }
        }
        return called
    }
}

class Thermostat extends EventEmitter {
    degrees := 20
    limit := 25

    Temperature {
        get => this.degrees
        set {
            if value = this.degrees
                return
            before := this.degrees
            this.degrees := value
            this.Emit("change", before, value)
            if (before <= this.limit && value > this.limit)
                this.Emit("too-hot", value)
        }
    }
}

report := ""
Note(text) {
    global report .= text "`n"
}

room := Thermostat()
stopListening := room.On("change", (before, now) => Note("changed from " before " to " now))
room.Once("too-hot", (now) => Note("too hot for the first time: " now))
room.On("too-hot", (now) => Note("minutes until 30: " Round(60 / (30 - now))))   ; fails at 30
room.On("error", (name, err) => Note("handler of " name " failed: " err.Message))

for reading in [22, 26, 24, 30]
    room.Temperature := reading
stopListening()
room.Temperature := 19      ; nobody hears this one
MsgBox(report, "Thermostat")
