"""Models and tasks -> lm-evaluation-harness, once for each model -> verdicts -> one folder of results.

Every subject answers the same items with the same settings, through a journal: a run that was stopped goes on. The
harness's own results and samples stay beside ours.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from eval import asked, begun, journal, lm, prompts, report, results, served, subjects, summary
from eval import task as tasks_
from eval import works as works_
from eval.endpoint import Endpoint
from eval.lm import Work
from eval.options import PLAIN, Options, Say, refuse
from eval.results import Answer
from eval.subjects import Judged
from eval.task import Task
from ft import experiment, hardware, lock, runs
from prep.errors import UserError
from prep.files import write_text

QA = "qa"  # the task whose questions --suite has


def evaluate(model: str, tasks: Sequence[str], options: Options = PLAIN, say: Say = print) -> Path:
    """Judge; returns the folder with results.json and report.html. Raises UserError: what to mend, or why it ended."""
    refuse(options)
    if options.suite and QA not in tasks:
        raise UserError(f"--suite has the questions of the task {QA}, which --tasks does not name")
    found = [tasks_.find(name, options.suite if name == QA else None) for name in tasks]
    if not found:
        raise UserError(f"--tasks names none: there are {', '.join(tasks_.names())}")
    target = judge(subjects.find_subjects(model, options.parts, options.model_name), found, options, say)
    report.write_results(target)
    return target


def judge(judged: Judged, tasks: Sequence[Task], options: Options = PLAIN, say: Say = print) -> Path:
    """As `evaluate`, for subjects that are found already; their labels tell them apart."""
    target = options.out or judged.folder / "-".join(task.name for task in tasks)
    if by := lock.holder(target):
        raise UserError(
            f"{target}: process {by.get('pid', '?')} is at work there: wait for it, or choose another --out"
        )
    with lock.hold(target, "eval"):
        works = works_.works(judged, tasks, target, options)
        settings = works_.settings(judged, works, options)
        if begun.begin(target, settings, options.fresh):
            say(f"{target} has this very evaluation, whole: --fresh judges anew")
            return target
        versions, answers = zip(*[_judged(work, options, say) for work in works], strict=True)
        rows = [row for few in answers for row in few]
        results.write_answers(target, rows)
        results.write_results(target, _results(judged, works, settings, rows) | {"harness": versions[0]})
    if judged.values and (name := runs.read(judged.folder.parent).get("name")):
        experiment.note(str(name))
    return target


def _judged(work: Work, options: Options, say: Say) -> tuple[str, list[Answer]]:
    """One subject's answers to all tasks with their verdicts, and the harness's version."""
    try:
        version = _answer(work, options, say)
    except KeyboardInterrupt:
        say(f"{work.subject.label}: {work.kept} of {work.answers} answers are kept: the same command goes on")
        raise
    found, rows = summary.found_answers(journal.read(work.journal)), []
    for one in work.asked:
        if one.task.scorer not in ("loss", "none"):
            say(f"  {work.subject.label}: judging {one.answers} answers to {one.task.name}")
        rows += summary.rows(work, one, found)
    return version, rows


def _answer(work: Work, options: Options, say: Say) -> str:
    """Have a subject answer all of its questions, unless it has; returns the harness's version."""
    if version := lm.finished(work):
        say(f"{work.subject.label}: {work.subject.path} has answered all")
        return version
    for one in work.asked:
        for path, text in asked.files(work.folder, one, work.prompting, work.subject.served).items():
            write_text(path, text)
    gone_on = f", going on: {work.kept} of {work.answers} answers are there" if work.kept else ""
    say(f"{work.subject.label}: {work.subject.path}{gone_on}  (log: {work.log})")
    if not work.subject.served:
        return lm.run(work, lm.local_model(work, options.seed, hardware.gpus()), say)
    likelihoods = any(one.task.kind == "loss" for one in work.asked)
    chat = work.prompting.name == prompts.MESSAGES
    if work.subject.kind == "gguf":
        with served.serving(Path(work.subject.path), work.target, likelihoods, chat, options.seconds) as place:
            return lm.run(work, lm.served_model(work, place, options.seed, at_once=1), say)
    place = Endpoint(work.subject.path, work.subject.model_name, options.seconds)
    return lm.run(work, lm.served_model(work, place, options.seed, options.at_once), say)


def _results(
    judged: Judged, works: Sequence[Work], settings: dict[str, Any], answers: Sequence[Answer]
) -> dict[str, Any]:
    samples = {one.samples for one in works[0].asked}
    temperatures = {one.temperature for one in works[0].asked}
    train = [str(entry["path"]) for entry in (judged.values or {}).get("datasets", []) if entry.get("path")]
    return {
        "model": judged.model,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "git": runs.git_state().get("commit"),
        "settings": {
            **{name: settings[name] for name in ("limit", "seed", "device")},
            "samples": samples.pop() if len(samples) == 1 else max(samples),
            "temperature": temperatures.pop() if len(temperatures) == 1 else None,
            "tasks": settings["tasks"],
        },
        "subjects": settings["subjects"],
        "tasks": summary.tasks(works[0].asked, answers),
        "speed": {label: summary.speed(rows) for label, rows in summary.by(answers, "subject").items()},
        "train": train,
    }


def answers(target: Path, task: str) -> list[dict[str, Any]]:
    """The items of a task with what each subject wrote: {question, answer, base, tuned}; the first sample of each."""
    rows: dict[str, dict[str, Any]] = {}
    for found in results.read_answers(target):
        if found.task == task and not found.sample:
            row = rows.setdefault(found.id, {"id": found.id, "task": found.category, "question": found.question})
            row |= {"answer": found.reference, found.subject: found.answer}
    if not rows:
        raise UserError(f"{target}: no answers to '{task}'", 1)
    return list(rows.values())
