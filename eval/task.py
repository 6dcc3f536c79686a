"""What `eval run` has a model do: an lm-eval task file, and the questions that it asks."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, NamedTuple

import yaml

from eval import execute, suite
from eval.items import evenly, split_rows, test_file
from prep import yaml_file
from prep.errors import UserError

FOLDER = Path(__file__).parent / "tasks"
ROOT = FOLDER.parent.parent
HELD_OUT = "held_out"  # the test split of a recipe's dataset
Scorer = Literal["loss", "execute", "write", "checks", "none"]
_SCORERS = ("loss", "execute", "write", "checks", "none")
Message = dict[str, str]  # role and content


@dataclass(frozen=True)
class Task:
    """`items` is HELD_OUT or a file; `kinds` are the prep tasks of held-out rows that are asked, none for all."""

    name: str
    path: Path  # of the lm-eval task
    kind: Literal["loss", "generate"]
    items: str
    scorer: Scorer
    headline: str
    higher_is_better: bool = True
    kinds: tuple[str, ...] = ()
    max_tokens: int = 512
    until: tuple[str, ...] = ()
    samples: int = 1
    fewshot: str = ""  # a file of answered examples for the ladder, where the task has one


class Question(NamedTuple):
    """One item. `messages` end with the user's turn; `payload` is what the scorer needs beside the answer."""

    id: str
    category: str
    messages: Sequence[Message]
    reference: str = ""
    payload: Mapping[str, Any] = {}


def names() -> list[str]:
    return sorted(path.stem for path in FOLDER.glob("*.yaml"))


def find(name: str, suite_file: Path | None = None) -> Task:
    """A task by its name, by its file, or a suite's file: that is the task `qa` over it. Raises UserError."""
    if name in names():
        path = FOLDER / f"{name}.yaml"
    elif Path(name).suffix in (".yaml", ".yml", ".jsonl"):
        path = Path(name)
        if not path.is_file():
            raise UserError(f"no file {path}: --tasks takes names ({', '.join(names())}), task files and suites")
    else:
        near = difflib.get_close_matches(name, names(), 1)
        hint = f": did you mean {near[0]}?" if near else ""
        raise UserError(f"no task '{name}'{hint} (there are {', '.join(names())}, or the file of a suite)")
    if path.suffix == ".jsonl" or "task" not in (content := _read(path)):
        return over_suite(find("qa"), path)
    found = _task(path, content)
    if suite_file is None:
        return found
    if found.name != "qa":
        raise UserError(f"--suite is for the task qa, and '{name}' has its own items")
    return over_suite(found, suite_file)


def questions(task: Task, values: Mapping[str, Any] | None = None, limit: int | None = None) -> list[Question]:
    """The items of a task, `limit` of them spread over all. `values` is the resolved recipe whose held-out rows are
    asked; without one the task file's own data file is. Raises UserError: nothing to ask, a broken row."""
    if task.items == HELD_OUT:
        path = _held_out_file(task, values)
        rows = [row for row in split_rows(path) if not task.kinds or _meta(row, "task") in task.kinds]
        if not rows:
            kinds = f" of {' or '.join(task.kinds)}" if task.kinds else ""
            raise UserError(f"{path}: no rows{kinds}: nothing to ask (raise the split's test share and build again)")
        found = [_held_out(row, number) for number, row in enumerate(rows)]
    elif task.scorer == "execute":
        found = [_benchmark(row) for row in execute.read_tasks(Path(task.items))]
    else:
        found = [_asked(row) for row in suite.read(Path(task.items))]
    return evenly(found, limit)


def _read(path: Path) -> dict[str, Any]:
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), _Loader)  # noqa: S506 - a SafeLoader
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise yaml_file.broken(path, error) from None
    return content if isinstance(content, dict) else {}


class _Loader(yaml.SafeLoader):
    """lm-eval's `!function` is left as its text: nothing is imported to read a task."""


_Loader.add_constructor("!function", lambda loader, node: str(node.value))


def _task(path: Path, content: dict[str, Any]) -> Task:
    more = content.get("metadata") or {}
    options = content.get("generation_kwargs") or {}
    if more.get("score") not in _SCORERS or not more.get("items"):
        raise UserError(f"{path}: metadata needs `items` and `score`: one of {', '.join(_SCORERS)}")
    headline = str(more.get("headline", ""))
    metrics = {entry["metric"]: entry.get("higher_is_better", True) for entry in content.get("metric_list") or []}
    items = str(more["items"])
    return Task(
        name=str(content["task"]),
        path=path,
        kind="loss" if content.get("output_type") == "loglikelihood" else "generate",
        items=items if items == HELD_OUT else str(_place(path, items)),
        scorer=more["score"],
        headline=headline,
        higher_is_better=bool(metrics.get(headline, True)),
        kinds=tuple(more.get("kinds") or ()),
        max_tokens=int(options.get("max_gen_toks", 512)),
        until=tuple(options.get("until") or ()),
        samples=int(more.get("samples", 1)),
        fewshot=str(_place(path, more["fewshot"])) if more.get("fewshot") else "",
    )


def _place(path: Path, name: str) -> Path:
    """Beside the task's file, else from the repository's root."""
    beside = path.parent / name
    return beside if beside.is_file() else ROOT / name


def over_suite(task: Task, path: Path) -> Task:
    """The same task with the questions of another suite."""
    return replace(task, name=path.stem if path.stem not in names() else f"{path.stem}-suite", items=str(path))


def _held_out_file(task: Task, values: Mapping[str, Any] | None) -> Path:
    if values:
        train = Path(values["datasets"][0]["path"])
        path = test_file(train)
        if path == train:
            raise UserError(
                f"{path}: no held-out file can be told from its name: name it train.... and the other test...."
            )
    else:
        given = (_read(task.path).get("dataset_kwargs") or {}).get("data_files") or {}
        path = Path(str(given.get("test", "data/ahk/test.alpaca.jsonl")))
    if not path.is_file():
        raise UserError(f"no test split {path}: build the dataset first, make dataset")
    return path


def _held_out(row: dict[str, Any], number: int) -> Question:
    """`payload` holds the row as it is, from which the training prompt is rendered."""
    if "messages" in row:
        *messages, answer = row["messages"]
        messages = [{"role": one["role"], "content": one["content"]} for one in messages]
        reference = answer["content"]
    else:
        more = f"\n\n{row['input']}" if row.get("input") else ""
        messages, reference = [{"role": "user", "content": row["instruction"] + more}], row["output"]
    return Question(_meta(row, "id") or str(number), _meta(row, "task"), messages, reference, {"row": row})


def _meta(row: Mapping[str, Any], name: str) -> str:
    return str((row.get("metadata") or {}).get(name) or "")


def _benchmark(row: execute.Task) -> Question:
    return Question(
        row.id, row.category, [{"role": "user", "content": row.prompt}], row.canonical_solution, row._asdict()
    )


def _asked(row: suite.Row) -> Question:
    return Question(row.id, row.category, [{"role": "user", "content": row.question}], row.reference, row._asdict())
