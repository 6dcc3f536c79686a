"""Checks of a written answer: pure functions from text to a verdict, with the reason.

A question of a `qa` suite lists them: `checks: [{contains: lock nut}, {number: 45, unit: Nm, tolerance: 0.5}]`. All
must hold. "No answer" is kept apart from "wrong": an empty answer, or one that says that it does not know.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from typing import Literal, NamedTuple

from eval import numbers
from eval.answer import spoken
from eval.denial import denial

Kind = Literal["right", "wrong", "no-answer"]


class Verdict(NamedTuple):
    """`seen` is what of the answer decided, `reason` why in words."""

    kind: Kind
    reason: str = ""
    seen: str = ""


Check = Callable[[str], Verdict]
RIGHT = Verdict("right")
_UNKNOWING = re.compile(
    r"^\W*(?:sorry,?\s+)?(?:but\s+)?"
    r"(?:i\s+(?:do\s+not|don'?t|cannot|can'?t)\s+(?:know|say|answer|tell)|i(?:'m|\s+am)\s+not\s+(?:sure|certain)|"
    r"(?:i\s+have\s+)?no\s+idea|i(?:'m|\s+am)\s+unable\s+to|i\s+(?:do\s+not|don't)\s+have\s+(?:any\s+|enough\s+|that\s+)?information|"
    r"n/?a|unknown)\b[^.!?,;:\n]*[.!?]*\s*$",
    re.IGNORECASE,
)
_STEP = re.compile(
    r"^[ \t]{0,40}(?:>[ \t]{0,4})?(?:#{1,6}[ \t]+|[-*+][ \t]+)?(?:step[ \t]+)?"
    r"(\d{1,3})[ \t]?(?:[.):]|[ \t]-)(?=[\s*_]|$)[ \t]*(.*)$",
    re.IGNORECASE | re.MULTILINE,
)
_EMPHASIS = re.compile(r"(?<!\w)(\*\*|__|\*|_)(?=[^\s*_])([^\n]{1,300}?)(?<=[^\s*_])\1(?!\w)")
_LATEX = re.compile(r"\\(?:text|mathrm|mathbf|boxed|operatorname)\s?\{([^{}]{0,200})\}")
_SAME = str.maketrans(
    {
        **dict.fromkeys("\u2018\u2019", "'"),
        **dict.fromkeys("\u2010\u2011\u2012\u2212", "-"),
        **dict.fromkeys("\u22c5\u2219", "\u00b7"),
        **dict.fromkeys("\u00a0\u2007\u2009\u202f", " "),
        **dict.fromkeys("\u00ad\u200b\u200c\u200d\u2060\ufeff", None),
    }
)
_OPERATORS = "-=:!<>+*/&|^~?"
MAX_ANSWER = 20_000  # characters that are looked at: longer than any answer that a person would read
MAX_SHOWN = 8  # numbers and names in a reason
IN_BACKTICKS = r"`(?=[^`\s]{0,100}[A-Za-z])([\w#.$@-]{1,100})(?:\([^`\n]{0,200}\))?`"
MAX_UNKNOWING = 200  # characters of an answer that does no more than say that it does not know


def judge(answer: str, checks: Sequence[Check]) -> Verdict:
    """The first check that fails decides; an answer that is none is no wrong one."""
    text = plain(answer)
    if not text:
        return Verdict("no-answer", "empty")
    if len(text) <= MAX_UNKNOWING and _UNKNOWING.match(text):
        return Verdict("no-answer", "says that it does not know", text[:80])
    return next((found for check in checks if (found := check(text)).kind != "right"), RIGHT)


def plain(answer: str) -> str:
    """Without thoughts, emphasis and LaTeX around words; one form of each quote, hyphen and blank."""
    text = spoken(answer)[:MAX_ANSWER].replace("\0", "")
    text = unicodedata.normalize("NFC", text).translate(_SAME)
    text = _LATEX.sub(r"\1", text).replace("{,}", ",")
    text = re.sub(r"\\[,;: ()\[\]]", " ", text)
    for _ in range(2):  # bold in italics
        text = _EMPHASIS.sub(r"\2", text)
    return text.strip()


def contains(wanted: str) -> Check:
    """The words, in any case and with any white space between them, not inside a longer word."""
    pattern = _words(wanted)

    def check(text: str) -> Verdict:
        return RIGHT if pattern.search(text) else Verdict("wrong", f"does not say '{wanted}'")

    return check


def any_of(wanted: Sequence[str]) -> Check:
    patterns = [_words(one) for one in wanted]

    def check(text: str) -> Verdict:
        found = any(pattern.search(text) for pattern in patterns)
        return RIGHT if found else Verdict("wrong", f"says none of {', '.join(map(repr, wanted))}")

    return check


def matches(pattern: str) -> Check:
    compiled = re.compile(pattern, re.IGNORECASE | re.MULTILINE)

    def check(text: str) -> Verdict:
        return RIGHT if compiled.search(text) else Verdict("wrong", f"nothing in it matches {pattern}")

    return check


def number(wanted: float, units: Sequence[str] = (), tolerance: float = 0.0, repeated: Sequence[float] = ()) -> Check:
    """One number with one of the units right behind it. Another number with that unit makes it wrong: it hedges, and so
    does a range.

    Without units every number counts, but for those of list items, the left sides of sums and the numbers that the
    question gave, which may be `repeated`.
    """
    shown_unit = f" {units[0]}" if units else ""

    def near(found: float, other: float) -> bool:
        return abs(found - other) <= tolerance + 1e-9 * abs(other)

    def check(text: str) -> Verdict:
        text = text.replace("`", "")
        seen = numbers.given(text if units else _STEP.sub(r"\2", text), units)
        new = [one for one in seen if not any(one.value == other for other in repeated)]
        seen = new if any(near(one.value, wanted) for one in new) else seen
        shown = ", ".join(one.raw for one in seen[:MAX_SHOWN])
        if not seen:
            return Verdict("wrong", f"names no number{f' in{shown_unit}' if units else ''}")
        off = [one for one in seen if not near(one.value, wanted)]
        if len(off) == len(seen):
            return Verdict("wrong", f"says {shown}, not {wanted:g}{shown_unit}", shown)
        return Verdict("wrong", f"says {shown}: more than one answer", shown) if off else RIGHT._replace(seen=shown)

    return check


def steps(wanted: Sequence[str]) -> Check:
    """Numbered steps 1., 2., 3. without a gap, that name these things in this order."""

    def check(text: str) -> Verdict:
        found = [(int(n), body) for n, body in _with_bodies(text)]
        order = [n for n, _ in found]
        if order != list(range(1, len(order) + 1)) or len(order) < 2:
            shown = order[:MAX_SHOWN] or "none"
            return Verdict("wrong", f"its steps are not numbered 1., 2., 3.: {shown}")
        whole, at = "\n".join(body for _, body in found), 0
        for one in wanted:
            pattern = _words(one)
            place = pattern.search(whole, at)
            if place is None:
                early = pattern.search(whole)
                return Verdict("wrong", f"'{one}' comes too early" if early else f"no step says '{one}'")
            at = place.end()
        return RIGHT

    return check


def only_names_from(names: frozenset[str], pattern: str) -> Check:
    """Each name that the answer gives in the form of `pattern` must exist: what does not is made up."""
    compiled = re.compile(pattern)
    known = {name.lower() for name in names}

    def check(text: str) -> Verdict:
        given = [found[found.lastindex or 0] for found in compiled.finditer(text)]
        made_up = ", ".join(sorted({name for name in given if name.lower() not in known})[:MAX_SHOWN])
        return Verdict("wrong", f"made up: {made_up}", made_up) if made_up else RIGHT

    return check


def refuses() -> Check:
    """It must say that the thing does not exist, plainly."""

    def check(text: str) -> Verdict:
        found = denial(text)
        if found is None:
            return Verdict("wrong", "does not say that it does not exist")
        if found.hedged:
            return Verdict("wrong", f"does not say plainly that it does not exist: '{found.seen}'", found.seen)
        return RIGHT._replace(seen=found.seen)

    return check


def max_words(limit: int) -> Check:
    def check(text: str) -> Verdict:
        count = len(text.split())
        return RIGHT if count <= limit else Verdict("wrong", f"{count} words, at most {limit} were asked for")

    return check


def _words(text: str) -> re.Pattern[str]:
    """The text as words: any white space between, no letter or digit right before or behind; an operator as a whole."""
    body = r"\s+".join(re.escape(word) for word in plain(text).split())
    if not text.strip().strip(_OPERATORS):
        around = f"[{re.escape(_OPERATORS)}]"
        return re.compile(f"(?<!{around}){body}(?!{around})")
    before = r"(?<!\w)" if re.match(r"\w", text.strip()) else ""
    behind = r"(?!\w)" if re.search(r"\w\Z", text.strip()) else ""
    return re.compile(before + body + behind, re.IGNORECASE)


def _with_bodies(text: str) -> list[tuple[str, str]]:
    """(number, text up to the next) of each numbered line."""
    found = list(_STEP.finditer(text))
    ends = (*(one.start() for one in found[1:]), len(text))
    return [(one[1], text[one.start(2) : end]) for one, end in zip(found, ends, strict=False)]
