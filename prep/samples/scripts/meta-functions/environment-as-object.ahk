; Environment variables as properties of an object
; The class Env makes the environment of the script look like an object: Env.TEMP reads a
; variable, Env.MY_FLAG := 1 sets it for programs started from here, and Env["ProgramFiles(x86)"]
; is for names that are no identifiers. A variable that is not there gives an empty string. A for
; loop over Env lists names and values straight from the block that Windows hands out, and
; Env.Expand fills in every %NAME% of a text. Demo: a new variable is set and passed on to a
; command window, and all variables that hold a path to an existing folder are listed.
#Requires AutoHotkey v2.0

class Env {
    static __Get(name, params) => EnvGet(name)

    static __Set(name, params, content) => EnvSet(name, content)

    static __Item[name] {
        get => EnvGet(name)
        set => EnvSet(name, value)
    }

    static Expand(text) {
        place := 1
        while place := RegExMatch(text, "%([^%]+)%", &hit, place) {
            content := EnvGet(hit[1])
            if content = "" {
                place += hit.Len        ; unknown names stay as they are
                continue
            }
            text := SubStr(text, 1, place - 1) content SubStr(text, place + hit.Len)
            place += StrLen(content)
        }
        return text
    }

    ; for name, content in Env
    static __Enum(*) {
        block := DllCall("GetEnvironmentStringsW", "Ptr")
        entries := []
        position := block
        while (entry := StrGet(position, "UTF-16")) != "" {
            position += 2 * (StrLen(entry) + 1)
            ; Names such as "=C:" are Windows' own notes about current folders.
            if SubStr(entry, 1, 1) != "="
                entries.Push(StrSplit(entry, "=", , 2))
        }
        DllCall("FreeEnvironmentStringsW", "Ptr", block)

        index := 0
        return Fetch
        Fetch(&name, &content := "") {
            if ++index > entries.Length
                return false
            name := entries[index][1]
            content := entries[index][2]
            return true
        }
    }
}

Env.GREETING := "Hello from " Env.COMPUTERNAME
folders := ""
for variable, path in Env
    if InStr(path, "\") && DirExist(path)
        folders .= variable " = " path "`n"
MsgBox(folders "`n" Env.Expand("%GREETING%, temporary files go to %TEMP%."), "Environment")
Run(Env.ComSpec ' /k echo %GREETING%')
