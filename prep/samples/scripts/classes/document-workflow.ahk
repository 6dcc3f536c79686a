; State machine for the workflow of a document
; StateMachine describes which event leads from which state to which other one. The rules are
; added in chained calls: Rule("draft", "submit", "review", guard), where the optional guard is a
; function that looks at the document and returns an empty string or the reason why not. OnEnter
; sets a function to be called when a state is reached. Fire carries out an event or throws a
; StateError that says what is allowed now; Can only asks. Every step is noted in the history
; of the document. The demo leads a leaflet from draft to print and tries forbidden steps.
#Requires AutoHotkey v2.0

class StateError extends Error {
}

class StateMachine {
    rules := Map()
    entering := Map()

    __New(initial) => this.initial := initial

    Rule(from, event, to, guard := "") {
        if !this.rules.Has(from)
            this.rules[from] := Map()
        this.rules[from][event] := {to: to, guard: guard}
        return this
    }

    OnEnter(state, action) {
        this.entering[state] := action
        return this
    }

    Begin(item) {
        item.state := this.initial
        item.history := [this.initial]
        return item
    }

    ; Names of the events that are possible in the state of the item.
    EventsFor(item) {
        names := ""
        for event in this.rules.Get(item.state, Map())
            names .= (names = "" ? "" : ", ") event
        return names = "" ? "nothing" : names
    }

    Refusal(item, event) {
        options := this.rules.Get(item.state, Map())
        if !options.Has(event)
            return Format("'{}' is not possible in state '{}' (possible: {})", event, item.state, this.EventsFor(item))
        guard := options[event].guard
        return guard ? guard(item) : ""
    }

    Can(item, event) => this.Refusal(item, event) = ""

    Fire(item, event) {
        if reason := this.Refusal(item, event)
            throw StateError(reason, -1, event)
        item.state := this.rules[item.state][event].to
        item.history.Push(item.state)
        if this.entering.Has(item.state)
            this.entering[item.state](item)
        return item.state
    }
}

NeedsText(doc) => StrLen(doc.text) < 20 ? "the text is too short" : ""
NeedsTwoReaders(doc) => doc.approvals < 2 ? "two readers must agree, so far " doc.approvals : ""

workflow := StateMachine("draft")
    .Rule("draft", "submit", "review", NeedsText)
    .Rule("review", "return", "draft")
    .Rule("review", "accept", "accepted", NeedsTwoReaders)
    .Rule("accepted", "print", "printed")
    .Rule("accepted", "withdraw", "draft")
    .OnEnter("draft", (doc) => doc.approvals := 0)
    .OnEnter("printed", (doc) => Say("Copies of '" doc.title "' leave the printer."))

leaflet := workflow.Begin({title: "Opening hours", text: "", approvals: 0})
Attempt("submit")
leaflet.text := "Open daily from nine to six, closed on Mondays."
Attempt("submit")
Attempt("print")
leaflet.approvals++
Attempt("accept")
leaflet.approvals++
if workflow.Can(leaflet, "accept")
    Attempt("accept")
Attempt("print")
Attempt("withdraw")

trail := ""
for state in leaflet.history
    trail .= (A_Index > 1 ? " -> " : "") state
Say(trail)

Attempt(event) {
    try
        Say(event ": now " workflow.Fire(leaflet, event))
    catch StateError as refusal
        Say(event ": refused, " refusal.Message)
}

Say(text) => FileAppend(text "`n", "*")
