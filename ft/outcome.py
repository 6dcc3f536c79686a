"""How a run ended: from what its process left, one status and the lines that say what to do."""

from __future__ import annotations

import json
import re
import shlex
import signal
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ft import hardware, process, runs
from ft.recipe import Recipe
from prep.errors import INTERRUPTED, UserError

GUARD = "guard.json"


@dataclass(frozen=True)
class Outcome:
    """`status` as run.json has it, the words for the user, the command's exit code."""

    status: str
    words: str
    code: int


def finished() -> Outcome:
    return Outcome("finished", "finished", 0)


def stopped(folder: Path, step: int, again: str) -> Outcome:
    return Outcome("stopped", f"stopped at step {step}; {go_on(folder, again)}", INTERRUPTED)


def interrupted(folder: Path, again: str) -> Outcome:
    return Outcome("interrupted", f"interrupted; {go_on(folder, again)}", INTERRUPTED)


@dataclass(frozen=True)
class Left:
    """What a process that failed has left: its exit code, its part of the log from byte `offset` on, and whether the
    kernel killed a process for want of memory while it ran."""

    code: int
    log: Path
    offset: int = 0
    out_of_memory: bool = False


def failed(recipe: Recipe, left: Left, again: str) -> Outcome:
    """Why, in one line; the log, and the checkpoint to go on from with `again`."""
    folder = recipe.output_dir
    reason = guarded(folder) or _killed(left) or process.cause(left.log, left.offset)
    if reason == process.CARD_FULL:
        reason += proposal(recipe)
    words = f"training failed: {reason}\n  the whole log: {left.log}"
    if newest := whole_checkpoints(folder):
        words += f"\n  {newest[-1]} is whole: mend it, then go on with {again}"
    return Outcome("failed", words, 2 if reason.startswith("Axolotl refuses") else 1)


def go_on(folder: Path, again: str) -> str:
    valid = whole_checkpoints(folder)
    return f"{valid[-1]} is whole: go on with {again}" if valid else "there was no checkpoint yet: train it again"


def whole_checkpoints(folder: Path) -> list[Path]:
    return [path for path in runs.checkpoints(folder) if runs.whole(path)]


def guarded(folder: Path) -> str | None:
    """What the guard found, when it was the guard that stopped the run."""
    path = folder / GUARD
    if not path.is_file():
        return None
    found = json.loads(path.read_text(encoding="utf-8"))
    rows = [row.get("id") or f"{row['file']}:{row['line']}" for row in found["rows"]]
    more = f" and {found['rows_in_all'] - 5} more" if found["rows_in_all"] > 5 else ""
    batch = f"\n  its batch: {', '.join(map(str, rows[:5]))}{more} (sources: {path})" if rows else ""
    return f"{found['what']} at step {found['step']}\n  usual cause: {found['cause']}{batch}"


def _killed(left: Left) -> str | None:
    """When a process of the run was ended with SIGKILL: by the kernel for want of memory, or by somebody."""
    tail = left.log.read_bytes()[left.offset :].decode(errors="replace")[-20_000:]
    if left.code != -signal.SIGKILL and not re.search(r"SIGKILL|Signal 9 |exitcode +: -9", tail):
        return None
    if left.out_of_memory:
        return (
            "the machine's memory is full, the kernel ended the process: smaller micro_batch_size or sequence_len, "
            "dataloader_num_workers=0, or a machine with more memory"
        )
    return "a process of the run was killed from outside (SIGKILL)"


def proposal(recipe: Recipe) -> str:
    """The override that `ft plan` proposes for the smallest card here, on a line of its own; empty without one."""
    sizes = [card["memory_gib"] for card in hardware.gpus() if card["memory_gib"]]
    try:
        values = smaller(recipe, min(sizes), len(sizes)) if sizes else None
    except UserError:  # it does not know the model
        return ""
    return f"\n  python -m ft plan proposes: {shlex.join(values)}" if values else ""


def smaller(recipe: Recipe, gib: float, cards: int) -> list[str] | None:
    """The overrides with which the recipe takes less than it did on cards of `gib` GiB, though by the plan it may fit
    them; None when there are none."""
    from ft.plan import fitting

    values: dict[str, Any] | None = {}
    while values == {}:
        values = fitting(recipe, gib, cards)
        gib *= 0.9
    if values is None:
        return None
    return [f"{key}={str(value).lower() if isinstance(value, bool) else value}" for key, value in values.items()]
