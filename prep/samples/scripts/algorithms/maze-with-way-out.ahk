; Random mazes and the way through them
; A window shows a maze made of text characters. "New maze" digs another one: starting anywhere,
; it keeps breaking through to a random neighbour cell not yet visited and steps back when there
; is none, so there is exactly one way between any two cells. "Show the way" marks the way from
; the upper left to the lower right corner with dots; it is found by a breadth-first search that
; remembers from where each cell was reached. The title tells how many steps the way has.
#Requires AutoHotkey v2.0

class Maze {
    static RIGHT := 1, DOWN := 2
    way := Map()

    __New(columns, rows) {
        this.columns := columns
        this.rows := rows
        this.open := []                 ; for each cell the sides that are open, as bits
        Loop columns * rows
            this.open.Push(0)
        this.Dig()
    }

    Dig() {
        visited := Map()
        trail := [Random(1, this.open.Length)]
        visited[trail[1]] := true
        while trail.Length {
            here := trail[-1]
            choices := []
            for cell in this.Around(here)
                if !visited.Has(cell)
                    choices.Push(cell)
            if !choices.Length {
                trail.Pop()
                continue
            }
            there := choices[Random(1, choices.Length)]
            ; The wall belongs to the cell on the left or above.
            this.open[Min(here, there)] |= Abs(here - there) = 1 ? Maze.RIGHT : Maze.DOWN
            visited[there] := true
            trail.Push(there)
        }
    }

    ; Neighbour cells within the borders, whether there is a wall or not.
    Around(cell) {
        list := []
        column := Mod(cell - 1, this.columns) + 1
        if column > 1
            list.Push(cell - 1)
        if column < this.columns
            list.Push(cell + 1)
        if cell > this.columns
            list.Push(cell - this.columns)
        if cell + this.columns <= this.open.Length
            list.Push(cell + this.columns)
        return list
    }

    IsOpen(a, b) => this.open[Min(a, b)] & (Abs(a - b) = 1 ? Maze.RIGHT : Maze.DOWN)

    Solve() {
        cameFrom := Map(1, 0)
        queue := [1]
        for here in queue {             ; the loop sees what is added behind
            for there in this.Around(here) {
                if cameFrom.Has(there) || !this.IsOpen(here, there)
                    continue
                cameFrom[there] := here
                queue.Push(there)
            }
        }
        cell := this.open.Length
        while cell {
            this.way[cell] := true
            cell := cameFrom[cell]
        }
    }

    ToString() {
        text := "+" this.Repeated("--+") "`n"
        Loop this.rows {
            first := (A_Index - 1) * this.columns
            cells := "|", below := "+"
            Loop this.columns {
                cell := first + A_Index
                cells .= (this.way.Has(cell) ? " ." : "  ") (this.open[cell] & Maze.RIGHT ? " " : "|")
                below .= this.open[cell] & Maze.DOWN ? "  +" : "--+"
            }
            text .= cells "`n" below "`n"
        }
        return text
    }

    Repeated(piece) {
        text := ""
        Loop this.columns
            text .= piece
        return text
    }
}

current := Maze(24, 14)
board := Gui(, "Maze")
board.SetFont("s10", "Consolas")
drawing := board.AddText("w620 h500", String(current))
board.AddButton("w120", "New maze").OnEvent("Click", NewMaze)
board.AddButton("x+10 w120", "Show the way").OnEvent("Click", ShowWay)
board.OnEvent("Close", (*) => ExitApp())
board.Show()

NewMaze(*) {
    global current := Maze(24, 14)
    drawing.Text := String(current)
    board.Title := "Maze"
}

ShowWay(*) {
    current.Solve()
    drawing.Text := String(current)
    board.Title := "Maze, " current.way.Count - 1 " steps"
}
