"""Scorers: from questions and answers to a verdict each, and from verdicts to the numbers of a task.

What needs a sandbox or the interpreter is judged in one batch. More is better in `score`; a metric that nothing was
measured for is left out, it is never 0.0.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

from eval import checklist, checks, execute
from eval.passk import mean_pass_at_k
from eval.task import Question, Task

K = (1, 5, 10, 100)  # of pass@k
Tell = Callable[[int], None]  # is called with how many more are done


class Scored(NamedTuple):
    """`score` is 1 or 0 for what passes or fails; `scores` are further numbers of the answer."""

    verdict: str
    reason: str
    score: float
    scores: Mapping[str, float] = {}


class Row(Protocol):
    """What `metrics` reads of one judged answer (eval.results.Answer has it)."""

    @property
    def id(self) -> str: ...
    @property
    def verdict(self) -> str: ...
    @property
    def score(self) -> float: ...
    @property
    def weight(self) -> float: ...
    @property
    def scores(self) -> Mapping[str, float]: ...


def score(
    task: Task, questions: Sequence[Question], answers: Sequence[Sequence[str]], tell: Tell | None = None
) -> list[list[Scored]]:
    """Judge `answers`, some to each question, in the order of both. Raises UserError where nothing here can judge."""
    pairs = [(question, answer) for question, few in zip(questions, answers, strict=True) for answer in few]
    found = iter(_judged(task, pairs, tell or (lambda count: None)))
    return [[next(found) for _ in few] for few in answers]


def _judged(task: Task, pairs: list[tuple[Question, str]], tell: Tell) -> list[Scored]:
    if task.scorer == "execute":
        return _executed(pairs, tell)
    if task.scorer == "checks":
        return _checked(pairs, tell)
    if task.scorer == "write":
        from eval import written

        return written.judge([(q.messages[-1]["content"], q.reference, answer) for q, answer in pairs])
    return [Scored("no-answer" if not answer.strip() else "unjudged", "", 0.0) for _, answer in pairs]


def _executed(pairs: list[tuple[Question, str]], tell: Tell) -> list[Scored]:
    """Each answer against its question's test, in sandboxes."""
    tasks = {question.id: _task(question) for question, _ in pairs}
    completions = [execute.Completion(question.id, answer) for question, answer in pairs]
    with execute.Runner(tasks.values()) as runner:
        results = execute.execute(list(tasks.values()), completions, runner, None, tell)
    return [Scored(found.verdict, found.detail, float(found.verdict == "passed")) for found in results]


def _task(question: Question) -> execute.Task:
    given = question.payload
    return execute.Task(
        question.id,
        question.category,
        question.messages[-1]["content"],
        given.get("entry_point", ""),
        given["test"],
        question.reference,
        given["language"],
    )


def _checked(pairs: list[tuple[Question, str]], tell: Tell) -> list[Scored]:
    """By each question's checks; answers that are code are run, all in one go."""
    code = [(question, answer) for question, answer in pairs if question.payload.get("test")]
    ran = iter([_as_answer(one) for one in _executed(code, tell)] if code else [])
    return [next(ran) if question.payload.get("test") else _check(question, answer) for question, answer in pairs]


def _as_answer(found: Scored) -> Scored:
    if found.verdict in ("passed", "no-answer"):
        return found._replace(verdict="right" if found.verdict == "passed" else found.verdict)
    return found._replace(verdict="wrong", reason=f"{found.verdict}: {found.reason}")


def _check(question: Question, answer: str) -> Scored:
    where = str(question.payload["where"])
    parsed = checklist.parse(question.payload["checks"], where, Path(where.rpartition(":")[0]).parent)
    found = checks.judge(answer, parsed)
    return Scored(found.kind, found.reason, float(found.kind == "right"))


def metrics(task: Task, rows: Iterable[Row]) -> dict[str, float]:
    """The numbers of one subject's answers, all of them or those of one category."""
    rows = list(rows)
    if not rows:
        return {}
    if task.scorer == "loss":
        return _loss(rows)
    if task.scorer == "execute":
        return _passed(rows)
    if task.scorer == "write":
        return _written(rows)
    if task.scorer == "checks":
        return {"accuracy": mean(row.score for row in rows), "no_answer": _share(rows, "no-answer")}
    return {}


def _loss(rows: list[Row]) -> dict[str, float]:
    """`score` is the answer's log2-likelihood, `weight` its bytes; `scores` may have its tokens, and how many of them
    were the likeliest."""
    bits = -sum(row.score for row in rows)
    found = {"bits_per_byte": bits / sum(row.weight for row in rows)}
    tokens = sum(row.scores.get("tokens", 0) for row in rows)
    if tokens and all("tokens" in row.scores for row in rows):
        found["perplexity"] = math.exp(min(bits * math.log(2) / tokens, 700))
        if all("correct" in row.scores for row in rows):
            found["token_accuracy"] = sum(row.scores["correct"] for row in rows) / tokens
    return found


def _passed(rows: list[Row]) -> dict[str, float]:
    """pass@k over questions, for every k that each has as many answers for."""
    counts: dict[str, list[int]] = {}
    for row in rows:
        total, passed = counts.get(row.id, (0, 0))
        counts[row.id] = [total + 1, passed + (row.verdict == "passed")]
    pairs = [(total, passed) for total, passed in counts.values()]
    return {f"pass@{k}": rate for k in K if (rate := mean_pass_at_k(pairs, k)) is not None}


def _written(rows: list[Row]) -> dict[str, float]:
    """Load rate and clean rate (it loads, makes up no name, has nothing of v1) are over what was judged: without the
    interpreter nothing was, and there are none."""
    judged = [row for row in rows if row.verdict != "unjudged"]
    found = {"load_rate": mean(row.score for row in judged)} if judged else {}
    for name in ("clean", "chrf", "unknown_names", "v1_idioms"):
        if has := [row.scores[name] for row in rows if name in row.scores]:
            found[f"{name}_rate" if name == "clean" else name] = mean(has)
    if len(judged) < len(rows):
        found["unjudged"] = 1 - len(judged) / len(rows)
    return found


def _share(rows: list[Row], verdict: str) -> float:
    return mean(row.verdict == verdict for row in rows)


def mean(values: Iterable[float]) -> float:
    found = list(values)
    return sum(found) / len(found)
