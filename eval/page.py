"""What a report shows of some sides: numbers as text and as lengths of bars, and every answer, made safe to show."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from statistics import fmean
from typing import Any, NamedTuple

from eval.results import CHECKED, EXEC, MEASURED, WRITTEN, Answer, flat
from eval.sides import Side
from eval.statistics import Interval, difference, proportion
from eval.worst import Near, nearest, worst

WORST = 10
SHOWN = 10_000  # characters of one text on the page, and fewer where there are very many
ALL = 30_000_000  # characters of all
GOOD = {"passed", "right", "loads"}
_ORDER = {verdict: at for at, verdict in enumerate((*EXEC, *CHECKED, *WRITTEN, MEASURED))}
TEXT = 400  # what is cut shorter is a name
# What is no text would be invisible, or turn the text around it: shown by its picture or its number.
_VISIBLE = {code: chr(0x2400 + code) for code in range(32) if chr(code) not in "\t\n"} | {0x7F: "\u2421"}
_VISIBLE |= {
    code: f"\u27e8U+{code:04X}\u27e9" for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F)
}
_VISIBLE |= dict.fromkeys((*range(0x80, 0xA0), 0xFFFE, 0xFFFF), "\ufffd")


class Bar(NamedTuple):
    """Lengths in per cent of the widest; `side` is the number of its subject, for the colour."""

    side: int
    label: str
    length: float
    low: float
    high: float
    value: str
    interval: str


class Scale(NamedTuple):
    """How values of a task become lengths: `lower` turns the sign of scores, of which more is better."""

    rate: bool
    lower: bool
    widest: float

    def length(self, value: float) -> float:
        return round(min(100.0, max(0.0, 100 * value / (self.widest or 1.0))), 2)


def visible(text: str, most: int = SHOWN) -> str:
    """`text` as it can be shown: cut at `most` characters, with signs in the place of what is no text."""
    if text and not text.strip():
        return f"(white space only, {len(text):,} characters)"
    cut = text[:most].replace("\r\n", "\n").encode("utf-8", "replace").decode("utf-8").translate(_VISIBLE)
    if len(text) <= most:
        return cut
    return f"{cut}\n[... {len(text) - most:,} characters more, in answers.jsonl]" if most >= TEXT else f"{cut}…"


def tasks(sides: Sequence[Side]) -> list[dict[str, Any]]:
    """A task each, in the order of the first side that has it: its bars, categories, verdicts and metrics."""
    names = dict.fromkeys(name for side in sides for name in side.results["tasks"])
    found = []
    for name in names:
        rows = [[answer for answer in side.answers if answer.task == name] for side in sides]
        if any(rows):
            found.append(_task(name, sides, rows))
    return found


def _task(name: str, sides: Sequence[Side], rows: Sequence[list[Answer]]) -> dict[str, Any]:
    declared = [side.results["tasks"].get(name, {}) for side in sides]
    lower = any(one.get("higher_is_better") is False for one in declared)
    judged = [[answer for answer in some if answer.verdict != "unjudged"] for some in rows]
    values = [_interval(one) if one else None for one in judged]
    rate = all(0 <= answer.score <= 1 and answer.weight == 1 for some in judged for answer in some)
    bounds = [abs(bound) for one in values if one for bound in one if math.isfinite(bound)]
    scale = Scale(rate, lower, 1.0 if rate else max(bounds, default=1.0))
    told = next((one["headline"] for one in declared if one.get("headline")), "score")
    return {
        "name": name,
        "headline": told if not rate or _is_mean(told, declared, sides, values) else "score",
        "lower": lower,
        "n": len({answer.id for some in rows for answer in some}),
        "judged": any(judged),
        "bars": _bars(sides, values, scale),
        "categories": _categories(sides, judged, scale),
        "verdicts": _verdicts(sides, rows),
        "metrics": _metrics(sides, declared),
    }


def _is_mean(metric: str, declared: Sequence[Any], sides: Sequence[Side], values: Sequence[Interval | None]) -> bool:
    """Whether the bars, which are means of the scores, are the headline's."""
    pairs = zip(declared, sides, values, strict=True)
    told = [(one.get("metrics", {}).get(metric, {}).get(side.subject), value) for one, side, value in pairs if value]
    return all(number is not None and abs(number - value.value) < 1e-6 for number, value in told)


def _interval(rows: Sequence[Answer]) -> Interval:
    """The mean of the items, with its interval; of a likelihood the sum of the scores over that of the bytes."""
    items: dict[str, list[Answer]] = {}
    for answer in rows:
        items.setdefault(answer.id, []).append(answer)
    scores = [fmean(answer.score for answer in item) for item in items.values()]
    weights = [fmean(answer.weight for answer in item) for item in items.values()]
    if all(score in (0, 1) and weight == 1 for score, weight in zip(scores, weights, strict=True)):
        return proportion(int(sum(scores)), len(scores))
    return difference([0.0] * len(scores), scores, weights if any(weight != 1 for weight in weights) else None)


def _bars(sides: Sequence[Side], values: Sequence[Interval | None], scale: Scale) -> list[Bar]:
    from eval.tables import number

    found = []
    for at, (side, one) in enumerate(zip(sides, values, strict=True)):
        if one is not None:
            value, low, high = Interval(-one.value, -one.high, -one.low) if scale.lower else one
            told = f"{number(low, scale.rate)} to {number(high, scale.rate)}"
            shown, most = number(value, scale.rate), scale.length(high)
            found.append(Bar(at, side.label, scale.length(value), scale.length(low), most, shown, told))
    return found


