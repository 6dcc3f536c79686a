; Priority queue as a binary heap
; PriorityQueue keeps its entries in one array that forms a binary heap, so adding and taking the
; first entry need only a few swaps. Which of two entries goes first is decided by a function
; handed to the constructor; entries of equal rank leave in the order in which they came, thanks
; to a running number. It has Add, Take, Peek, Count and IsEmpty; taking from an empty queue is
; an error, and a for loop takes the entries out one by one. The demo serves repair jobs, the
; most urgent first, while new ones keep arriving, and prints the sequence.
#Requires AutoHotkey v2.0

class PriorityQueue {
    heap := []
    arrivals := 0

    __New(goesFirst) => this.goesFirst := goesFirst

    Count => this.heap.Length
    IsEmpty => !this.heap.Length

    Add(entries*) {
        for entry in entries {
            this.heap.Push({entry: entry, arrival: ++this.arrivals})
            this.Rise(this.heap.Length)
        }
        return this
    }

    Peek() {
        if this.IsEmpty
            throw IndexError("The queue is empty", -1)
        return this.heap[1].entry
    }

    Take() {
        first := this.Peek()
        last := this.heap.Pop()
        if this.heap.Length {
            this.heap[1] := last
            this.Sink(1)
        }
        return first
    }

    __Enum(*) => (&entry) => this.IsEmpty ? false : (entry := this.Take(), true)

    Before(i, j) {
        a := this.heap[i], b := this.heap[j]
        if (this.goesFirst)(a.entry, b.entry)
            return true
        ; Neither goes first: the earlier arrival wins.
        return a.arrival < b.arrival && !(this.goesFirst)(b.entry, a.entry)
    }

    Rise(i) {
        while i > 1 && this.Before(i, i // 2)
            i := this.Swap(i, i // 2)
    }

    Sink(i) {
        Loop {
            child := 2 * i
            if child > this.heap.Length
                return
            if child < this.heap.Length && this.Before(child + 1, child)
                child++
            if !this.Before(child, i)
                return
            i := this.Swap(i, child)
        }
    }

    Swap(i, j) {
        held := this.heap[i]
        this.heap[i] := this.heap[j]
        this.heap[j] := held
        return j
    }
}

Job(urgency, what) => {urgency: urgency, what: what}

jobs := PriorityQueue((a, b) => a.urgency > b.urgency)
jobs.Add(Job(2, "dripping tap"), Job(5, "gas smell"), Job(1, "squeaky door"), Job(5, "burst pipe"))
FileAppend("Waiting: " jobs.Count ", first will be: " jobs.Peek().what "`n", "*")

for task in jobs {
    FileAppend(Format("{}  {}`n", task.urgency, task.what), "*")
    if task.what = "burst pipe"
        jobs.Add(Job(4, "wet carpet"), Job(2, "stained wall"))
}

try
    jobs.Take()
catch IndexError as err
    FileAppend("At the end: " err.Message "`n", "*")
