; Convert the selected amount of money into euros
; Select an amount such as "12.50 USD" or "GBP 1,200" anywhere and press Ctrl+Alt+E. The
; script fetches the exchange rates once a day from https://example.com/rates.json, a JSON
; object with a "rates" object of currency codes and their value for one euro, keeps the reply
; in a file, and shows the amount in euros in a tooltip. Without a connection yesterday's
; rates are used, and the tooltip then says how old they are.
#Requires AutoHotkey v2.0

RATES_URL := "https://example.com/rates.json"
CACHE_FILE := A_Temp "\exchange-rates.json"

^!e:: {
    money := ParseMoney(SelectedText())
    if !money {
        Show("Select an amount with a currency code, such as 12.50 USD.")
        return
    }
    try {
        rates := LoadRates()
    } catch Error as err {
        Show("There are no exchange rates: " err.Message)
        return
    }
    if !rates.table.Has(money.currency) {
        Show("There is no rate for " money.currency ".")
        return
    }
    euros := money.amount / rates.table[money.currency]
    age := rates.days ? Format(" (rates are {} day(s) old)", rates.days) : ""
    Show(Format("{:.2f} {} = {:.2f} EUR{}", money.amount, money.currency, euros, age))
}

SelectedText() {
    saved := ClipboardAll()
    A_Clipboard := ""
    Send("^c")
    text := ClipWait(0.5) ? A_Clipboard : ""
    A_Clipboard := saved
    return text
}

; The code may stand before or after the number. A comma is a thousands mark unless one or
; two digits follow it at the end.
ParseMoney(text) {
    static figure := "(?<amount>\d[\d.,]*)", code := "(?<code>[A-Z]{3})"
    if !RegExMatch(text, "\b" figure "\s*" code "\b", &m)
        && !RegExMatch(text, "\b" code "\s*" figure, &m)
        return ""
    digits := m["amount"]
    if RegExMatch(digits, "^([\d.,]*),(\d{1,2})$", &parts)
        digits := RegExReplace(parts[1], "[.,]") "." parts[2]
    else
        digits := StrReplace(digits, ",")
    digits := RTrim(digits, ".")
    return IsNumber(digits) ? {amount: Number(digits), currency: m["code"]} : ""
}

LoadRates() {
    isFresh := FileExist(CACHE_FILE) && FileGetTime(CACHE_FILE) >= FormatTime(, "yyyyMMdd") "000000"
    if !isFresh {
        try {
            Download(RATES_URL, CACHE_FILE ".new")
            if ReadRates(CACHE_FILE ".new").Count
                FileMove(CACHE_FILE ".new", CACHE_FILE, true)
        }
    }
    if !FileExist(CACHE_FILE)
        throw Error("the download failed and nothing was kept")
    days := DateDiff(FormatTime(, "yyyyMMdd"), SubStr(FileGetTime(CACHE_FILE), 1, 8), "Days")
    return {table: ReadRates(CACHE_FILE), days: days}
}

ReadRates(path) {
    found := Map("EUR", 1)
    if !RegExMatch(FileRead(path, "UTF-8"), '"rates"\s*:\s*\{([^{}]*)\}', &block)
        return Map()
    position := 1
    while position := RegExMatch(block[1], '"([A-Z]{3})"\s*:\s*([\d.eE+-]+)', &pair, position) {
        if IsNumber(pair[2]) && pair[2] > 0
            found[pair[1]] := Number(pair[2])
        position += pair.Len
    }
    return found
}

Show(text) {
    ToolTip(text)
    SetTimer(() => ToolTip(), -4000)
}
