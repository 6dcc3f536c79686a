; A Map that counts
; Tally extends Map by what is needed for counting: every key starts at zero, Add counts one or
; more items, MostCommon returns the keys with the highest counts, Total adds up all counts, and
; Plus and Minus combine two tallies into a new one (Minus drops what is no longer positive).
; The constructor takes an array of items. The demo checks whether a set of letter tiles is
; enough to lay a word and which tiles are missing, and prints the commonest letters of a proverb.
#Requires AutoHotkey v2.0

class Tally extends Map {
    __New(items := "") {
        super.__New()
        this.Default := 0
        if items
            this.Add(items*)
    }

    Add(items*) {
        for item in items
            this[item]++
        return this
    }

    Total {
        get {
            sum := 0
            for , count in this
                sum += count
            return sum
        }
    }

    MostCommon(limit := 3) {
        ranking := []
        for item, count in this {
            place := ranking.Length + 1
            while place > 1 && ranking[place - 1].count < count
                place--
            ranking.InsertAt(place, {item: item, count: count})
        }
        ranking.Length := Min(limit, ranking.Length)
        return ranking
    }

    Plus(other) => this.Combine(other, 1)
    Minus(other) => this.Combine(other, -1)

    Combine(other, sign) {
        result := Tally()
        for source in [this, other]
            for item in source
                result[item] := this[item] + sign * other[item]
        ; Collected first: a Map must not be changed while a loop goes through it.
        for item, count in result.Clone()
            if count <= 0
                result.Delete(item)
        return result
    }

    ToString() {
        text := ""
        for item, count in this
            text .= item (count > 1 ? " x" count : "") " "
        return RTrim(text)
    }
}

tiles := Tally(StrSplit("stretchier"))
for word in ["richest", "letters", "street"] {
    missing := Tally(StrSplit(word)).Minus(tiles)
    FileAppend(word ": " (missing.Count ? "missing " String(missing) : "can be laid") "`n", "*")
}

letters := Tally(StrSplit(RegExReplace(StrLower("A stitch in time saves nine"), "[^a-z]")))
for entry in letters.MostCommon(4)
    FileAppend(Format("{} {} ({:.0f} %)`n", entry.item, entry.count, 100 * entry.count / letters.Total), "*")
FileAppend("Both together: " tiles.Plus(letters).Total " letters`n", "*")
