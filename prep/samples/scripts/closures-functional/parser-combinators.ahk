; Formula calculator made of parser combinators
; Ctrl+Alt+Equals reads a formula such as "2 * (3 + 4) ^ 2 - sqrt(16)" from the selected text and
; pastes the result behind it. The parser is put together from small closures: a parser takes
; the text and a position and returns the value with the position behind it, or 0 if it does
; not fit there. Token matches a pattern, Either tries alternatives, InOrder runs parsers in a
; row, and LeftChain reads operands joined by operators of equal rank. Plus, minus, times,
; divided, power (right to left), signs, brackets, pi and the functions sqrt, sin, cos, abs and
; ln are understood. A fault is shown with its place in a tooltip, as is a division by zero.
#Requires AutoHotkey v2.0
#SingleInstance Force

^!=:: {
    kept := ClipboardAll()
    A_Clipboard := ""
    Send("^c")
    if ClipWait(0.5) {
        try {
            A_Clipboard := A_Clipboard " = " Format("{:.10g}", Calculate(A_Clipboard))
            Send("^v")
            Sleep(200)
        } catch Error as problem {
            ToolTip(problem.Message " " problem.Extra)
            SetTimer(ToolTip, -3000)
        }
    }
    A_Clipboard := kept
}

Calculate(formula) {
    static grammar := BuildGrammar()
    outcome := grammar(formula, 1)
    if !outcome
        throw ValueError("No formula found:", -1, formula)
    rest := Trim(SubStr(formula, outcome.next), " `t`r`n")
    if rest != ""
        throw ValueError("Cannot read from here:", -1, rest)
    return outcome.value
}

; Blanks before the token are skipped. The value is what change makes of the matched text.
Token(pattern, change := "") {
    return (text, at) => RegExMatch(text, "A)\s*+(" pattern ")", &found, at)
        ? {value: change ? change(found[1]) : found[1], next: at + found.Len} : 0
}

Either(parsers*) {
    return Attempt

    Attempt(text, at) {
        for parser in parsers
            if outcome := parser(text, at)
                return outcome
        return 0
    }
}

; Runs all parsers one behind the other and hands their values to combine.
InOrder(combine, parsers*) {
    return Sequence

    Sequence(text, at) {
        values := []
        for parser in parsers {
            if !(outcome := parser(text, at))
                return 0
            values.Push(outcome.value)
            at := outcome.next
        }
        return {value: combine(values*), next: at}
    }
}

; operand (operator operand)*, worked out from left to right.
LeftChain(operand, operator) {
    step := InOrder((sign, right) => [sign, right], operator, operand)
    return Chain

    Chain(text, at) {
        if !(total := operand(text, at))
            return 0
        while more := step(text, total.next)
            total := {value: Apply(total.value, more.value*), next: more.next}
        return total
    }
}

Apply(left, sign, right) {
    switch sign {
        case "+": return left + right
        case "-": return left - right
        case "*": return left * right
        case "/": return left / right
    }
}

BuildGrammar() {
    static functions := Map("sqrt", Sqrt, "sin", Sin, "cos", Cos, "abs", Abs, "ln", Ln)
    ; The sum occurs inside brackets before it exists, so it is looked up late.
    inner := (text, at) => sum(text, at)
    Middle := (open, value, close) => value

    figure := Token("(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?", Number)
    constant := Token("pi\b", (*) => 3.14159265358979)
    bracket := InOrder(Middle, Token("\("), inner, Token("\)"))
    call := InOrder((name, value) => functions[name](value), Token("(?:sqrt|sin|cos|abs|ln)\b"), bracket)
    atom := Either(figure, constant, call, bracket)
    signed := (text, at) => Either(InOrder((sign, value) => -value, Token("-"), signed), power)(text, at)
    power := Either(InOrder((base, sign, top) => base ** top, atom, Token("\^"), signed), atom)
    product := LeftChain(signed, Token("[*/]"))
    sum := LeftChain(product, Token("[+-]"))
    return sum
}
