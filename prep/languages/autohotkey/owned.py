"""Folders that end with their owner: at its end or, when it was killed, at the next start of another."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

SUFFIX = ".lock"  # beside each folder: held as long as its owner lives


def ignore(folder: Path) -> None:
    """What most folders need before they are removed."""


@contextmanager
def owned_folder(parent: Path, prefix: str, end: Callable[[Path], object] = ignore) -> Iterator[Path]:
    """A new folder below `parent`; those of the same prefix whose owners are dead are removed first.

    `end` is called with such a folder before: what runs in it must be stopped.
    """
    _sweep(parent, prefix, end)
    handle, name = tempfile.mkstemp(SUFFIX, prefix, parent)
    folder = Path(name.removesuffix(SUFFIX))
    try:
        _lock(handle)
        folder.mkdir(0o700)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        with suppress(OSError):  # another swept it in the moment before it was locked
            Path(name).unlink()
        os.close(handle)


def _sweep(parent: Path, prefix: str, end: Callable[[Path], object]) -> None:
    for lock in sorted(parent.glob(f"{prefix}*{SUFFIX}")):
        folder = lock.with_name(lock.name.removesuffix(SUFFIX))
        try:
            handle = os.open(lock, os.O_RDWR)
        except OSError:  # another user's, or gone meanwhile
            continue
        try:
            if folder.is_dir() and _lock(handle):
                end(folder)
                shutil.rmtree(folder, ignore_errors=True)
                lock.unlink(missing_ok=True)
        finally:
            os.close(handle)


def _lock(handle: int) -> bool:
    """Whether the lock is ours now: the owner's ends with its process, however that ends."""
    if sys.platform == "win32":
        return False
    import fcntl

    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
