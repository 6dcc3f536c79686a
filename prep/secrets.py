r"""Passwords, API keys, e-mail addresses, phone numbers and user folders in a text, found and taken out.

What counts is what somebody typed in as their own: a literal. Variables, templates and the usual stand-ins
(example.com, 555-01xx, `your_password`, `****`) do not. The forms of vendors' keys come from detect-secrets, the rules
for phone numbers from phonenumbers; both are imported only for a text that has something for them.

Time is linear in the text, on one line of 10 MB too: every pattern has bounded repeats, or is tried once for each word.
Those of detect-secrets that are neither (JWT, OpenAI) see one token, of at most 4,000 characters. Its keyword and npm
detectors backtrack over the line and say no position: their words are here, their patterns are not. Its basic-auth one
stops at the `!` of `ftp://jane:S3cret!@host`.

Not found: a password with spaces, one typed by Send() or told by its place (`VALUES ('jane', 'hunter2')`), an unquoted
one that could be a variable (`pwd = hunter2`), phone numbers without `+` outside the US, GB and DE, names of persons.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import cache, lru_cache
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from detect_secrets.plugins.base import RegexBasedDetector


class Secret(NamedTuple):
    """`kind` is password, key, email, phone or user-folder; text[start:end] must go (a prefix like ghp_ may stay)."""

    kind: str
    start: int
    end: int


def find(text: str) -> list[Secret]:
    """Every secret in order; none overlaps another."""
    lowered = text.replace("\u0130", "i").lower()  # the one letter that gets longer: positions must be those of `text`
    finders = (_vendor_keys, _private_keys, _named, _commands, _hotstrings, _emails, _phones, _folders)
    found: list[Secret] = []
    for secret in sorted({secret for finder in finders for secret in finder(text, lowered)}, key=lambda it: it[1:]):
        if found and secret.start < found[-1].end:
            found[-1] = found[-1]._replace(end=max(found[-1].end, secret.end))
        else:
            found.append(secret)
    return found


def redact(text: str) -> tuple[str, Counter[str]]:
    """The text with stand-ins for its secrets, line for line, and how many of each kind there were."""
    counts: Counter[str] = Counter()
    for _ in range(20):  # once, but where a stand-in changes what its neighbour is taken for
        secrets = find(text)
        if not secrets:
            break
        counts.update(secret.kind for secret in secrets)
        text = "".join(_with_stand_ins(text, secrets))
    return text, counts


_STAND_INS = {"password": "REDACTED", "key": "REDACTED", "email": "user@example.com", "user-folder": "user"}


def _with_stand_ins(text: str, secrets: Iterable[Secret]) -> Iterator[str]:
    """Nothing that a string of AutoHotkey, Python, SQL or JSON would have to escape."""
    at = 0
    for kind, start, end in secrets:
        yield text[at:start]
        yield _fictional(text[start:end]) if kind == "phone" else _STAND_INS[kind]
        at = end
    yield text[at:]


_STAND_IN = re.compile(
    r"""(?ix)
    (?:my|your|the|an?|new|old|some|user|admin|db|enter|no|insert|confirm|current|wrong|invalid)?[ _.-]?
    (?:pass(?:word|wd|wort|phrase|code)?s?|pass_?word|pwd|pswd|pw|kennwort|secret|token|(?:api|secret)[_-]?key|key)
        [ _.-]?(?:here|\d|field|box|edit|input|text|string)?[:.!?]?
    | change_?(?:me|it)|to_?do|t[eo]st(?:ing)?|none|null|nil|undefined|true|false|yes|no|on|off|ok|str(?:ing)?|text|bool
    | hidden|required|optional|default|invalid|wrong|correct|incorrect|empty|blank|unknown|missing|strict|weak|strong
    | users?|user_?name|admin|administrator|root|guest|demo|sample|placeholder|dummy|postgres|anonymous|login|value
    | edit|label|input|submit|show|hide|toggle|enter|name|error|success|foo|bar|baz|foobar|abc|xyz|qwerty|abc123|asdf
    | 0?1234?5?6?7?8?9?0?
    """
).fullmatch
_VARIABLE = re.compile(
    r"<.*>|\{.*\}|\[.*\]|%\w*%|%[a-z]|\$[({].*|\$\w+:\w+|\$(?:[A-Z][A-Z0-9_]*|[a-z_]+|[a-z]+[A-Z][a-zA-Z]*)|"
    r".*(?:%\w+%|\$\{|\{\{).*|A_[A-Z]\w+|@[a-z_]+|:[a-z_]+"
).fullmatch
_CODE = re.compile(  # paths, addresses, regular expressions, tags, names of controls, dotted names, key names, numbers
    r"[A-Za-z]:[\\/]|\.{0,2}/|\\\\|\^|\w+://|.*(?:\\[dwsb]|\(\?|\[\w-\w|\.\*|\.\+|\]\+|</?\w|\w\()|"
    r"#?[a-z]+(?:[._][a-z]+)+$|(?:Edit|Button|Static|ComboBox|Icon|Sys\w+|Rich\w+|T[A-Z]\w+)\d+$|ahk_|"
    r"0x[\da-f]+$|[+-]\w+$|[\w.-]+\.[a-z]{2,4}$|#?[a-z]+-[a-z]+$|.*(?:min|max|length)[:=]\d|[vgwhxy]\d+$|vk|sc\d",
    re.IGNORECASE,
).match


def _stands_in(value: str) -> bool:
    """Whether this is a variable, a template, or what everybody writes in place of the real thing."""
    small = value.lower()
    return bool(
        len({letter for letter in small if letter.isalnum()}) < 2
        or "REDACTED" in value
        or _STAND_IN(value)
        or _VARIABLE(value)
        or any(word in small for word in ("example", "your", "placeholder", "xxxx", "..."))
        or (("pass" in small or "pwd" in small) and not any(map(str.isdigit, value)))
    )


def _typed(value: str) -> bool:
    """Any literal that can be a password: enough where the name leaves no doubt."""
    return len(value) > 3 and not _stands_in(value) and not _CODE(value)


def _mixed(value: str) -> bool:
    """A letter, and a digit or a sign that people put into passwords."""
    return bool(
        len(value) > 4 and re.search(r"[^\W\d_]", value) and re.search(r"[\d!@#$%^&*?~]", value) and _typed(value)
    )


def _random(value: str) -> bool:
    """What a machine made up: long, with digits and letters and little repetition."""
    return bool(
        len(value) > 11
        and len(set(value)) > 6
        and re.search(r"\d", value)
        and re.search(r"[A-Za-z]", value)
        and _typed(value)
    )


_CUES: dict[str, tuple[str, ...] | re.Pattern[str]] = {  # the detectors with bounded repeats, and what wakes each
    "aws.AWSKeyDetector": ("A3T", "ABIA", "ACCA", "AKIA", "ASIA", "aws_", "AWS_"),
    "azure_storage_key.AzureStorageKeyDetector": ("AccountKey=",),
    "discord.DiscordBotTokenDetector": re.compile(r"\.[\w-]{6}\.[\w-]{27}"),
    "github_token.GitHubTokenDetector": ("ghp_", "gho_", "ghu_", "ghs_", "ghr_"),
    "gitlab_token.GitLabTokenDetector": re.compile(r"gl(?:pat|dt|ft|soat|rt|cbt|ptt|agent|oas)-|GR1348941"),
    "mailchimp.MailchimpDetector": re.compile(r"-us\d"),
    "pypi_token.PypiTokenDetector": ("pypi-",),
    "sendgrid.SendGridDetector": ("SG.",),
    "slack.SlackDetector": ("xox", "XOX", "hooks.slack.com/"),
    "square_oauth.SquareOAuthDetector": ("sq0csp-",),
    "stripe.StripeDetector": ("k_live_",),
    "telegram_token.TelegramBotTokenDetector": re.compile(r":[\w-]{35}"),
    "twilio.TwilioKeyDetector": re.compile(r"(?:AC|SK)[a-z0-9]{32}"),
}
_ANCHORED = {"eyJ": "jwt.JwtTokenDetector", "sk-": "openai.OpenAIDetector"}
_ANCHORED_CUES = ("eyJ", "T3BlbkFJ")
_ANCHOR = re.compile(r"(?<![\w-])(?:eyJ|sk-)[\w.=-]{20,4000}")
_OWN_CUES = ("AIza", "github_pat_", "sk-ant-", "sk-proj-", "npm_", "hf_", "/api/webhooks/")
_OWN_KEYS = re.compile(  # common ones that detect-secrets 1.5.0 does not know; the group is what must go
    r"AIza([\w-]{35})|github_pat_(\w{40,100})|sk-ant-([\w-]{40,150})|sk-proj-([\w-]{40,250})|"
    r"npm_([A-Za-z0-9]{36})|hf_([A-Za-z0-9]{30,40})|discord(?:app)?\.com/api/webhooks/\d{10,25}/([\w-]{30,100})"
)
_KEPT = re.compile(  # what only says whose key it is
    r"AccountKey=|https://hooks\.slack\.com/services/|gh[pousr]_|gl[a-z]{2,5}-|GR1348941|sk-|SG\.|xox.-|sq0csp-|"
    r"[rs]k_live_|pypi-|AIza|github_pat_|npm_|hf_|\d{8,10}:|A3T|ABIA|ACCA|AKIA|ASIA|(?:AC|SK)(?=[a-z0-9]{32})",
    re.IGNORECASE,
)
_TAIL = re.compile(r"[\w-]{0,4000}")  # a key ends where its word ends, or its rest would stay
_LONG_TAIL = re.compile(r"[\w.+/=-]{0,4000}")
_LONG = ("aws.AWSKeyDetector", "azure_storage_key.AzureStorageKeyDetector", "sendgrid.SendGridDetector")


@cache
def _detector(name: str) -> type[RegexBasedDetector]:
    """A plugin of detect-secrets: the first costs 0.2 s, and most texts need none."""
    module, _, plugin = name.partition(".")
    return getattr(import_module(f"detect_secrets.plugins.{module}"), plugin)


def _vendor_keys(text: str, _: str) -> Iterator[Secret]:
    for name, cue in _CUES.items():
        if any(word in text for word in cue) if isinstance(cue, tuple) else cue.search(text):
            for pattern in _detector(name).denylist:  # AWS has its secret in a group; GitHub's group is the prefix
                group = pattern.groups if name.startswith("aws") else 0
                starts = ((match.start(group), 0) for match in pattern.finditer(text))
                yield from _keys(text, starts, _LONG_TAIL if name in _LONG else _TAIL)
    if any(word in text for word in _OWN_CUES):
        starts = ((match.start(), match.start(match.lastindex or 0)) for match in _OWN_KEYS.finditer(text))
        yield from _keys(text, starts, _TAIL)
    if any(word in text for word in _ANCHORED_CUES):
        yield from _keys(text, _anchored(text), _LONG_TAIL)


def _anchored(text: str) -> Iterator[tuple[int, int]]:
    for token in _ANCHOR.finditer(text):
        detector = _detector(_ANCHORED[token.group()[:3]])
        for pattern in detector.denylist:
            match = pattern.match(token.group())
            if match and getattr(detector, "is_formally_valid", bool)(match.group()):
                yield token.start(), 0


def _keys(text: str, starts: Iterable[tuple[int, int]], tail: re.Pattern[str]) -> Iterator[Secret]:
    """Keys from where their patterns matched (and where, if known, the secret part begins) to the end of the word.

    Not what is inside a longer word, and no stand-ins.
    """
    done = 0
    for start, known in starts:
        if start < done or not _begins(text, start):
            continue
        prefix = _KEPT.match(text, start)
        begin = known or (prefix.end() if prefix else start)
        word = (_LONG_TAIL if "/" in text[start:begin] else tail).match(text, begin)
        value = word.group().rstrip(".") if word else ""
        done = begin + len(value)
        if len(value) > 8 and re.search(r"\d", value) and not _stands_in(value):
            yield Secret("key", begin, done)


def _begins(text: str, at: int) -> bool:
    r"""Whether a word begins here: also right behind the letter of an escape, \n or `n."""
    return at == 0 or not text[at - 1].isalnum() or (at > 1 and text[at - 2] in "\\`" and text[at - 1] in "nrt")


