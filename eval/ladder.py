"""Does one need to fine-tune at all? The base, with examples, with the reference in its prompt; and the tuned."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from eval import asked, prompts, reference, report, results, run, rungs, shots, subjects
from eval import task as tasks_
from eval.asked import Asked
from eval.options import Options, Say, refuse
from eval.shots import Tokens
from eval.subjects import Judged, Lead, Subject
from eval.task import Message
from eval.training import examples
from prep import manifest
from prep.errors import UserError
from prep.files import write_json

RECIPES = Path("configs/data")
SPARE = 128  # tokens of templates around the turns


@dataclass(frozen=True)
class Rungs:
    """`budget`: tokens that are put before a question at most. `reference`: None for the dataset's own tables."""

    shots: int = 4
    budget: int = 1000
    reference: Path | None = None


def ladder(model: str, tasks: Sequence[str], options: Options, how: Rungs, say: Say = print) -> Path:
    """Judge the four; returns the folder with results.json and report.html. Raises UserError: what to mend."""
    refuse(options)
    if not tasks:
        raise UserError(f"--tasks names none: there are {', '.join(tasks_.names())}")
    if how.shots < 1 or how.budget < 1:
        raise UserError("--shots and --budget must be at least 1: without them the rung would be the base itself")
    judged = subjects.find_subjects(model)
    if judged.values is None:
        raise UserError(f"'{model}' is no run: a ladder needs a base and what was trained of it")
    base, tuned = judged.subjects
    found = [tasks_.find(name) for name in tasks]
    numbers = {"samples": options.samples, "temperature": options.temperature, "max_tokens": options.max_tokens}
    questions = [asked.asked(task, judged.values, options.limit, numbers) for task in found]
    tokenizer = prompts.tokenizer_of(base.tokenizer, base.tokenizer_type)
    tokens: Tokens = lambda text: len(tokenizer.encode(text, add_special_tokens=False))  # noqa: E731
    refuse_too_long(base, questions, how.budget, tokens)
    shown, examples_of = _with_examples(judged, base, questions, how, options.seed, tokens)
    helped, entries_of = _with_reference(judged, base, questions, how, tokens)
    out = options.out or judged.folder / f"ladder-{'-'.join(task.name for task in found)}"
    target = run.judge(judged._replace(subjects=[base, shown, helped, tuned]), found, replace(options, out=out), say)
    told = {"shots": how.shots, "budget": how.budget, "seed": options.seed}
    write_json(target / results.RUNGS, told | examples_of | entries_of)
    report.write_results(target)
    return target


def refuse_too_long(base: Subject, found: Sequence[Asked], budget: int, tokens: Tokens) -> None:
    """Raises UserError where a prompt would be longer than the model takes: its beginning would be cut unseen."""
    from transformers import AutoConfig

    try:
        most = getattr(AutoConfig.from_pretrained(base.path), "max_position_embeddings", None)
    except (OSError, ValueError):  # a model that is not there is told of where it is loaded
        return
    if not isinstance(most, int):
        return
    for one in found:
        asks = max(tokens(question.messages[-1]["content"]) for question in one.questions)
        writes = one.max_tokens or max(tokens(question.reference) for question in one.questions)
        room = most - asks - writes - SPARE
        if budget > room:
            more = f"--budget {room}" if room > 0 else "--max-tokens lower, or leave the task out"
            raise UserError(
                f"{base.path} takes {most} tokens: '{one.name}' asks up to {asks} and writes up to {writes}, "
                f"and {budget} before them are too many: {more}"
            )


def _with_examples(
    judged: Judged, base: Subject, found: Sequence[Asked], how: Rungs, seed: int, tokens: Tokens
) -> tuple[Subject, dict[str, Any]]:
    """The rung, and for the record which examples each kind of question has; a task may have a file of its own."""
    files = [Path(str(entry["path"])) for entry in (judged.values or {})["datasets"]]
    rows = [row for path in files for row in examples(path)]
    if not rows:
        raise UserError(f"{', '.join(map(str, files))}: no training examples to show: build the dataset first")
    asks = [question for one in found for question in one.questions]
    leads: dict[str, Lead] = {}
    record: dict[str, list[str]] = {}
    for one in found:
        own = list(examples(Path(one.task.fewshot))) if one.task.fewshot else rows
        wanted = {question.id: shots.kinds(one.task, question) for question in one.questions}
        chosen = {}
        for kinds in dict.fromkeys(wanted.values()):
            drawn = shots.without_questions(shots.draw(own, kinds, seed), asks)
            chosen[kinds] = shots.choose(drawn, how.shots, how.budget, tokens)
        leads[one.task.name] = _by_id({id: shots.lead(chosen[kinds]) for id, kinds in wanted.items()})
        for kinds, few in chosen.items():
            record[f"{one.task.name}: {', '.join(kinds) or 'any'}"] = [row.place for row in few]
    return replace(base, label=rungs.SHOTS, leads=leads), {"examples": record}


def _with_reference(
    judged: Judged, base: Subject, found: Sequence[Asked], how: Rungs, tokens: Tokens
) -> tuple[Subject, dict[str, Any]]:
    """The rung, and for the record how many questions hit an entry."""
    path = how.reference or own_reference(judged.values or {})
    entries = reference.read(path)
    leads: dict[str, Lead] = {}
    hits: dict[str, str] = {}
    for one in found:
        asks = {question.id: question.messages[-1]["content"] for question in one.questions}
        ranking = reference.Ranking(entries, list(asks.values()))
        told = {id: reference.lead(ranking, text, how.budget, tokens) for id, text in asks.items()}
        leads[one.task.name] = _by_id(told)
        hits[one.task.name] = f"{sum(map(bool, told.values()))} of {len(told)} questions"
    return replace(base, label=rungs.REFERENCE, leads=leads), {
        "reference": str(path),
        "entries": len(entries),
        "hits": hits,
    }


def _by_id(leads: Mapping[str, Sequence[Message]]) -> Lead:
    return lambda question: leads[question.id]


def own_reference(values: Mapping[str, Any]) -> Path:
    """The dataset recipe that the training file was built by: its tables are the reference."""
    folder = Path(str(values["datasets"][0]["path"])).parent
    try:
        name = str(json.loads((folder / manifest.NAME).read_text(encoding="utf-8"))["name"])
    except (OSError, ValueError, KeyError, TypeError):
        name = folder.name
    path = RECIPES / f"{name}.yaml"
    if not path.is_file():
        raise UserError(
            f"no dataset recipe {path} whose tables would be the reference: --reference takes one, or a text"
        )
    return path
