"""Checks of a written answer: pure functions from text to a verdict, with the reason.

A question of a `qa` suite lists them: `checks: [{contains: lock nut}, {number: 45, unit: Nm, tolerance: 0.5}]`. All
must hold. "No answer" is kept apart from "wrong": an empty answer, or one that says that it does not know.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple

from prep.errors import UserError

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
    r"(?:i\s+have\s+)?no\s+idea|n/?a|unknown)\b[^.!?,;:\n]*[.!?]*\s*$",
    re.IGNORECASE,
)
_THING = (
    r"(?:available|built.?in|defined|existing|found|function|known|listed|part|real|recogni[sz]ed|supported|valid|"
    r"variable|directive|class|method|property|command)"
)
_DENIES = re.compile(
    r"\b(?:do|does|did)(?:\s+not|n'?t)\s+(?:\w+\s+){0,2}(?:exist|have|include|contain|provide|support|offer|define)\b|"
    r"\b(?:there(?:\s+is|'?s|\s+are)|has|have)\s+no(?:t\s+an?y?|\s+such)?\s+\w+|\bno\s+such\b|\bnon-?existent\b|"
    rf"\b(?:is|are|was|were)(?:\s+not|n'?t)\s+(?:an?\s+|the\s+|any\s+)?(?:[\w-]+\s+){{0,3}}{_THING}\b|"
    r"\b(?:was|were|been)\s+removed\b|\bno\s+longer\s+(?:exists?|available|supported)\b|\bunknown\s+(?:to|in)\b",
    re.IGNORECASE,
)
_NUMBER = (
    r"[-+\u2212]?(?:\d{1,3}(?:[,\u202f\u00a0 ]\d{3})+|\d+)(?:[.,]\d+)?(?:\s*(?:[eE]|[x\u00d7]\s*10\^?)\s*[-+]?\d+)?"
)
_STEP = re.compile(r"^[ \t]{0,40}(?:\*\*)?(?:step\s+)?(\d{1,3})\s*[.):]\s*(.*)$", re.IGNORECASE | re.MULTILINE)


def judge(answer: str, checks: Sequence[Check]) -> Verdict:
    """The first check that fails decides; an answer that is none is no wrong one."""
    text = answer.replace("\u2019", "'").strip()
    if not text:
        return Verdict("no-answer", "empty")
    if _UNKNOWING.match(text):
        return Verdict("no-answer", "says that it does not know", text[:80])
    return next((found for check in checks if (found := check(text)).kind != "right"), RIGHT)


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


def number(wanted: float, unit: str = "", tolerance: float = 0.0) -> Check:
    """One number with the unit right behind it. Another number with that unit makes it wrong: it hedges.

    Without a unit every number counts, but for those of list items.
    """
    behind = rf"\s*[-\u00b7]?\s*{_unit(unit)}(?![\w/])" if unit else r"(?!\w|\.\d)"
    pattern = re.compile(rf"(?<![\w.,])({_NUMBER}){behind}")

    def check(text: str) -> Verdict:
        plain = text if unit else _STEP.sub(r"\2", text)
        seen = [(found[1], value(found[1])) for found in pattern.finditer(plain)]
        shown = ", ".join(raw for raw, _ in seen)
        if not seen:
            return Verdict("wrong", f"names no number{f' in {unit}' if unit else ''}")
        off = [raw for raw, read in seen if abs(read - wanted) > tolerance + 1e-9 * abs(wanted)]
        if len(off) == len(seen):
            return Verdict("wrong", f"says {shown}, not {wanted:g}{f' {unit}' if unit else ''}", shown)
        return Verdict("wrong", f"says {shown}: more than one answer", shown) if off else RIGHT._replace(seen=shown)

    return check


def value(text: str) -> float:
    """The number that a text writes: 1,250.5 and 1 250.5; a single comma before other than three digits is a point."""
    plain = re.sub(r"[\u202f\u00a0 ]", "", text.replace("\u2212", "-"))
    plain = re.sub(r"\s*[x\u00d7]10\^?", "e", plain)
    if re.search(r",\d{3}(?!\d)", plain):
        plain = plain.replace(",", "")
    return float(plain.replace(",", "."))


def steps(wanted: Sequence[str]) -> Check:
    """Numbered steps 1., 2., 3. without a gap, that name these things in this order, each in a step of its own or later
    than the one before."""

    def check(text: str) -> Verdict:
        found = [(int(n), body) for n, body in _with_bodies(text)]
        numbers = [n for n, _ in found]
        if numbers != list(range(1, len(numbers) + 1)) or len(numbers) < 2:
            return Verdict("wrong", f"its steps are not numbered 1., 2., 3.: {numbers or 'none'}")
        at = 0
        for one in wanted:
            pattern = _words(one)
            place = next((i for i in range(at, len(found)) if pattern.search(found[i][1])), None)
            if place is None:
                late = any(pattern.search(body) for _, body in found)
                return Verdict("wrong", f"'{one}' comes too early" if late else f"no step says '{one}'")
            at = place
        return RIGHT

    return check


def only_names_from(names: frozenset[str], pattern: str) -> Check:
    """Each name that the answer gives in the form of `pattern` must exist: what does not is made up."""
    compiled = re.compile(pattern)
    known = {name.lower() for name in names}

    def check(text: str) -> Verdict:
        given = [found[found.lastindex or 0] for found in compiled.finditer(text)]
        made_up = sorted({name for name in given if name.lower() not in known})
        return Verdict("wrong", f"made up: {', '.join(made_up)}", ", ".join(made_up)) if made_up else RIGHT

    return check


def refuses() -> Check:
    """It must say that the thing does not exist."""

    def check(text: str) -> Verdict:
        found = _DENIES.search(text)
        return RIGHT._replace(seen=found[0]) if found else Verdict("wrong", "does not say that it does not exist")

    return check


def max_words(limit: int) -> Check:
    def check(text: str) -> Verdict:
        count = len(text.split())
        return RIGHT if count <= limit else Verdict("wrong", f"{count} words, at most {limit} were asked for")

    return check


def parse(given: Sequence[Mapping[str, Any]], where: str, folder: Path) -> list[Check]:
    """The checks of one question; files are beside the suite. Raises UserError naming `where`."""
    if not isinstance(given, list) or not given:
        raise UserError(f"{where}: no checks: a question needs at least one ({', '.join(_KINDS)})")
    return [_parse(one, where, folder) for one in given]


def _parse(given: Mapping[str, Any], where: str, folder: Path) -> Check:
    kinds = [key for key in given if key in _KINDS] if isinstance(given, Mapping) else []
    if len(kinds) != 1:
        raise UserError(f"{where}: a check names one of {', '.join(_KINDS)}: {json.dumps(given, default=str)}")
    kind = kinds[0]
    more = {key: value for key, value in given.items() if key != kind}
    try:
        return _KINDS[kind](given[kind], more, folder)
    except (TypeError, ValueError, re.error) as error:
        raise UserError(f"{where}: {kind}: {error}") from None


def _no_more(more: Mapping[str, Any], *known: str) -> Mapping[str, Any]:
    if unknown := [key for key in more if key not in known]:
        raise ValueError(f"does not know '{unknown[0]}' (it knows {', '.join(known) or 'nothing more'})")
    return more


def _listed(given: Any) -> list[str]:
    if not isinstance(given, list) or not given or not all(isinstance(one, str) and one.strip() for one in given):
        raise ValueError("must be a list of texts")
    return given


def _string(given: Any) -> str:
    if not isinstance(given, str) or not given.strip():
        raise ValueError("must be a text")
    return given


def _numeric(given: Any) -> float:
    if isinstance(given, bool) or not isinstance(given, int | float):
        raise ValueError("must be a number")
    return float(given)


def _plain(make: Callable[[Any], Check], read: Callable[[Any], Any]) -> Callable[[Any, Mapping[str, Any], Path], Check]:
    """A kind that takes nothing but its own value."""

    def build(given: Any, more: Mapping[str, Any], _: Path) -> Check:
        _no_more(more)
        return make(read(given))

    return build


def _number(given: Any, more: Mapping[str, Any], _: Path) -> Check:
    more = _no_more(more, "unit", "tolerance")
    return number(_numeric(given), str(more.get("unit", "")), _numeric(more.get("tolerance", 0)))


def _names(given: Any, more: Mapping[str, Any], folder: Path) -> Check:
    path = folder / _string(given)
    if not path.is_file():
        raise ValueError(f"no file {path}")
    names = frozenset(line.strip() for line in path.read_text(encoding="utf-8").splitlines() if line.strip())
    return only_names_from(names, _string(_no_more(more, "pattern").get("pattern", r"`([^`\s]+?)(?:\(\))?`")))


def _refuses(given: Any, more: Mapping[str, Any], _: Path) -> Check:
    _no_more(more)
    if given is not True:
        raise ValueError("must be true, or left out")
    return refuses()


def _max_words(given: Any, more: Mapping[str, Any], _: Path) -> Check:
    _no_more(more)
    if isinstance(given, bool) or not isinstance(given, int) or given < 1:
        raise ValueError("must be a whole number of words")
    return max_words(given)


_KINDS: dict[str, Callable[[Any, Mapping[str, Any], Path], Check]] = {
    "contains": _plain(contains, _string),
    "any_of": _plain(any_of, _listed),
    "regex": _plain(matches, _string),
    "number": _number,
    "steps": _plain(steps, _listed),
    "only_names_from": _names,
    "refuses": _refuses,
    "max_words": _max_words,
}


def _words(text: str) -> re.Pattern[str]:
    """The text as words: any white space between, no letter or digit right before or behind."""
    body = r"\s+".join(re.escape(word) for word in text.split())
    return re.compile(rf"(?<!\w){body}(?!\w)" if text[:1].isalnum() else body, re.IGNORECASE)


def _unit(unit: str) -> str:
    """Units are written as one or apart: Nm, N m, N\u00b7m; m/s; %. Case counts: mW is not MW."""
    return r"[\s\u00b7*.-]?".join(re.escape(letter) for letter in unit.replace(" ", ""))


def _with_bodies(text: str) -> list[tuple[str, str]]:
    """(number, text up to the next) of each numbered line."""
    found = list(_STEP.finditer(text))
    ends = (*(one.start() for one in found[1:]), len(text))
    return [(one[1], text[one.start(2) : end]) for one, end in zip(found, ends, strict=False)]
