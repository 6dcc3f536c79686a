; Dice roller for role-playing formulas
; A small window reads formulas such as d20, 2d6+3 or 4d6k3-1, where k3 keeps only the three
; highest dice. Enter or the Roll button rolls what is typed, eight buttons roll the common
; formulas at once. Every roll becomes the top row of a list with the formula, the single dice
; (dropped ones in brackets) and the total; a double click on a row rolls it again. A formula
; that cannot be read is explained in a balloon at the field instead of stopping the script.
#Requires AutoHotkey v2.0
#SingleInstance Force

DiceRoller().view.Show()

class DiceRoller {
    static Common := ["d4", "d6", "d8", "d10", "d12", "d20", "2d6", "4d6k3"]
    static Term := "i)([+-]?)(?:(\d*)d(\d+)(?:k(\d+))?|(\d+))"

    __New() {
        this.view := Gui("+AlwaysOnTop", "Dice roller")
        this.view.SetFont("s10")
        this.formula := this.view.AddEdit("xm w200", "2d6+3")
        this.view.AddButton("x+6 yp-1 w66 Default", "Roll")
            .OnEvent("Click", (*) => this.Roll(this.formula.Value))
        for index, dice in DiceRoller.Common {
            place := Mod(index, 4) = 1 ? "xm y+6 w63" : "x+6 yp w63"
            this.view.AddButton(place, dice).OnEvent("Click", (button, *) => this.Roll(button.Text))
        }
        this.rolls := this.view.AddListView("xm y+8 w272 r10 NoSortHdr", ["Formula", "Dice", "Total"])
        this.rolls.ModifyCol(1, 70), this.rolls.ModifyCol(2, 130), this.rolls.ModifyCol(3, "50 Integer")
        this.rolls.OnEvent("DoubleClick", (ctrl, row) => row && this.Roll(ctrl.GetText(row)))
        this.view.OnEvent("Close", (*) => ExitApp())
    }

    Roll(formula) {
        try {
            outcome := DiceRoller.Evaluate(formula)
        } catch ValueError as problem {
            this.Balloon(problem.Message)
            return
        }
        this.rolls.Insert(1, , formula, outcome.shown, outcome.total)
    }

    ; Returns {total, shown} or throws a ValueError with a sentence for the user.
    static Evaluate(formula) {
        text := RegExReplace(Trim(formula), "\s*([+-])\s*", "$1")
        if !(text ~= "i)^(?:(?:^|[+-])(?:\d*d\d+(?:k\d+)?|\d+))+$")
            throw ValueError("Write something like 2d6+3 or 4d6k3.")
        total := 0
        shown := ""
        position := 1
        while position := RegExMatch(text, this.Term, &part, position) {
            position += part.Len
            if part[5] != "" {
                amount := Integer(part[5])
            } else {
                count := part[2] = "" ? 1 : Integer(part[2])
                keep := part[4] = "" ? count : Integer(part[4])
                amount := this.RollDice(count, Integer(part[3]), keep, &detail)
                shown .= (shown = "" ? "" : " ") detail
            }
            total += part[1] = "-" ? -amount : amount
        }
        return { total: total, shown: shown }
    }

    static RollDice(count, sides, keep, &detail) {
        if count < 1 || count > 100 || sides < 2 || keep < 1 || keep > count
            throw ValueError("Use 1 to 100 dice with two sides or more, and keep no more than you roll.")
        faces := ""
        Loop count
            faces .= Random(1, sides) ","
        sum := 0
        detail := ""
        ; Sorted from high to low, the first ones are those to keep.
        for face in StrSplit(Sort(RTrim(faces, ","), "N R D,"), ",") {
            kept := A_Index <= keep
            detail .= (A_Index > 1 ? " " : "") (kept ? face : "(" face ")")
            sum += kept ? face : 0
        }
        return sum
    }

    Balloon(text) {
        static EM_SHOWBALLOONTIP := 0x1503
        tip := Buffer(4 * A_PtrSize, 0)         ; EDITBALLOONTIP: size, title, text, icon
        NumPut("UInt", tip.Size, tip)
        NumPut("Ptr", StrPtr("Formula"), tip, A_PtrSize)
        NumPut("Ptr", StrPtr(text), tip, 2 * A_PtrSize)
        SendMessage(EM_SHOWBALLOONTIP, 0, tip, this.formula)
    }
}