_BODY = re.compile(r"(?:[\\`][nrt])?([A-Za-z0-9+/=]{40,})")
_LAST = re.compile(r"(?:[\\`][nrt])?([A-Za-z0-9+/=]{4,})[^A-Za-z0-9+/=]{1,20}(?:[\\`]n)?-{4,5}[ ]?END")


def _private_keys(text: str, _: str) -> Iterator[Secret]:
    """The lines of base64 behind the header of a private key, as far as 10,000 characters."""
    if "PRIVATE KEY" not in text and "PuTTY-User-Key" not in text:
        return
    headers = (
        match.end() for it in _detector("private_key.PrivateKeyDetector").denylist for match in it.finditer(text)
    )
    done = 0
    for start in sorted(headers):
        if start < done:
            continue
        end = text.find("-END", start, start + 10_000)
        done = start + 10_000 if end < 0 else end + 4
        lines = (match for match in _BODY.finditer(text, start, done) if len(set(match[1])) > 10)
        body = [Secret("key", *line.span(1)) for line in lines]
        yield from body
        if body and (last := _LAST.search(text, body[-1].end, done)):
            yield Secret("key", *last.span(1))


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


def _named(text: str, lowered: str) -> Iterator[Secret]:
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
                    prefix = _KEPT.match(text, *span)
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
    fits = _random if sort == "key" else _mixed if doubtful else _typed
    return match.span(group) if fits(match[group]) else None


