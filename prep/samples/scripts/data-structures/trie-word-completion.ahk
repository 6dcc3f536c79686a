; Word completion window backed by a trie
; The words of a text on the clipboard are put into a trie, a tree in which each level is one
; letter and each node counts how many times a word ended there. Win+Alt+W opens a small window:
; with every letter typed into its field the list below shows up to twelve words that begin
; so, the most frequent first. Enter or a double click closes the window and types the chosen
; word into the program that was active before; Escape just closes it. Words under three
; letters are left out, and upper and lower case are treated alike.
#Requires AutoHotkey v2.0
#SingleInstance Force

class Trie {
    root := Trie.Node()

    class Node {
        children := Map()
        uses := 0
    }

    Insert(word) {
        at := this.root
        Loop Parse, word {
            if !at.children.Has(A_LoopField)
                at.children[A_LoopField] := Trie.Node()
            at := at.children[A_LoopField]
        }
        at.uses++
    }

    ; All words with this beginning, as an array of {word, uses}.
    WithPrefix(prefix) {
        at := this.root
        Loop Parse, prefix {
            if !at.children.Has(A_LoopField)
                return []
            at := at.children[A_LoopField]
        }
        found := []
        this.Gather(at, prefix, found)
        return found
    }

    Gather(at, word, found) {
        if at.uses
            found.Push({word: word, uses: at.uses})
        for letter, child in at.children
            this.Gather(child, word letter, found)
    }

    static OfText(text) {
        tree := Trie()
        start := 1
        while start := RegExMatch(text, "\pL{3,}", &match, start) {
            tree.Insert(StrLower(match[0]))
            start += match.Len
        }
        return tree
    }
}

#!w::OpenCompletion(Trie.OfText(A_Clipboard), WinExist("A"))

OpenCompletion(tree, target) {
    finder := Gui("+AlwaysOnTop -MinimizeBox", "Complete a word")
    finder.SetFont("s11")
    field := finder.AddEdit("w240")
    list := finder.AddListBox("w240 r12")
    accept := finder.AddButton("Hidden Default w0 h0 x0 y0", "OK")

    field.OnEvent("Change", (*) => Refresh())
    list.OnEvent("DoubleClick", Finish)
    accept.OnEvent("Click", Finish)
    finder.OnEvent("Escape", (*) => finder.Destroy())
    Refresh()
    finder.Show()

    Refresh() {
        ; The count, upside down and padded, goes in front so that Sort ranks by it.
        ranked := ""
        for hit in tree.WithPrefix(StrLower(field.Value))
            ranked .= Format("{:06} {}`n", 999999 - hit.uses, hit.word)
        list.Delete()
        Loop Parse, Sort(RTrim(ranked, "`n")), "`n" {
            if A_Index > 12 || A_LoopField = ""
                break
            list.Add([SubStr(A_LoopField, 8)])
        }
        try list.Choose(1)          ; fails when the list is empty
    }

    Finish(*) {
        word := list.Text
        finder.Destroy()
        if word = "" || !WinExist(target)
            return
        WinActivate(target)
        if WinWaitActive(target, , 1)
            SendText(word)
    }
}
