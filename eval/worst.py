"""The answers to look at first, and the training example that is nearest to each question."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice, zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from eval.results import Answer
from eval.training import Example, examples

if TYPE_CHECKING:
    from prep.similarity import Shelf, Shingles

MEASURE = "Alike are the words and word pairs that two questions share, of all that the two have (the Jaccard index)."
ROWS = 50_000  # of a training file; more would take minutes
_LEAST = (0.5, 0.25, 0.1)  # how alike: the few that are much alike are found faster than all


class Near(NamedTuple):
    """A training example and how alike its question is, 0 to 1."""

    alike: float
    example: Example


def worst(answers: Iterable[Answer], before: Mapping[tuple[str, str], float], count: int) -> list[Answer]:
    """The worst answer of each item, the worst items first: each task in turn, and in it each category.

    `before` has what another subject scored, by (task, id): what it could is shown before what it could not. Of what
    is right or wrong only the wrong is there; of a likelihood the dearest byte.
    """
    lowest: dict[tuple[str, str], Answer] = {}
    for answer in answers:
        key = (answer.task, answer.id)
        if key not in lowest or answer.score < lowest[key].score:
            lowest[key] = answer
    wrong = [answer for answer in lowest.values() if answer.verdict == "measured" or answer.score < 1]
    judged = [answer for answer in wrong if answer.verdict != "unjudged"]

    def rank(answer: Answer) -> tuple[float, bool]:
        found = answer.score / (answer.weight or 1)
        return round(found, 6), not before.get((answer.task, answer.id), 0.0) > answer.score

    tasks = [
        list(_in_turn(sorted(_group(rows, "category"), key=lambda one: rank(one[0])), rank))
        for rows in _group(sorted(judged, key=rank), "task")
    ]
    return list(islice((one for turn in zip_longest(*tasks) for one in turn if one is not None), count))


def _group(answers: Sequence[Answer], name: str) -> list[list[Answer]]:
    found: dict[str, list[Answer]] = {}
    for answer in answers:
        found.setdefault(getattr(answer, name), []).append(answer)
    return list(found.values())


def _in_turn(groups: list[list[Answer]], rank: Any) -> Iterator[Answer]:
    """Equal ranks from one group after the other; a worse rank always first."""
    turns = [(rank(one), turn, at, one) for at, rows in enumerate(groups) for turn, one in enumerate(rows)]
    yield from (one for *_, one in sorted(turns, key=lambda found: found[:3]))


def nearest(questions: Sequence[str], files: Sequence[Path]) -> list[Near | None]:
    """For each question the training example whose question is most alike; None where none is a tenth alike."""
    from prep.similarity import Shelf, shingles

    rows = list(islice((row for path in files for row in examples(path)), ROWS))
    shelf = Shelf([shingles(row.question) for row in rows])
    return [_nearest(shingles(question), rows, shelf) if rows else None for question in questions]


def _nearest(asked: Shingles, rows: Sequence[Example], shelf: Shelf) -> Near | None:
    for least in _LEAST:
        numbers, alike = shelf.alike(asked, least)
        if len(numbers):
            at = int(alike.argmax())
            return Near(float(alike[at]), rows[int(numbers[at])])
    return None
