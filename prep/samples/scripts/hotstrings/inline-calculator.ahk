; Work out a calculation right where it is typed
; Type #= anywhere, then a calculation and another equals sign, as in #=(12+3)*4= ; the whole
; is replaced by the result, 60. Known are + - * / ^ and round brackets; a comma counts as the
; decimal point, blanks may stand anywhere. Backspace corrects while typing. Escape, Enter or
; twenty idle seconds leave the text as it is, and a calculation with a mistake is left too, with
; the reason in a tooltip.
#Requires AutoHotkey v2.0
#SingleInstance Force

; B0 keeps the two characters, * needs no ending, ? works inside words.
:*?B0:#=::
{
    static input := InputHook("V T20", "{Escape}{Enter}{Left}{Right}{Up}{Down}{Tab}")
    if input.InProgress
        return
    input.OnChar := (hook, char) => char = "=" && hook.Stop()
    input.Start()
    if input.Wait() != "Stopped"
        return
    typed := input.Input
    try {
        answer := Calculate(StrReplace(RTrim(typed, "="), ",", "."))
    } catch Error as err {
        ToolTip(err.Message)
        SetTimer(() => ToolTip(), -2000)
        return
    }
    SendInput("{Backspace " StrLen(typed) + 2 "}")
    SendText(Format("{:.10g}", answer))
}

; Shunting-yard with one stack of numbers and one of signs.
Calculate(text) {
    static strength := Map("(", 0, "+", 1, "-", 1, "*", 2, "/", 2, "neg", 3, "^", 4)
    numbers := []
    signs := []
    expectNumber := true

    Reduce() {
        sign := signs.Pop()
        if sign = "("
            throw ValueError("A bracket is not closed")
        right := numbers.Pop()
        if sign = "neg" {
            numbers.Push(-right)
            return
        }
        left := numbers.Pop()
        switch sign {
            case "+": numbers.Push(left + right)
            case "-": numbers.Push(left - right)
            case "*": numbers.Push(left * right)
            case "/": numbers.Push(left / right)
            case "^": numbers.Push(left ** right)
        }
    }

    position := 1
    while RegExMatch(text, "A)\s*(\d+\.?\d*|\.\d+|[-+*/^()])", &token, position) {
        position += token.Len
        item := token[1]
        if expectNumber {
            if IsNumber(item)
                numbers.Push(Number(item)), expectNumber := false
            else if item = "("
                signs.Push("(")
            else if item = "-"
                signs.Push("neg")
            else
                throw ValueError("A number is missing before " item)
        } else if item = ")" {
            while signs.Length && signs[-1] != "("
                Reduce()
            if !signs.Length
                throw ValueError("A bracket is not opened")
            signs.Pop()
        } else {
            if IsNumber(item) || item = "("
                throw ValueError("A sign is missing before " item)
            ; ^ binds from right to left, so an equal one stays on the stack.
            while signs.Length && (strength[signs[-1]] > strength[item]
                || strength[signs[-1]] = strength[item] && item != "^")
                Reduce()
            signs.Push(item)
            expectNumber := true
        }
    }
    if Trim(SubStr(text, position)) != "" || expectNumber
        throw ValueError("Not a complete calculation")
    while signs.Length
        Reduce()
    return numbers[1]
}