def _categories(sides: Sequence[Side], rows: Sequence[list[Answer]], scale: Scale) -> list[dict[str, Any]]:
    """Without intervals: those of a few items would say little, and take long."""
    found = []
    for category in sorted({answer.category for some in rows for answer in some}):
        some = [[answer for answer in one if answer.category == category] for one in rows]
        means = [_mean(one) if one else None for one in some]
        values = [None if mean is None else Interval(mean, mean, mean) for mean in means]
        n = len({answer.id for one in some for answer in one})
        found.append((category, n, values))
    largest = [abs(one.value) for _, _, values in found for one in values if one]
    shared = scale._replace(widest=1.0 if scale.rate else max(largest, default=1.0))
    shown = [{"name": name, "n": n, "bars": _bars(sides, values, shared)} for name, n, values in found]
    return shown if len(shown) > 1 else []


def _mean(rows: Sequence[Answer]) -> float:
    return sum(answer.score for answer in rows) / (sum(answer.weight for answer in rows) or 1)


def _verdicts(sides: Sequence[Side], rows: Sequence[list[Answer]]) -> dict[str, Any]:
    """{names, rows}: how often each verdict was given; nothing where all were only measured."""
    counts = [Counter(answer.verdict for answer in some) for some in rows]
    names = sorted({name for count in counts for name in count} - {MEASURED}, key=lambda name: _ORDER.get(name, 99))
    table = [(at, side.label, [counts[at][name] for name in names]) for at, side in enumerate(sides) if rows[at]]
    return {"names": names, "rows": table if names else []}


def _metrics(sides: Sequence[Side], declared: Sequence[Mapping[str, Any]]) -> list[tuple[str, list[str]]]:
    names = dict.fromkeys(name for one in declared for name in one.get("metrics", {}))
    told = []
    for name in names:
        values = [
            one.get("metrics", {}).get(name, {}).get(side.subject) for one, side in zip(declared, sides, strict=True)
        ]
        told.append((name, ["-" if value is None else f"{value:.4g}" for value in values]))
    return told


def speed(sides: Sequence[Side]) -> list[tuple[str, dict[str, Any]]]:
    found = [(side.label, side.results["speed"].get(side.subject)) for side in sides]
    return [(label, told) for label, told in found if isinstance(told, dict)]


def worst_answers(sides: Sequence[Side]) -> list[tuple[Answer, Near | None]]:
    """Of the last side; what the first could is shown before what it could not."""
    last, first = sides[-1], sides[0]
    before: dict[tuple[str, str], list[float]] = {}
    for answer in first.answers if first is not last else ():
        before.setdefault((answer.task, answer.id), []).append(answer.score)
    found = worst(last.answers, {key: fmean(scores) for key, scores in before.items()}, WORST)
    return list(zip(found, nearest([answer.question for answer in found], trained_on(last)), strict=True))


def trained_on(side: Side) -> list[Path]:
    return [Path(str(path)) for path in side.results.get("train") or [] if Path(str(path)).is_file()]


def everything(sides: Sequence[Side]) -> dict[str, Any]:
    """What the page's own script filters and searches: an item each, with every side's answers to it."""
    items: dict[tuple[str, str], dict[str, Any]] = {}
    texts = 1 + sum(3 * len(side.answers) for side in sides)
    most = max(TEXT, min(SHOWN, ALL // texts))
    for at, side in enumerate(sides):
        for answer in side.answers:
            item = items.setdefault((answer.task, answer.id), _item(answer, len(sides), most))
            item["a"][at].append(_shown(answer, most))
    return {"sides": [side.label for side in sides], "good": sorted(GOOD), "items": list(items.values())}


def _item(answer: Answer, sides: int, most: int) -> dict[str, Any]:
    return {
        "t": visible(answer.task, 200),
        "i": visible(answer.id, 200),
        "c": visible(answer.category, 200),
        "q": visible(answer.question or answer.prompt, most),
        "r": visible(answer.reference, most),
        "a": [[] for _ in range(sides)],
    }


def _shown(answer: Answer, most: int) -> dict[str, Any]:
    numbers = {visible(name, 60): value for name, value in answer.scores.items()}
    return {
        "v": answer.verdict,
        "s": answer.score,
        "w": answer.weight,
        "a": visible(answer.answer, most),
        "e": visible(answer.reason, most),
        "n": numbers,
        "d": answer.seconds,
    }


def facts(sides: Iterable[Side]) -> list[tuple[str, list[str]]]:
    """Where each side is from, and how it was asked: a row for what differs or is worth telling."""
    told: dict[str, list[str]] = {}
    for side in sides:
        subject = side.results["subjects"].get(side.subject, {})
        rows: dict[str, Any] = {"folder": side.folder, "model": subject.get("path"), "kind": subject.get("kind")}
        rows |= {"prompting": subject.get("prompting"), "evaluated": side.results.get("created")}
        rows |= {"lm-eval": side.results.get("harness"), "commit": side.results.get("git")}
        rows |= flat(side.results["settings"])
        for name, value in rows.items():
            told.setdefault(name, []).append("-" if value is None else visible(str(value), 300))
    return list(told.items())