def _flag(text: str, start: int, end: int, sort: str) -> tuple[int, int] | None:
    """`--password hunter2`, `/pass:hunter2`, and SQL's `PASSWORD 'hunter2'`."""
    if sort == "plain" and (literal := _LITERAL.match(text, end)):
        return literal.span("value") if _typed(literal["value"]) else None
    option = re.search(r"(?:^|[\s\"'])(?:--?|/)$", text[max(0, start - 3) : start])
    match = _FLAG.match(text, end) if option else None
    return match.span("value") if match and (_random if sort == "key" else _mixed)(match["value"]) else None


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
        fits = {"key": _random, "weak": _mixed}.get(sort, _typed)(value)
    elif _OPENS_LINE.fullmatch(head) and _ENDS_LINE.match(text, match.end("value")):
        fits = _random(value) if sort == "key" else _mixed(value) and (tight or not value.isidentifier())
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
    ("bearer", re.compile(r"\bbearer[ ]{1,3}(?P<value>[\w.+/~=-]{12,4000})", re.IGNORECASE), _random),
    (
        "basic",
        re.compile(r"authori[sz]ation\W{1,20}basic[ ]{1,3}(?P<value>[\w+/=-]{8,500})", re.IGNORECASE),
        lambda it: not it.islower(),
    ),
    ("identified", re.compile(r"\bidentified\s{1,9}by\s{1,9}'(?P<value>[^'\"\s\\`]{3,100})'", re.IGNORECASE), _typed),
    ("runas", _LOGIN, lambda it: True),
    ("setcredentials", _LOGIN, lambda it: True),
    (
        "iniwrite",
        re.compile(
            r"\bIniWrite[( ][ ]{0,3}\"(?P<value>[^\"'`\\\s]{3,100})\",[^\r\n]{0,150}?,[ ]{0,3}\""
            r"[\w ]{0,20}(?:password|passwd|pwd|pass|pw)\"",
            re.IGNORECASE,
        ),
        _typed,
    ),
    (
        "curl",
        re.compile(
            r"\bcurl\b[^\r\n]{0,80}?\s(?:-u|--user)\s{1,3}[\"'`]{0,2}[\w.@-]{1,60}:(?P<value>[^\s\"'`\\]{4,100})"
        ),
        _typed,
    ),
    (
        "net use",
        re.compile(r"\bnet use\b[^\r\n]{0,80}?[ ](?P<value>[^\s\"'`/\\*]{4,60})[ ]/user:", re.IGNORECASE),
        _mixed,
    ),
)


