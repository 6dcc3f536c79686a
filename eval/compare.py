"""Two results on the same items -> what differs, how sure that is, and which items made it.

An item's value is the mean of its samples' scores. Values are paired by (task, id); what one side lacks, what nobody
judged and what was asked in other words is left out, counted and named.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from statistics import fmean
from typing import Any, NamedTuple

from eval.results import Answer, flat
from eval.sides import Side
from eval.statistics import CONFIDENCE, Interval, Word, chance, decide, difference, holm, items_needed
from prep.errors import UserError


class Item(NamedTuple):
    """One item as both sides answered it; `weight` is that of the first side (bytes, for a likelihood)."""

    id: str
    category: str
    before: float
    after: float
    weight: float


@dataclass(frozen=True)
class Change:
    """What some items say together, in the metric's own direction: of bits per byte, less is better.

    `gained` and `lost` are the ids of the items that became better and worse, the largest change first.
    """

    n: int
    before: float
    after: float
    difference: Interval
    gained: list[str]
    lost: list[str]


@dataclass(frozen=True)
class Left:
    """Items that were not compared, by their ids."""

    only_before: list[str]
    only_after: list[str]
    other_question: list[str]
    unjudged: list[str]


@dataclass(frozen=True)
class Task:
    """`p` is McNemar's for pass and fail, else that of the sign-flip test; `holm` is corrected for all the tests of the
    comparison. `needed`: how many items would decide, where these do not."""

    task: str
    metric: str
    rate: bool  # a share of 1, shown in per cent
    lower_is_better: bool
    all: Change
    categories: dict[str, Change]
    left: Left
    items: list[Item]
    p: float
    holm: float = 1.0
    word: Word = "not enough evidence"
    needed: int | None = None


@dataclass(frozen=True)
class Comparison:
    """`after` against `before`, task by task."""

    before: str
    after: str
    tasks: list[Task]
    notes: list[str]  # what was set otherwise, which tasks only one side has


def compare(pairs: Sequence[tuple[Side, Side]]) -> list[Comparison]:
    """Each pair's second side against its first. A task of which no item is left is a note."""
    found = [_pair(before, after) for before, after in pairs]
    chances = [task.p for comparison in found for task in comparison.tasks]
    corrected = iter(holm(chances))
    return [replace(one, tasks=[_decided(task, next(corrected), len(chances)) for task in one.tasks]) for one in found]


def as_json(sides: Sequence[Side], found: Sequence[Comparison]) -> dict[str, Any]:
    """What `--json` writes; an interval is [value, low, high], a bound null where it is open."""
    named = [{"label": side.label, "folder": str(side.folder), "subject": side.subject} for side in sides]
    comparisons = [asdict(one) for one in found]
    for task in (task for one in comparisons for task in one["tasks"]):
        task["items"] = [item._asdict() for item in task["items"]]
    return {"confidence": CONFIDENCE, "sides": named, "comparisons": _finite(comparisons)}


def _pair(before: Side, after: Side) -> Comparison:
    ours, theirs = _by_task(before.answers), _by_task(after.answers)
    found = [_task(name, before, ours[name], theirs[name]) for name in ours if name in theirs]
    compared = [task for task in found if task is not None]
    names = {task.task for task in compared}
    apart = [_nothing(name, ours[name], theirs[name]) for name in ours if name in theirs and name not in names]
    more = {before.label: ours.keys() - theirs.keys(), after.label: theirs.keys() - ours.keys()}
    alone = [f"only {label} has {', '.join(sorted(tasks))}" for label, tasks in more.items() if tasks]
    return Comparison(before.label, after.label, compared, [*apart, *alone, *_settings(before, after, list(names))])


def refuse_nothing(found: Sequence[Comparison]) -> None:
    """UserError where a pair has no item that both answered and that was judged."""
    for one in found:
        if not one.tasks:
            raise UserError(f"{one.before} and {one.after} have no item in common: {'; '.join(one.notes)}")


def _nothing(name: str, ours: dict[str, list[Answer]], theirs: dict[str, list[Answer]]) -> str:
    common = ours.keys() & theirs.keys()
    why = (
        f"the {len(common)} items in common were not judged, or asked in other words" if common else "no item in common"
    )
    return f"{name}: {why}"


def _by_task(answers: Iterable[Answer]) -> dict[str, dict[str, list[Answer]]]:
    """{task: {id: its samples}}"""
    found: dict[str, dict[str, list[Answer]]] = {}
    for answer in answers:
        found.setdefault(answer.task, {}).setdefault(answer.id, []).append(answer)
    return found


