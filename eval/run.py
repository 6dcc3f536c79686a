"""A model or a run -> lm-evaluation-harness, called as its own program -> one summary.

Base and tuned answer the same items with the same settings. The harness's own results and samples stay beside it.
"""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from eval.items import adds_bos, held_out
from ft import experiment, hardware, process, runs
from ft.launch import environment
from ft.recipe import Recipe, read_yaml, run_folder
from prep.errors import UserError
from prep.files import write_text

TASKS = Path(__file__).parent / "tasks"
SAMPLES = 3  # answers written out for reading
_REQUESTS = re.compile(rb"Running (\w+) requests:\s+(\d+)%")


@dataclass(frozen=True)
class Subject:
    """One model to judge: `label` is base or tuned."""

    label: str
    path: str
    tokenizer: str
    bos: bool


def task_names() -> list[str]:
    return sorted(path.stem for path in TASKS.glob("*.yaml"))


def evaluate(
    model: str, tasks: list[str], limit: int | None, out: Path | None, say: Callable[[str], None] = print
) -> Path:
    """Run the tasks on the base and the merged model of a run; returns the folder with results.json."""
    for task in tasks:
        if task not in task_names():
            raise UserError(f"no task '{task}': there are {', '.join(task_names())}")
    if limit is not None and limit < 1:
        raise UserError("--limit must be at least 1: zero items would be no result")
    folder = run_folder(model)
    values = read_yaml(folder / "recipe.yaml")
    target = out or folder / "eval" / "-".join(tasks)
    subjects = _subjects(folder, values)
    write_items(target, values, tasks, limit)
    results = {}
    for subject in subjects:
        say(f"{subject.label}: {subject.path}  (log: {target / subject.label}.log)")
        results[subject.label] = _harness(subject, tasks, target, Recipe(folder.name, folder, values), say)
    write_text(target / "results.json", json.dumps(_summary(results, tasks, target), indent=2) + "\n")
    experiment.note(str(runs.read(folder).get("name")))
    return target


def _subjects(folder: Path, values: dict[str, Any]) -> list[Subject]:
    merged = folder / "merged"
    if not (merged / "config.json").is_file():
        raise UserError(f"{folder}: no merged model to judge: merge it first, python -m ft merge {folder}")
    # The merged folder's tokenizer names the class that the recipe needs; base and tuned share it.
    tokenizer, bos = str(merged), adds_bos(values)
    return [Subject("base", str(values["base_model"]), tokenizer, bos), Subject("tuned", str(merged), tokenizer, bos)]


def write_items(target: Path, values: dict[str, Any], tasks: list[str], limit: int | None) -> None:
    """items.jsonl, and each task pointed at it: `include` keeps the task itself the one in eval/tasks."""
    items = held_out(values, limit)
    write_text(target / "items.jsonl", "".join(json.dumps(item, ensure_ascii=False) + "\n" for item in items))
    few = spread(items, SAMPLES)
    write_text(target / "samples.jsonl", "".join(json.dumps(item, ensure_ascii=False) + "\n" for item in few))
    for task in tasks:
        data = "samples.jsonl" if task.endswith("_samples") else "items.jsonl"
        pointed = {
            "include": str(TASKS / f"{task}.yaml"),
            "dataset_kwargs": {"data_files": {"test": str((target / data).absolute())}},
            "doc_to_text": "{{prompt}}",
            "doc_to_target": "{{answer}}",
        }
        write_text(target / "tasks" / f"{task}.yaml", yaml.safe_dump(pointed))


def spread(items: list[dict[str, Any]], count: int) -> list[dict[str, Any]]:
    """The first item of each kind of task in turn, then the next of each: every kind is shown."""
    kinds: dict[str, list[dict[str, Any]]] = {}
    for item in items:
        kinds.setdefault(item["task"], []).append(item)
    rounds = max(map(len, kinds.values()))
    turns = [kinds[kind][turn] for turn in range(rounds) for kind in sorted(kinds) if turn < len(kinds[kind])]
    return turns[:count]