def _commands(text: str, lowered: str) -> Iterator[Secret]:
    """Where the place alone says that it is a password: user:pass@host, Authorization, RunAs, CREATE USER."""
    for cue, pattern, fits in _COMMANDS:
        if cue in lowered:
            for match in pattern.finditer(text):
                if fits(match["value"]) and not _stands_in(match["value"]):
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
_SAYS_PHONE = re.compile(
    r"(?<![a-z])(?:my|work|home)?(?:ph|phone|tel|telefon|mob|mobile?|cell|fax|handy)(?:no|num|number|nr)?(?![a-z])",
    re.IGNORECASE,
)
_KEYS_AROUND = re.compile(r"(?:\{[^{}]{0,20}\})*(?P<value>.*?)(?:\{[^{}]{0,20}\}|`[nrt])*[ \t]*", re.DOTALL)
_LOGS_IN = re.compile(r"\{Tab\}([^{}\s]{4,60})\{Enter\}", re.IGNORECASE)
_SENT = re.compile(
    r"\b(?:Send(?:Text|Input|Event|Play|Raw)?|Paste\w*|A_?Clipboard[ ]?:=|ControlSend\w*)[( ]{0,3}"
    r"(?:\"(?P<double>[^\"`\r\n]{3,100})\"|'(?P<single>[^'`\r\n]{3,100})')",
    re.IGNORECASE,
)


