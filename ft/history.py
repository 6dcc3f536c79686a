"""All runs under outputs/: one line each, read from the records that they left."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ft import lock
from ft.pace import Speed
from ft.recipe import OUTPUTS
from ft.runs import PROGRESS
from prep.errors import UserError
from prep.files import write_json

RECORD = "run.json"
_NOT_RUNS = {"merged", "eval", "gguf", "base", "standin", "prepared"}


@dataclass(frozen=True)
class Past:
    """One run; None for what it did not come to, or did not measure."""

    run: str  # its folder below outputs/
    recipe: str | None = None
    status: str = "unreadable"  # finished, running, interrupted, stopped, failed, died
    started: str | None = None
    steps: int | None = None
    loss: float | str | None = None  # the last logged one, nats per token
    eval_loss: float | str | None = None  # the last one
    eval_accuracy: float | None = None  # share of trained tokens of the evaluation data, 0 to 1
    seconds: float | None = None  # of all its goes, where it was resumed
    tokens_per_second: float | None = None  # in training steps, without evaluations
    ram_gib: float | None = None  # peak
    vram_gib: float | None = None  # peak
    problem: str | None = None  # why its record cannot be read


def folders(root: Path = OUTPUTS) -> Iterator[Path]:
    """Every folder with a run.json, at any depth, in order of names; nothing inside a run is looked at."""
    for path, names, files in os.walk(root):
        names[:] = sorted(n for n in names if not n.startswith((".", "checkpoint-")) and n not in _NOT_RUNS)
        if RECORD in files:
            names.clear()
            yield Path(path)


def all_runs(root: Path = OUTPUTS) -> list[Past]:
    return [past(folder, root) for folder in folders(root)]


def past(folder: Path, root: Path = OUTPUTS) -> Past:
    """The line of one run; of one whose record is damaged, where and how."""
    name = str(folder.relative_to(root)) if folder.is_relative_to(root) else str(folder)
    try:
        record, rows = read(folder / RECORD), list(progress(folder))
    except UserError as error:
        return Past(name, problem=str(error))
    status = record.get("status")
    if status == "running" and lock.holder(folder) is None:
        status = "died"
    return Past(
        run=name,
        recipe=record.get("name"),
        status=str(status),
        started=record.get("started"),
        steps=record.get("steps") or max((row.get("step", 0) for row in rows), default=0),
        loss=last(rows, "loss"),
        eval_loss=last(rows, "eval_loss"),
        eval_accuracy=last(rows, "eval_token_accuracy"),
        seconds=_seconds(record),
        tokens_per_second=speed(rows),
        ram_gib=record.get("peak_memory_gib"),
        vram_gib=record.get("peak_vram_gib") or None,
    )


def _seconds(record: dict[str, Any]) -> float | None:
    goes = [one.get("seconds") for one in (*record.get("attempts", []), record)]
    return round(sum(filter(None, goes)), 1) if any(goes) else None


def read(path: Path) -> dict[str, Any]:
    """A JSON object on disk. Raises UserError with file and line when it is damaged."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        raise UserError(f"{path}:{error.lineno}: not JSON ({error.msg})", 1) from None
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{path}: cannot be read ({error})", 1) from None
    if not isinstance(found, dict):
        raise UserError(f"{path}: expected a JSON object, found {type(found).__name__}", 1)
    return found


def progress(folder: Path, name: str = PROGRESS) -> Iterator[dict[str, Any]]:
    """The rows of a run's JSONL file, none where there is no file; the last line may be half-written.

    Raises UserError naming the line of any other that is no JSON object.
    """
    path = folder / name
    if not path.is_file():
        return
    whole = path.read_bytes().rpartition(b"\n")[0]
    for number, line in enumerate(whole.splitlines(), 1):
        try:
            row = json.loads(line)
        except ValueError:
            row = None
        if not isinstance(row, dict):
            raise UserError(f"{path}:{number}: not a JSON object", 1)
        yield row


def last(rows: list[dict[str, Any]], key: str) -> Any:
    return next((row[key] for row in reversed(rows) if key in row), None)


def speed(rows: list[dict[str, Any]]) -> float | None:
    """Tokens per second of all its training steps."""
    found = Speed()
    for row in rows:
        found.add(row)
    return None if found.per_second is None else round(found.per_second, 1)


def ordered(found: list[Past], key: str) -> list[Past]:
    """Sorted by a column, those without a number last; a dash before the key turns the order round."""
    name, down = key.removeprefix("-"), key.startswith("-")
    if name not in Past.__dataclass_fields__:
        raise UserError(f"--sort {name}: the columns are {', '.join(Past.__dataclass_fields__)}")
    with_value = [line for line in found if _sortable(getattr(line, name))]
    without = [line for line in found if not _sortable(getattr(line, name))]
    text = any(isinstance(getattr(line, name), str) for line in with_value)
    with_value.sort(key=lambda line: str(getattr(line, name)) if text else getattr(line, name), reverse=down)
    return with_value + without


def _sortable(value: object) -> bool:
    return value is not None and value not in ("nan", "inf", "-inf")


def write(found: list[Past], path: Path) -> None:
    """The lines as a JSON list, every number as it was measured."""
    write_json(path, [asdict(line) for line in found])


def find(name: str, root: Path = OUTPUTS) -> Path:
    """The folder of a run by its name below outputs/, or by its path. Raises UserError with the nearest name."""
    import difflib

    for folder in (root / name, Path(name)):
        if (folder / RECORD).is_file():
            return folder
    names = [str(folder.relative_to(root)) for folder in folders(root)]
    near = difflib.get_close_matches(name, names, n=1)
    hint = f"did you mean '{near[0]}'?" if near else f"there are {', '.join(names) or 'none yet'}"
    raise UserError(f"no run '{name}' under {root}/: {hint}")
