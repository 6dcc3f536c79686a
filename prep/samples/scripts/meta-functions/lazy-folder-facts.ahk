; Properties that are worked out on first use
; LazyProperty(class, name, compute) gives a class a property that costs nothing until somebody
; reads it: the first time compute is called with the object, and its result then replaces the
; property on this one object by a plain value. FolderFacts uses it for facts about a folder
; that need a walk through all its files: number, total size, largest file and a Map of counts
; by extension, where the walk itself is a lazy property too. Forget drops what is known so that
; it is gathered afresh. The demo reads facts about the Windows fonts folder and times them.
#Requires AutoHotkey v2.0

LazyProperty(cls, name, compute) {
    cls.Prototype.DefineProp(name, {Get: Discover})

    Discover(owner) {
        found := compute(owner)
        owner.DefineProp(name, {Value: found})
        return found
    }
}

class FolderFacts {
    static __New() {
        LazyProperty(this, "Files", (facts) => facts.Walk())
        LazyProperty(this, "Count", (facts) => facts.Files.Length)
        LazyProperty(this, "TotalSize", (facts) => FolderFacts.AddUp(facts.Files))
        LazyProperty(this, "Largest", (facts) => FolderFacts.FindLargest(facts.Files))
        LazyProperty(this, "Extensions", (facts) => FolderFacts.CountExtensions(facts.Files))
    }

    __New(path) => this.path := RTrim(path, "\")

    Walk() {
        list := []
        Loop Files, this.path "\*", "FR"
            list.Push({name: A_LoopFileName, ext: StrLower(A_LoopFileExt), size: A_LoopFileSize})
        return list
    }

    Forget() {
        for name in ["Files", "Count", "TotalSize", "Largest", "Extensions"]
            if this.HasOwnProp(name)
                this.DeleteProp(name)
    }

    static AddUp(list) {
        total := 0
        for item in list
            total += item.size
        return total
    }

    static FindLargest(list) {
        top := {name: "(none)", ext: "", size: -1}
        for item in list
            if item.size > top.size
                top := item
        return top
    }

    static CountExtensions(list) {
        counts := Map()
        for item in list
            counts[item.ext] := counts.Get(item.ext, 0) + 1
        return counts
    }
}

fonts := FolderFacts(A_WinDir "\Fonts")
protocol := ""
for topic, ask in Map("1 count", () => fonts.Count, "2 count again", () => fonts.Count
        , "3 megabytes", () => Round(fonts.TotalSize / 1024 ** 2, 1)
        , "4 largest", () => fonts.Largest.name, "5 extensions", () => fonts.Extensions.Count) {
    began := A_TickCount
    protocol .= Format("{}: {}  ({} ms)`n", topic, ask(), A_TickCount - began)
}
fonts.Forget()
MsgBox(protocol "After Forget, Count is "
    . (fonts.HasOwnProp("Count") ? "still known." : "unknown again."), fonts.path)
