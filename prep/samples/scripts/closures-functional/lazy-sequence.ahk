; Lazy sequences with chained methods
; Seq stands for a series of values that are only produced when a for loop asks for them, so a
; series may be endless. Seq.From counts up, Seq.Of wraps an array, Seq.Repeat applies a function
; over and over to a start value. Where, Select, Take, TakeWhile and Pairwise return a new Seq
; without running anything; Fold and ToArray run the series. Each for loop starts anew. The demo
; takes values from endless series: squares, the Collatz numbers of 27, and twin primes.
#Requires AutoHotkey v2.0

class Seq {
    ; begin() must return a fresh function (&item) that gives false at the end.
    __New(begin) => this.DefineProp("Begin", {Call: (*) => begin()})

    static From(first, step := 1) => Seq.Repeat(first, (n) => n + step)

    static Of(list) => Seq(() => list.__Enum(1))

    static Repeat(first, change) {
        return Seq(Begin)

        Begin() {
            started := false, current := first
            return (&item) => (item := current := started ? change(current) : first, started := true)
        }
    }

    Where(test) {
        return Seq(Begin)

        Begin() {
            fetch := this.Begin()
            return Search
            Search(&item) {
                while fetch(&item) {
                    if test(item)
                        return true
                }
                return false
            }
        }
    }

    Select(change) {
        return Seq(Begin)

        Begin() {
            fetch := this.Begin()
            return (&item) => fetch(&raw := "") ? (item := change(raw), true) : false
        }
    }

    Take(count) {
        return Seq(Begin)

        Begin() {
            fetch := this.Begin(), left := count
            return (&item) => left-- > 0 && fetch(&item)
        }
    }

    TakeWhile(test) {
        return Seq(Begin)

        Begin() {
            fetch := this.Begin()
            return (&item) => fetch(&item) && test(item)
        }
    }

    ; Neighbours as arrays of two: first and second, second and third, ...
    Pairwise() {
        return Seq(Begin)

        Begin() {
            fetch := this.Begin()
            more := fetch(&earlier := "")
            return (&item) => more && fetch(&later := "") ? (item := [earlier, later], earlier := later, true) : false
        }
    }

    Fold(combine, result) {
        for item in this
            result := combine(result, item)
        return result
    }

    ToArray() => [this*]
    Join(glue) => LTrim(this.Fold((text, item) => text glue item, ""), glue)

    __Enum(*) => this.Begin()
}

IsPrime(n) => n > 1 && !Seq.From(2).TakeWhile((d) => d * d <= n).Where((d) => Mod(n, d) = 0).Take(1).ToArray().Length

squares := Seq.From(1).Select((n) => n * n)
collatz := Seq.Repeat(27, (n) => n & 1 ? 3 * n + 1 : n // 2).TakeWhile((n) => n > 1)
twins := Seq.From(3, 2).Where(IsPrime).Pairwise().Where((pair) => pair[2] - pair[1] = 2)

FileAppend("Odd squares: " squares.Where((n) => n & 1).Take(8).Join(" ") "`n", "*")
FileAppend("Collatz from 27: " collatz.ToArray().Length " steps, highest " collatz.Fold(Max, 0) "`n", "*")
FileAppend("Twin primes: " twins.Take(6).Select((pair) => pair[1] "/" pair[2]).Join(", ") "`n", "*")
FileAppend("First words: " Seq.Of(StrSplit("never odd or even", " ")).Take(2).Join("+") "`n", "*")
