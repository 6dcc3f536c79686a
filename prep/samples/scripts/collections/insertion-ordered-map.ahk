; A map that remembers the order of its keys
; The built-in Map lists its keys sorted. OrderedMap lists them in the order in which they came:
; setting a known key keeps its place, a deleted key that is set again goes to the end. It is
; used like a Map, with square brackets, Has, Get, Delete, Count and for loops, and adds KeyAt,
; Rename, MoveFirst and Reversed. OrderedMap.Parse reads lines such as "name: value". The demo
; reads the head of a letter, changes some of its lines and prints it again with everything else
; in its place.
#Requires AutoHotkey v2.0

class OrderedMap {
    keys := []
    store := Map()

    __New(pairs*) {
        Loop pairs.Length // 2
            this[pairs[2 * A_Index - 1]] := pairs[2 * A_Index]
    }

    static Parse(text, separator := ":") {
        result := OrderedMap()
        Loop Parse, text, "`n", "`r" {
            parts := StrSplit(A_LoopField, separator, " `t", 2)
            if parts.Length = 2
                result[parts[1]] := parts[2]
        }
        return result
    }

    __Item[key] {
        get => this.store[key]
        set {
            if !this.store.Has(key)
                this.keys.Push(key)
            this.store[key] := value
        }
    }

    Count => this.keys.Length
    Has(key) => this.store.Has(key)
    Get(key, fallback) => this.store.Get(key, fallback)
    KeyAt(index) => this.keys[index]

    Delete(key) {
        removed := this.store.Delete(key)       ; throws if there is no such key
        this.keys.RemoveAt(this.IndexOf(key))
        return removed
    }

    Rename(old, new) {
        if this.store.Has(new)
            throw ValueError("The key is taken", -1, new)
        this.store[new] := this.store.Delete(old)
        this.keys[this.IndexOf(old)] := new
    }

    MoveFirst(key) {
        this.keys.RemoveAt(this.IndexOf(key))
        this.keys.InsertAt(1, key)
    }

    IndexOf(key) {
        for index, candidate in this.keys
            if candidate == key
                return index
        throw UnsetItemError("No such key", -2, key)
    }

    __Enum(*) => this.Walk(1, 1)
    Reversed() => this.Walk(this.Count, -1)

    Walk(index, step) {
        index -= step
        return (&key, &content := "") => (
            index += step,
            index < 1 || index > this.keys.Length ? false
                : (key := this.keys[index], content := this.store[key], true)
        )
    }
}

head := OrderedMap.Parse("
(
Subject: Delivery on Friday
Date: 3 May
Reference: 2041
Enclosures: none
)")
head["Date"] := "6 May"                 ; stays in second place
head["Enclosures"] := "price list, map"
head.Rename("Reference", "Order number")
head.MoveFirst("Date")
head["Urgent"] := "no"
head.Delete("Urgent")
head["Copies"] := 2

for key, content in head
    FileAppend(key ": " content "`n", "*")
backwards := ""
for key in head.Reversed()
    backwards .= key (A_Index < head.Count ? " < " : "`n")
FileAppend(backwards, "*")
