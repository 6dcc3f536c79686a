; Calculator with a key pad and brackets
; A window with a field, a pad of twenty buttons and a list of earlier results works out
; whole expressions: + - * / with their usual order, ^ for powers (from right to left), round
; brackets and a leading minus. The buttons type at the end of the field, C empties it, and =
; or Enter evaluates. The result replaces the expression and the pair goes to the list, where a
; double click brings the expression back. Mistakes and division by zero are told in the line
; below the field.
#Requires AutoHotkey v2.0
#SingleInstance Force

OpenCalculator()

OpenCalculator() {
    pad := Gui("-MaximizeBox", "Calculator")
    pad.SetFont("s12", "Consolas")
    field := pad.AddEdit("xm w268 Right")
    pad.SetFont("s9", "Segoe UI")
    message := pad.AddText("xm w268")
    pad.SetFont("s12")
    for line in ["7 8 9 / C", "4 5 6 * (", "1 2 3 - )", "0 . = + ^"]
        for key in StrSplit(line, " ") {
            place := (A_Index = 1 ? "xm y+6" : "x+7 yp") " w48 h38" (key = "=" ? " Default" : "")
            pad.AddButton(place, key).OnEvent("Click", (button, *) => Press(button.Text))
        }
    pad.SetFont("s10")
    earlier := pad.AddListBox("xm w268 r6")
    earlier.OnEvent("DoubleClick", TakeBack)
    pad.OnEvent("Close", (*) => ExitApp())
    pad.Show()

    Press(key) {
        message.Text := ""
        switch key {
            case "C": field.Value := ""
            case "=": Finish()
            default: field.Value .= key
        }
        field.Focus()
        Send("{End}")       ; setting the value puts the caret at the start
    }

    Finish() {
        if Trim(field.Value) = ""
            return
        try {
            answer := Format("{:.12g}", Formula.Evaluate(field.Value))
            earlier.Add([field.Value " = " answer])
            earlier.Choose(SendMessage(0x018B, 0, 0, earlier))      ; LB_GETCOUNT
            field.Value := answer
        } catch ZeroDivisionError {
            message.Text := "Division by zero"
        } catch Error as err {
            message.Text := err.Message " " err.Extra
        }
    }

    TakeBack(list, *) {
        if list.Text
            field.Value := StrSplit(list.Text, " = ")[1]
    }
}

; Recursive descent: each level handles one strength of operator.
class Formula {
    static Evaluate(text) {
        reader := Formula(StrReplace(StrReplace(text, " "), ",", "."))
        value := reader.Sum()
        if reader.Next != ""
            throw ValueError("Not understood:", , reader.Next)
        return value
    }

    __New(text) {
        this.text := text
        this.position := 1
    }

    Next => SubStr(this.text, this.position, 1)

    Accept(signs) {
        sign := this.Next
        if sign = "" || !InStr(signs, sign)
            return ""
        this.position += 1
        return sign
    }

    Sum() {
        value := this.Product()
        while sign := this.Accept("+-")
            value := sign = "+" ? value + this.Product() : value - this.Product()
        return value
    }

    Product() {
        value := this.Signed()
        while sign := this.Accept("*/")
            value := sign = "*" ? value * this.Signed() : value / this.Signed()
        return value
    }

    Signed() => this.Accept("-") ? -this.Signed() : this.Power()

    Power() {
        base := this.Atom()
        return this.Accept("^") ? base ** this.Signed() : base
    }

    Atom() {
        if this.Accept("(") {
            value := this.Sum()
            if !this.Accept(")")
                throw ValueError("A closing bracket is missing")
            return value
        }
        if !RegExMatch(SubStr(this.text, this.position), "^(?:\d+\.?\d*|\.\d+)", &digits)
            throw ValueError("A number is missing")
        this.position += digits.Len
        return Number(RTrim(digits[0], "."))
    }
}
