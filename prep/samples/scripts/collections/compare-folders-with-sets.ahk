; Compare two folders with a set class
; ItemSet is a collection without repeats that ignores upper and lower case: Add, Remove, Has,
; Union, Intersect, Without (difference) and IsSubsetOf, enumeration in alphabetical order, and
; text as "{a, b}". Asked for two folders, the script puts the relative paths of all files below
; each into a set and shows three lists in the tabs of a window: only in the first folder, only
; in the second, and in both. The tab titles carry the numbers, and the status bar says whether
; one folder is contained in the other.
#Requires AutoHotkey v2.0

class ItemSet {
    __New(items*) {
        this.members := Map()
        this.members.CaseSense := "Off"
        this.Add(items*)
    }

    static FromFiles(folder) {
        result := ItemSet()
        Loop Files, folder "\*", "FR"
            result.Add(SubStr(A_LoopFilePath, StrLen(folder) + 2))
        return result
    }

    Count => this.members.Count

    Add(items*) {
        for item in items
            this.members[item] := true
        return this
    }

    Remove(item) => this.Has(item) && this.members.Delete(item)
    Has(item) => this.members.Has(item)

    Union(other) => ItemSet(this*).Add(other*)
    Intersect(other) => this.Filtered((item) => other.Has(item))
    Without(other) => this.Filtered((item) => !other.Has(item))
    IsSubsetOf(other) => this.Without(other).Count = 0

    Filtered(wanted) {
        result := ItemSet()
        for item in this
            if wanted(item)
                result.Add(item)
        return result
    }

    __Enum(*) => this.members.__Enum(1)

    ToString() {
        text := ""
        for item in this
            text .= (A_Index > 1 ? ", " : "") item
        return "{" text "}"
    }
}

firstFolder := DirSelect(, 0, "First folder")
secondFolder := firstFolder = "" ? "" : DirSelect("*" firstFolder, 0, "Second folder")
if secondFolder = ""
    ExitApp

ShowComparison(ItemSet.FromFiles(firstFolder), ItemSet.FromFiles(secondFolder))

ShowComparison(a, b) {
    parts := [["Only first", a.Without(b)], ["Only second", b.Without(a)], ["Both", a.Intersect(b)]]
    titles := []
    for part in parts
        titles.Push(part[1] " (" part[2].Count ")")

    win := Gui(, "Folders compared")
    pages := win.AddTab3("w560 h380", titles)
    for part in parts {
        pages.UseTab(A_Index)
        win.AddListBox("w530 h340 Multi", [part[2]*])
    }
    pages.UseTab()

    verdict := a.IsSubsetOf(b) && b.IsSubsetOf(a) ? "Both folders hold the same files."
        : a.IsSubsetOf(b) ? "All of the first is in the second."
        : b.IsSubsetOf(a) ? "All of the second is in the first."
        : a.Union(b).Count " different files in all."
    win.AddStatusBar(, verdict)
    win.OnEvent("Close", (*) => ExitApp())
    win.Show()
}
