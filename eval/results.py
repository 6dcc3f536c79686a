"""The folder that `eval run` leaves: results.json, written last, and every prompt, answer, verdict as a row."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from prep.errors import UserError
from prep.files import write_json, write_text

VERSION = 1
RESULTS, ANSWERS = "results.json", "answers.jsonl"
PAGE, RUNGS = "report.html", "ladder.json"  # made of these two; what a ladder put before the questions

EXEC = ("passed", "failed", "error", "invalid", "timeout", "no-answer")  # code run against its test
CHECKED = ("right", "wrong", "no-answer")  # a written answer against its checks
WRITTEN = ("loads", "does-not-load", "no-answer", "unjudged")  # code that was only loaded
MEASURED = "measured"  # a likelihood: no verdict
VERDICTS = frozenset({*EXEC, *CHECKED, *WRITTEN, MEASURED})


@dataclass(frozen=True)
class Answer:
    """One subject's answer to one item. `score`: more is better, whatever is measured; `weight` is 1, or the bytes
    that a likelihood is of. Answers of several subjects pair up by (task, id)."""

    subject: str
    task: str
    id: str
    category: str
    sample: int
    prompt: str
    question: str
    answer: str
    reference: str
    verdict: str
    reason: str
    score: float
    weight: float = 1
    scores: Mapping[str, float] = field(default_factory=dict)
    seconds: float | None = None
    tokens: int | None = None


_NAMES = {found.name for found in fields(Answer)}
_TEXTS = ("subject", "task", "id", "category", "prompt", "question", "answer", "reference", "verdict", "reason")


def write_answers(folder: Path, answers: Iterable[Answer]) -> None:
    write_text(folder / ANSWERS, "".join(json.dumps(asdict(answer), ensure_ascii=False) + "\n" for answer in answers))


def write_results(folder: Path, found: Mapping[str, Any]) -> None:
    """Last of all: it says that the folder is whole."""
    write_json(folder / RESULTS, {"version": VERSION, **found})


def read_results(folder: Path) -> dict[str, Any]:
    """Raises UserError, one line, for a folder that is none, unfinished, broken, or of another version."""
    path = folder / RESULTS
    if not path.is_file():
        if (folder / ANSWERS).exists() or (folder / "journal").exists():
            raise UserError(f"{folder}: unfinished: the same eval run goes on where it stopped")
        raise UserError(f"{folder}: no results of an evaluation (no {RESULTS}): python -m eval run writes them")
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise UserError(f"{path}: broken ({error}): evaluate again with --fresh") from None
    if not isinstance(found, dict) or found.get("version") != VERSION:
        raise UserError(f"{path}: not of this version of the kit: evaluate again with --fresh")
    parts = ("settings", "subjects", "tasks", "speed")
    if missing := [name for name in parts if not isinstance(found.get(name), dict)]:
        raise UserError(f"{path}: it lacks {', '.join(missing)}: evaluate again with --fresh")
    if odd := _odd(found):
        raise UserError(f"{path}: broken ({odd}): evaluate again with --fresh")
    return found


def _odd(found: Mapping[str, Any]) -> str:
    """What is not as `eval run` writes it; "" for whole results."""
    if not found["subjects"]:
        return "no subjects"
    for part in ("subjects", "tasks"):
        if names := [name for name, value in found[part].items() if not isinstance(value, dict)]:
            return f"{part}.{names[0]} is no object"
    for name, task in found["tasks"].items():
        metrics = task.get("metrics")
        tables = metrics.values() if isinstance(metrics, dict) else [None]
        if not all(isinstance(one, dict) and all(isinstance(v, int | float) for v in one.values()) for one in tables):
            return f"tasks.{name}.metrics are no numbers"
    return ""


def read_answers(folder: Path) -> list[Answer]:
    """The rows of a whole folder; UserError, one line, for what read_results refuses and for a broken row."""
    read_results(folder)
    path = folder / ANSWERS
    if not path.is_file():
        raise UserError(f"{folder}: its {ANSWERS} is missing: evaluate again with --fresh")
    return [_answer(line, f"{path}:{number}") for number, line in enumerate(path.read_bytes().splitlines(), 1)]


def _answer(line: bytes, place: str) -> Answer:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise UserError(f"{place}: not a row of answers ({error}): evaluate again with --fresh") from None
    wrong = _wrong(row)
    if wrong:
        raise UserError(f"{place}: not a row of answers ({wrong}): evaluate again with --fresh")
    return Answer(**{name: value for name, value in row.items() if name in _NAMES})


def _wrong(row: Any) -> str:
    """What makes a row none; "" for a good one."""
    if not isinstance(row, dict):
        return "not an object"
    if names := [name for name in _TEXTS if not isinstance(row.get(name), str)]:
        return f"{names[0]} is no text"
    if row["verdict"] not in VERDICTS:
        return f"no verdict '{row['verdict']}'"
    scores = row.get("scores", {})
    if not isinstance(scores, dict):
        return "scores is no object"
    numbers = {"sample": row.get("sample"), "score": row.get("score"), "weight": row.get("weight", 1), **scores}
    wrong = [name for name, value in numbers.items() if not _is_number(value)]
    optional = [name for name in ("seconds", "tokens") if row.get(name) is not None and not _is_number(row[name])]
    return f"{[*wrong, *optional][0]} is no number" if wrong or optional else ""


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def flat(values: Mapping[str, Any], before: str = "") -> dict[str, Any]:
    """Settings by their dotted names: what is a mapping is taken apart."""
    found: dict[str, Any] = {}
    for name, value in values.items():
        found |= flat(value, f"{before}{name}.") if isinstance(value, dict) else {f"{before}{name}": value}
    return found
