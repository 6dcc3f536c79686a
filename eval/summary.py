"""Journals and verdicts -> rows of answers -> the numbers of results.json."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from eval import score, statistics
from eval.asked import Asked, reference
from eval.journal import Entry, Key
from eval.lm import Work
from eval.prompts import scored
from eval.results import MEASURED, Answer
from eval.score import Scored
from eval.task import Question, Task
from prep.errors import UserError

Found = Mapping[tuple[str, str, int], Entry]  # by task, id and sample


def found_answers(entries: Mapping[Key, Entry]) -> dict[tuple[str, str, int], Entry]:
    return {(key.task, key.id, key.sample): entry for key, entry in entries.items()}


def rows(work: Work, asked: Asked, found: Found) -> list[Answer]:
    """One subject's answers to one task, judged. Raises UserError where one is missing: it was not measured."""
    entries = [[found.get((asked.name, one.id, n)) for n in range(asked.samples)] for one in asked.questions]
    whole = [[entry for entry in few if entry] for few in entries]
    if whole != entries:
        raise UserError(
            f"{work.subject.label} has not answered all of '{asked.task.name}': the same command goes on", 1
        )
    if asked.task.kind == "loss":
        judged = [[_measured(entry) for entry in few] for few in whole]
    else:
        judged = score.score(asked.task, asked.questions, [[str(entry.answer) for entry in few] for few in whole])
    return [
        _row(work, asked, question, *pair)
        for question, few, found_few in zip(asked.questions, whole, judged, strict=True)
        for pair in zip(few, found_few, strict=True)
    ]


def _measured(entry: Entry) -> Scored:
    """Raises UserError for a likelihood that is no number: broken weights, or too few bits for them."""
    if not math.isfinite(entry.answer[0]):
        raise UserError(f"the likelihood of '{entry.key.id}' is {entry.answer[0]}: the model's numbers overflow", 1)
    counts = {"tokens": float(entry.tokens or 0), "correct": float(entry.hits or 0)}
    return Scored(MEASURED, "", entry.answer[0] / math.log(2), counts)


def _row(work: Work, asked: Asked, question: Question, entry: Entry, judged: Scored) -> Answer:
    loss = asked.task.kind == "loss"
    prompt = work.prompting.text(question, loss)
    return Answer(
        subject=work.subject.label,
        task=asked.task.name,
        id=question.id,
        category=question.category,
        sample=entry.key.sample,
        prompt=prompt,
        question=question.messages[-1]["content"],
        answer="" if loss else str(entry.answer),
        reference=question.reference,
        verdict=judged.verdict,
        reason=judged.reason,
        score=judged.score,
        weight=scored(prompt, reference(question, work.prompting)) if loss else 1,
        scores=dict(judged.scores),
        seconds=None if entry.seconds is None else round(entry.seconds, 4),
        tokens=entry.tokens,
    )


def tasks(asked: Sequence[Asked], answers: Sequence[Answer]) -> dict[str, Any]:
    """The `tasks` of results.json."""
    return {one.task.name: _task(one.task, [row for row in answers if row.task == one.task.name]) for one in asked}


def _task(task: Task, answers: Sequence[Answer]) -> dict[str, Any]:
    subjects = by(answers, "subject")
    numbers = {name: score.metrics(task, found) for name, found in subjects.items()}
    intervals = {name: interval(task, found) for name, found in subjects.items()}
    known = {name: list(found) for name, found in intervals.items() if found}
    return {
        "n": min(len({row.id for row in found}) for found in subjects.values()),
        "headline": task.headline,
        "higher_is_better": task.higher_is_better,
        "metrics": _by_metric(numbers),
        "intervals": {task.headline: known} if known else {},
        "categories": _categories(task, answers),
        "verdicts": {name: dict(Counter(row.verdict for row in found)) for name, found in subjects.items()},
    }


def _categories(task: Task, answers: Sequence[Answer]) -> dict[str, Any]:
    return {
        category: {
            "n": len({row.id for row in found}),
            "metrics": _by_metric({name: score.metrics(task, few) for name, few in by(found, "subject").items()}),
        }
        for category, found in sorted(by(answers, "category").items())
        if category
    }


def interval(task: Task, answers: Sequence[Answer]) -> tuple[float, float] | None:
    """95 % of the headline metric, the mean of its items' scores; None where nothing, or one item, was judged."""
    judged = [row for row in answers if row.verdict != "unjudged"]
    items = by(judged, "id").values()
    if task.scorer == "none" or len(items) < 2:
        return None
    values = [sum(row.score for row in few) / len(few) for few in items]
    if task.kind == "loss":
        found = statistics.difference([0.0] * len(values), values, [few[0].weight for few in items])
        return -found.high, -found.low
    if all(value in (0, 1) for value in values):
        found = statistics.proportion(round(sum(values)), len(values))
    else:
        found = statistics.difference([0.0] * len(values), values)
    return found.low, found.high


def speed(answers: Sequence[Answer]) -> dict[str, Any]:
    """The `speed` of one subject's answers; tokens a second only where tokens were written, not scored."""
    timed = [row for row in answers if row.seconds is not None]
    seconds = math.fsum(row.seconds or 0 for row in timed)
    written = [row for row in timed if row.verdict != MEASURED and row.tokens is not None]
    writing = math.fsum(row.seconds or 0 for row in written)
    tokens = sum(row.tokens or 0 for row in written)
    return {
        "answers": len(answers),
        "seconds": round(seconds, 3),
        "tokens": tokens if written else None,
        "tokens_per_second": round(tokens / writing, 2) if tokens and writing else None,
    }


def by(answers: Iterable[Answer], name: str) -> dict[str, list[Answer]]:
    """Rows by the value of a field, in the order in which values come."""
    found: dict[str, list[Answer]] = defaultdict(list)
    for row in answers:
        found[getattr(row, name)].append(row)
    return dict(found)


def _by_metric(numbers: Mapping[str, Mapping[str, float]]) -> dict[str, dict[str, float]]:
    """{subject: {metric: value}} -> {metric: {subject: value}}."""
    found: dict[str, dict[str, float]] = defaultdict(dict)
    for subject, values in numbers.items():
        for metric, value in values.items():
            found[metric][subject] = value
    return dict(found)
