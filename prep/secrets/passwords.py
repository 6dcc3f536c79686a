"""Passwords: told by the name beside them, by the command they are given to, or by the hotstring that types them.

Keys that only a name tells (`api_key := "..."`), and phone numbers that a hotstring types, are found on the way.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from prep.secrets.contacts import dialled
from prep.secrets.keys import KEPT
from prep.secrets.secret import Secret, is_mixed, is_random, is_typed, stands_in

_NAMES = (  # how the telling part of a variable's name begins, what it tells, and all of it, in lower case
    ("pass", "plain", re.compile(r"pass[_-]?(?:word|wd|wort|phrase|code)(?:_?\d{1,3})?")),
    ("pwd", "plain", re.compile(r"pwd(?:_?\d{1,3})?")),
    ("pswd", "plain", re.compile(r"pswd(?:_?\d{1,3})?")),
    ("kennwort", "plain", re.compile(r"kennwort(?:_?\d{1,3})?")),
    ("contrase", "plain", re.compile(r"contrase[ñn]a(?:_?\d{1,3})?")),
    ("pass", "weak", re.compile(r"pass(?:_?\d{1,3})?(?![a-z])")),
    ("pw", "weak", re.compile(r"pw(?:_?\d{1,3})?(?![a-z])")),
    ("secret", "key", re.compile(r"secret(?:_?\d{1,3})?")),
    ("token", "key", re.compile(r"token(?:_?\d{1,3})?")),
    ("key", "key", re.compile(r"key(?:_?\d{1,3})?")),
)
_KEY_OF = re.compile(
    r"(?:api|auth|service|account|db|database|priv|private|client|secret|access|licen[cs]e|product|serial)[_-]?\Z"
)
_PREFIXES = ("my", "db", "user", "ftp", "mail", "smtp", "login", "admin", "root", "sql", "wifi", "vpn", "key")
# Which of \ and ` escapes depends on the language: what ends the string in one of them is left alone.
_ESCAPED = r"\\[^\s\"'`]|`[^\s\"'\\]|[\\`][\"'](?![\s,;:.)\]}]|\Z)"
_ASSIGNED = re.compile(
    r"(?P<quote>(?:[`\\]?[\"']{1,2})?)\]?(?:[ \t]{0,3}:[ \t]{0,3}\w{1,20}[ \t]{0,3}(?==))?[ \t]{0,20}"
    r"(?P<operator>:=|\?\?=|=>|[=!]==?|<>|\.=|:|=|,)[ \t]{0,20}(?:[rbfu@$]{1,2}(?=[\"']))?"
    rf"(?:\"(?P<double>(?:[^\"\s`\\]|{_ESCAPED}|\"\"){{3,200}})\"(?!\")|"
    rf"'(?P<single>(?:[^'\s`\\]|{_ESCAPED}|''){{3,200}})'(?!')|"
    r"(?P<mark>[`\\][\"']|\"\")(?P<inner>[^\"'\s`\\]{3,200})(?P=mark))",
    re.IGNORECASE,
)
_KEY_OF_PAIR = re.compile(r"(?<!\[)[\"'][^\W\d][A-Za-z_-]*\Z")
_BARE = re.compile(r"(?P<operator>[ \t]?[=:][ \t]?)(?P<value>[^\s\"'`;,&<>(){}\[\]\\]{4,100})(?P<after>.?)")
_FLAG = re.compile(r"[ =:][ \t]{0,3}[\"']?(?P<value>[^\s\"'`;,&<>(){}|\\]{4,100})")
_LITERAL = re.compile(r"[ \t]{1,3}'(?P<value>[^'\s\\]{3,100})'")
_ENDS_LINE = re.compile(r"[ \t]{0,9}(?:[\r\n]|\Z)")
_OPENS_LINE = re.compile(r"[ \t]*(?:[;#*-]+|//|REM|ENV|ARG|export|set|\$env:)?[ \t]*[\w.-]*", re.IGNORECASE)


def named(text: str, lowered: str) -> Iterator[Secret]:
    """`password := "hunter2"`, `"api_key": "..."`, `;Pwd=hunter2;`, `--password hunter2` and the like."""
    for cue, sort, pattern in _NAMES:
        at = lowered.find(cue)
        while at >= 0:
            name = pattern.match(lowered, at)
            start = _start_of_name(lowered, at, cue) if name else None
            if name and start is not None and (sort != "weak" or _stands_alone(text, at)):
                end = name.end()
                span = _assigned(text, at, end, sort) or _flag(text, start, end, sort) or _bare(text, start, end, sort)
                if span and sort == "key":
                    prefix = KEPT.match(text, *span)
                    yield Secret("key", prefix.end() if prefix else span[0], span[1])
                elif span:
                    yield Secret("password", *span)
            at = lowered.find(cue, at + len(cue))


def _start_of_name(lowered: str, at: int, cue: str) -> int | None:
    """Where the name begins whose telling part is at `at`; None for hotkey and for .NET's PublicKeyToken."""
    if cue == "key":
        match = _KEY_OF.search(lowered, max(0, at - 9), at)
        return match.start() if match else None
    return None if cue == "token" and lowered.endswith("publickey", 0, at) else at


