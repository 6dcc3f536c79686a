"""Numbers in an answer, with their units: which ones it gives, as values, and whether it hedges between several.

A point is a decimal point; a comma before three digits parts thousands, any other is a decimal comma. Numbers in words
are not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

SIGNS = "$\u20ac\u00a3\u00a5"  # units that stand before their number too
MAX_DIGITS = 40
_FRACTIONS = {"\u00bd": 0.5, "\u00bc": 0.25, "\u00be": 0.75}
_WHOLE = rf"\d{{1,3}}(?:[,' ]\d{{3}}){{1,6}}|\d{{1,3}}(?:\.\d{{3}}){{1,6}}(?=,\d)|\d{{1,{MAX_DIGITS}}}"
_POWER = r"[eE][-+]?\d{1,3}|\s?[x\u00d7*]\s?10\s?(?:\^|\*\*)\s?\{?[-+]?\d{1,3}\}?"
_PLAIN = rf"(?:{_WHOLE})(?:[.,]\d{{1,{MAX_DIGITS}}})?(?:{_POWER})?"
_FRACTION = r"(?:\d{1,4} )?\d{1,4}\s?/\s?\d{1,4}|(?:\d{1,4} ?)?[\u00bd\u00bc\u00be]"
NUMBER = rf"[-+]?(?:{_FRACTION}|{_PLAIN}|\.\d{{1,{MAX_DIGITS}}})"
_RANGE = re.compile(rf"(?<![\w.,])({NUMBER})\s*(-|\u2013|\u2014|\.\.+|\bto\b|\bor\b|\band\b|\bthrough\b)\s*\Z")
_LABEL = re.compile(
    r"(?:\b(?:bolt|figure|fig|hole|item|line|no|number|page|part|pass|point|row|section|size|stage|step|table|version)s?"
    r"\.?|#)\s*\Z",
    re.IGNORECASE,
)
_DENIED = re.compile(
    r"(?:\bnot|n't|\bnever|\brather than|\binstead of)\s+(?:\w{1,8}\s+){0,2}[^\w\s]{0,2}\Z", re.IGNORECASE
)
_MARGIN = re.compile(r"(?:\u00b1|\+/-|plus or minus)\s*\Z", re.IGNORECASE)
_SUM = "0123456789+-*/^%().,'\u00d7\u00f7\u00b7 "  # what stands before the `=` of a sum
MAX_NUMBERS = 100  # an answer that gives more has hedged long before
LOOK_BACK = 100  # characters before a number that decide what it is


class Found(NamedTuple):
    """`raw` as it is written."""

    raw: str
    value: float


def given(text: str, units: Sequence[str]) -> list[Found]:
    """The numbers with one of `units`, each end of a range; without units all. Left out: what is denied, margins (the
    5 of `45 \u00b1 5`), and without units the left sides of sums."""
    text = text if units else _right_sides(text)
    found = islice(_with_unit(text, units), MAX_NUMBERS) if units else _bare(text)
    return [one for start, raw in found for one in _read(text, start, raw)]


def value(text: str) -> float:
    """The number that a text writes. Raises ValueError or ZeroDivisionError for what is none."""
    plain = re.sub(r"[ ']", "", text) if "/" not in text and text[-1:] not in _FRACTIONS else text
    if sign := next((sign for sign in _FRACTIONS if sign in text), ""):
        whole = text.replace(sign, "").strip()
        return (float(whole) if whole.strip("+-") else 0.0) + _FRACTIONS[sign]
    if "/" in plain:
        above, _, below = plain.partition("/")
        parts = above.split()
        return sum(map(float, parts[:-1])) + float(parts[-1]) / float(below)
    plain = re.sub(r"[x\u00d7*]10(?:\^|\*\*)", "e", plain).translate({ord("{"): None, ord("}"): None})
    if re.search(r"\.\d{3}(?:\.\d{3})*,\d", plain):
        plain = plain.replace(".", "")
    if re.search(r",\d{3}(?!\d)", plain):
        plain = plain.replace(",", "")
    return float(plain.replace(",", "."))


def _with_unit(text: str, units: Sequence[str]) -> Iterator[tuple[int, str]]:
    names = "|".join(_unit(unit) for unit in sorted(units, key=len, reverse=True))
    behind = rf"\s{{0,3}}[-\u00b7]?\s{{0,3}}(?:{names})(?![\w/^])(?!\s?[\u00b7*]\s?\w)"
    for found in re.finditer(rf"(?<![\w.,])({NUMBER}){behind}", text):
        yield found.start(1), found[1]
    if signs := [unit for unit in units if unit in SIGNS]:
        before = "|".join(map(re.escape, signs))
        for found in re.finditer(rf"(?:{before})\s?({NUMBER})(?![\w.]\d)", text):
            yield found.start(1), found[1]


def _bare(text: str) -> list[tuple[int, str]]:
    """All numbers that stand alone; where there is none, those with letters right behind them (100ms)."""
    for behind in (r"(?!\w|[.,]\d)", r"(?=[^\W\d])(?![eE]\d)"):
        every = re.finditer(rf"(?<![\w.,])({NUMBER}){behind}", text)
        if found := [(one.start(1), one[1]) for one in islice(every, MAX_NUMBERS)]:
            return found
    return []


def _read(text: str, start: int, raw: str) -> list[Found]:
    before = text[max(0, start - LOOK_BACK) : start]
    if _DENIED.search(before):
        return []
    if margin := _MARGIN.search(before):
        nominal = re.search(rf"(?<![\w.,])({NUMBER})\s*\Z", before[: margin.start()])
        return _values(nominal[1]) if nominal else []
    other = _RANGE.search(before)
    if other and not _LABEL.search(before[: other.start()]):
        return _values(other[1]) + _values(raw.lstrip("+-") if other[2] == "-" else raw)
    return _values(raw)


def _values(raw: str) -> list[Found]:
    try:
        return [Found(raw, value(raw))]
    except (ValueError, ZeroDivisionError):
        return []


def _right_sides(text: str) -> str:
    """Sums without their left sides: of `6 + 4 * 9 = 42` the 42."""
    *left, last = text.split("=")
    return " = ".join([*(part.rstrip(_SUM) for part in left), last])


def _unit(unit: str) -> str:
    """Units are written as one or apart: Nm, N m, N\u00b7m; m/s; %. Case counts where they are short: mW is not MW."""
    body = r"[\s\u00b7*.-]?".join(re.escape(letter) for letter in unit.replace(" ", ""))
    return f"(?i:{body})" if len(unit) > 3 and unit.isascii() and unit.replace(" ", "").isalpha() else body
