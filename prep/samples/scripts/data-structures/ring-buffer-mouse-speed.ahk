; Mouse speed meter with a ring buffer
; Ctrl+Alt+R switches a meter on and off that shows, in a tooltip next to the pointer, how fast
; the mouse moves: the present speed, the average and the peak of the last three seconds, in
; pixels per second. The position is sampled twenty times a second and the distances go into
; a ring buffer of sixty places, a fixed array in which the newest value overwrites the oldest.
; The ring keeps its sum up to date with each value, so that the average costs nothing.
#Requires AutoHotkey v2.0
#SingleInstance Force

CoordMode("Mouse", "Screen")

class RingBuffer {
    __New(size) {
        this.values := []
        this.values.Length := size
        this.size := size
        this.Clear()
    }

    Clear() {
        this.next := 1
        this.Count := 0
        this.Sum := 0
    }

    Push(value) {
        if this.Count = this.size
            this.Sum -= this.values[this.next]
        else
            this.Count++
        this.values[this.next] := value
        this.Sum += value
        this.next := Mod(this.next, this.size) + 1
    }

    Average => this.Count ? this.Sum / this.Count : 0

    Peak {
        get {
            highest := 0
            for value in this
                highest := Max(highest, value)
            return highest
        }
    }

    ; From the oldest value to the newest.
    __Enum(*) {
        step := 0
        oldest := this.Count < this.size ? 1 : this.next
        Fetch(&value) {
            if step >= this.Count
                return false
            value := this.values[Mod(oldest - 1 + step++, this.size) + 1]
            return true
        }
        return Fetch
    }
}

class SpeedMeter {
    static PERIOD := 50
    distances := RingBuffer(60)
    running := false

    __New() => this.timer := () => this.Sample()

    Toggle() {
        this.running := !this.running
        SetTimer(this.timer, this.running ? SpeedMeter.PERIOD : 0)
        this.distances.Clear()
        MouseGetPos(&x, &y)
        this.x := x, this.y := y
        if !this.running
            ToolTip()
    }

    Sample() {
        MouseGetPos(&x, &y)
        distance := Sqrt((x - this.x) ** 2 + (y - this.y) ** 2)
        this.distances.Push(distance)
        this.x := x, this.y := y
        perSecond := 1000 / SpeedMeter.PERIOD
        ToolTip(Format("{:.0f} px/s`naverage {:.0f}`npeak {:.0f}"
            , distance * perSecond, this.distances.Average * perSecond, this.distances.Peak * perSecond))
    }
}

meter := SpeedMeter()
^!r::meter.Toggle()
