"""How many processes and threads one sandbox may have at once, held by the kernel itself.

A fork bomb makes thousands between two looks of a watcher, and takes every process number of the machine. For an
ordinary user the kernel counts by RLIMIT_NPROC, in the sandbox's own user namespace; root is exempt from that, and
gets a control group with a limit, of version 1 or 2, where this machine lets it make one.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4

BASES = (Path("/sys/fs/cgroup/pids"), Path("/sys/fs/cgroup"))
PRLIMIT = Path("/usr/bin/prlimit")
THREADS = 8  # to a process, so that a limit of processes leaves room for threads


def limited(argv: Sequence[str], processes: int) -> list[str]:
    """The command under RLIMIT_NPROC, for a user who is not exempt from it."""
    exempt = os.getuid() == 0 or not PRLIMIT.exists()
    return list(argv) if exempt else [str(PRLIMIT), f"--nproc={processes * THREADS}", *argv]


@contextmanager
def group(processes: int) -> Iterator[Path | None]:
    """A control group of its own, gone at the end; None where there is none to be had."""
    found = _make(processes * THREADS) if os.getuid() == 0 else None
    try:
        yield found
    finally:
        if found:
            _remove(found)


def join(group: Path | None, pid: int) -> None:
    """Put a process into the group; what it starts is in it too."""
    if group:
        with suppress(OSError):  # it has ended already
            (group / "cgroup.procs").write_text(str(pid))


def _make(tasks: int) -> Path | None:
    for base in BASES:
        for left in base.glob("sandbox-*"):  # by a process that was killed
            if not Path("/proc", left.name.split("-")[1]).exists():
                with suppress(OSError):
                    left.rmdir()
        folder = base / f"sandbox-{os.getpid()}-{uuid4().hex[:8]}"
        try:
            folder.mkdir()
        except OSError:  # none mounted, or not to be written
            continue
        try:
            (folder / "pids.max").write_text(str(tasks))
            return folder
        except OSError:  # a hierarchy that does not count processes
            _remove(folder)
    return None


def _remove(folder: Path) -> None:
    """The kernel gives it up when the last process in it is reaped: a moment after its end."""
    for _ in range(1000):
        try:
            folder.rmdir()
            return
        except FileNotFoundError:
            return
        except OSError:
            time.sleep(0.01)