def _stands_alone(text: str, start: int) -> bool:
    """`pass` is a word of its own or of a compound: no bypass, no compass."""
    before = text[max(0, start - 5) : start]
    return (
        not before[-1:].isalpha()
        or (before[-1].islower() and text[start].isupper())
        or before.lower().endswith(_PREFIXES)
    )


def _assigned(text: str, start: int, end: int, sort: str) -> tuple[int, int] | None:
    match = _ASSIGNED.match(text, end)
    if not match:
        return None
    if match["operator"] == "," and not (match["quote"] and _KEY_OF_PAIR.search(text, max(0, start - 40), end)):
        return None  # f(password, "x"), ["password", "user"]
    group = next(name for name in ("double", "single", "inner") if match[name])
    # A colon or a comma is also how labels are translated and columns listed: {"password": "Senha"}
    doubtful = sort == "weak" or match["operator"] in ":,"
    fits = is_random if sort == "key" else is_mixed if doubtful else is_typed
    return match.span(group) if fits(match[group]) else None


def _flag(text: str, start: int, end: int, sort: str) -> tuple[int, int] | None:
    """`--password hunter2`, `/pass:hunter2`, and SQL's `PASSWORD 'hunter2'`."""
    if sort == "plain" and (literal := _LITERAL.match(text, end)):
        return literal.span("value") if is_typed(literal["value"]) else None
    option = re.search(r"(?:^|[\s\"'])(?:--?|/)$", text[max(0, start - 3) : start])
    match = _FLAG.match(text, end) if option else None
    return match.span("value") if match and (is_random if sort == "key" else is_mixed)(match["value"]) else None


def _bare(text: str, start: int, end: int, sort: str) -> tuple[int, int] | None:
    """Without quotes: in a connection string, in the query of an address, or alone on its line."""
    match = _BARE.match(text, end)
    if not match:
        return None
    value, after, tight = match["value"], match["after"], match["operator"] == "="
    head = re.split(r"[\r\n]", text[max(0, start - 200) : start])[-1]
    inside = re.sub(r"[\w.-]*$", "", head[-40:]).rstrip(" ")[-1:]
    listed = inside == ";" and "=" in head  # and not the sign that opens a comment
    if (listed or (inside and inside in "?&\"'{")) and tight and (not after or after in ";&\"'`\\"):
        fits = {"key": is_random, "weak": is_mixed}.get(sort, is_typed)(value)
    elif _OPENS_LINE.fullmatch(head) and _ENDS_LINE.match(text, match.end("value")):
        fits = is_random(value) if sort == "key" else is_mixed(value) and (tight or not value.isidentifier())
    else:
        return None
    return match.span("value") if fits else None