def _hotstrings(text: str, lowered: str) -> Iterator[Secret]:
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
        yield from [Secret("phone", *span)] if _dialled(typed) else []
    elif _phrase(typed) if " " in typed else _typed(typed) if sure else _mixed(typed):
        yield Secret("password", *span)


def _phrase(value: str) -> bool:
    """Words of which one can only be (a part of) a password: three of capital, small letter, digit and sign."""
    signs = (r"[A-Z]", r"[a-z]", r"\d", r"[!@#$%^&*?~]")
    return any(_mixed(word) and sum(bool(re.search(it, word)) for it in signs) > 2 for word in value.split())


def _dialled(value: str) -> bool:
    """Nothing but a phone number, with or without separators: enough where the text is there to be typed."""
    regions = (None,) if value.startswith("+") else ("US", "GB", "DE")
    return bool(
        re.fullmatch(r"\+?[\d ().\-/]{10,24}", value)
        and not re.fullmatch(r"\d+\.\d+", value)
        and re.sub(r"\D", "", value) not in _COUNTED
        and any(_numbers(value, region) for region in regions)
    )


def _typed_by_code(text: str, trigger: str, start: int, one_line: bool) -> Iterator[Secret]:
    """What a hotstring's body sends: its line, or up to its closing brace or parenthesis."""
    said = _SAYS_PASSWORD.search(trigger)
    end = re.compile(r"$" if one_line else r"^[ \t]*[)}]", re.MULTILINE).search(text, start, start + 600)
    stop = end.start() if end else start + 600
    for sent in _SENT.finditer(text, start, stop):
        group = "double" if sent["double"] else "single"
        if said and _mixed(sent[group]):
            yield Secret("password", *sent.span(group))
        elif _dialled(sent[group]):
            yield Secret("phone", *sent.span(group))
    if said and text[start:stop].lstrip().startswith("("):
        for line in re.compile(r"^[ \t]*(\S{3,100})[ \t]*$", re.MULTILINE).finditer(text, start, stop):
            if _mixed(line[1]):
                yield Secret("password", *line.span(1))


_TOP = (  # a name behind a dot is a domain only if it ends so: `weights@self.bias` and `icon@2x.png` do not
    " com org net edu gov mil int info biz name pro dev app online site xyz tech cloud email mail shop store club live "
    "life world today agency company digital media studio solutions systems services group team work global network "
    "consulting software berlin hamburg koeln london nyc wien swiss museum jobs travel mobi asia coop aero health care "
    "ac ad ae af ag ai al am ao ar as at au az ba bb bd be bf bg bh bi bj bm bn bo br bs bt bw by bz ca cc cd cf cg ch "
    "ci cl cm cn co cr cu cv cy cz de dj dk dm do dz ec ee eg es et eu fi fj fm fo fr ga gb ge gg gh gi gl gm gn gr gs "
    "gt gu gy hk hn hr ht hu id ie il im in io iq ir is it je jm jo jp ke kg kh ki kr kw ky kz la lb lc li lk lr ls lt "
    "lu lv ly ma mc md me mg mk ml mm mn mo mp mr ms mt mu mv mw mx my mz na nc ne nf ng ni nl no np nr nu nz om pa pe "
    "pf pg ph pk pl pm pn pr ps pt pw py qa re ro rs ru rw sa sb sc sd se sg sh si sk sl sm sn so sr st su sv sy sz tc "
    "td tf tg th tj tk tl tm tn to tr tt tv tw tz ua ug uk us uy uz va vc ve vg vi vn vu ws ye za zm zw "
)
_DOMAIN = re.compile(r"@((?:[^\W_][\w-]{0,62}\.){1,6}([A-Za-z]{2,12}))(?![\w(])")
_LOCAL = re.compile(
    r"(?:\\(?:u[\da-fA-F]{4}|U[\da-fA-F]{8}|x[\da-fA-F]{2}|[0-7]{1,3}|[a-zA-Z])|`[a-z])?([\w.+-]{1,64})\Z"
)
_NOBODY = re.compile(
    r"(?:users?|user[._-]?name|you|your?[\w.-]*|my[._-]?(?:e?mail|name|address)|name|me|some(?:one|body|user)|foo|bar"
    r"|test|e?mail|info|support|admin|contact|address|example\w*|xx+|abc|first(?:name)?[._]last(?:name)?"
    r"|j(?:ohn|ane)?\.?doe)",
    re.IGNORECASE,
)
_RESERVED = re.compile(  # domains that everybody takes for examples: with any name; the next ones with nobody's
    r"(?:^|\.)example(?:\.\w+){1,2}$|"
    r"^(?:your?|my|some|the|old|new)?-?(?:domain|company|website|test|foo|bar)(?:\.\w+){1,2}$",
    re.IGNORECASE,
)
_NOWHERE = re.compile(
    r"(?:e?mail|site|server|host|provider|abc|xyz|somewhere|gmail|outlook|hotmail|yahoo)\.\w+|(?:your|my|some)[\w.-]*",
    re.IGNORECASE,
)


