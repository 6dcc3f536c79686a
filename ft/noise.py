"""Libraries talk a lot on both output streams: their talk goes to a log, what the user needs goes to the terminal."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console


@contextmanager
def noise_to(log: Path) -> Iterator[Console]:
    """Send both streams of this process to `log` at the level of file descriptors; yields the user's console."""
    log.parent.mkdir(parents=True, exist_ok=True)
    sys.stdout.flush()
    sys.stderr.flush()
    kept = [os.dup(1), os.dup(2)]
    with log.open("wb") as file, os.fdopen(os.dup(2), "w", encoding="utf-8") as terminal:
        try:
            os.dup2(file.fileno(), 1)
            os.dup2(file.fileno(), 2)
            yield Console(file=terminal, highlight=False, soft_wrap=True)
        finally:
            try:
                sys.stdout.flush()
                sys.stderr.flush()
            finally:  # also where the log's disk is full: that must be said on the terminal
                for number, copy in zip((1, 2), kept, strict=True):
                    os.dup2(copy, number)
                    os.close(copy)
