"""Subjects and tasks -> works: each subject with its questions, what it is asked, and all that decides over answers."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

from eval import asked, begun, endpoint, execute, prompts, sandbox, served
from eval.asked import Asked
from eval.endpoint import Endpoint
from eval.lm import Work
from eval.options import Options
from eval.prompts import Prompting
from eval.subjects import Judged, Subject
from eval.task import Task
from ft import hardware
from ft.serving import engine
from prep.errors import UserError
from prep.files import sha256_bytes


def works(judged: Judged, tasks: Sequence[Task], target: Path, options: Options) -> list[Work]:
    """Nothing is written yet. Raises UserError where one could not be asked, or its answers not be judged."""
    found = [_work(subject, judged, tasks, target, options) for subject in judged.subjects]
    _refuse_unjudged(found[0].asked)
    return [_reached(work, options) for work in found]


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
        engine.require()
    if work.subject.kind != "url":
        return work
    place = Endpoint(work.subject.path, work.subject.model_name, options.seconds)
    place = place if place.model else place._replace(model=endpoint.model_name(place))
    endpoint.greet(place, likelihoods=any(one.task.kind == "loss" for one in work.asked))
    return work._replace(subject=replace(work.subject, model_name=place.model))


def settings(judged: Judged, works: Sequence[Work], options: Options) -> dict[str, Any]:
    """All that decides over the answers and their verdicts."""
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
            | {"prompting": work.prompting.name, "prompts": _hash(_given(work))}
            for work in works
        },
        "tasks": tasks,
        "limit": options.limit,
        "seed": options.seed,
        "device": "cuda" if hardware.gpus() else "cpu",
    }


def _given(work: Work) -> list[Any]:
    """What the model is given: the text of every item, and what ends an answer. No path: a folder may be moved."""
    return [
        (asked.items(one, work.prompting), one.task.until, work.prompting.until, work.prompting.bos)
        for one in work.asked
    ]


def _hash(value: Any) -> str:
    return sha256_bytes(json.dumps(value, sort_keys=True, default=str).encode())[:16]