def _emails(text: str, _: str) -> Iterator[Secret]:
    at = text.find("@")
    while at >= 0:
        if domain := _DOMAIN.match(text, at):
            yield from _email(text, at, domain)
        at = text.find("@", at + 1)


def _email(text: str, at: int, domain: re.Match[str]) -> Iterator[Secret]:
    local = _LOCAL.search(text, max(0, at - 80), at)
    if not local or f" {domain[2].lower()} " not in _TOP:
        return
    name = local[1].lstrip(".+-")
    begin = at - len(name)
    known: object = name.lower() in ("git", "hg", "noreply", "no-reply", "redacted") or _RESERVED.search(domain[1])
    known = known or (_NOBODY.fullmatch(name) and _NOWHERE.fullmatch(domain[1]))
    # In user:pass@host the part before the @ is a password, and looked at as such.
    if name and not known and not re.search(r"://[^\s/@]{1,60}:$", text[max(0, begin - 64) : begin]):
        yield Secret("email", begin, domain.end(1))


_DIGITS = re.compile(r"[+(\d][\d ().\-/]{7,300}")
_FREE = r"(?:(?<![\w)\].+/#$-])|(?<=[\\`][nrt]))(?<!\d:)"
_WRITTEN = re.compile(
    rf"{_FREE}(?:(?P<abroad>(?:\+|00(?=[1-9]\d{{0,2}}[ ()/.-]))[1-9][\d ().\-/]{{6,22}}\d)|"
    r"(?P<us>(?:1[-. ])?(?:\([2-9]\d\d\)[ ]?[2-9]\d\d[-. ]|[2-9]\d\d\.[2-9]\d\d\.|[2-9]\d\d[ -][2-9]\d\d[ -])\d{4})|"
    r"(?P<europe>\(?0[1-9]\d{1,3}\)?[ ]?[ /-][ ]?\d[\d /-]{4,12}\d))"
)
_COUNTED = "012345678901234567890"
_GOES_ON = re.compile(r"\w|[-./:,]?[ ]?\d")


def _phones(text: str, _: str) -> Iterator[Secret]:
    """With a + anywhere; else as people in the US, GB and DE write them, and never from a row of numbers."""
    for digits in _DIGITS.finditer(text):
        for written in _WRITTEN.finditer(text, *digits.span()):
            sort, start = written.lastgroup or "", written.start()
            if (sort != "abroad" and _GOES_ON.match(text, written.end())) or not _plausible(text, written):
                continue
            for region in _REGIONS[sort]:
                spans = _numbers(written.group(), region)
                yield from (_balanced(text, start + begin, start + end) for begin, end in spans)
                if spans:
                    break


