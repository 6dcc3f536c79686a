"""Questions -> what lm-eval reads: a file of items for each task, the task's YAML, and the settings of the run."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from eval.items import spread
from eval.prompts import CHAT, Prompting, scored
from eval.task import Message, Question, Task, questions
from prep.errors import UserError

SAMPLES = 3  # answers of a task without a score: for reading
WARM = 0.8  # the temperature of several answers to one question, where none is given


@dataclass(frozen=True)
class Asked:
    """One task with its questions, and how each is answered."""

    task: Task
    questions: Sequence[Question]
    samples: int
    temperature: float
    max_tokens: int

    @property
    def name(self) -> str:
        """What lm-eval calls it: a suite's file may have any name."""
        return re.sub(r"\W", "_", self.task.name)

    @property
    def answers(self) -> int:
        return len(self.questions) * self.samples


def asked(
    task: Task, values: Mapping[str, Any] | None, limit: int | None, how: Mapping[str, float | int | None]
) -> Asked:
    """`how` may have samples, temperature and max_tokens; the task has its own. Raises UserError: nothing to ask."""
    found = unique(questions(task, values, limit))
    if not found:
        raise UserError(f"'{task.name}' has no questions: nothing to ask")
    if task.scorer == "none":
        found = spread(found, SAMPLES, lambda question: question.category)
    if task.kind == "loss":
        return Asked(task, found, 1, 0.0, 0)
    samples = int(how.get("samples") or task.samples)
    warm = how.get("temperature")
    temperature = float(warm) if warm is not None else (WARM if samples > 1 else 0.0)
    if samples > 1 and not temperature:
        raise UserError(f"{samples} answers at temperature 0 are {samples} times the same: --temperature {WARM}")
    return Asked(task, found, samples, temperature, int(how.get("max_tokens") or task.max_tokens))


def unique(found: Sequence[Question]) -> list[Question]:
    """Answers are told apart by their question's id."""
    seen: Counter[str] = Counter()
    named = []
    for question in found:
        seen[question.id] += 1
        times = seen[question.id]
        named.append(question if times == 1 else question._replace(id=f"{question.id}#{times}"))
    return named


def led(found: Asked, lead: Callable[[Question], Sequence[Message]]) -> Asked:
    """The same questions with messages before each."""
    return replace(found, questions=[one._replace(messages=[*lead(one), *one.messages]) for one in found.questions])


def files(folder: Path, found: Asked, prompting: Prompting, served: bool) -> dict[Path, str]:
    """FOLDER/items/NAME.jsonl and FOLDER/tasks/NAME.yaml, with their texts."""
    path = folder / "items" / f"{found.name}.jsonl"
    pointed: dict[str, Any] = {
        "task": found.name,
        "dataset_path": "json",
        "dataset_kwargs": {"data_files": {"test": str(path.absolute())}},
        "test_split": "test",
        "doc_to_text": "{{prompt}}",
        "doc_to_target": "{{answer}}",
    }
    if found.task.kind == "loss":  # the harness measures what the task's own file says
        pointed = {"include": str(found.task.path.absolute()), **pointed}
    else:  # and only writes down answers, which are judged together afterwards
        pointed |= {
            "output_type": "generate_until",
            "generation_kwargs": _generation(found, prompting, served),
            "repeats": found.samples,
            "metric_list": [{"metric": "bypass"}],
        }
    return {
        path: items(found, prompting),
        folder / "tasks" / f"{found.name}.yaml": yaml.safe_dump(pointed),
    }


def items(found: Asked, prompting: Prompting) -> str:
    """The questions as lm-eval reads them, a line each."""
    rows = [_item(question, found, prompting) for question in found.questions]
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def _item(question: Question, found: Asked, prompting: Prompting) -> dict[str, Any]:
    loss = found.task.kind == "loss"
    prompt, answer = prompting.text(question, loss), reference(question, prompting)
    item: dict[str, Any] = {"id": question.id, "prompt": prompt, "answer": answer}
    return item | {"bytes": scored(prompt, answer)} if loss else item


def reference(question: Question, prompting: Prompting) -> str:
    """A chat template strips an answer."""
    return question.reference.strip() if prompting.name == CHAT else question.reference


def _generation(found: Asked, prompting: Prompting, served: bool) -> dict[str, Any]:
    """Nothing is left to a model's own generation_config: a merged model may lack the one that its base has."""
    options: dict[str, Any] = {
        "max_gen_toks": found.max_tokens,
        "until": list(dict.fromkeys([*found.task.until, *prompting.until])),
        "temperature": found.temperature,
        "top_p": 1.0,
    }
    if served:
        return options
    return options | {"do_sample": found.temperature > 0, "top_k": 0, "repetition_penalty": 1.0}
