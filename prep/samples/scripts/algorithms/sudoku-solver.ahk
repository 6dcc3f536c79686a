; Sudoku solver with backtracking and bit masks
; A puzzle is 81 characters, row by row, with a digit for a given cell and a dot for an empty
; one; blanks and line ends do not count. For every row, column and box the solver keeps a mask
; with one bit per digit already used, so the digits still free for a cell are a single bit
; operation. It always goes on with the empty cell that has the fewest free digits, tries them
; one after another and takes a digit back when it leads nowhere. The puzzle is read from the
; clipboard when Ctrl+Alt+S is pressed; the solved grid, with lines between the boxes, is shown
; and put on the clipboard instead. A puzzle that contradicts itself is refused.
#Requires AutoHotkey v2.0

^!s:: {
    try {
        puzzle := Sudoku(A_Clipboard)
        solved := puzzle.Solve()
    } catch ValueError as problem {
        MsgBox(problem.Message ": " problem.Extra, "Sudoku", "Iconx")
        return
    }
    if solved
        A_Clipboard := String(puzzle)
    MsgBox(solved ? String(puzzle) "`nGuesses taken back: " puzzle.deadEnds : "This puzzle has no solution."
        , "Sudoku")
}

class Sudoku {
    deadEnds := 0
    cells := [], rows := [], columns := [], boxes := []

    __New(text) {
        symbols := RegExReplace(text, "[^1-9.]")
        if StrLen(symbols) != 81
            throw ValueError("A puzzle has 81 cells", -1, StrLen(symbols) " found")
        Loop 9
            this.rows.Push(0), this.columns.Push(0), this.boxes.Push(0)
        Loop 81
            this.cells.Push(0)
        Loop Parse, symbols {
            if A_LoopField = "."
                continue
            if !(this.FreeDigits(A_Index) >> A_LoopField & 1)
                throw ValueError("The puzzle contradicts itself", -1, "cell " A_Index)
            this.Flip(A_Index, Integer(A_LoopField))
        }
    }

    Row(cell) => (cell - 1) // 9 + 1
    Column(cell) => Mod(cell - 1, 9) + 1
    Box(cell) => (cell - 1) // 27 * 3 + Mod(cell - 1, 9) // 3 + 1

    ; Bits 1 to 9 stand for the digits; bit 0 is not used.
    FreeDigits(cell) {
        used := this.rows[this.Row(cell)] | this.columns[this.Column(cell)] | this.boxes[this.Box(cell)]
        return ~used & 0x3FE
    }

    ; Writes a digit into an empty cell, or removes the same digit again: XOR does both.
    Flip(cell, digit) {
        this.cells[cell] := this.cells[cell] ? 0 : digit
        this.rows[this.Row(cell)] ^= 1 << digit
        this.columns[this.Column(cell)] ^= 1 << digit
        this.boxes[this.Box(cell)] ^= 1 << digit
    }

    Solve() {
        target := 0, fewest := 10
        for cell, digit in this.cells {
            if digit
                continue
            count := Sudoku.CountBits(this.FreeDigits(cell))
            if count < fewest
                target := cell, fewest := count
            if count < 2
                break               ; it does not get any better than this
        }
        if !target
            return true

        options := this.FreeDigits(target)
        Loop 9 {
            candidate := A_Index
            if !(options >> candidate & 1)
                continue
            this.Flip(target, candidate)
            if this.Solve()
                return true
            this.Flip(target, candidate)
            this.deadEnds++
        }
        return false
    }

    static CountBits(mask) {
        count := 0
        while mask
            mask &= mask - 1, count++
        return count
    }

    ToString() {
        text := ""
        for cell, digit in this.cells {
            text .= digit || "."
            if Mod(cell, 27) = 0 && cell < 81
                text .= "`n------+-------+------`n"
            else if Mod(cell, 9) = 0
                text .= "`n"
            else
                text .= Mod(cell, 3) = 0 ? " | " : " "
        }
        return text
    }
}