_FIRST = r"(?:\"[^\"\r\n]{0,80}\"|'[^'\r\n]{0,80}'|\w{1,40})\s{0,5},\s{0,5}"
_LOGIN = re.compile(
    r"\b(?:RunAs|SetCredentials)\b[( \t]{1,5}" + _FIRST + r"(?P<quote>[\"'])(?P<value>[^\"'`\\\r\n]{2,100})(?P=quote)",
    re.IGNORECASE,
)
_COMMANDS: tuple[tuple[str, re.Pattern[str], Callable[[str], bool]], ...] = (
    ("://", re.compile(r"://[^\s/:@\"'`]{1,60}:(?P<value>[^\s/@\"'`\[\]]{2,100})@"), lambda it: not it.isdigit()),
    ("bearer", re.compile(r"\bbearer[ ]{1,3}(?P<value>[\w.+/~=-]{12,4000})", re.IGNORECASE), is_random),
    (
        "basic",
        re.compile(r"authori[sz]ation\W{1,20}basic[ ]{1,3}(?P<value>[\w+/=-]{8,500})", re.IGNORECASE),
        lambda it: not it.islower(),
    ),
    ("identified", re.compile(r"\bidentified\s{1,9}by\s{1,9}'(?P<value>[^'\"\s\\`]{3,100})'", re.IGNORECASE), is_typed),
    ("runas", _LOGIN, lambda it: True),
    ("setcredentials", _LOGIN, lambda it: True),
    (
        "iniwrite",
        re.compile(
            r"\bIniWrite[( ][ ]{0,3}\"(?P<value>[^\"'`\\\s]{3,100})\",[^\r\n]{0,150}?,[ ]{0,3}\""
            r"[\w ]{0,20}(?:password|passwd|pwd|pass|pw)\"",
            re.IGNORECASE,
        ),
        is_typed,
    ),
    (
        "curl",
        re.compile(
            r"\bcurl\b[^\r\n]{0,80}?\s(?:-u|--user)\s{1,3}[\"'`]{0,2}[\w.@-]{1,60}:(?P<value>[^\s\"'`\\]{4,100})"
        ),
        is_typed,
    ),
    (
        "net use",
        re.compile(r"\bnet use\b[^\r\n]{0,80}?[ ](?P<value>[^\s\"'`/\\*]{4,60})[ ]/user:", re.IGNORECASE),
        is_mixed,
    ),
)


def commands(text: str, lowered: str) -> Iterator[Secret]:
    """Where the place alone says that it is a password: user:pass@host, Authorization, RunAs, CREATE USER."""
    for cue, pattern, fits in _COMMANDS:
        if cue in lowered:
            for match in pattern.finditer(text):
                if fits(match["value"]) and not stands_in(match["value"]):
                    yield Secret("key" if cue == "bearer" else "password", *match.span("value"))


_HOTSTRING = re.compile(
    r"[\n\r][ \t]{0,20}:(?P<options>[^:\r\n]{0,30}):(?P<trigger>[^\r\n]{1,60}?)::(?P<value>[^\r\n]{0,300})(?=[\r\n]|\Z)"
)
_HOTSTRING_CALL = re.compile(
    r"hotstring\([ ]?(?P<q>[\"']):(?P<options>[^:\r\n]{0,30}):(?P<trigger>[^\r\n\"']{1,60})(?P=q),[ ]{0,3}"
    r"(?P<q2>[\"'])(?P<value>[^\"'`\\\r\n]{2,200})(?P=q2)",
    re.IGNORECASE,
)
_SAYS_PASSWORD = re.compile(
    r"(?<![a-z])(?P<whose>my|the|work|home|e?mail|win|vpn|pc|bank|admin)?"
    r"(?P<word>pass(?:word|wd|wort|phrase|code)|passw|pswd|psw|pwd|kennwort|pass|pw)s?(?![a-z])|[a-z](?:pwd?|pass)\d?$",
    re.IGNORECASE,
)
_KEYS_AROUND = re.compile(r"(?:\{[^{}]{0,20}\})*(?P<value>.*?)(?:\{[^{}]{0,20}\}|`[nrt])*[ \t]*", re.DOTALL)
_LOGS_IN = re.compile(r"\{Tab\}([^{}\s]{4,60})\{Enter\}", re.IGNORECASE)
_SENT = re.compile(
    r"\b(?:Send(?:Text|Input|Event|Play|Raw)?|Paste\w*|A_?Clipboard[ ]?:=|ControlSend\w*)[( ]{0,3}"
    r"(?:\"(?P<double>[^\"`\r\n]{3,100})\"|'(?P<single>[^'`\r\n]{3,100})')",
    re.IGNORECASE,
)