def command(subject: Subject, tasks: list[str], target: Path, gpu: bool) -> list[str]:
    """The argv of the harness."""
    arguments = {
        "pretrained": subject.path,
        "tokenizer": subject.tokenizer,
        "dtype": "bfloat16" if gpu else "float32",
        "add_bos_token": subject.bos,
    }
    if gpu:
        arguments["parallelize"] = True
    argv = [sys.executable, "-m", "lm_eval", "run", "--model", "hf"]
    argv += ["--model_args", ",".join(f"{key}={value}" for key, value in arguments.items())]
    argv += ["--device", "cuda" if gpu else "cpu", "--batch_size", "auto" if gpu else "1"]
    argv += ["--include_path", str(target / "tasks"), "--tasks", ",".join(tasks)]
    return [*argv, "--output_path", str(target / subject.label), "--log_samples"]


def _harness(
    subject: Subject, tasks: list[str], target: Path, recipe: Recipe, say: Callable[[str], None]
) -> dict[str, Any]:
    gpu = bool(hardware.gpus())
    env = environment(recipe, cpu=not gpu) | {"HF_DATASETS_CACHE": str(target.absolute() / ".cache")}
    log = target / f"{subject.label}.log"
    shutil.rmtree(target / subject.label, ignore_errors=True)  # an earlier result must not pass for this one
    code = process.run(command(subject, tasks, target, gpu), log, env, Quarters(log, say).update)
    found = sorted((target / subject.label).rglob("results_*.json"))
    result = json.loads(found[-1].read_text(encoding="utf-8")) if found and not code else {}
    if not result or not all(_all_samples(target / subject.label, task, result) for task in tasks):
        raise UserError(f"lm-eval failed on {subject.label}: {process.cause(log)}\n  the whole log: {log}", code=1)
    return result


def _all_samples(folder: Path, task: str, result: dict[str, Any]) -> bool:
    """Whether the harness wrote a sample for each item: on a full disk it warns, ends well and leaves half of them."""
    written = samples(folder, task)
    return written is not None and len(written) == result["n-samples"][task]["effective"]


def samples(folder: Path, task: str) -> list[dict[str, Any]] | None:
    """The newest samples that the harness wrote of a task; None where there are none, or half a line."""
    found = sorted(folder.rglob(f"samples_{task}_*.jsonl"))
    try:
        return [json.loads(line) for line in found[-1].read_text(encoding="utf-8").splitlines()] if found else None
    except ValueError:
        return None


class Quarters:
    """Says how far the harness is, each time that another quarter of its requests is done."""

    def __init__(self, log: Path, say: Callable[[str], None]) -> None:
        self._log, self._say, self._said = log, say, ("", 0)

    def update(self) -> None:
        found = _REQUESTS.findall(self._log.read_bytes()[-4000:])
        now = (found[-1][0].decode(), int(found[-1][1]) // 25 * 25) if found else self._said
        if now != self._said:
            self._said = now
            self._say(f"  {now[0]}: {now[1]} %")


def _summary(results: dict[str, Any], tasks: list[str], target: Path) -> dict[str, Any]:
    """{task: {n, metrics: {metric: {base, tuned}}}}; zero samples is an error, not a number."""
    summary: dict[str, Any] = {"tasks": {}, "harness": next(iter(results.values())).get("lm_eval_version")}
    for task in tasks:
        counts = {label: found["n-samples"][task]["effective"] for label, found in results.items()}
        if not all(counts.values()):
            raise UserError(f"{target}: '{task}' ran on no item", 1)
        metrics: dict[str, dict[str, float]] = {}
        for label, found in results.items():
            for key, value in found["results"][task].items():
                name = key.partition(",")[0]
                if isinstance(value, float) and not name.endswith("_stderr"):
                    metrics.setdefault(name, {})[label] = value
        summary["tasks"][task] = {"n": min(counts.values()), "metrics": metrics}
    return summary


def answers(target: Path, task: str) -> list[dict[str, Any]]:
    """The items of a generation task with what each model wrote: {question, answer, base, tuned}."""
    rows: dict[str, dict[str, Any]] = {}
    for label in ("base", "tuned"):
        found = samples(target / label, task)
        if not found:
            raise UserError(f"{target}: no samples of '{task}' by the {label} model", 1)
        for sample in found:
            row = rows.setdefault(sample["doc"]["id"], dict(sample["doc"]))
            row[label] = sample["filtered_resps"][0]
    return list(rows.values())
