"""A secret: where it is in a text, and whether what is written there can be one."""

from __future__ import annotations

import re
from typing import NamedTuple


class Secret(NamedTuple):
    """`kind` is password, key, email, phone or user-folder; text[start:end] must go (a prefix like ghp_ may stay)."""

    kind: str
    start: int
    end: int


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


def stands_in(value: str) -> bool:
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


def is_typed(value: str) -> bool:
    """Any literal that can be a password: enough where the name leaves no doubt."""
    return len(value) > 3 and not stands_in(value) and not _CODE(value)


def is_mixed(value: str) -> bool:
    """A letter, and a digit or a sign that people put into passwords."""
    return bool(
        len(value) > 4 and re.search(r"[^\W\d_]", value) and re.search(r"[\d!@#$%^&*?~]", value) and is_typed(value)
    )


def is_random(value: str) -> bool:
    """What a machine made up: long, with digits and letters and little repetition."""
    return bool(
        len(value) > 11
        and len(set(value)) > 6
        and re.search(r"\d", value)
        and re.search(r"[A-Za-z]", value)
        and is_typed(value)
    )