def hotstrings(text: str, lowered: str) -> Iterator[Secret]:
    """`:*:mypw::S3cret!pass`, whose trigger or comment says what it types, and numbers that a phone would dial."""
    if "::" in text:
        for match in _HOTSTRING.finditer("\n" + text):
            value, comment = _split_comment(match["value"])
            start = match.start("value") - 1
            by_code = "x" in match["options"].lower()
            if by_code or value.strip() in ("", "{") or _SENT.match(value.strip()):
                yield from _typed_by_code(text, match["trigger"], start, by_code)
            else:
                yield from _replacement(match["trigger"], value, comment, start)
    if "hotstring(" in lowered:
        for match in _HOTSTRING_CALL.finditer(text):
            yield from _replacement(match["trigger"], match["value"], "", match.start("value"))


def _split_comment(value: str) -> tuple[str, str]:
    at = re.search(r"(?:^|[ \t]);", value)
    return (value[: at.start()], value[at.end() :]) if at else (value, "")


def _replacement(trigger: str, value: str, comment: str, start: int) -> Iterator[Secret]:
    core = _KEYS_AROUND.fullmatch(value)
    begin, end = core.span("value") if core else (0, len(value))
    typed = value[begin:end].strip()
    begin = value.index(typed, begin)
    span = (start + begin, start + begin + len(typed))
    said = _SAYS_PASSWORD.search(trigger)
    sure = said and (said["whose"] or (said["word"] or "pw").lower() not in ("pass", "pw"))
    login = _LOGS_IN.search(value)
    if login and _phrase(login[1]):
        yield Secret("password", start + login.start(1), start + login.end(1))
    elif not said and not _SAYS_PASSWORD.search(comment):
        yield from [Secret("phone", *span)] if dialled(typed) else []
    elif _phrase(typed) if " " in typed else is_typed(typed) if sure else is_mixed(typed):
        yield Secret("password", *span)


def _phrase(value: str) -> bool:
    """Words of which one can only be (a part of) a password: three of capital, small letter, digit and sign."""
    signs = (r"[A-Z]", r"[a-z]", r"\d", r"[!@#$%^&*?~]")
    return any(is_mixed(word) and sum(bool(re.search(it, word)) for it in signs) > 2 for word in value.split())


def _typed_by_code(text: str, trigger: str, start: int, one_line: bool) -> Iterator[Secret]:
    """What a hotstring's body sends: its line, or up to its closing brace or parenthesis."""
    said = _SAYS_PASSWORD.search(trigger)
    end = re.compile(r"$" if one_line else r"^[ \t]*[)}]", re.MULTILINE).search(text, start, start + 600)
    stop = end.start() if end else start + 600
    for sent in _SENT.finditer(text, start, stop):
        group = "double" if sent["double"] else "single"
        if said and is_mixed(sent[group]):
            yield Secret("password", *sent.span(group))
        elif dialled(sent[group]):
            yield Secret("phone", *sent.span(group))
    if said and text[start:stop].lstrip().startswith("("):
        for line in re.compile(r"^[ \t]*(\S{3,100})[ \t]*$", re.MULTILINE).finditer(text, start, stop):
            if is_mixed(line[1]):
                yield Secret("password", *line.span(1))
