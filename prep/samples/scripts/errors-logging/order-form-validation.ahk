; Order form that reports all mistakes at once
; A window takes an order: article number (two letters, a hyphen, four digits), amount from 1 to
; 99, delivery date not in the past, and a delivery note of at most 60 characters. Each field has
; a list of rules; a rule is a function that returns an empty string or says what is wrong. On
; "Order" all fields are checked, and if anything is amiss one ValidationError is thrown that
; carries a Map of field to messages. The handler marks the labels of wrong fields in red, lists
; the messages below and puts the cursor into the first wrong field; otherwise it thanks.
#Requires AutoHotkey v2.0

class ValidationError extends ValueError {
    __New(faults) {
        count := 0
        for , messages in faults
            count += messages.Length
        super.__New(count = 1 ? "One entry needs attention" : count " entries need attention", -2)
        this.Faults := faults
    }
}

; Factories for rules
Matching(pattern, complaint) => (text) => text ~= pattern ? "" : complaint
NotLongerThan(limit) => (text) => StrLen(text) > limit ? "has " StrLen(text) - limit " characters too many" : ""
WholeNumber(low, high) {
    return Check
    Check(text) {
        if !IsInteger(text)
            return "must be a whole number"
        return text < low || text > high ? Format("must be from {} to {}", low, high) : ""
    }
}
NotPast(stamp) => DateDiff(SubStr(stamp, 1, 8), SubStr(A_Now, 1, 8), "Days") < 0 ? "lies in the past" : ""

Validate(values, rules) {
    faults := Map()
    for field, list in rules {
        for rule in list {
            if (complaint := rule(values.%field%)) = ""
                continue
            if !faults.Has(field)
                faults[field] := []
            faults[field].Push(complaint)
        }
    }
    if faults.Count
        throw ValidationError(faults)
}

ShowForm()

ShowForm() {
    rules := Map(
        "Article", [Matching("i)^[a-z]{2}-\d{4}$", "must look like AB-1234")],
        "Amount", [WholeNumber(1, 99)],
        "Delivery", [NotPast],
        "Note", [NotLongerThan(60), Matching("^[^<>]*$", "must not contain < or >")]
    )
    order := Gui(, "Order")
    order.SetFont("s10")
    labels := Map()
    for field, options in Map("Article", "Uppercase", "Amount", "Number", "Note", "") {
        labels[field] := order.AddText("xm w80", field)
        order.AddEdit("x+5 yp-3 w220 v" field " " options)
    }
    labels["Delivery"] := order.AddText("xm w80", "Delivery")
    order.AddDateTime("x+5 yp-3 w220 vDelivery", "LongDate")
    order.AddButton("xm w100 Default", "Order").OnEvent("Click", Submit)
    messages := order.AddText("xm w310 r5 cRed")
    order.OnEvent("Close", (*) => ExitApp())
    order.Show()

    Submit(*) {
        for , label in labels
            label.SetFont("cDefault")
        messages.Value := ""
        values := order.Submit(false)
        try {
            Validate(values, rules)
        } catch ValidationError as refusal {
            text := refusal.Message ":`n"
            for field, complaints in refusal.Faults {
                labels[field].SetFont("cRed")
                for complaint in complaints
                    text .= field " " complaint "`n"
                if A_Index = 1
                    order[field].Focus()
            }
            messages.Value := text
        } else {
            MsgBox(values.Amount " x " values.Article " is ordered. Thank you!", "Order", "Iconi")
        }
    }
}
