; Circular playlist as a doubly linked list
; Playlist is a ring of linked nodes with a current track. Next and Previous go round in the ring,
; InsertAfterCurrent and Append add tracks, Remove takes the current one out and goes on to its
; successor, and PlayNext moves a track found by its title right behind the current one. A for
; loop yields the tracks once around, starting with the current one. Because the nodes refer to
; each other in a circle, Clear cuts the links so that the memory can be freed. The demo changes
; a list of five tracks and prints the ring after every step.
#Requires AutoHotkey v2.0

class Track {
    __New(title) {
        this.title := title
        this.before := this.after := this
    }

    ; Take the node out of the ring it is in, leaving a ring of one.
    Unlink() {
        this.before.after := this.after
        this.after.before := this.before
        this.before := this.after := this
        return this
    }

    LinkBehind(other) {
        this.before := other
        this.after := other.after
        other.after.before := this
        other.after := this
        return this
    }
}

class Playlist {
    current := ""
    Count := 0

    __New(titles*) => this.Append(titles*)

    Append(titles*) {
        for title in titles {
            this.Count++
            if this.current
                Track(title).LinkBehind(this.current.before)
            else
                this.current := Track(title)
        }
    }

    InsertAfterCurrent(title) {
        if !this.current
            return this.Append(title)
        Track(title).LinkBehind(this.current)
        this.Count++
    }

    Next() => this.Step("after")
    Previous() => this.Step("before")

    Step(direction) {
        if this.current
            this.current := this.current.%direction%
        return this.current ? this.current.title : ""
    }

    PlayNext(title) {
        node := this.current
        Loop this.Count {
            if node.title = title {
                if node != this.current
                    node.Unlink().LinkBehind(this.current)
                return true
            }
            node := node.after
        }
        return false
    }

    Remove() {
        if !this.current
            throw UnsetError("The playlist is empty", -1)
        gone := this.current
        this.current := gone.after = gone ? "" : gone.after
        this.Count--
        gone.Unlink()
        gone.before := gone.after := ""     ; a node that points to itself would never be freed
        return gone.title
    }

    Clear() {
        while this.current
            this.Remove()
    }

    __Delete() => this.Clear()

    __Enum(*) {
        node := this.current, left := this.Count
        return (&title) => left-- > 0 ? (title := node.title, node := node.after, true) : false
    }

    ToString() {
        text := ""
        for title in this
            text .= (text = "" ? "[" title "]" : " > " title)
        return text = "" ? "(empty)" : text
    }
}

evening := Playlist("Overture", "Waltz", "Tango", "Polka", "March")
Show("start", evening)
evening.Next(), evening.Next()
Show("two steps on", evening)
evening.Previous()
Show("one back", evening)
evening.PlayNext("March")
Show("March comes next", evening)
evening.InsertAfterCurrent("Intermission")
Show("a break is put in", evening)
Show("removed " evening.Remove(), evening)
evening.Clear()
Show("cleared", evening)

Show(what, list) => FileAppend(Format("{:-20}{}`n", what, String(list)), "*")
