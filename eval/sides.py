"""What a user names on the command line -> the results to compare."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from eval.results import RESULTS, Answer, read_answers, read_results
from ft.recipe import OUTPUTS
from prep.errors import UserError


class Side(NamedTuple):
    """One subject of one results folder, with its answers; `label` tells it from the others."""

    label: str
    folder: Path
    subject: str
    results: dict[str, Any]
    answers: list[Answer]


def find(names: Sequence[str], tasks: Sequence[str] = ()) -> list[Side]:
    """FOLDER, FOLDER:SUBJECT or a recipe's name, each; a single folder stands for all its subjects.

    `tasks` (none: all) are the only ones whose answers are kept. UserError where there are not two sides.
    """
    chosen = [(folder, subject) for name in names for folder, subject in _subjects(name, tasks, alone=len(names) == 1)]
    if len(chosen) < 2:
        folder, subject = chosen[0]
        raise UserError(f"{folder}: has only '{subject}': name a second result to compare it with")
    if len(set(chosen)) < len(chosen):
        folder, subject = max(chosen, key=chosen.count)
        raise UserError(f"{folder}:{subject}: named twice: what should it be compared with?")
    read = {folder: (read_results(folder), read_answers(folder)) for folder, _ in chosen}
    _known(tasks, [results for results, _ in read.values()])
    labels = _labels([(folder, subject, str(read[folder][0].get("model", ""))) for folder, subject in chosen])
    return [
        Side(label, folder, subject, read[folder][0], _answers(read[folder][1], subject, tasks))
        for label, (folder, subject) in zip(labels, chosen, strict=True)
    ]


def _answers(answers: Sequence[Answer], subject: str, tasks: Sequence[str]) -> list[Answer]:
    return [answer for answer in answers if answer.subject == subject and (not tasks or answer.task in tasks)]


def _known(tasks: Sequence[str], results: Sequence[dict[str, Any]]) -> None:
    there = {task for found in results for task in found["tasks"]}
    for task in tasks:
        if task not in there:
            raise UserError(f"no results of a task '{task}': there are {', '.join(sorted(there))}")


def _subjects(name: str, tasks: Sequence[str], alone: bool) -> list[tuple[Path, str]]:
    """The folder, and the subject that is meant: the one named, the tuned one, or the only one there is."""
    place, _, subject = name.rpartition(":")
    folder = _folder(name, tasks)
    if folder is None and place:
        folder = _folder(place, tasks)
    else:
        subject = ""
    if folder is None:
        where = " with " + ",".join(tasks) if tasks else ""
        raise UserError(f"no results of '{name}'{where}: a folder of python -m eval run, or the name of a recipe")
    there = list(read_results(folder)["subjects"])
    if subject:
        if subject not in there:
            raise UserError(f"{folder}: no subject '{subject}': there are {', '.join(there)}")
        return [(folder, subject)]
    if alone:
        return [(folder, one) for one in there]
    if "tuned" not in there and len(there) > 1:
        raise UserError(f"{folder}: which of its subjects? {folder}:{there[0]}, for one ({', '.join(there)})")
    return [(folder, "tuned" if "tuned" in there else there[0])]


def _folder(name: str, tasks: Sequence[str]) -> Path | None:
    """A results folder; or the newest one of a run, with these tasks."""
    path = Path(name)
    for run in (path, OUTPUTS / name):
        whole = {one.parent: _tasks(one.parent) for one in (run / "eval").glob(f"*/{RESULTS}")}
        having = [folder for folder, there in whole.items() if there and set(tasks) <= there]
        if having:
            return max(having, key=lambda folder: (folder / RESULTS).stat().st_mtime)
        if there := sorted(set().union(*whole.values())):
            raise UserError(f"{run}: no results that have {', '.join(tasks)} together: there are {', '.join(there)}")
    return path if path.is_dir() else None


def _tasks(folder: Path) -> set[str]:
    """The tasks of these results; none of those that are broken, which are passed over here."""
    try:
        return set(read_results(folder)["tasks"])
    except UserError:
        return set()


def _labels(chosen: Sequence[tuple[Path, str, str]]) -> list[str]:
    """The shortest names that differ."""
    ways: list[Callable[[Path, str, str], str]] = [
        lambda _folder, subject, _model: subject,
        lambda _folder, _subject, model: model,
        lambda _folder, subject, model: f"{model}:{subject}",
        lambda folder, _subject, _model: folder.name,
        lambda folder, subject, _model: f"{folder}:{subject}",
    ]
    for way in ways:
        found = [way(*one) for one in chosen]
        if len(set(found)) == len(found):
            break
    return found
