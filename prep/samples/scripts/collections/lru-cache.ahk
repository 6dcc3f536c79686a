; Least recently used cache
; LruCache remembers up to a fixed number of key and value pairs and throws out the pair that
; was not used for the longest time. A Map finds entries by key, and a ring of linked nodes
; with one sentinel keeps the order of use, so reading and writing both take constant time. The
; cache can be read and written with square brackets, enumerated from newest to oldest, and
; wrapped around a slow function so that repeated calls with the same argument are free.
#Requires AutoHotkey v2.0

class LruCache {
    __New(capacity) {
        this.capacity := capacity
        this.nodes := Map()
        this.ring := {}             ; sentinel: next is the newest node, prev the oldest
        this.ring.next := this.ring.prev := this.ring
    }

    Has(key) => this.nodes.Has(key)

    __Item[key] {
        get {
            if !this.nodes.Has(key)
                throw UnsetItemError("Not in the cache", -1, key)
            node := this.nodes[key]
            this.Unlink(node)
            this.LinkFirst(node)
            return node.content
        }
        set {
            if this.nodes.Has(key)
                this.Unlink(this.nodes[key])
            else if this.nodes.Count >= this.capacity
                this.Remove(this.ring.prev.key)
            node := {key: key, content: value}
            this.nodes[key] := node
            this.LinkFirst(node)
        }
    }

    Remove(key) => this.Unlink(this.nodes.Delete(key))

    Unlink(node) {
        node.prev.next := node.next
        node.next.prev := node.prev
    }

    LinkFirst(node) {
        node.prev := this.ring
        node.next := this.ring.next
        node.next.prev := this.ring.next := node
    }

    ; From the newest to the oldest pair; looking does not count as use.
    __Enum(*) {
        node := this.ring
        return (&key, &content := 0) => (
            node := node.next,
            node = this.ring ? false : (key := node.key, content := node.content, true)
        )
    }

    ; The nodes refer to each other in a circle, which counting references cannot free.
    __Delete() {
        node := this.ring
        while node.HasOwnProp("next") {
            following := node.DeleteProp("next")
            node.DeleteProp("prev")
            node := following
        }
    }
}

; Wrap a function of one argument so that it is only called for arguments not in the cache.
Memoize(slow, capacity) {
    cache := LruCache(capacity)
    return (argument) => cache.Has(argument) ? cache[argument] : cache[argument] := slow(argument)
}

calls := 0
Square(n) {
    global calls += 1
    return n * n
}

quick := Memoize(Square, 3)
total := 0
for candidate in [4, 5, 4, 6, 7, 4, 5]
    total += quick(candidate)

recent := LruCache(3)
for fruit in ["pear", "fig", "plum"]
    recent[fruit] := StrLen(fruit)
recent["pear"] += 10            ; a read and a write, so pear is fresh again
recent["lime"] := 4             ; pushes out fig
text := ""
for fruit, length in recent
    text .= fruit " = " length "`n"
MsgBox(text "`nTotal " total " with " calls " calls", "LRU cache")
