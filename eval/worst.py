"""The answers to look at first, and the training example that is nearest to each question."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice, zip_longest
from pathlib import Path
from typing import Any, NamedTuple

from eval.results import Answer

MEASURE = "Alike are the words and word pairs that two questions share, of all that the two have (the Jaccard index)."
ROWS = 50_000  # of a training file; more would take minutes
_LEAST = (0.5, 0.25, 0.1)  # how alike: the few that are much alike are found faster than all


class Example(NamedTuple):
    """A training example and how alike its question is, 0 to 1; `place` is file:line."""

    alike: float
    place: str
    question: str
    answer: str


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


def nearest(questions: Sequence[str], files: Sequence[Path]) -> list[Example | None]:
    """For each question the training example whose question is most alike; None where none is a tenth alike."""
    from prep.similarity import Shelf, shingles

    examples = list(islice((row for path in files for row in _examples(path)), ROWS))
    shelf = Shelf([shingles(question) for _, question, _ in examples])
    found: list[Example | None] = []
    for question in questions:
        asked, best = shingles(question), None
        for least in _LEAST if examples else ():
            numbers, alike = shelf.alike(asked, least)
            if len(numbers):
                at = int(alike.argmax())
                best = Example(float(alike[at]), *examples[int(numbers[at])])
                break
        found.append(best)
    return found


def _examples(path: Path) -> Iterator[tuple[str, str, str]]:
    """(file:line, question, answer) of Alpaca and chat rows; a row that is neither is passed over."""
    if not path.is_file():
        return
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            try:
                row = json.loads(line)
            except (ValueError, RecursionError):
                continue
            pair = _pair(row) if isinstance(row, dict) else None
            if pair and all(isinstance(text, str) for text in pair):
                yield f"{path}:{number}", *pair


def _pair(row: Mapping[str, Any]) -> tuple[str, str] | None:
    messages = row.get("messages")
    if isinstance(messages, list) and len(messages) > 1 and all(isinstance(one, dict) for one in messages[-2:]):
        return messages[-2].get("content", ""), messages[-1].get("content", "")
    if isinstance(row.get("instruction"), str):
        more = f"\n\n{row['input']}" if row.get("input") else ""
        return row["instruction"] + more, row.get("output", "")
    return None
