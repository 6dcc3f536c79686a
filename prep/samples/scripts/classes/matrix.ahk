; Matrix class with indexing and enumeration
; Matrix stores its numbers row by row in one flat array. m[row, column] reads and writes a
; cell with bounds checking, a for loop over the matrix gives row, column and value, and the
; class can transpose, multiply, and raise to a power by repeated squaring. Matrix.FromRows and
; Matrix.Identity are static constructors, and String(m) gives text in aligned columns. The demo
; multiplies a matrix by its transpose and reads the 80th Fibonacci number off a power.
#Requires AutoHotkey v2.0

class Matrix {
    __New(rows, columns, fill := 0) {
        this.Rows := rows
        this.Columns := columns
        this.cells := []
        Loop rows * columns
            this.cells.Push(fill)
    }

    static FromRows(rows*) {
        result := Matrix(rows.Length, rows[1].Length)
        for r, row in rows {
            if row.Length != result.Columns
                throw ValueError("Row " r " has a different length", -1, row.Length)
            for c, cell in row
                result[r, c] := cell
        }
        return result
    }

    static Identity(size) {
        result := Matrix(size, size)
        Loop size
            result[A_Index, A_Index] := 1
        return result
    }

    __Item[row, column] {
        get => this.cells[this.Position(row, column)]
        set => this.cells[this.Position(row, column)] := value
    }

    Position(row, column) {
        if (row < 1 || row > this.Rows || column < 1 || column > this.Columns)
            throw IndexError("Outside the matrix", -2, row ", " column)
        return (row - 1) * this.Columns + column
    }

    ; for row, column, value in matrix
    __Enum(*) {
        index := 0
        return Next

        Next(&row, &column := 0, &value := 0) {
            if ++index > this.cells.Length
                return false
            row := (index - 1) // this.Columns + 1
            column := Mod(index - 1, this.Columns) + 1
            value := this.cells[index]
            return true
        }
    }

    Transpose() {
        result := Matrix(this.Columns, this.Rows)
        for r, c, value in this
            result[c, r] := value
        return result
    }

    Times(other) {
        if this.Columns != other.Rows
            throw ValueError("The sizes do not fit", -1, this.Columns " and " other.Rows)
        result := Matrix(this.Rows, other.Columns)
        for r, k, value in this
            Loop other.Columns
                result[r, A_Index] += value * other[k, A_Index]
        return result
    }

    ; Repeated squaring: about log2(exponent) products.
    Power(exponent) {
        result := Matrix.Identity(this.Rows)
        base := this
        while exponent > 0 {
            if exponent & 1
                result := result.Times(base)
            base := base.Times(base)
            exponent >>= 1
        }
        return result
    }

    ToString() {
        text := ""
        for r, c, value in this
            text .= Format("{:10.2f}", value) (c = this.Columns ? "`n" : "")
        return text
    }
}

a := Matrix.FromRows([1, 2, 3], [4, 5.5, 6])
step := Matrix.FromRows([1, 1], [1, 0])
MsgBox(String(a.Times(a.Transpose())) "`nFibonacci 80: " step.Power(80)[1, 2], "Matrix")
