"""The record of a run: run.json, the progress rows, the loss curve."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from ft import data, hardware
from ft.checkpoint import fingerprint
from ft.recipe import Recipe
from prep.errors import UserError
from prep.files import sha256_bytes, sha256_file, write_text

_PACKAGES = [
    "axolotl",
    "torch",
    "transformers",
    "peft",
    "accelerate",
    "datasets",
    "bitsandbytes",
    "trl",
    "safetensors",
    "niche-tuner",
]
PROGRESS = "progress.jsonl"
_ADAPTER = ("adapter_model.safetensors", "adapter_config.json")
_TIME = "%Y-%m-%dT%H:%M:%S%z"


def start(recipe: Recipe, argv: list[str], recipe_text: str) -> dict[str, Any]:
    """What reproduces the run, as known before the first step."""
    manifests = sorted({path.parent / "manifest.json" for path in data.files(recipe.values)})
    return {
        "status": "running",
        "pid": os.getpid(),
        "name": recipe.name,
        "recipe": str(recipe.path),
        "recipe_sha256": sha256_bytes(recipe_text.encode()),
        "changes": [[c.key, c.before, c.after, c.why] for c in recipe.changes],
        "argv": argv,
        "git": git_state(),
        "data": {str(path): sha256_file(path) for path in data.files(recipe.values)},
        "base": fingerprint(Path(str(recipe.values.get("base_model")))),
        "manifests": {str(path): sha256_file(path) for path in manifests if path.is_file()},
        "versions": versions(),
        "hardware": hardware.describe(),
        "started": time.strftime(_TIME),
    }


def versions() -> dict[str, str]:
    """The installed packages that a run depends on."""
    return {name: found for name in _PACKAGES if (found := _version(name))}


def attempts(folder: Path) -> list[dict[str, Any]]:
    """The earlier goes of a run that is resumed, oldest first: when they began and ended, and how far they came."""
    before = read(folder)
    last = {key: before.get(key) for key in ("started", "ended", "seconds", "status", "steps")}
    return [*before.get("attempts", []), last] if before else []


def later(started: str, seconds: float) -> str:
    """The time `seconds` after `started`: a clock that is set during a run does not end it before it began."""
    begin = datetime.strptime(started, _TIME)
    return (begin + timedelta(seconds=seconds)).strftime(_TIME)


def last_step(folder: Path) -> dict[str, int]:
    """The step that a run has come to, and how many there are; zeros before the first."""
    found = {"step": 0, "max_steps": 0}
    for row in progress(folder):
        found |= {key: row[key] for key in found if key in row}
    return found


def write(folder: Path, record: dict[str, Any]) -> None:
    write_text(folder / "run.json", json.dumps(record, indent=2, ensure_ascii=False) + "\n")


def read(folder: Path) -> dict[str, Any]:
    """The record of a run; empty without one. Raises UserError for one that is damaged."""
    path = folder / "run.json"
    if not path.is_file():
        return {}
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise UserError(f"{path}: damaged ({error}): move the folder aside, or mend the file") from None
    if not isinstance(found, dict):
        raise UserError(f"{path}: damaged (no JSON object): move the folder aside, or mend the file")
    return found


def git_state() -> dict[str, Any]:
    """The checkout's commit and whether it had changes; empty outside a repository."""

    def git(*args: str) -> str | None:
        try:
            done = subprocess.run(["git", *args], capture_output=True, text=True, timeout=20, check=True)
        except (subprocess.SubprocessError, OSError):
            return None
        return done.stdout.strip()

    commit = git("rev-parse", "HEAD")
    return {"commit": commit, "dirty": bool(git("status", "--porcelain"))} if commit else {}


def progress(folder: Path) -> list[dict[str, Any]]:
    """The whole progress rows of a run."""
    return Rows(folder).new()


