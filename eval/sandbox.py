"""Runs code that nobody has read: bubblewrap, no network, no home, a read-only system, limits, killed as a whole.

What it does not protect from: a hole in the kernel or in bubblewrap; code that takes processor time until its time is
up; code that digs in the memory of its own process for what the harness keeps there; timing what the machine does.
Memory and processes are looked at ten times a second: between two looks more of both may be taken, of processes
at most what the kernel holds them to (see cgroup.py; as root without a control group nothing does). Run as root, files
that root may read inside /usr can be read; nothing else of the machine is there.
"""

from __future__ import annotations

import json
import os
import select
import selectors
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Literal, NamedTuple

from eval import cgroup
from prep.errors import UserError

LOOK_SECONDS = 0.1
END_SECONDS = 60.0  # what the kernel gets to end all that a sandbox started
INSTALL = "bubblewrap is missing: apt-get install bubblewrap"
_running: set[subprocess.Popen[bytes]] = set()
_stops: list[float] = []  # when all was to end: what was only about to run then ends too
Ending = Literal["exit", "timeout", "memory", "processes", "output"]


class Limits(NamedTuple):
    """What one run may take; over one of them it is killed as a whole."""

    seconds: float = 10.0  # of the clock
    memory: int = 1 << 30  # bytes resident, over all its processes
    processes: int = 64
    output: int = 1 << 20  # bytes of stdout and stderr together
    disk: int = 64 << 20  # bytes in each folder that can be written; they lie in memory


class Outcome(NamedTuple):
    """How a run ended. `code` is None unless it ended by itself."""

    ending: Ending
    code: int | None
    stdout: bytes
    stderr: bytes
    seconds: float


@dataclass(frozen=True)
class Room:
    """What a run sees besides the bare system, in this order: place inside -> a file or folder of this machine, which
    it can only read, or None for an empty folder, which it can write. Then links, and the environment."""

    places: Mapping[str, Path | None] = field(default_factory=dict)
    folders: Sequence[str] = ()  # made inside the empty ones
    links: Mapping[str, str] = field(default_factory=dict)  # place inside -> target
    environment: Mapping[str, str] = field(default_factory=dict)


