; Huffman code table for a text
; The script asks for a line of text and works out the best prefix code for its characters. It
; counts how often each character occurs, joins the two lightest nodes into a new one until a
; single tree is left, and reads the codes off the tree, 0 for the left and 1 for the right
; branch. A message box lists the characters with count and code, shortest code first, tells
; how many bits the text takes against 8 bits per character, and checks that decoding the bits
; gives the text back. A text with a single kind of character gets the code 0.
#Requires AutoHotkey v2.0

answer := InputBox("Text to encode:", "Huffman code", "w400 h120", "she sells sea shells by the sea shore")
if answer.Result = "OK" && answer.Value != ""
    MsgBox(DescribeCode(answer.Value), "Huffman code")

BuildTree(phrase) {
    weights := Map()
    Loop Parse, phrase
        weights[A_LoopField] := weights.Get(A_LoopField, 0) + 1

    forest := []
    for char, weight in weights
        Plant(forest, {weight: weight, char: char})
    while forest.Length > 1 {
        left := forest.RemoveAt(1)
        right := forest.RemoveAt(1)
        Plant(forest, {weight: left.weight + right.weight, left: left, right: right})
    }
    return forest[1]
}

; The forest stays sorted, the lightest node first.
Plant(forest, node) {
    place := 1
    while place <= forest.Length && forest[place].weight <= node.weight
        place++
    forest.InsertAt(place, node)
}

CollectCodes(node, prefix, codes) {
    if node.HasOwnProp("char") {
        codes[node.char] := {bits: prefix = "" ? "0" : prefix, weight: node.weight}
        return codes
    }
    CollectCodes(node.left, prefix "0", codes)
    return CollectCodes(node.right, prefix "1", codes)
}

Decode(bits, codes) {
    charOf := Map()
    for char, code in codes
        charOf[code.bits] := char
    text := "", held := ""
    Loop Parse, bits {
        held .= A_LoopField
        if charOf.Has(held)         ; no code is the beginning of another one
            text .= charOf[held], held := ""
    }
    return text
}

DescribeCode(phrase) {
    codes := CollectCodes(BuildTree(phrase), "", Map())
    bits := ""
    Loop Parse, phrase
        bits .= codes[A_LoopField].bits

    rows := ""
    for char, code in codes
        rows .= Format("{:02}", StrLen(code.bits)) "`t'" char "'`t" code.weight "`t" code.bits "`n"
    ; The code length in front is only there for the sorting.
    table := RegExReplace(Sort(RTrim(rows, "`n")), "m)^\d+\t")

    return Format("{}`n`n{} bits instead of {} ({:.0f} %)`nDecoded: {}", table, StrLen(bits)
        , 8 * StrLen(phrase), 100 * StrLen(bits) / (8 * StrLen(phrase))
        , Decode(bits, codes) == phrase ? "same text" : "DIFFERENT")
}
