"""E-mail addresses, phone numbers, and user folders, which are named after persons."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from prep.secrets.secret import Secret, stands_in

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


def emails(text: str, _: str) -> Iterator[Secret]:
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
_SAYS_PHONE = re.compile(
    r"(?<![a-z])(?:my|work|home)?(?:ph|phone|tel|telefon|mob|mobile?|cell|fax|handy)(?:no|num|number|nr)?(?![a-z])",
    re.IGNORECASE,
)


def phones(text: str, _: str) -> Iterator[Secret]:
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


def dialled(value: str) -> bool:
    """Nothing but a phone number, with or without separators: enough where the text is there to be typed."""
    regions = (None,) if value.startswith("+") else ("US", "GB", "DE")
    return bool(
        re.fullmatch(r"\+?[\d ().\-/]{10,24}", value)
        and not re.fullmatch(r"\d+\.\d+", value)
        and re.sub(r"\D", "", value) not in _COUNTED
        and any(_numbers(value, region) for region in regions)
    )


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


def folders(text: str, lowered: str) -> Iterator[Secret]:
    if not any(cue in lowered for cue in ("users\\", "users/", "/home/", "settings\\", "settings/", "docume~1")):
        return
    for match in _FOLDER.finditer(text):
        name = match["name"].rstrip(".")
        ends = match.start("name") + len(name)
        if (match["unix"] and text[ends : ends + 1] != "/") or _ANYBODY.fullmatch(name) or stands_in(name):
            continue
        yield Secret("user-folder", match.start("name"), ends)
