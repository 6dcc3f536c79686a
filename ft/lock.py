"""One run a folder: a lock beside it that the kernel frees when its holder ends, however it ends.

The lock is `.NAME.lock` beside outputs/NAME, for the folder itself is moved and removed. It is held by the command; the
training processes wait for it, and so learn at once when their command was killed (`die_with_command`).
"""

from __future__ import annotations

import fcntl
import json
import os
import signal
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from prep.errors import UserError

_FILE, TOKEN = "FT_LOCK", "FT_LOCK_TOKEN"  # how a command's own processes know it
_PATIENCE = 1.0  # seconds: a `holder` that looks has the lock for a moment, so have processes that are just ending
_held: dict[Path, str] = {}


def path_of(folder: Path) -> Path:
    folder = folder.resolve()
    return folder.with_name(f".{folder.name}.lock")


@contextmanager
def hold(folder: Path, verb: str) -> Iterator[None]:
    """Have `folder` alone while `verb` (train, merge ...) works on it. Raises UserError when another command has it.

    Inside a command that holds the folder already, nothing more happens.
    """
    path = path_of(folder)
    if path in _held:
        yield
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    mine = uuid.uuid4().hex
    with path.open("a+b") as file:
        if not _take(file.fileno()):
            raise UserError(taken(folder, _said(path)))
        file.truncate(0)
        file.write(json.dumps({"pid": os.getpid(), "verb": verb, "token": mine}).encode())
        file.flush()
        _held[path] = mine
        try:
            yield
        finally:
            del _held[path]


def holder(folder: Path) -> dict[str, Any] | None:
    """The pid and verb of the command that has the folder; None when no process of one lives."""
    path = path_of(folder)
    try:
        file = path.open("rb")
    except FileNotFoundError:
        return None
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return _said(path)
    return None


def environment(folder: Path) -> dict[str, str]:
    """What ties a process to the command that starts it; empty when the command holds no lock on `folder`."""
    path = path_of(folder)
    return {_FILE: str(path), TOKEN: _held[path]} if path in _held else {}


def die_with_command() -> None:
    """In a training process: end the whole process group as soon as the command that started it is gone.

    Until then this process has the lock in its turn, so that no other run begins in the folder. Without a command
    (bare Axolotl), nothing happens.
    """
    path = os.environ.get(_FILE)
    if path:
        threading.Thread(target=_wait_and_die, args=(Path(path), token()), daemon=True).start()


def _wait_and_die(path: Path, command: str | None) -> None:
    try:
        with path.open("rb") as file:
            if _said(path).get("token") == command:  # else another command has taken the place of ours
                fcntl.flock(file, fcntl.LOCK_SH)
            os.killpg(0, signal.SIGKILL)
    except FileNotFoundError:
        os.killpg(0, signal.SIGKILL)


def token() -> str | None:
    """Which command this training process belongs to; None under bare Axolotl."""
    return os.environ.get(TOKEN)


def _take(descriptor: int) -> bool:
    end = time.monotonic() + _PATIENCE
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > end:
                return False
            time.sleep(0.05)
        else:
            return True


def _said(path: Path) -> dict[str, Any]:
    """What the holder wrote; empty while it is about to."""
    try:
        return json.loads(path.read_bytes() or b"{}")
    except ValueError:
        return {}


def taken(folder: Path, by: dict[str, Any]) -> str:
    """What to say when `by` has the folder."""
    who = f"`{by.get('verb', 'a command')}`, process {by.get('pid', '?')}"
    return f"{folder}: {who}, is at work there: wait for it, or end it with python -m ft stop {folder}"
