"""The tasks as lm-eval's own program runs them: the items of a suite, and the scorers of `eval run`, one answer each.

What needs a sandbox or the interpreter is gathered here and judged in the aggregation, once for all items.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from eval import score, task, written

Pair = tuple[task.Question, str]


def suite(**given: Any) -> dict[str, Any]:
    """The items of a task over a suite; called by lm-eval with the task's `metadata` and `dataset_kwargs`."""
    from datasets import Dataset, load_dataset

    if files := given.get("data_files"):
        found: dict[str, Any] = load_dataset("json", data_files=files)
        return found
    name = str(given["items"])
    path = next(place for place in (Path(name), task.FOLDER / name, task.ROOT / name) if place.is_file())
    asked = task.questions(task.over_suite(task.find("qa"), path))
    rows = [{"id": one.id, "question": one.messages[-1]["content"], "item": json.dumps(one._asdict())} for one in asked]
    return {"test": Dataset.from_list(rows)}


def held_out_code(dataset: Any) -> Any:
    """Only rows whose answer is a script, or the rest of one."""
    return dataset.filter(lambda row: (row.get("metadata") or {}).get("task", "write") in ("write", "complete"))


def checked(doc: dict[str, Any], results: list[str]) -> dict[str, Pair]:
    return {"accuracy": (task.Question(**json.loads(doc["item"])), results[0])}


def executed(doc: dict[str, Any], results: list[str]) -> dict[str, Pair]:
    payload = {"test": doc["test"], "entry_point": doc["entry_point"], "language": doc.get("language") or "autohotkey"}
    asked = [{"role": "user", "content": doc["prompt"]}]
    return {"pass@1": (task.Question(doc["id"], doc["category"], asked, payload=payload), results[0])}


def wrote(doc: dict[str, Any], results: list[str]) -> dict[str, Any]:
    """The load rate needs the interpreter; the rest is read off the text."""
    own = written.written(results[0])
    numbers, _ = written.measured(written.whole(doc["instruction"], own), own, doc["output"])
    asked = [{"role": "user", "content": doc["instruction"]}]
    question = task.Question(doc["metadata"]["id"], doc["metadata"]["task"], asked, doc["output"])
    return {"load_rate": (question, results[0]), **numbers}


def accuracy(pairs: Sequence[Pair]) -> float:
    return _metric("qa", "accuracy", pairs)


def pass_at_1(pairs: Sequence[Pair]) -> float:
    return _metric("ahk_exec", "pass@1", pairs)


def load_rate(pairs: Sequence[Pair]) -> float:
    """NaN where there is no interpreter."""
    return _metric("ahk_write", "load_rate", pairs)


def _metric(name: str, metric: str, pairs: Sequence[Pair]) -> float:
    judged_by = task.find(name)
    found = score.score(judged_by, [question for question, _ in pairs], [[answer] for _, answer in pairs])
    rows = [
        SimpleNamespace(id=question.id, weight=1, **one._asdict())
        for (question, _), (one,) in zip(pairs, found, strict=True)
    ]
    return score.metrics(judged_by, rows).get(metric, float("nan"))
