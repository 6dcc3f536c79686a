; Shapes that register themselves with their base class
; Shape is an abstract base class. Each class derived from it enters itself into a register when
; it is loaded, under its name in lower case, by way of the inherited static __New, so that
; Shape.FromText("circle 2") finds the right class and hands it the numbers. A shape must
; define Area and Perimeter; calling one that is missing raises an error with the name of the
; class. Wrong words and wrong numbers of measures are refused with a list of what there is. The
; demo reads several descriptions and prints them by area, the largest first.
#Requires AutoHotkey v2.0

class Shape {
    static register := Map()

    static __New() {
        if this != Shape
            Shape.register[StrLower(this.Prototype.__Class)] := this
    }

    static FromText(description) {
        words := StrSplit(Trim(description), " ")
        name := StrLower(words.RemoveAt(1))
        if !this.register.Has(name)
            throw ValueError("Unknown shape", -1, name ", known are" this.KnownNames())
        kind := this.register[name]
        if words.Length != kind.Measures
            throw ValueError(name " needs " kind.Measures " measures", -1, words.Length " given")
        for index, word in words
            words[index] := Number(word)
        return kind(words*)
    }

    static KnownNames() {
        text := ""
        for name in this.register
            text .= " " name
        return text
    }

    Area => this.Missing("Area")
    Perimeter => this.Missing("Perimeter")

    Missing(what) {
        throw PropertyError("The class does not define " what, -2, Type(this))
    }

    ; How much of the best possible area the outline encloses; 1 for a circle.
    Roundness => 4 * Circle.PI * this.Area / this.Perimeter ** 2

    ToString() => Format("{:-10} area {:7.2f}, outline {:6.2f}, roundness {:.2f}"
        , Type(this), this.Area, this.Perimeter, this.Roundness)
}

class Circle extends Shape {
    static Measures := 1, PI := 4 * ATan(1)

    __New(radius) => this.radius := radius
    Area => Circle.PI * this.radius ** 2
    Perimeter => 2 * Circle.PI * this.radius
}

class Rectangle extends Shape {
    static Measures := 2

    __New(width, height) {
        this.width := width
        this.height := height
    }
    Area => this.width * this.height
    Perimeter => 2 * (this.width + this.height)
}

; Inherits both formulas; only the constructor is different.
class Square extends Rectangle {
    static Measures := 1
    __New(side) => super.__New(side, side)
}

class Triangle extends Shape {
    static Measures := 3

    __New(a, b, c) {
        if Max(a, b, c) * 2 >= a + b + c
            throw ValueError("The sides do not meet", -1, a ", " b ", " c)
        this.sides := [a, b, c]
    }

    Perimeter => this.sides[1] + this.sides[2] + this.sides[3]

    Area {
        get {
            half := this.Perimeter / 2          ; Heron's formula
            product := half
            for side in this.sides
                product *= half - side
            return Sqrt(product)
        }
    }
}

class Blob extends Shape {
    static Measures := 0
}

shapes := []
for line in ["circle 2", "Square 3", "triangle 3 4 5", "rectangle 2 7.5", "hexagon 4", "triangle 1 1 5", "square 1 2"] {
    try
        made := Shape.FromText(line)
    catch ValueError as refusal
        FileAppend(line ": " refusal.Message " (" refusal.Extra ")`n", "*")
    else
        InsertByArea(shapes, made)
}
for item in shapes
    FileAppend(String(item) "`n", "*")
try
    FileAppend(Blob().Area, "*")
catch PropertyError as fault
    FileAppend(fault.Message ": " fault.Extra "`n", "*")

InsertByArea(list, shape) {
    place := 1
    while place <= list.Length && list[place].Area >= shape.Area
        place++
    list.InsertAt(place, shape)
}
