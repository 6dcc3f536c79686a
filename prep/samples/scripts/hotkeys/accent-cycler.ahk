; Put accents on the letter just typed
; Type a letter and press F8: the letter turns into its first accented form, for example e into é;
; each further press goes on to the next form and in the end back to the plain letter. Capital
; letters give capital forms. Moving the caret, clicking or pressing Enter makes the script forget
; the letter. A tooltip shows all forms with the present one in brackets.
#Requires AutoHotkey v2.0
#SingleInstance Force

class Accents {
    static families := ["aàáâäãåæ", "cçčć", "dđð", "eéèêëęě", "gğ", "iíìîïı", "lł", "nñńň"
        , "oóòôöõøœ", "rř", "sßśš", "tťþ", "uúùûüů", "yýÿ", "zžźż"]
    static latest := ""

    static Begin() {
        ; Watches without blocking; I1 leaves out what this script sends itself.
        this.watcher := InputHook("V I1")
        this.watcher.KeyOpt("{Left}{Right}{Up}{Down}{Home}{End}{PgUp}{PgDn}{Enter}{Tab}{Backspace}{Delete}", "N")
        this.watcher.OnChar := (hook, text) => this.latest := SubStr(text, -1)
        this.watcher.OnKeyDown := (*) => this.latest := ""
        this.watcher.OnEnd := (hook) => hook.Start()    ; its buffer is full after 1023 letters
        this.watcher.Start()
    }

    static Cycle() {
        if this.latest = ""
            return SoundBeep(400, 60)
        for family in this.families {
            ; The small forms, then the same letters as capitals.
            for forms in [family, StrUpper(family)] {
                if !(place := InStr(forms, this.latest, true))
                    continue
                next := SubStr(forms, Mod(place, StrLen(forms)) + 1, 1)
                this.latest := next
                Send("{Backspace}")
                SendText(next)
                return this.ShowForms(forms, next)
            }
        }
        SoundBeep(400, 60)
    }

    static ShowForms(forms, current) {
        shown := ""
        Loop Parse, forms
            shown .= A_LoopField == current ? "[" A_LoopField "]" : " " A_LoopField " "
        ToolTip(shown)
        SetTimer(this.hide, -900)
    }

    static hide := () => ToolTip()
}

Accents.Begin()

F8::Accents.Cycle()
~LButton::
~RButton::Accents.latest := ""