def _balanced(text: str, start: int, end: int) -> Secret:
    """Both parentheses or none: (+49) 30 ..."""
    surplus = text.count(")", start, end) - text.count("(", start, end)
    if surplus < 0:
        start = text.index("(", start) + 1
    elif surplus > 0 and text[start - 1 : start] == "(":
        start -= 1
    return Secret("phone", start, end)


_REGIONS: dict[str, tuple[str | None, ...]] = {"abroad": (None, "DE"), "us": ("US",), "europe": ("GB", "DE")}


def _plausible(text: str, written: re.Match[str]) -> bool:
    """No opening hours, no 1234567; bare numbers between spaces only where they are no part of a row of numbers."""
    number = written.group()
    digits = re.sub(r"\D", "", number)
    if digits in _COUNTED or len(digits) < 10 or re.match(r"[01]\d[0-5]\d-[012]\d[0-5]\d", number):
        return False
    if not re.fullmatch(r"[\d ]+", number):
        return True
    before = text[max(0, written.start() - 40) : written.start()]
    if written.lastgroup == "us":  # where it says that this is a phone's
        return before.endswith("::") or bool(_SAYS_PHONE.search(before))
    return not re.search(r"\d[ ,]{1,3}$", before)


@lru_cache(4096)
def _numbers(written: str, region: str | None) -> tuple[tuple[int, int], ...]:
    """Where numbers are that could be dialled: assigned area, right length, not 555-01xx."""
    from phonenumbers import Leniency, PhoneNumberMatcher, PhoneNumberType, number_type

    personal = (PhoneNumberType.FIXED_LINE, PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)
    return tuple(
        (match.start, match.end)
        for match in PhoneNumberMatcher(written, region, leniency=Leniency.VALID)
        if not (match.number.country_code == 1 and str(match.number.national_number)[3:8] == "55501")
        and (region in (None, "US") or number_type(match.number) in personal)
    )


def _fictional(written: str) -> str:
    """A number that nobody has, in the same grouping where it was an American one."""
    digits = re.sub(r"\D", "", written)
    american = (len(digits) == 10 and digits[0] > "1" and written[0] != "+") or (len(digits) == 11 and digits[0] == "1")
    if not american:
        return "555-0100"
    fresh = iter("5555550100".rjust(len(digits), "1"))
    return re.sub(r"\d", lambda _: next(fresh), written)


_NAME = r"[^\\/:*?\"'<>|%`{}$\s,;&()\[\]@#=]{1,40}"
_FOLDER = re.compile(
    r"(?:(?i:[a-z]:[\\/]{1,4}(?:users|documents and settings|docume~1)|"
    r"(?<=[\"'\s=(;,%])(?:\\{2,4}[\w.$-]{1,40})?\\{1,2}users)|"
    r"(?P<unix>(?<![\w.:\\/~-])(?:/mnt|/cygdrive)?(?:/[a-z])?/(?:Users|home)|(?<=://)/(?:Users|home)))"
    rf"[\\/]{{1,4}}(?P<name>{_NAME}(?:[ ]{_NAME}){{0,3}}(?=[\\/])|{_NAME})"
)
_ANYBODY = re.compile(
    r"public|default(?:[ ]?user)?0?|all[ ]users|(?:your|my|some|the|any|user|current|this)?[ _.-]?"
    r"(?:user|name|account)s?[ _.-]?(?:name|id|profile)?\d?|you|me|some(?:one|body)|non-?existent\w*|.*\.[a-z]{3,4}"
    r"|administrator|desktop|documents|downloads|appdata|music|pictures|videos|shared|(?:local|network)service|vagrant"
    r"|runner(?:admin)?|ubuntu|pi|node|app|linuxbrew|vscode|www|codespace|jovyan|ec2-user|git|j(?:ohn|ane)[ ._]?doe"
    r"|pages?|index|assets|static|components|views|dashboard|about",
    re.IGNORECASE,
)


def _folders(text: str, lowered: str) -> Iterator[Secret]:
    if not any(cue in lowered for cue in ("users\\", "users/", "/home/", "settings\\", "settings/", "docume~1")):
        return
    for match in _FOLDER.finditer(text):
        name = match["name"].rstrip(".")
        ends = match.start("name") + len(name)
        if (match["unix"] and text[ends : ends + 1] != "/") or _ANYBODY.fullmatch(name) or _stands_in(name):
            continue
        yield Secret("user-folder", match.start("name"), ends)
