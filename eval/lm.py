"""lm-evaluation-harness as its own program, once for each model: what it is given, how it ended."""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from eval import journal
from eval.asked import Asked
from eval.endpoint import Endpoint
from eval.progress import Progressing
from eval.prompts import Prompting
from eval.subjects import Subject
from ft import hardware, lock, process
from ft.base import is_local
from prep.errors import UserError
from prep.files import write_text

OUTPUT = "output"
_SPARE = 1.3  # of a model's bytes that a card needs to answer with it
_QUARTER = 0.3  # of them in four bits, with what stays as it is


class Work(NamedTuple):
    """One subject at its tasks. `target` is the folder of the whole evaluation."""

    subject: Subject
    asked: Sequence[Asked]
    prompting: Prompting
    target: Path

    @property
    def folder(self) -> Path:
        """What the harness reads and writes."""
        return self.target / "harness" / self.subject.file

    @property
    def journal(self) -> Path:
        return self.target / "journal" / f"{self.subject.file}.jsonl"

    @property
    def log(self) -> Path:
        return self.target / f"{self.subject.file}.log"

    @property
    def answers(self) -> int:
        return sum(one.answers for one in self.asked)

    @property
    def kept(self) -> int:
        """How many of them are in the journal."""
        return min(len(journal.read(self.journal)), self.answers)


def run(work: Work, model: dict[str, Any], say: Callable[[str], None]) -> str:
    """Answer all of it; returns the harness's version. Raises UserError with the cause that its log gives; what was
    answered is in the journal."""
    write_text(work.folder / "config.yaml", yaml.safe_dump(model | _common(work)))
    shutil.rmtree(work.folder / OUTPUT, ignore_errors=True)  # half of one must not pass for this one
    cards = hardware.gpus()
    paths = [path for path in (work.subject.path, work.subject.tokenizer) if path and not work.subject.served]
    env = process.environment(offline=all(map(is_local, paths)), cpu=not cards or work.subject.served)
    env |= {"HF_DATASETS_CACHE": str((work.folder / ".cache").absolute())} | lock.environment(work.target)
    counter, told = journal.Counter(work.journal), Told(work.log, say)
    with Progressing(work.subject.label, work.answers, say) as progress:

        def watch() -> None:
            progress.update(counter.look())
            told.look()

        code = process.run(command(work, cards), work.log, env, watch)
    version = None if code else finished(work)
    if version is None:
        raise UserError(_failure(work), 1)
    return version


def finished(work: Work) -> str | None:
    """The version of the harness that has written results of all of it, and a sample for each item: on a full disk it
    warns, ends well and leaves half of them. None where it has not."""
    found = sorted((work.folder / OUTPUT).rglob("results_*.json"))
    try:
        result = json.loads(found[-1].read_bytes()) if found else {}
    except ValueError:
        return None
    whole = result and work.kept == work.answers and all(_all_samples(work, one.name, result) for one in work.asked)
    return str(result.get("lm_eval_version")) if whole else None


def command(work: Work, cards: Sequence[dict[str, Any]]) -> list[str]:
    """The argv of the harness: a process for each card, where the model fits one."""
    argv = ["-m", "eval.bridge", "run", "--config", str(work.folder / "config.yaml")]
    if not work.subject.served and len(cards) > 1 and fits_one(work.subject, cards):
        shape = ["--multi_gpu", "--num_processes", str(len(cards)), "--num_machines", "1"]
        return ["accelerate", "launch", *shape, "--mixed_precision", "no", "--dynamo_backend", "no", *argv]
    return [sys.executable, *argv]


def fits_one(subject: Subject, cards: Sequence[dict[str, Any]]) -> bool:
    """Whether each card can hold the whole model; where that is not known, no."""
    smallest = min((card["memory_gib"] or 0 for card in cards), default=0)
    size = sum(file.stat().st_size for file in Path(subject.path).glob("*.safetensors"))
    return 0 < size * (_QUARTER if subject.four_bit else 1) * _SPARE / 2**30 < smallest


def local_model(work: Work, seed: int, cards: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """A model of this disk or the Hub, for the harness's configuration."""
    subject = work.subject
    arguments: dict[str, Any] = {
        "pretrained": subject.path,
        "tokenizer": subject.tokenizer,
        "dtype": "bfloat16" if cards else "float32",
        "add_bos_token": work.prompting.bos,
        "journal": str(work.journal),
        "sampling_seed": seed,
    }
    if work.prompting.after is not None:
        arguments["think_end_token"] = work.prompting.after
    if subject.adapter:
        arguments |= {"peft": subject.adapter, "four_bit": subject.four_bit}
    if cards and not (len(cards) > 1 and fits_one(subject, cards)):
        arguments["parallelize"] = True
    device = {"device": "cuda" if cards else "cpu", "batch_size": "auto" if cards else "1"}
    return {"model": "kit-hf", "model_args": arguments, **device}


def served_model(work: Work, place: Endpoint, seed: int, at_once: int) -> dict[str, Any]:
    """A server, for the harness's configuration. Its key is in the environment alone."""
    arguments = {
        "model": place.model,
        "url": place.url,
        "seconds": place.seconds,
        "at_once": at_once,
        "journal": str(work.journal),
        "sampling_seed": seed,
    }
    return {"model": "kit-server", "model_args": arguments}


def _common(work: Work) -> dict[str, Any]:
    return {
        "tasks": [one.name for one in work.asked],
        "include_path": str((work.folder / "tasks").absolute()),
        "output_path": str(work.folder / OUTPUT),
        "log_samples": True,
    }


def _all_samples(work: Work, task: str, result: dict[str, Any]) -> bool:
    """Whether the harness wrote a sample for each item: on a full disk it warns, ends well and leaves half of them."""
    found = sorted((work.folder / OUTPUT).rglob(f"samples_{task}_*.jsonl"))
    try:
        written = [json.loads(line) for line in found[-1].read_bytes().splitlines()] if found else []
    except ValueError:
        return False
    return bool(written) and len(written) == result["n-samples"][task]["effective"]


def _failure(work: Work) -> str:
    cause = re.sub(r"^[\w.]*UserError: ", "", process.cause(work.log))
    again = f"; {work.kept} of {work.answers} answers are kept, the same command goes on" if work.kept else ""
    return f"lm-eval failed on {work.subject.label}: {cause}{again}\n  the whole log: {work.log}"


class Told:
    """Says what the bridge wrote into the log for the user."""

    def __init__(self, log: Path, say: Callable[[str], None]) -> None:
        self._log, self._say, self._read = log, say, 0

    def look(self) -> None:
        with self._log.open("rb") as file:
            file.seek(self._read)
            whole = file.read().rpartition(b"\n")[0]
        self._read += len(whole)
        for line in re.findall(rb"^kit: (.*)$", whole, flags=re.M):
            self._say(f"  {line.decode(errors='replace')}")
