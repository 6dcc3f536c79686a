"""What a ladder says: is the tuned model better than what needs no training?"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from eval.compare import Comparison, Task, compare
from eval.results import RUNGS
from eval.sides import Side

BASE, SHOTS, REFERENCE, TUNED = "base", "base+examples", "base+reference", "tuned"
UNTUNED = (BASE, SHOTS, REFERENCE)


class Answer(NamedTuple):
    """For one task: `word` is yes, no or open, `text` the sentence that says it."""

    task: str
    word: str
    text: str


def is_ladder(subjects: Sequence[str]) -> bool:
    return TUNED in subjects and BASE in subjects and bool({SHOTS, REFERENCE} & set(subjects))


def told(folder: Path) -> list[str]:
    """What was put before the questions, a line a rung; nothing where no record of it is."""
    try:
        found = json.loads((folder / RUNGS).read_text(encoding="utf-8"))
        hits = ", ".join(f"{hit} of {task}" for task, hit in found["hits"].items())
        within = f"within {found['budget']:,} tokens"
        drawn = f"up to {found['shots']} training examples of the question's kind, drawn by the seed {found['seed']}"
        entries = f"what the question's words hit of the {found['entries']:,} entries of {found['reference']}"
        return [f"{SHOTS}: {drawn}, {within}.", f"{REFERENCE}: {entries}, {within}: {hits}."]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return []


def climb(sides: Sequence[Side]) -> list[Comparison]:
    """The tuned model against each other rung: all must be beaten, and none is chosen by its own luck."""
    tuned = next(side for side in sides if side.subject == TUNED)
    return compare([(side, tuned) for side in sides if side.subject in UNTUNED])


def answers(compared: Sequence[Comparison]) -> list[Answer]:
    """An answer for each task. `yes` needs the tuned model to be better than every other rung."""
    names = dict.fromkeys(task.task for one in compared for task in one.tasks)
    return [
        _answer(name, [(one.before, task) for one in compared for task in one.tasks if task.task == name])
        for name in names
    ]


def _answer(name: str, rungs: Sequence[tuple[str, Task]]) -> Answer:
    from eval.tables import number

    sign = -1 if rungs[0][1].lower_is_better else 1
    best, task = max(rungs, key=lambda one: sign * one[1].all.before)
    figures = (
        f"{task.metric} {number(task.all.before, task.rate)} of {best}, {number(task.all.after, task.rate)} of tuned"
    )
    if all(task.word == "better" for _, task in rungs):
        return Answer(
            name, "yes", f"{name}: yes, fine-tuning pays: tuned is better than every rung without it ({figures})."
        )
    if beaten := [label for label, task in rungs if task.word == "worse"]:
        told = f"{_and(beaten)} {'is' if len(beaten) == 1 else 'are'} better than tuned"
        return Answer(name, "no", f"{name}: no, do not fine-tune for this: {told} ({figures}).")
    undecided = [(label, task) for label, task in rungs if task.word == "not enough evidence"]
    needed = [task.needed for _, task in undecided if task.needed]
    more = f"; about {max(needed):,} items would decide" if needed else ""
    return Answer(
        name,
        "open",
        f"{name}: not decided: not enough evidence that tuned is better than {_and([label for label, _ in undecided])} "
        f"({figures}){more}. Until then {best} costs no training.",
    )


def _and(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