class Rows:
    """Reads progress rows as they are written: each call of `new` gives those since the last."""

    def __init__(self, folder: Path, skip: bool = False) -> None:
        self._path, self._position = folder / PROGRESS, 0
        if skip:
            self.new()

    def new(self) -> list[dict[str, Any]]:
        if not self._path.is_file():
            return []
        with self._path.open("rb") as file:
            file.seek(self._position)
            whole, newline, _ = file.read().rpartition(b"\n")  # a line that is still being written waits
        self._position += len(whole) + len(newline)
        return [row for line in whole.splitlines() if (row := _row(line)) is not None]


def _row(line: bytes) -> dict[str, Any] | None:
    """A progress row; None for a line that a crash of the machine left damaged."""
    try:
        row = json.loads(line)
    except ValueError:
        return None
    return row if isinstance(row, dict) else None


def losses(rows: list[dict[str, Any]], key: str) -> Iterator[tuple[int, float]]:
    """(step, value) of every row that has a finite `key`."""
    return ((row["step"], row[key]) for row in rows if isinstance(row.get(key), float | int))


def load_plotting() -> None:
    """Import the plotting library in the background, while the run itself takes its time."""
    threading.Thread(target=lambda: import_module("matplotlib.pyplot"), daemon=True).start()


def plot(folder: Path, title: str) -> Path:
    """loss.png: training loss, and evaluation loss where there is any, over steps."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    rows = progress(folder)
    figure, axes = pyplot.subplots(figsize=(8, 4), layout="constrained")
    for key, label, style in (
        ("loss", "training", {"lw": 1.2}),
        ("eval_loss", "validation", {"marker": "o", "lw": 1.8}),
    ):
        points = list(losses(rows, key))
        if points:
            axes.plot(*zip(*points, strict=True), label=label, **style)
    axes.set(xlabel="step", ylabel="loss (nats per token)", title=title)
    axes.grid(alpha=0.3)
    axes.legend()
    path = folder / "loss.png"
    temporary = folder / ".loss.png"
    figure.savefig(temporary, dpi=120, format="png")
    pyplot.close(figure)
    return temporary.replace(path)


def keep_previous(folder: Path) -> None:
    """Move what an earlier run left, of this launcher or another tool, aside: a new run never mixes with it, and
    nothing trained is lost."""
    left = [folder / name for name in ("run.json", *_ADAPTER)]
    left = [path for path in left if path.is_file()] + checkpoints(folder)
    if left:
        stamp = time.strftime("%Y%m%d-%H%M%S", time.localtime(left[0].stat().st_mtime))
        kept = folder.with_name(f"{folder.name}.{stamp}")
        number = 1
        while kept.exists():
            kept, number = folder.with_name(f"{folder.name}.{stamp}-{number}"), number + 1
        folder.rename(kept)
        print(f"the earlier run is kept in {kept}", file=sys.stderr)  # noqa: T201


def adapter(folder: Path) -> dict[str, str]:
    """The hashes of the adapter's files: what `ft verify --all` knows the trained one by."""
    return {name: sha256_file(folder / name) for name in _ADAPTER if (folder / name).is_file()}


def is_finished(folder: Path) -> bool:
    return read(folder).get("status") == "finished" and (folder / "adapter_model.safetensors").is_file()


def checkpoints(folder: Path) -> list[Path]:
    """Checkpoints oldest first; the trainer writes trainer_state.json last, so one without it is half-written."""
    found = [path for path in folder.glob("checkpoint-*") if path.name.rpartition("-")[2].isdigit()]
    return sorted(found, key=lambda path: int(path.name.rpartition("-")[2]))


def whole(checkpoint: Path) -> bool:
    return (checkpoint / "trainer_state.json").is_file()


def drop_unfinished(folder: Path) -> None:
    """After a stop: no half-written checkpoint and no adapter of an unfinished run under a final name."""
    for path in checkpoints(folder):
        if not whole(path):
            shutil.rmtree(path)
    for name in _ADAPTER:
        (folder / name).unlink(missing_ok=True)


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
