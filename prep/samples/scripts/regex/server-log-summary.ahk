; Summarize a web server log with named groups
; One commented pattern with the x option and named groups takes each line of a web server
; access log apart into address, time, method, path, status and size. The script goes through
; all lines with a moving start position, counts requests per status class, adds up the bytes,
; lists the paths that failed together with how often, and tells how many lines it could not
; read. The sample log is part of the script and uses addresses kept for documentation.
#Requires AutoHotkey v2.0

sample := "
(
192.0.2.10 - - [03/May/2024:10:15:32 +0200] "GET /index.html HTTP/1.1" 200 5120
192.0.2.11 - anna [03/May/2024:10:15:40 +0200] "GET /img/logo.png HTTP/1.1" 304 -
198.51.100.7 - - [03/May/2024:10:16:02 +0200] "POST /login HTTP/1.1" 403 310
this line is damaged
198.51.100.7 - - [03/May/2024:10:16:09 +0200] "POST /login HTTP/1.1" 403 310
203.0.113.5 - - [03/May/2024:10:17:55 +0200] "GET /old?page=2 HTTP/1.1" 404 196
203.0.113.5 - - [03/May/2024:10:18:01 +0200] "GET /report.pdf HTTP/2" 500 0
)"

MsgBox(Describe(Summarize(sample)), "Log summary")

Summarize(log)
{
    static pattern := "
    (
    xm`n)^
    (?<address> \S+ ) \s \S+ \s \S+ \s      # client, then identity and user
    \[ (?<time> [^\]]+ ) \] \s
    "(?<method> [A-Z]+ ) \s
     (?<path> [^\s"?]+ ) (?: \? [^\s"]* )?  # the query string is left out
     \s HTTP/[\d.]+ " \s
    (?<status> \d{3} ) \s
    (?<size> \d+ | - ) $
    )"
    summary := {lines: 0, read: 0, bytes: 0, classes: Map(), failures: Map(), clients: Map()}
    StrReplace(Trim(log, "`n"), "`n",,, &lineBreaks)
    summary.lines := lineBreaks + 1

    start := 1
    while found := RegExMatch(log, pattern, &m, start)
    {
        start := found + m.Len
        summary.read++
        summary.bytes += m["size"] = "-" ? 0 : Integer(m["size"])
        CountUp(summary.classes, SubStr(m["status"], 1, 1) "xx")
        CountUp(summary.clients, m.address)
        if m.status >= 400
            CountUp(summary.failures, m.method " " m.path " (" m.status ")")
    }
    return summary
}

CountUp(counts, key) => counts[key] := counts.Get(key, 0) + 1

Describe(summary)
{
    text := Format("{} of {} lines read, {} clients, {:.1f} KB sent`n"
        , summary.read, summary.lines, summary.clients.Count, summary.bytes / 1024)
    for name, count in summary.classes
        text .= Format("`n{}: {}", name, count)
    text .= "`n`nFailed requests:"
    for request, count in summary.failures
        text .= Format("`n{:3} x {}", count, request)
    return text
}