def require() -> None:
    """Raise UserError where bubblewrap is not there or cannot start; nothing is ever run without it."""
    if sys.platform == "win32" or not shutil.which("bwrap"):
        raise UserError(f"model-written code runs only in a sandbox, and {INSTALL}")
    done = subprocess.run(
        ["bwrap", *_options(Room(), Limits()), "--", "/usr/bin/true"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    if done.returncode:
        why = done.stderr.strip() or f"exit code {done.returncode}"
        raise UserError(
            f"bubblewrap cannot start here ({why}), and model-written code runs nowhere else: "
            "allow user namespaces (sysctl kernel.unprivileged_userns_clone=1, or "
            "kernel.apparmor_restrict_unprivileged_userns=0); in a container, start it with "
            "--security-opt seccomp=unconfined --security-opt apparmor=unconfined --security-opt systempaths=unconfined"
        )


def run(argv: Sequence[str], room: Room, stdin: bytes = b"", limits: Limits | None = None) -> Outcome:
    """Run a command in a room of its own; whatever it started has ended when this returns, also on Ctrl+C."""
    limits = limits or Limits()
    began = time.monotonic()
    with ExitStack() as stack:
        stops = len(_stops)
        process, first = _start(stack, room, limits, argv)
        stack.callback(_kill, process, first)
        _running.add(process)
        if len(_stops) > stops:
            stop_all()
        stack.callback(_running.discard, process)
        ending, out, err = _Watch(process, limits, began).follow(stdin)
    code = process.returncode if ending == "exit" else None
    return Outcome(ending, code, out, err, time.monotonic() - began)


def stop_all() -> None:
    """End what runs in other threads, now: their `run` returns with a code that is none of the answer's."""
    _stops.append(time.monotonic())
    for process in tuple(_running):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def _start(
    stack: ExitStack, room: Room, limits: Limits, argv: Sequence[str]
) -> tuple[subprocess.Popen[bytes], int | None]:
    """bubblewrap and the first process inside, as a pidfd. Its options go by a pipe and its environment is empty:
    both can be read from inside."""
    (given, give), (told, tell) = os.pipe(), os.pipe()
    counted = stack.enter_context(cgroup.group(limits.processes))
    try:
        with suppress(BrokenPipeError), os.fdopen(give, "wb") as file:
            process = subprocess.Popen(
                ["bwrap", "--args", str(given), "--info-fd", str(tell), "--", *cgroup.limited(argv, limits.processes)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,
                pass_fds=(given, tell),
                env={"PATH": os.environ.get("PATH", "/usr/bin:/bin")},
            )
            cgroup.join(counted, process.pid)  # before it has read its options it starts nothing
            file.write("\0".join(_options(room, limits)).encode("utf-8", "surrogateescape"))
    finally:
        os.close(given)
        os.close(tell)
    try:
        with os.fdopen(told, "rb") as info:
            first = int(json.loads(info.read())["child-pid"])
        handle = os.pidfd_open(first)
        stack.callback(os.close, handle)
    except (ValueError, KeyError, OSError):  # it did not start, or has ended already
        return process, None
    return process, handle


def _options(room: Room, limits: Limits) -> list[str]:
    """bubblewrap's options. Its own root, /dev and each empty folder are tmpfs: sized, or made read-only."""
    argv = ["--unshare-all", "--unshare-user", "--disable-userns", "--die-with-parent", "--new-session"]
    argv += ["--cap-drop", "ALL", "--clearenv", "--hostname", "sandbox", "--proc", "/proc", "--dev", "/dev"]
    argv += ["--ro-bind", "/proc/sys", "/proc/sys"]  # the kernel's settings can be written by whoever is root outside
    argv += ["--size", str(limits.disk), "--tmpfs", "/dev/shm"]  # noqa: S108 (inside)
    argv += ["--ro-bind", "/usr", "/usr"]
    for name in ("bin", "sbin", "lib", "lib64"):
        if Path("/", name).is_symlink():
            argv += ["--symlink", f"usr/{name}", f"/{name}"]
        elif Path("/", name).is_dir():
            argv += ["--ro-bind", f"/{name}", f"/{name}"]
    for place in ("/etc/ld.so.cache", "/etc/alternatives", "/etc/fonts"):
        argv += ["--ro-bind-try", place, place]
    for place, here in {"/tmp": None, **room.places}.items():  # noqa: S108 (inside)
        argv += ["--ro-bind", str(here), place] if here else ["--size", str(limits.disk), "--tmpfs", place]
    for place in room.folders:
        argv += ["--dir", place]
    for place, target in room.links.items():
        argv += ["--symlink", target, place]
    for name, value in {"PATH": "/usr/bin:/bin", "HOME": "/tmp", "LANG": "C.UTF-8", **room.environment}.items():  # noqa: S108
        argv += ["--setenv", name, value]
    return [*argv, "--remount-ro", "/dev", "--remount-ro", "/", "--chdir", "/tmp"]  # noqa: S108


class _Watch:
    """Feeds one process and reads it, until it ends or takes more than it may."""

    def __init__(self, process: subprocess.Popen[bytes], limits: Limits, began: float) -> None:
        self._process, self._limits, self._began = process, limits, began
        self._read = {"out": bytearray(), "err": bytearray()}

    def follow(self, stdin: bytes) -> tuple[Ending, bytes, bytes]:
        ending: Ending = "exit"
        with selectors.DefaultSelector() as selector:
            for name, pipe in (("out", self._process.stdout), ("err", self._process.stderr)):
                selector.register(_open(pipe), selectors.EVENT_READ, name)
            _feed(self._process, stdin)
            look = time.monotonic() + LOOK_SECONDS
            while selector.get_map() and ending == "exit":
                for key, _ in selector.select(max(0.0, look - time.monotonic())):
                    data = os.read(key.fd, 1 << 16)
                    self._read[key.data] += data
                    if not data:
                        selector.unregister(key.fileobj)
                if sum(map(len, self._read.values())) > self._limits.output:
                    ending = "output"
                elif time.monotonic() >= look:
                    look, ending = time.monotonic() + LOOK_SECONDS, self._over()
        if ending == "exit":
            ending = self._wait()
        limit = self._limits.output
        return ending, bytes(self._read["out"][:limit]), bytes(self._read["err"][:limit])

    def _wait(self) -> Ending:
        """Its pipes are closed; it may go on without them."""
        while self._process.poll() is None:
            if (ending := self._over()) != "exit":
                return ending
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(LOOK_SECONDS)
        return "exit"

    def _over(self) -> Ending:
        if time.monotonic() - self._began > self._limits.seconds:
            return "timeout"
        count, memory = _taken(self._process.pid)
        if count > self._limits.processes:
            return "processes"
        return "memory" if memory > self._limits.memory else "exit"


def _open(pipe: IO[bytes] | None) -> IO[bytes]:
    assert pipe is not None  # noqa: S101 (Popen was asked for it)
    return pipe


def _feed(process: subprocess.Popen[bytes], stdin: bytes) -> None:
    """Hand over the whole input and close; a pipe holds 64 KiB, and one who does not read it must not stop us."""
    pipe = _open(process.stdin)
    os.set_blocking(pipe.fileno(), False)
    left = memoryview(stdin)
    until = time.monotonic() + 5
    while left and time.monotonic() < until:
        try:
            left = left[os.write(pipe.fileno(), left) :]
        except BlockingIOError:
            time.sleep(0.002)
        except BrokenPipeError:
            break
    with suppress(BrokenPipeError):
        pipe.close()


def _taken(pid: int) -> tuple[int, int]:
    """Processes under `pid`, and the bytes resident of all of them."""
    import psutil

    count = memory = 0
    with suppress(psutil.NoSuchProcess):
        for child in psutil.Process(pid).children(recursive=True):
            with suppress(psutil.NoSuchProcess):
                memory += child.memory_info().rss
                count += 1
    return count, memory


def _kill(process: subprocess.Popen[bytes], first: int | None) -> None:
    """End bubblewrap; the first process inside dies with it, and only when all others inside are gone."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    if first is not None:
        select.select([first], [], [], END_SECONDS)
    for pipe in (process.stdin, process.stdout, process.stderr):
        if pipe:
            with suppress(BrokenPipeError):
                pipe.close()
