; Small REST client class with JSON replies
; RestClient wraps WinHttpRequest for one web service: it is made with the base address, keeps
; headers that go with every request and has Get, Post, Put and Delete. Query parameters come
; as a Map and are percent-encoded, bodies are JSON text sent as UTF-8, and every call returns
; an object with the status, the headers as a Map and the body. A status of 400 or more throws
; an HttpError that carries the reply. The demo asks example.com for a page and shows what
; came.
#Requires AutoHotkey v2.0

class HttpError extends Error {
    __New(reply) {
        super.__New("The server answered with status " reply.status " " reply.statusText, -2)
        this.Reply := reply
    }
}

class RestClient {
    headers := Map("Accept", "application/json", "User-Agent", "AutoHotkey RestClient")
    timeout := 15000

    __New(baseUrl) {
        this.baseUrl := RTrim(baseUrl, "/")
    }

    Get(path, query := "") => this.Request("GET", path, query)
    Delete(path, query := "") => this.Request("DELETE", path, query)
    Post(path, json, query := "") => this.Request("POST", path, query, json)
    Put(path, json, query := "") => this.Request("PUT", path, query, json)

    Request(method, path, query := "", json?) {
        http := ComObject("WinHttp.WinHttpRequest.5.1")
        http.SetTimeouts(this.timeout, this.timeout, this.timeout, this.timeout)
        http.Open(method, this.baseUrl "/" LTrim(path, "/") RestClient.QueryString(query), false)
        for name, value in this.headers
            http.SetRequestHeader(name, value)
        if IsSet(json) {
            http.SetRequestHeader("Content-Type", "application/json")
            http.Send(RestClient.ToBytes(json))
        } else {
            http.Send()
        }
        reply := {
            status: http.Status,
            statusText: http.StatusText,
            headers: RestClient.ParseHeaders(http.GetAllResponseHeaders()),
            body: RestClient.BodyText(http)
        }
        if reply.status >= 400
            throw HttpError(reply)
        return reply
    }

    static QueryString(query) {
        text := ""
        if query is Map
            for name, value in query
                text .= (text = "" ? "?" : "&") this.Encode(name) "=" this.Encode(value)
        return text
    }

    ; All bytes of the UTF-8 form except the unreserved characters of RFC 3986.
    static Encode(text) {
        bytes := Buffer(StrPut(text, "UTF-8"))
        StrPut(text, bytes, "UTF-8")
        encoded := ""
        Loop bytes.Size - 1 {
            byte := NumGet(bytes, A_Index - 1, "UChar")
            encoded .= Chr(byte) ~= "^[A-Za-z0-9._~-]$" ? Chr(byte) : Format("%{:02X}", byte)
        }
        return encoded
    }

    ; An array of bytes is sent as it is, whereas a string would be converted by WinHttp.
    static ToBytes(text) {
        size := StrPut(text, "UTF-8") - 1
        source := Buffer(size + 1)
        StrPut(text, source, "UTF-8")
        packed := ComObjArray(0x11, size)        ; VT_UI1
        Loop size
            packed[A_Index - 1] := NumGet(source, A_Index - 1, "UChar")
        return packed
    }

    static ParseHeaders(block) {
        headers := Map()
        headers.CaseSense := "Off"
        Loop Parse, block, "`n", "`r"
            if RegExMatch(A_LoopField, "^([^:]+):\s*(.*)$", &m)
                headers[m[1]] := headers.Has(m[1]) ? headers[m[1]] ", " m[2] : m[2]
        return headers
    }

    ; ResponseText guesses the character set; JSON is UTF-8 by definition.
    static BodyText(http) {
        bytes := http.ResponseBody
        if !(bytes is ComObjArray) || bytes.MaxIndex() < 0
            return ""
        data := NumGet(ComObjValue(bytes), 8 + A_PtrSize, "Ptr")
        return StrGet(data, bytes.MaxIndex() + 1, "UTF-8")
    }
}

service := RestClient("https://example.com/")
try {
    answer := service.Get("/", Map("q", "für & wider"))
    MsgBox(Format("Status {}`nType {}`n`n{}", answer.status, answer.headers.Get("Content-Type", "?")
        , SubStr(answer.body, 1, 400)), "REST client")
} catch HttpError as failure {
    MsgBox(failure.Message "`n`n" SubStr(failure.Reply.body, 1, 400), "REST client", "Icon!")
} catch Error as failure {
    MsgBox("No connection: " failure.Message, "REST client", "Iconx")
}
