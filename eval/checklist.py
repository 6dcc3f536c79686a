"""The checks of a question as a suite writes them, read: `checks: [{contains: lock nut}, {max_words: 60}]`."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from eval.checks import (
    IN_BACKTICKS,
    Check,
    any_of,
    contains,
    matches,
    max_words,
    number,
    only_names_from,
    plain,
    refuses,
    steps,
)
from prep.errors import UserError


def parse(given: Sequence[Mapping[str, Any]], where: str, folder: Path) -> list[Check]:
    """The checks of one question; files are beside the suite. Raises UserError naming `where`."""
    if not isinstance(given, list) or not given:
        raise UserError(f"{where}: no checks: a question needs at least one ({', '.join(KINDS)})")
    return [_parse(one, where, folder) for one in given]


def _parse(given: Mapping[str, Any], where: str, folder: Path) -> Check:
    kinds = [key for key in given if key in KINDS] if isinstance(given, Mapping) else []
    if len(kinds) != 1:
        raise UserError(f"{where}: a check names one of {', '.join(KINDS)}: {json.dumps(given, default=str)}")
    kind = kinds[0]
    more = {key: value for key, value in given.items() if key != kind}
    try:
        return KINDS[kind](given[kind], more, folder)
    except (TypeError, ValueError, re.error) as error:
        raise UserError(f"{where}: {kind}: {error}") from None


def _no_more(more: Mapping[str, Any], *known: str) -> Mapping[str, Any]:
    if unknown := [key for key in more if key not in known]:
        raise ValueError(f"does not know '{unknown[0]}' (it knows {', '.join(known) or 'nothing more'})")
    return more


def _listed(given: Any) -> list[str]:
    if not isinstance(given, list) or not given or not all(isinstance(one, str) and plain(one) for one in given):
        raise ValueError("must be a list of texts")
    return given


def _string(given: Any) -> str:
    if not isinstance(given, str) or not plain(given):
        raise ValueError("must be a text")
    return given


def _numeric(given: Any) -> float:
    if isinstance(given, bool) or not isinstance(given, int | float):
        raise ValueError("must be a number")
    if not math.isfinite(given):
        raise ValueError("must be a finite number")
    return float(given)


def _plain(make: Callable[[Any], Check], read: Callable[[Any], Any]) -> Callable[[Any, Mapping[str, Any], Path], Check]:
    """A kind that takes nothing but its own value."""

    def build(given: Any, more: Mapping[str, Any], _: Path) -> Check:
        _no_more(more)
        return make(read(given))

    return build


def _number(given: Any, more: Mapping[str, Any], _: Path) -> Check:
    more = _no_more(more, "unit", "tolerance", "repeated")
    unit = more.get("unit", [])
    units = [_string(unit)] if isinstance(unit, str) else _listed(unit) if unit else []
    repeated = more.get("repeated", [])
    if not isinstance(repeated, list):
        raise ValueError("`repeated` must be a list of numbers")
    tolerance = _numeric(more.get("tolerance", 0))
    if tolerance < 0:
        raise ValueError("`tolerance` must not be below 0")
    return number(_numeric(given), units, tolerance, [_numeric(one) for one in repeated])


def _names(given: Any, more: Mapping[str, Any], folder: Path) -> Check:
    path = folder / _string(given)
    if not path.is_file():
        raise ValueError(f"no file {path}")
    names = frozenset(line.strip() for line in path.read_text(encoding="utf-8").splitlines() if line.strip())
    if not names:
        raise ValueError(f"no names in {path}: one a line")
    return only_names_from(names, _string(_no_more(more, "pattern").get("pattern", IN_BACKTICKS)))


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


KINDS: dict[str, Callable[[Any, Mapping[str, Any], Path], Check]] = {
    "contains": _plain(contains, _string),
    "any_of": _plain(any_of, _listed),
    "regex": _plain(matches, _string),
    "number": _number,
    "steps": _plain(steps, _listed),
    "only_names_from": _names,
    "refuses": _refuses,
    "max_words": _max_words,
}
