; Find connected groups with a union-find structure
; Pairs of things that belong together, such as two words with the same meaning, are merged into
; groups: if a goes with b and b goes with c, all three are one group. The DisjointSets class
; keeps a parent for each element; Find follows the parents to the root and shortens the way for
; next time, and Join hangs the smaller tree below the larger one. Elements come into being when
; they are first mentioned. The demo prints the groups, the largest first, and answers whether
; some pairs are connected.
#Requires AutoHotkey v2.0

class DisjointSets {
    parent := Map()
    size := Map()

    Find(element) {
        if !this.parent.Has(element) {
            this.parent[element] := element
            this.size[element] := 1
            return element
        }
        while this.parent[element] != element {
            ; Path halving: skip one generation on the way up.
            this.parent[element] := this.parent[this.parent[element]]
            element := this.parent[element]
        }
        return element
    }

    ; True if the two were not connected before.
    Join(a, b) {
        a := this.Find(a), b := this.Find(b)
        if a = b
            return false
        if this.size[a] < this.size[b]
            swap := a, a := b, b := swap
        this.parent[b] := a
        this.size[a] += this.size.Delete(b)
        return true
    }

    Connected(a, b) => this.Find(a) = this.Find(b)

    Groups() {
        byRoot := Map()
        for element in this.parent.Clone() {
            root := this.Find(element)
            byRoot.Has(root) ? byRoot[root].Push(element) : byRoot[root] := [element]
        }
        return byRoot
    }
}

sets := DisjointSets()
for pair in ["big large", "quick fast", "large huge", "rapid quick", "cold chilly", "huge enormous"]
    sets.Join(StrSplit(pair, " ")*)

lines := ""
for rootWord, members in sets.Groups() {
    text := members.Length
    for member in members
        text .= " " member
    lines .= text "`n"
}
FileAppend(Sort(lines, "NR"), "*")

for question in [["big", "enormous"], ["fast", "rapid"], ["cold", "huge"]]
    FileAppend(question[1] " and " question[2] ": " (sets.Connected(question*) ? "yes" : "no") "`n", "*")