def _task(name: str, side: Side, ours: dict[str, list[Answer]], theirs: dict[str, list[Answer]]) -> Task | None:
    """None where no item is left to compare."""
    common = [id for id in ours if id in theirs]
    declared = side.results["tasks"].get(name, {})
    read_only = declared.get("metrics") == {}  # answers to read: their score says nothing
    unjudged = [id for id in common if read_only or any(a.verdict == "unjudged" for a in ours[id] + theirs[id])]
    other = [id for id in common if ours[id][0].question != theirs[id][0].question]
    apart = {*unjudged, *other}
    items = [_item(ours[id], theirs[id]) for id in common if id not in apart]
    if not items:
        return None
    left = Left([id for id in ours if id not in theirs], [id for id in theirs if id not in ours], other, unjudged)
    values = [value for item in items for value in (item.before, item.after)]
    weighted = any(item.weight != 1 for item in items)
    lower = declared.get("higher_is_better") is False
    sign = -1 if lower else 1
    categories = sorted({item.category for item in items})
    return Task(
        task=name,
        metric="bits_per_byte" if weighted else _metric(declared, side, ours),
        rate=not weighted and all(0 <= value <= 1 for value in values),
        lower_is_better=lower,
        all=_change(items, sign),
        categories={
            category: _change([item for item in items if item.category == category], sign)
            for category in (categories if len(categories) > 1 else [])
        },
        left=left,
        p=chance(*_columns(items)),
        items=items,
    )


def _item(ours: list[Answer], theirs: list[Answer]) -> Item:
    """A likelihood whose bytes were counted otherwise (one prompt ends in a line feed) is taken per byte."""
    weight, other = fmean(answer.weight for answer in ours), fmean(answer.weight for answer in theirs)
    after = fmean(answer.score for answer in theirs)
    scaled = after * weight / other if other not in (0, weight) else after
    return Item(ours[0].id, ours[0].category, fmean(answer.score for answer in ours), scaled, weight)


def _columns(items: Sequence[Item]) -> tuple[list[float], list[float], list[float] | None]:
    weights = [item.weight for item in items]
    before, after = [item.before for item in items], [item.after for item in items]
    return before, after, weights if any(weight != 1 for weight in weights) else None


def _change(items: Sequence[Item], sign: int) -> Change:
    before, after, weights = _columns(items)
    total = sum(weights or [1.0] * len(items))
    found = difference(before, after, weights)
    interval = found if sign > 0 else Interval(-found.value, -found.high, -found.low)
    moved = sorted(items, key=lambda item: -abs(item.after - item.before))
    return Change(
        n=len(items),
        before=sign * sum(before) / total,
        after=sign * sum(after) / total,
        difference=interval,
        gained=[item.id for item in moved if item.after > item.before],
        lost=[item.id for item in moved if item.after < item.before],
    )


def _metric(declared: dict[str, Any], side: Side, ours: dict[str, list[Answer]]) -> str:
    """The task's headline where that is the mean of the scores, else `score`."""
    headline = str(declared.get("headline", "score"))
    told = declared.get("metrics", {}).get(headline, {}).get(side.subject)
    mean = fmean(fmean(answer.score for answer in answers) for answers in ours.values())
    return headline if told is not None and abs(told - mean) < 1e-6 else "score"


def _decided(task: Task, corrected: float, tests: int) -> Task:
    found = task.all.difference
    good = Interval(-found.value, -found.high, -found.low) if task.lower_is_better else found
    word = decide(good, corrected)
    needed = items_needed(*_columns(task.items), tests=tests) if word == "not enough evidence" else None
    return replace(task, holm=corrected, word=word, needed=needed)


def _settings(before: Side, after: Side, tasks: Sequence[str]) -> list[str]:
    """One line that tells what was set otherwise; none within one folder."""
    ours, theirs = _set(before, tasks), _set(after, tasks)
    apart = [
        f"{key} {_short(ours.get(key))} / {_short(theirs.get(key))}"
        for key in sorted(ours.keys() | theirs.keys())
        if ours.get(key) != theirs.get(key)
    ]
    return [f"set otherwise: {', '.join(apart)}"] if apart else []


def _set(side: Side, tasks: Sequence[str]) -> dict[str, Any]:
    """All settings by their dotted names; of tasks only those that are compared."""
    settings = dict(side.results["settings"])
    if isinstance(settings.get("tasks"), dict):
        settings["tasks"] = {name: one for name, one in settings["tasks"].items() if name in tasks}
    prompting = side.results["subjects"].get(side.subject, {}).get("prompting")
    return flat({**settings, "prompting": prompting, "harness": side.results.get("harness")})


def _short(value: Any) -> str:
    text = "none" if value is None else " ".join(str(value).split())
    return text if len(text) <= 40 else f"{text[:37]}..."


def _finite(value: Any) -> Any:
    """The same with null for what JSON has no number for: the bound of an open interval."""
    if isinstance(value, dict):
        return {name: _finite(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(one) for one in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
