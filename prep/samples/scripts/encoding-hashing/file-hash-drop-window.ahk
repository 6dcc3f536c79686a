; Compute the hash of dropped files
; Files dropped onto the window are hashed with the algorithm chosen in a list, MD5, SHA-1,
; SHA-256 or SHA-512, through the Windows functions for cryptography (BCrypt), in blocks of
; one megabyte with a progress bar. If the clipboard holds a hash of that length, as copied
; from a download page, a check mark or a cross tells whether it is the same. Double-clicking
; a row copies its hash.
#Requires AutoHotkey v2.0

window := Gui("+Resize", "Drop files to hash them")
choice := window.AddDropDownList("w120 Choose3", ["MD5", "SHA1", "SHA256", "SHA512"])
meter := window.AddProgress("x+10 yp w500 h22 Range0-100")
results := window.AddListView("xm w630 r12", ["File", "Hash", "Same as clipboard"])
results.ModifyCol(1, 180), results.ModifyCol(2, 320), results.ModifyCol(3, 110)
results.OnEvent("DoubleClick", (view, row) => row && A_Clipboard := view.GetText(row, 2))
window.OnEvent("DropFiles", HashDropped)
window.OnEvent("Close", (*) => ExitApp())
window.Show()

HashDropped(owner, control, files, x, y) {
    for path in files {
        SplitPath(path, &name)
        try hex := HashFile(path, choice.Text, (percent) => meter.Value := percent)
        catch Error as err
            hex := err.Message
        results.Add(, name, hex, CompareWithClipboard(hex))
    }
    meter.Value := 0
}

CompareWithClipboard(hex) {
    wanted := RegExReplace(A_Clipboard, "[^[:xdigit:]]")
    if StrLen(wanted) != StrLen(hex)
        return ""
    return wanted = hex ? Chr(0x2714) " yes" : Chr(0x2718) " no"
}

HashFile(path, algorithm, onProgress) {
    digest := Hasher(algorithm)
    input := FileOpen(path, "r")
    input.Pos := 0          ; a byte order mark belongs to the content here
    block := Buffer(1 << 20)
    while count := input.RawRead(block) {
        digest.Add(block, count)
        onProgress(input.Length ? 100 * input.Pos // input.Length : 100)
        Sleep(-1)           ; lets the window repaint
    }
    input.Close()
    return digest.Finish()
}

class Hasher {
    algorithm := 0
    hash := 0

    __New(name) {
        this.Call("BCryptOpenAlgorithmProvider", "Ptr*", &algorithm := 0, "Str", name, "Ptr", 0, "UInt", 0)
        this.algorithm := algorithm
        this.Call("BCryptGetProperty", "Ptr", algorithm, "Str", "HashDigestLength"
            , "UInt*", &length := 0, "UInt", 4, "UInt*", &written := 0, "UInt", 0)
        this.length := length
        this.Call("BCryptCreateHash", "Ptr", algorithm, "Ptr*", &hash := 0, "Ptr", 0, "UInt", 0
            , "Ptr", 0, "UInt", 0, "UInt", 0)
        this.hash := hash
    }

    Add(data, size) => this.Call("BCryptHashData", "Ptr", this.hash, "Ptr", data, "UInt", size, "UInt", 0)

    Finish() {
        digest := Buffer(this.length)
        this.Call("BCryptFinishHash", "Ptr", this.hash, "Ptr", digest, "UInt", digest.Size, "UInt", 0)
        hex := ""
        Loop digest.Size
            hex .= Format("{:02x}", NumGet(digest, A_Index - 1, "UChar"))
        return hex
    }

    ; The functions return an NTSTATUS, in which zero stands for success.
    Call(name, arguments*) {
        status := DllCall("bcrypt\" name, arguments*)
        if status
            throw Error(Format("{} failed with status 0x{:08X}", name, status & 0xFFFFFFFF))
    }

    __Delete() {
        if this.hash
            DllCall("bcrypt\BCryptDestroyHash", "Ptr", this.hash)
        if this.algorithm
            DllCall("bcrypt\BCryptCloseAlgorithmProvider", "Ptr", this.algorithm, "UInt", 0)
    }
}
