; Put tasks into an order that respects what they need
; Each task of a project names the tasks that have to be done before it, for example
; "test: compile data" for a test that needs two others. The script sorts them topologically by
; a depth-first walk: a task is listed as soon as all that it needs is listed. Tasks that need
; each other in a circle cannot be ordered; then the circle is reported as an error with its
; members in sequence, such as "a > b > c > a". A needed task that has no line of its own counts
; as one without needs. Two sample projects, one sound and one faulty, are printed.
#Requires AutoHotkey v2.0

for plan in ["release: test manual`ntest: compile data`nmanual: compile`ncompile: sources`ndata:",
        "roof: walls`nwalls: floor scaffold`nscaffold: permit`npermit: roof"] {
    try
        Print("Order: " Join(OrderTasks(ReadPlan(plan)), ", "))
    catch CircleError as circle
        Print("Cannot be done: " Join(circle.members, " > "))
}

class CircleError extends Error {
    __New(members) {
        super.__New("Tasks need each other", -2, Join(members, " > "))
        this.members := members
    }
}

; Map of task name -> array of the names it needs.
ReadPlan(text) {
    needs := Map()
    Loop Parse, text, "`n", "`r" {
        colon := InStr(A_LoopField, ":")
        task := Trim(SubStr(A_LoopField, 1, colon - 1))
        needs[task] := []
        for name in StrSplit(Trim(SubStr(A_LoopField, colon + 1)), " ")
            if name != ""
                needs[task].Push(name)
    }
    return needs
}

OrderTasks(needs) {
    finished := Map(), ordered := [], trail := []
    for task in needs
        Visit(task)
    return ordered

    Visit(task) {
        if finished.Has(task)
            return
        for depth, earlier in trail {
            if earlier == task {
                ; What lies on the trail from here on is the circle.
                members := []
                Loop trail.Length - depth + 1
                    members.Push(trail[depth + A_Index - 1])
                members.Push(task)
                throw CircleError(members)
            }
        }
        trail.Push(task)
        for needed in needs.Get(task, [])
            Visit(needed)
        trail.Pop()
        finished[task] := true
        ordered.Push(task)
    }
}

Join(words, glue) {
    text := ""
    for word in words
        text .= (A_Index = 1 ? "" : glue) word
    return text
}

Print(line) => FileAppend(line "`n", "*")
