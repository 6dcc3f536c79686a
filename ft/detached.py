"""A run in the background: in a session of its own, so that the terminal's Ctrl+C and its end do not reach it.

What it would say goes to console.log of its folder. The command that starts it waits until training has really begun,
which the run tells through a pipe.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from ft import lock, runs
from prep.errors import INTERRUPTED, UserError

CONSOLE = "console.log"
_FILE, _PIPE = "FT_CONSOLE", "FT_STARTED"


def start(arguments: list[str], folder: Path) -> int:
    """Run `python -m ft ARGUMENTS` in the background; returns its process id once it trains.

    Raises UserError with what it said and its exit code when it ended before that.
    """
    console = _beside(folder)
    if (holder := lock.holder(folder)) is not None:
        raise UserError(lock.taken(folder, holder))
    console.parent.mkdir(parents=True, exist_ok=True)
    reading, writing = os.pipe()
    with console.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "ft", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            env={**os.environ, _FILE: str(console), _PIPE: str(writing)},
            start_new_session=True,
            pass_fds=[writing],
        )
    os.close(writing)
    if _begins(reading, process, folder):
        return process.pid
    code = process.wait()
    said = _last_words(console if console.exists() else folder / CONSOLE)
    console.unlink(missing_ok=True)
    raise UserError(f"it ended before it trained (exit code {code}):\n{said}", code if code > 0 else 1)


def _begins(reading: int, process: subprocess.Popen[bytes], folder: Path) -> bool:
    """Wait for the byte that means training, or for the end of the pipe. Ctrl+C leaves the run to itself."""
    try:
        with os.fdopen(reading, "rb") as pipe:
            return bool(pipe.read(1))
    except KeyboardInterrupt:
        where = f"it goes on in the background (process {process.pid}): python -m ft status {folder}"
        raise UserError(where, INTERRUPTED) from None


def settle(folder: Path) -> None:
    """In the run: deaf to hang-ups, and what it says from now on lies in its folder."""
    if console := os.environ.get(_FILE):
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        with suppress(FileNotFoundError):
            Path(console).rename(folder / CONSOLE)


class Started:
    """In the run: tells the command that waits, once, that training has begun. `begun` is known to others as well."""

    def __init__(self, rows: runs.Rows) -> None:
        self._rows, self.begun = rows, False

    def look(self) -> None:
        if self.begun or not any(row.get("stage") == "training" for row in self._rows.new()):
            return
        self.begun = True
        if pipe := os.environ.pop(_PIPE, None):
            with suppress(OSError):  # nobody waits any more
                os.write(int(pipe), b"1")
            os.close(int(pipe))


def _beside(folder: Path) -> Path:
    """Where the talk goes until the run has its folder: an earlier run's may still have to be moved aside."""
    return lock.path_of(folder).with_suffix(".console")


def _last_words(console: Path) -> str:
    text = console.read_text(encoding="utf-8", errors="replace").strip()
    return "\n".join(f"  {line}" for line in text.splitlines()[-12:])
