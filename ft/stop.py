"""Ending a run from outside: asked for in a file, honoured by its training process at the end of a step.

The request lies beside the run's lock and names the command that it is for: one that was never honoured means nothing
to the next run.
"""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from ft import lock, runs
from ft.recipe import run_folder
from prep.errors import UserError
from prep.files import write_text

_AHEAD = 2  # steps: with several ranks, no other can be further when rank 0 names the last one
_GRACE_SECONDS = 40.0  # what a command gets to end its processes and its record


def path_of(folder: Path) -> Path:
    return lock.path_of(folder).with_suffix(".stop")


def asked(folder: Path, token: str | None) -> dict[str, Any] | None:
    """The request to the command with this token: its `step` is the last one, None while rank 0 has not named it."""
    try:
        request = json.loads(path_of(folder).read_bytes())
    except (FileNotFoundError, ValueError):
        return None
    return request if token and request["token"] == token else None


def due(folder: Path, step: int, rank: int, ranks: int) -> bool:
    """In a training process, after each step: whether this is the last one. All ranks get the same answer."""
    request = asked(folder, lock.token())
    if request is None:
        return False
    if request["step"] is None:
        if rank:
            return False
        request["step"] = step if ranks == 1 else step + _AHEAD
        write_text(path_of(folder), json.dumps(request))
    return step >= request["step"]


def stop(model: str, now: bool, say: Callable[[str], None] = print) -> str:
    """End the run of `model` and wait until nothing of it is left; returns how it ended, in a line.

    Its next step is its last, and a checkpoint is written; `now` ends it at once, and a second time whatever it does.
    """
    folder = run_folder(model)
    by = lock.holder(folder)
    if by is None:
        raise UserError(f"{folder}: nothing runs there (python -m ft status shows what does)")
    if now:
        _end(by["pid"], folder)
    elif by["verb"] not in ("train", "rehearse"):
        raise UserError(f"{folder}: `{by['verb']}` has no checkpoints to stop at: add --now to end it")
    else:
        write_text(path_of(folder), json.dumps({"token": by["token"], "step": None}))
        say("asked: it ends after the step it is at, with a checkpoint; at once when it has not begun, or with --now")
        while (lock.holder(folder) or {}).get("token") == by["token"]:
            time.sleep(0.3)
    path_of(folder).unlink(missing_ok=True)
    record = runs.read(folder)
    return f"{folder}: {record.get('ended_with') or record.get('status', 'ended')}"


def _end(pid: int, folder: Path) -> None:
    """Ctrl+C to the command, which ends its processes; SIGKILL when it does not: they then end by themselves."""
    for number in (signal.SIGINT, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.kill(pid, number)
        end = time.monotonic() + _GRACE_SECONDS
        while time.monotonic() < end:
            if lock.holder(folder) is None:
                return
            time.sleep(0.1)
    raise UserError(f"{folder}: process {pid} does not end: look at it with ps -p {pid}", 1)
