"""Answers run against their tests: tasks and completions in, a verdict each out."""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

from eval import sandbox
from eval.answer import code_of
from eval.harness.verdict import Verdict
from eval.passk import mean_pass_at_k
from eval.sandbox import Limits
from prep.errors import UserError
from prep.files import sha256_bytes, write_json

LANGUAGES = {"autohotkey": "eval.harness.autohotkey", "python": "eval.harness.python"}


class Task(NamedTuple):
    """One row of a benchmark: what is asked and the test that judges the answer."""

    id: str
    category: str
    prompt: str
    entry_point: str
    test: str
    canonical_solution: str
    language: str = "autohotkey"


class Completion(NamedTuple):
    """What a model wrote for the task `id`; a task may have several."""

    id: str
    completion: str


class Result(NamedTuple):
    """One verdict, as `--json` writes it."""

    id: str
    verdict: str
    detail: str
    seconds: float


def read_tasks(path: Path) -> list[Task]:
    """Raises UserError for a row that is broken, has no test, or takes another's id."""
    tasks: dict[str, Task] = {}
    for place, row in read_rows(path):
        needed = [name for name in ("id", "prompt", "test") if not _text(row, name)]
        if needed:
            raise UserError(f"{place}: no '{needed[0]}': a task has id, prompt, entry_point and test, each a text")
        if odd := [name for name in Task._fields if not isinstance(row.get(name), str | None)]:
            raise UserError(f"{place}: '{odd[0]}' must be a text")
        fields = {name: str(row.get(name) or "") for name in Task._fields if name != "language"}
        task = Task(**fields, language=str(row.get("language") or "autohotkey"))
        refuse_untested(task.test, task.language, place)
        if task.id in tasks:
            raise UserError(f"{place}: the id '{task.id}' is taken by an earlier row: ids must differ")
        tasks[task.id] = task
    if not tasks:
        raise UserError(f"{path}: no tasks in it")
    return list(tasks.values())


def refuse_untested(test: str, language: str, place: str) -> None:
    """Raises UserError for a test that can never fail, or that nothing here runs."""
    if not re.search(r"\bAssert\s*\(", test):
        raise UserError(f"{place}: its test asserts nothing: it must call Assert(condition, message)")
    if language not in LANGUAGES:
        raise UserError(f"{place}: no harness runs '{language}' (there are {', '.join(LANGUAGES)})")


def read_completions(path: Path, tasks: Iterable[Task]) -> list[Completion]:
    """Raises UserError for a row that is broken or answers no task."""
    known = {task.id for task in tasks}
    found = []
    for place, row in read_rows(path):
        if not _text(row, "id") or not isinstance(row.get("completion"), str):
            raise UserError(f"{place}: a completion has an id and a completion, both texts")
        if row["id"] not in known:
            raise UserError(f"{place}: no task has the id '{row['id']}'")
        found.append(Completion(row["id"], row["completion"]))
    if not found:
        raise UserError(f"{path}: no completions in it: nothing to judge")
    return found


