r"""Passwords, API keys, e-mail addresses, phone numbers and user folders in a text, found and taken out.

What counts is what somebody typed in as their own: a literal. Variables, templates and the usual stand-ins
(example.com, 555-01xx, `your_password`, `****`) do not. The forms of vendors' keys come from detect-secrets, the rules
for phone numbers from phonenumbers; both are imported only for a text that has something for them.

Time is linear in the text, on one line of 10 MB too: every pattern has bounded repeats, or is tried once for each word.

Not found: a password with spaces, one typed by Send() or told by its place (`VALUES ('jane', 'hunter2')`), an unquoted
one that could be a variable (`pwd = hunter2`), phone numbers without `+` outside the US, GB and DE, names of persons.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from prep.secrets.contacts import emails, folders, phones
from prep.secrets.keys import private_keys, vendor_keys
from prep.secrets.passwords import commands, hotstrings, named
from prep.secrets.secret import Secret

__all__ = ["Secret", "find", "redact"]


def find(text: str) -> list[Secret]:
    """Every secret in order; none overlaps another."""
    lowered = text.replace("\u0130", "i").lower()  # the one letter that gets longer: positions must be those of `text`
    finders = (vendor_keys, private_keys, named, commands, hotstrings, emails, phones, folders)
    found: list[Secret] = []
    by_place = sorted((start, end, kind) for finder in finders for kind, start, end in finder(text, lowered))
    for secret in (Secret(kind, start, end) for start, end, kind in by_place):
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


def _fictional(written: str) -> str:
    """A number that nobody has, in the same grouping where it was an American one."""
    digits = re.sub(r"\D", "", written)
    american = (len(digits) == 10 and digits[0] > "1" and written[0] != "+") or (len(digits) == 11 and digits[0] == "1")
    if not american:
        return "555-0100"
    fresh = iter("5555550100".rjust(len(digits), "1"))
    return re.sub(r"\d", lambda _: next(fresh), written)
