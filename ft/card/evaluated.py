"""What `eval run` measured of a run, base against tuned: from the results.json that it left, without eval itself."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ft import checkpoint

VERSION, RESULTS = 1, "results.json"
Bounds = tuple[float, float]


@dataclass(frozen=True)
class Measure:
    """One metric of a task. `bounds` are the 95 % intervals, of the headline metric alone."""

    task: str
    metric: str
    better: str  # "more" or "less" of the headline metric is better; "" for the others: the results do not say
    items: int
    values: dict[str, float]  # by side: base and tuned, or a form
    bounds: dict[str, Bounds]
    headline: bool
    limit: int | None  # of how many items at most were asked; None for all


@dataclass(frozen=True)
class Evaluation:
    """`measures` are of base and tuned, `files` of the GGUF files, by their form. `stale`: tasks whose results are of
    another merged model than the one that is there."""

    measures: list[Measure]
    files: list[Measure]
    stale: list[str]


def of(folder: Path, files: dict[str, Path]) -> Evaluation:
    """The newest results of each task under the run's eval/, of the merged model and of the `files` that are there."""
    tuned = checkpoint.fingerprint(folder / "merged")
    forms = {checkpoint.file_fingerprint(path): form for form, path in files.items() if path.is_file()}
    found = sorted(filter(None, map(_read, (folder / "eval").rglob(RESULTS))), key=lambda one: str(one.get("created")))
    newest: dict[str, list[Measure]] = {}
    of_files: dict[tuple[str, str], list[Measure]] = {}
    stale: list[str] = []
    for results in found:
        for label, subject in results["subjects"].items():
            if form := forms.get(str(subject.get("hash"))):
                of_files |= {(form, task): found for task, found in _by_task(results, {label: form}).items()}
        if {"base", "tuned"} <= results["subjects"].keys():
            if results["subjects"]["tuned"].get("hash") == tuned:
                newest |= _by_task(results, {"base": "base", "tuned": "tuned"})
            else:
                stale += results["tasks"]
    return Evaluation(_flat(newest), _flat(of_files), sorted(set(stale) - set(newest)))


def _flat(found: dict[Any, list[Measure]]) -> list[Measure]:
    return [measure for key in sorted(found) for measure in found[key]]


def _read(path: Path) -> dict[str, Any] | None:
    """None for results that are damaged or of another version."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(found, dict) or found.get("version") != VERSION:
        return None
    subjects, tasks = found.get("subjects"), found.get("tasks")
    if not isinstance(subjects, dict) or not isinstance(tasks, dict) or not isinstance(found.get("settings"), dict):
        return None
    sound = all(isinstance(one, dict) for one in (*subjects.values(), *tasks.values()))
    return found if sound else None


def _by_task(results: dict[str, Any], labels: dict[str, str]) -> dict[str, list[Measure]]:
    """The measures of some subjects of these results, under the names that `labels` gives them."""
    found = {name: _measures(name, task, results, labels) for name, task in results["tasks"].items()}
    return {name: measures for name, measures in found.items() if measures}


def _measures(name: str, task: dict[str, Any], results: dict[str, Any], labels: dict[str, str]) -> list[Measure]:
    """The headline metric first."""
    headline = str(task.get("headline") or "")
    metrics = task.get("metrics") or {}
    return [
        Measure(
            task=name,
            metric=metric,
            better="" if metric != headline else "more" if task.get("higher_is_better", True) else "less",
            items=int(task.get("n", 0)),
            values={labels[label]: float(value) for label, value in metrics[metric].items() if label in labels},
            bounds=_bounds((task.get("intervals") or {}).get(metric) or {}, labels),
            headline=metric == headline,
            limit=results["settings"].get("limit"),
        )
        for metric in sorted(metrics, key=lambda one: one != headline)
    ]


def _bounds(told: dict[str, Any], labels: dict[str, str]) -> dict[str, Bounds]:
    return {labels[label]: (float(pair[0]), float(pair[1])) for label, pair in told.items() if label in labels}


def number(value: float | None) -> str:
    """Four digits; a question mark where an interval is open."""
    if value is None:
        return "-"
    return "?" if math.isinf(value) else f"{value:#.4g}"
