"""Results folders with known answers, made by the writers that `eval run` uses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from eval.results import Answer, write_answers, write_results

PLAIN = Answer("base", "ahk_exec", "a", "strings", 0, "the prompt", "the question", "F()", "G()", "passed", "", 1.0)


def passes(subject: str, marks: str, task: str = "ahk_exec", **more: Any) -> list[Answer]:
    """An answer for each mark: + passed, - failed, ? unjudged. Item 0 is `0`, and so on; the category is `even` or
    `odd`."""
    verdicts = {"+": "passed", "-": "failed", "?": "unjudged"}
    return [
        replace(
            PLAIN,
            subject=subject,
            task=task,
            id=str(number),
            category=("even", "odd")[number % 2],
            question=f"question {number}",
            verdict=verdicts[mark],
            reason="" if mark == "+" else f"assertion {number} failed",
            score=float(mark == "+"),
            **more,
        )
        for number, mark in enumerate(marks)
    ]


def losses(subject: str, bits: Iterable[float], size: float = 100) -> list[Answer]:
    """An answer of `size` bytes that took so many bits, each."""
    found = []
    for number, bit in enumerate(bits):
        told = {"task": "ahk_loss", "id": str(number), "question": f"question {number}", "answer": ""}
        told |= {"verdict": "measured", "score": -bit, "weight": size}
        found.append(replace(PLAIN, subject=subject, **told))
    return found


def folder(path: Path, answers: list[Answer], **more: Any) -> Path:
    """`more` is laid over results.json."""
    subjects = list(dict.fromkeys(answer.subject for answer in answers))
    tasks: dict[str, Any] = {}
    for name in dict.fromkeys(answer.task for answer in answers):
        rows = [answer for answer in answers if answer.task == name]
        metric = "bits_per_byte" if rows[0].verdict == "measured" else "pass@1"
        values = {subject: _mean([row for row in rows if row.subject == subject]) for subject in subjects}
        tasks[name] = {
            "n": len({row.id for row in rows}),
            "headline": metric,
            "higher_is_better": metric == "pass@1",
            "metrics": {metric: {name: abs(value) for name, value in values.items() if value is not None}},
            "intervals": {},
        }
    described: Mapping[str, Any] = {
        "model": path.name,
        "created": "2026-11-30T12:00:00+00:00",
        "harness": "0.4.11",
        "git": None,
        "settings": {"limit": None, "samples": 1, "temperature": 0.0, "seed": 42},
        "subjects": {subject: {"kind": "hf", "path": "x", "prompting": "alpaca"} for subject in subjects},
        "tasks": tasks,
        "speed": {name: {"answers": 4, "seconds": 2.0, "tokens": 80, "tokens_per_second": 40.0} for name in subjects},
        "train": [],
    }
    path.mkdir(parents=True, exist_ok=True)
    write_answers(path, answers)
    write_results(path, {**described, **more})
    return path


def _mean(rows: list[Answer]) -> float | None:
    return sum(row.score for row in rows) / sum(row.weight for row in rows) if rows else None
