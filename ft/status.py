"""What runs, how far it is, and what has died: from the lock, the record and the progress rows of each run."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ft import history, lock, stop
from ft.launch import LOG
from ft.pace import Number, Pace
from ft.recipe import run_folder
from prep.errors import UserError


@dataclass(frozen=True)
class State:
    """One run folder, now. `eta` in seconds; `words` says what to do, or how it ended."""

    folder: Path
    state: str
    step: int
    max_steps: int
    loss: Number | None
    eval_loss: Number | None
    eta: float | None
    words: str


def state_of(folder: Path) -> State:
    """`state` is what works there (train, merge, stopping ...), else how its last run ended; died: nobody wrote how."""
    record, rows, pace = history.read(folder / history.RECORD), list(history.progress(folder)), Pace()
    start = max((i for i, row in enumerate(rows) if row.get("stage") == "training"), default=0)
    for row in rows[start:]:
        pace.add(row)
    by, status, words = lock.holder(folder), record.get("status", "unknown"), record.get("ended_with", "")
    if by:
        status = "stopping" if stop.asked(folder, by.get("token")) else by.get("verb", "starting")
        words = (
            f"process {by.get('pid', '?')}, {pace.stage}" if by.get("verb") != "merge" else f"process {by.get('pid')}"
        )
    elif status == "running":
        status, words = "died", f"died at step {pace.step}: resume with {record.get('resume', 'ft train --resume')}"
    warned = dict.fromkeys(row["warning"] for row in rows if "warning" in row)  # each go of a run may say the same
    words = "\n".join([words, *warned])
    alive = by is not None and pace.stage in ("training", "evaluating")
    return State(
        folder, status, pace.step, pace.max_steps, pace.loss, pace.eval_loss, pace.eta if alive else None, words
    )


def states(model: str | None) -> list[State]:
    """The run of `model`; without one, every run that is not finished."""
    if model:
        return [state_of(run_folder(model))]
    found = [state_of(folder) for folder in history.folders()]
    return [state for state in found if state.state != "finished"]


def log(model: str, lines: int, follow: bool, say: Callable[[str], None]) -> None:
    """Hand the last `lines` of a run's log to `say` (0: all), and with `follow` what comes until nothing runs there."""
    folder = run_folder(model)
    path = folder / LOG
    if not path.is_file():
        raise UserError(f"{folder}: no {LOG} yet: nothing was started there")
    with path.open(encoding="utf-8", errors="replace", newline="\n") as file:
        for line in deque(file, lines) if lines else file:
            say(line)
        while follow:
            going = lock.holder(folder) is not None  # asked first: what it wrote last is still read
            for line in file:
                say(line)
            if not going:
                return
            time.sleep(0.3)
