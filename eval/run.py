"""Models and tasks -> lm-evaluation-harness, once for each model -> verdicts -> one folder of results.

Every subject answers the same items with the same settings, through a journal: a run that was stopped goes on. The
harness's own results and samples stay beside ours.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

from eval import (
    asked,
    begun,
    endpoint,
    execute,
    journal,
    lm,
    prompts,
    report,
    results,
    sandbox,
    served,
    subjects,
    summary,
)
from eval import task as tasks_
from eval.asked import Asked
from eval.endpoint import Endpoint
from eval.lm import Work
from eval.prompts import Prompting
from eval.results import Answer
from eval.subjects import Judged, Subject
from eval.task import Task
from ft import experiment, hardware, lock, runs
from prep.errors import UserError
from prep.files import sha256_bytes, write_text

QA = "qa"  # the task whose questions --suite has
Say = Callable[[str], None]


@dataclass(frozen=True)
class Options:
    """What the command line says besides model and tasks; None is the task's own."""

    parts: tuple[str, ...] = ()
    limit: int | None = None
    samples: int | None = None
    temperature: float | None = None
    max_tokens: int | None = None
    seed: int = 42
    suite: Path | None = None
    out: Path | None = None
    fresh: bool = False
    model_name: str = ""
    seconds: float = 300  # for one answer of a server
    at_once: int = 4  # questions to a server


PLAIN = Options()


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


def refuse(options: Options) -> None:
    """Raises UserError for a number that would be no measurement."""
    for name in ("limit", "samples", "max_tokens", "at_once"):
        value = getattr(options, name)
        if value is not None and value < 1:
            flag = name.replace("_", "-")
            raise UserError(
                f"--{flag} must be at least 1: zero {'items' if name == 'limit' else flag} would be no result"
            )
    if options.temperature is not None and not 0 <= options.temperature <= 2:  # NaN too
        raise UserError("--temperature must be between 0 (the likeliest answer) and 2")
    if not 1 <= options.seconds <= 86_400:
        raise UserError("--timeout must be between 1 and 86400 seconds")


def judge(judged: Judged, tasks: Sequence[Task], options: Options = PLAIN, say: Say = print) -> Path:
    """As `evaluate`, for subjects that are found already; their labels tell them apart."""
    target = options.out or judged.folder / "-".join(task.name for task in tasks)
    if by := lock.holder(target):
        raise UserError(
            f"{target}: process {by.get('pid', '?')} is at work there: wait for it, or choose another --out"
        )
    with lock.hold(target, "eval"):
        works = [_work(subject, judged, tasks, target, options) for subject in judged.subjects]
        _refuse_unjudged(works[0].asked)
        works = [_reached(work, options) for work in works]
        settings = _settings(judged, works, options)
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


def _work(subject: Subject, judged: Judged, tasks: Sequence[Task], target: Path, options: Options) -> Work:
    how = {"samples": options.samples, "temperature": options.temperature, "max_tokens": options.max_tokens}
    found = [asked.asked(task, judged.values, options.limit, how) for task in tasks]
    names = [one.name for one in found]
    if twice := [name for name in names if names.count(name) > 1]:
        raise UserError(f"--tasks names '{twice[0]}' twice")
    led = [asked.led(one, subject.leads[one.task.name]) if one.task.name in subject.leads else one for one in found]
    prompting = _prompting(subject, judged)
    if prompting.name == prompts.MESSAGES and (loss := [one.task.name for one in found if one.task.kind == "loss"]):
        raise UserError(
            f"{subject.path}: chat gives no likelihoods, which '{loss[0]}' needs: leave it out, or give "
            + ("the file in its run's folder" if subject.kind == "gguf" else "the address of /v1/completions with echo")
        )
    return Work(subject, led, prompting, target)


def _prompting(subject: Subject, judged: Judged) -> Prompting:
    """How this subject is asked; a recipe's models as it trained them."""
    if subject.kind == "url":
        chat = Endpoint(subject.path).chat
        return prompts.as_messages() if chat else prompts.without_tokenizer()
    if subject.kind == "gguf" and not subject.tokenizer:
        return prompts.as_messages() if served.has_template(Path(subject.path)) else prompts.without_tokenizer()
    tokenizer = prompts.tokenizer_of(subject.tokenizer, subject.tokenizer_type)
    found = prompts.of_recipe(judged.values, tokenizer) if judged.values else prompts.of_tokenizer(tokenizer)
    return prompts.without_bos(found, tokenizer) if subject.kind == "gguf" else found


def _refuse_unjudged(found: Sequence[Asked]) -> None:
    """Raises UserError where answers that are code could not be run here: before hours of answering."""
    questions = [question for one in found for question in one.questions]
    if languages := {str(one.payload["language"]) for one in questions if one.payload.get("test")}:
        sandbox.require()
        for language in sorted(languages):
            with import_module(execute.LANGUAGES[language]).harness():
                pass


def _reached(work: Work, options: Options) -> Work:
    """A server is asked one short question before anything is written or removed; its model has a name."""
    if work.subject.kind == "gguf":
        served.require()
    if work.subject.kind != "url":
        return work
    place = Endpoint(work.subject.path, work.subject.model_name, options.seconds)
    place = place if place.model else place._replace(model=endpoint.model_name(place))
    endpoint.greet(place, likelihoods=any(one.task.kind == "loss" for one in work.asked))
    return work._replace(subject=replace(work.subject, model_name=place.model))


def _settings(judged: Judged, works: Sequence[Work], options: Options) -> dict[str, Any]:
    """All that decides over the answers and their verdicts; the files that the harness reads are written."""
    tasks = {}
    for one in works[0].asked:
        tasks[one.task.name] = {
            "questions": len(one.questions),
            "samples": one.samples,
            "temperature": one.temperature,
            "max_tokens": one.max_tokens,
            "judged by": _hash([(question.reference, question.payload) for question in one.questions]),
        }
    return {
        "model": judged.model,
        "subjects": {
            work.subject.label: begun.identity(work.subject)
            | {"prompting": work.prompting.name, "prompts": _hash(_files(work))}
            for work in works
        },
        "tasks": tasks,
        "limit": options.limit,
        "seed": options.seed,
        "device": "cuda" if hardware.gpus() else "cpu",
    }


def _files(work: Work) -> list[str]:
    """The texts of all items and tasks of a subject."""
    return [
        text
        for one in work.asked
        for text in asked.files(work.folder, one, work.prompting, work.subject.served).values()
    ]


def _hash(value: Any) -> str:
    import json

    return sha256_bytes(json.dumps(value, sort_keys=True, default=str).encode())[:16]


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
