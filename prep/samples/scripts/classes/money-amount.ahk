; A class for amounts of money
; Money keeps an amount as a whole number of cents together with its currency, so that nothing is
; lost to rounding. Money.Parse reads texts such as "12.50 EUR"; Plus and Minus refuse to mix
; currencies; Times rounds half a cent to the even neighbour; Allocate divides an amount by
; shares so that not a single cent is left over or made up, and Split does so in equal parts;
; Compare gives -1, 0 or 1. Amounts never change: every operation returns a new one, and setting
; the properties is an error. The demo divides a restaurant bill with tip among four guests.
#Requires AutoHotkey v2.0

class Money {
    __New(cents, currency := "EUR") {
        if !(cents is Integer)
            throw TypeError("Cents must be a whole number", -1, Type(cents))
        ; Properties with a getter only cannot be assigned to.
        this.DefineProp("Cents", {Get: (*) => cents})
        this.DefineProp("Currency", {Get: (*) => currency})
    }

    static Parse(text) {
        if !RegExMatch(Trim(text), "^(-?)(\d+)(?:[.,](\d\d))? ([A-Z]{3})$", &part)
            throw ValueError("Not an amount of money", -1, text)
        cents := part[2] * 100 + (part[3] || 0)
        return Money(part[1] ? -cents : cents, part[4])
    }

    static Sum(amounts*) {
        total := amounts.RemoveAt(1)
        for amount in amounts
            total := total.Plus(amount)
        return total
    }

    Plus(other) => Money(this.Cents + this.SameCurrency(other).Cents, this.Currency)
    Minus(other) => Money(this.Cents - this.SameCurrency(other).Cents, this.Currency)

    Times(factor) {
        exact := this.Cents * factor
        below := Floor(exact)
        rest := exact - below
        up := Abs(rest - 0.5) < 1e-9 ? below & 1 : rest > 0.5
        return Money(Integer(below + up), this.Currency)
    }

    ; The cents that are left after rounding down go to the first shares, one each.
    Allocate(shares*) {
        whole := 0
        for share in shares
            whole += share
        parts := [], left := this.Cents
        for share in shares {
            part := Floor(this.Cents * share / whole)
            parts.Push(part)
            left -= part
        }
        result := []
        for part in parts
            result.Push(Money(part + (A_Index <= left), this.Currency))
        return result
    }

    Split(count) {
        shares := []
        Loop count
            shares.Push(1)
        return this.Allocate(shares*)
    }

    Compare(other) => (this.Cents > this.SameCurrency(other).Cents) - (this.Cents < other.Cents)

    SameCurrency(other) {
        if other.Currency != this.Currency
            throw ValueError("The currencies differ", -2, this.Currency " and " other.Currency)
        return other
    }

    ToString() => Format("{}{}.{:02} {}", this.Cents < 0 ? "-" : "", Abs(this.Cents) // 100
        , Mod(Abs(this.Cents), 100), this.Currency)
}

bill := Money.Sum(Money.Parse("48.75 EUR"), Money.Parse("6.40 EUR"), Money(1995))
withTip := bill.Times(1.1)
text := Format("Bill {}, with tip {}`n`nIn equal parts:", String(bill), String(withTip))
for portion in withTip.Split(4)
    text .= "  " String(portion)
text .= "`nTwo children at half price:"
for portion in withTip.Allocate(2, 2, 1, 1)
    text .= "  " String(portion)
try
    bill.Plus(Money.Parse("5 USD"))
catch ValueError as refusal
    text .= "`n`n" refusal.Message ": " refusal.Extra
try
    bill.Cents := 0
catch Error as refusal
    text .= "`nAn amount cannot be changed: " refusal.Message
MsgBox(text, "Restaurant bill")
