; Encode and decode Base64 on the clipboard
; Ctrl+Alt+B replaces the text on the clipboard with the Base64 form of its UTF-8 bytes, and
; Ctrl+Alt+Shift+B does the opposite. If files were copied in Explorer, the first one is
; encoded as a data address with its media type, ready for a web page. Decoding also accepts
; the variant for web addresses, with - and _ and without the = signs at the end. What is
; not Base64, or not text after decoding, is left alone with a notice.
#Requires AutoHotkey v2.0

^!b:: {
    copied := StrSplit(A_Clipboard, "`n", "`r")
    if copied.Length && copied[1] ~= "^(\w:|\\\\)" && FileExist(copied[1])
        return EncodeFile(copied[1])
    if A_Clipboard != ""
        A_Clipboard := ToBase64(TextBytes(A_Clipboard))
}

^!+b:: {
    try {
        bytes := FromBase64(A_Clipboard)
        plain := StrGet(bytes, bytes.Size, "UTF-8")
    } catch Error as err {
        TrayTip(err.Message, "Base64", "Icon!")
        return
    }
    ; A replacement character means that the bytes were no UTF-8.
    if InStr(plain, Chr(0xFFFD))
        TrayTip(bytes.Size " bytes that are not text", "Base64", "Icon!")
    else
        A_Clipboard := plain
}

EncodeFile(path) {
    static types := Map("png", "image/png", "jpg", "image/jpeg", "gif", "image/gif", "svg", "image/svg+xml",
        "css", "text/css", "woff2", "font/woff2")
    if FileGetSize(path) > 1 << 20
        return TrayTip("The file is larger than one megabyte.", "Base64", "Icon!")
    SplitPath(path, , , &extension)
    kind := types.Get(StrLower(extension), "application/octet-stream")
    A_Clipboard := "data:" kind ";base64," ToBase64(FileRead(path, "RAW"))
}

; The bytes of a text without the terminating zero.
TextBytes(text) {
    bytes := Buffer(StrPut(text, "UTF-8"))
    StrPut(text, bytes, "UTF-8")
    bytes.Size -= 1
    return bytes
}

ToBase64(bytes) {
    static flags := 0x40000001      ; CRYPT_STRING_BASE64 and CRYPT_STRING_NOCRLF
    if !bytes.Size
        return ""
    length := 0
    DllCall("crypt32\CryptBinaryToString", "Ptr", bytes, "UInt", bytes.Size, "UInt", flags, "Ptr", 0, "UInt*", &length)
    text := Buffer(length * 2)
    if !DllCall("crypt32\CryptBinaryToString", "Ptr", bytes, "UInt", bytes.Size, "UInt", flags
        , "Ptr", text, "UInt*", &length)
        throw OSError()
    return StrGet(text)
}

FromBase64(text) {
    text := RegExReplace(text, "^data:[^,]*,|\s")
    text := StrReplace(StrReplace(text, "-", "+"), "_", "/")
    while Mod(StrLen(text), 4) && A_Index < 3
        text .= "="
    size := 0
    if text = "" || !DllCall("crypt32\CryptStringToBinary", "Str", text, "UInt", 0, "UInt", 1
        , "Ptr", 0, "UInt*", &size, "Ptr", 0, "Ptr", 0)
        throw ValueError("The clipboard does not hold Base64.")
    bytes := Buffer(size)
    DllCall("crypt32\CryptStringToBinary", "Str", text, "UInt", 0, "UInt", 1
        , "Ptr", bytes, "UInt*", &size, "Ptr", 0, "Ptr", 0)
    return bytes
}