def read_rows(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """(file:line, row) of every line that is not blank."""
    if not path.is_file():
        raise UserError(f"no file {path}")
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except (ValueError, RecursionError) as error:
                raise UserError(f"{path}:{number}: not a JSON line ({error})") from None
            if not isinstance(row, dict):
                raise UserError(f"{path}:{number}: not a JSON object")
            yield f"{path}:{number}", row


def _text(row: Mapping[str, Any], name: str) -> bool:
    return isinstance(row.get(name), str) and bool(row[name].strip())


class Runner:
    """Judges completions, several at once. A context manager: it starts what the tasks' languages need."""

    def __init__(self, tasks: Iterable[Task], limits: Limits | None = None, jobs: int | None = None) -> None:
        self._tasks = {task.id: task for task in tasks}
        self._limits = limits or Limits()
        self._jobs = jobs or os.cpu_count() or 1
        self._stack = ExitStack()
        self._modules: dict[str, Any] = {}
        self._harnesses: dict[str, Any] = {}

    def __enter__(self) -> Runner:
        sandbox.require()
        with ExitStack() as stack:
            for language in sorted({task.language for task in self._tasks.values()}):
                self._modules[language] = module = import_module(LANGUAGES[language])
                self._harnesses[language] = stack.enter_context(module.harness())
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def key(self, completion: Completion) -> str:
        """Of all that a verdict hangs on."""
        task = self._tasks[completion.id]
        told = [self._modules[task.language].name(), task.entry_point, task.test, completion.completion, self._limits]
        return sha256_bytes(json.dumps(told).encode("utf-8", "replace"))

    def judge(self, completion: Completion) -> Verdict:
        task = self._tasks[completion.id]
        fences = self._modules[task.language].FENCES
        code = code_of(completion.completion, task.entry_point, fences)
        if not code.strip():
            return Verdict("no-answer", "empty")
        verdict: Verdict = self._harnesses[task.language].run(code, task.test, self._limits, task.entry_point)
        named = task.entry_point and task.entry_point.lower() in code.lower()
        if verdict.kind == "invalid" and code == completion.completion and not named:
            return verdict._replace(kind="no-answer", detail="no code in it")
        return verdict

    def all(self, completions: Iterable[Completion]) -> Iterator[Verdict]:
        """The verdicts in order. On any error, Ctrl+C too, what has not begun is dropped."""
        pool = ThreadPoolExecutor(self._jobs)
        try:
            yield from pool.map(self.judge, completions)
        except BaseException:  # also on Ctrl+C, and when the caller goes away
            pool.shutdown(wait=False, cancel_futures=True)
            sandbox.stop_all()
            raise
        finally:
            pool.shutdown()


class Journal:
    """Verdicts as they come, beside the file that is wanted; a run that was stopped goes on from them."""

    def __init__(self, target: Path | None) -> None:
        self._path = target.with_name(f".{target.name}.partial") if target else None

    def read(self) -> dict[str, Verdict]:
        found: dict[str, Verdict] = {}
        if self._path and self._path.is_file():
            for line in self._path.read_text(encoding="utf-8").splitlines():
                try:
                    key, *verdict = json.loads(line)
                    found[key] = Verdict(*verdict)
                except (ValueError, TypeError):  # half a line: the run was killed while it wrote
                    continue
        return found

    def add(self, key: str, verdict: Verdict) -> None:
        if self._path:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("a", encoding="utf-8") as file:
                file.write(json.dumps([key, *verdict]) + "\n")

    def close(self) -> None:
        if self._path:
            self._path.unlink(missing_ok=True)


def execute(
    tasks: list[Task], completions: list[Completion], runner: Runner, target: Path | None, tell: Callable[[int], None]
) -> list[Result]:
    """Judge all; `tell` is called with how many more are done. Tasks without a completion are there as `no-answer`.

    With a `target` the list is written there at the end, and a stopped run keeps what it had for the next one.
    """
    journal = Journal(target)
    known = journal.read()
    keys = [runner.key(completion) for completion in completions]
    missing = {key: completion for key, completion in zip(keys, completions, strict=True) if key not in known}
    times = Counter(keys)  # equal answers to one task are judged once
    tell(sum(key in known for key in keys))
    for key, verdict in zip(missing, runner.all(missing.values()), strict=True):
        known[key] = verdict
        journal.add(key, verdict)
        tell(times[key])
    results = [Result(c.id, *known[key]) for key, c in zip(keys, completions, strict=True)]
    answered = {completion.id for completion in completions}
    results += [Result(task.id, "no-answer", "no completion", 0.0) for task in tasks if task.id not in answered]
    if target:
        write_json(target, [result._asdict() for result in results])
    journal.close()
    return results


class Score(NamedTuple):
    """Of a group of tasks: how many, verdicts of all their answers, and pass@k by k."""

    tasks: int
    verdicts: Counter[str]
    pass_at: dict[int, float]


def scores(tasks: list[Task], results: Iterable[Result]) -> dict[str, Score]:
    """By category, and under `all`. pass@k for each k of 1, 5, 10, 100 that every task has answers for."""
    by_task: dict[str, Counter[str]] = {task.id: Counter() for task in tasks}
    for result in results:
        by_task[result.id][result.verdict] += 1
    groups: dict[str, list[str]] = {}
    for task in tasks:
        groups.setdefault(task.category or "none", []).append(task.id)
    groups = {**dict(sorted(groups.items())), "all": [task.id for task in tasks]}
    return {name: _score([by_task[id_] for id_ in ids]) for name, ids in groups.items()}


def _score(found: list[Counter[str]]) -> Score:
    counts = [(verdicts.total(), verdicts["passed"]) for verdicts in found]
    rates = {k: rate for k in (1, 5, 10, 100) if (rate := mean_pass_at_k(counts, k)) is not None}
    return Score(len(found), sum(found, Counter()), rates)
