; Try an action again with growing pauses
; Retry carries out a function and returns its result. If an error of one of the given classes is
; thrown, it waits and tries again, at most a set number of times; each pause is twice as long as
; the one before, with a random part so that several programs do not knock at the same moment.
; Other errors, and the error of the last attempt, go to the caller. A function may be given
; that is told about every failed attempt. The demo appends a line to a file that is held open
; by the script itself for a second, as another program might do, and reports the attempts.
#Requires AutoHotkey v2.0

Retry(action, attempts := 5, firstPause := 200, onFailure := "", retryOn*) {
    if !retryOn.Length
        retryOn.Push(OSError, TimeoutError)
    interval := firstPause
    Loop {
        try {
            return action()
        } catch Any as thrown {
            if A_Index >= attempts || !IsOneOf(thrown, retryOn)
                throw thrown
            wait := interval + Random(0, interval // 4)
            if onFailure
                onFailure(A_Index, wait, thrown)
        }
        Sleep(wait)
        interval *= 2
    }
}

IsOneOf(thrown, classes) {
    for cls in classes
        if thrown is cls
            return true
    return false
}

target := A_Temp "\retry-demo.txt"
blocker := FileOpen(target, "w -rwd")       ; nobody else may open it now
SetTimer(() => blocker.Close(), -1000)

trace := ""
Note(attempt, wait, thrown) {
    global trace .= Format("Attempt {}: {} Next in {} ms.`n", attempt, thrown.Message, wait)
}

try {
    Retry(() => FileAppend("written at last`n", target), 6, 150, Note)
    MsgBox(trace "`nThe file says: " FileRead(target), "Retry")
} catch OSError as final {
    MsgBox(trace "`nGiven up: " final.Message, "Retry", "Iconx")
} finally {
    blocker := ""
    try FileDelete(target)
}
