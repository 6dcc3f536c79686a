"""One child process at a time: in a session of its own, its talk in a log, its end told in one line."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from pathlib import Path
from typing import IO, Protocol

_GRACE_SECONDS = 15  # what a stopped process gets to end by itself
_FULL = re.compile(
    r"No space left on device|Disk quota exceeded|File too large"
    r"|PytorchStreamWriter failed writing|inline_container\.cc:\d+\] \. unexpected pos"  # all that torch.save says
)
CARD_FULL = "the card's memory is full: try micro_batch_size=1, then a smaller sequence_len"
_RAISED = re.compile(r"(\[rank\d+\]: ?)?([\w.]+\.)?\w*(Error|Exception|Interrupt)\b.*")


def environment(offline: bool, cpu: bool) -> dict[str, str]:
    """This process's environment with telemetry off and the venv first on PATH.

    offline: no network, where all models are on this disk. cpu: no card is seen.
    """
    env = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",
        "AXOLOTL_DO_NOT_TRACK": "1",
        "DO_NOT_TRACK": "1",
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "TOKENIZERS_PARALLELISM": "false",
        "PYTHONUNBUFFERED": "1",
    }
    if cpu:
        env |= {"ACCELERATE_USE_CPU": "true", "CUDA_VISIBLE_DEVICES": ""}
    if offline:
        env["HF_HUB_OFFLINE"] = "1"
    return env


class Child(Protocol):
    """A process of a session of its own, as subprocess.Popen has it."""

    pid: int

    @property
    def returncode(self) -> int | None: ...
    def poll(self) -> int | None: ...
    def wait(self, timeout: float | None = None) -> int: ...


def _popen(argv: list[str], log: IO[bytes], env: dict[str, str]) -> Child:
    return subprocess.Popen(
        argv, stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, env=env, start_new_session=True
    )


start: ContextVar[Callable[[list[str], IO[bytes], dict[str, str]], Child]] = ContextVar("start", default=_popen)


def run(
    argv: list[str], log: Path, env: dict[str, str], watch: Callable[[], None] = lambda: None, append: bool = False
) -> int:
    """Run to the end, calling `watch` twice a second; returns the exit code.

    Ctrl+C (`prep.errors.run_cli` makes SIGTERM and SIGHUP the same) and any error in `watch` end the whole process
    group before they are passed on.
    """
    with log.open("ab" if append else "wb") as file:
        process = start.get()(argv, file, env)
        try:
            while process.poll() is None:
                watch()
                try:
                    process.wait(0.5)
                except subprocess.TimeoutExpired:
                    continue
            watch()
        finally:
            code = _end_group(process)
    return code


@contextmanager
def running(argv: list[str], log: Path, env: dict[str, str]) -> Iterator[Child]:
    """A process that serves while the block runs; its whole group ends with it, however the block is left."""
    with log.open("wb") as file:
        process = start.get()(argv, file, env)
        try:
            yield process
        finally:
            _end_group(process)


def cause(log: Path, offset: int = 0) -> str:
    """The one line of a log that says why its process ended, and the fix where it is known; looked for from a byte on,
    where earlier processes wrote before it."""
    lines = log.read_bytes()[offset:].decode(errors="replace").splitlines()
    text = "\n".join(lines[-400:])
    if _FULL.search(text):
        return "the disk is full: free some space, then go on"
    if "OutOfMemoryError" in text or "CUDA out of memory" in text:
        return CARD_FULL
    refused = re.search(r"validation errors? for \S+\n((?:.*\n)*?.*)\s+For further information", text)
    if refused:
        return "Axolotl refuses the recipe: " + " ".join(refused[1].split())
    raised = [line for line in lines if _RAISED.match(line)]
    own = [line for line in raised if "CalledProcessError" not in line and "ChildFailedError" not in line]
    return own[-1] if own else (lines[-1] if lines else "the process ended without a word")


def out_of_memory_kills() -> int:
    """How many processes the kernel has ended for want of memory since it started; 0 where it does not tell."""
    try:
        found = re.search(r"^oom_kill (\d+)$", Path("/proc/vmstat").read_text(encoding="ascii"), flags=re.M)
    except OSError:
        return 0
    return int(found[1]) if found else 0


def _end_group(process: Child) -> int:
    """Nothing of it stays: SIGTERM (Axolotl would save a half-trained adapter on SIGINT), then SIGKILL; also to what
    has left the group, as the workers of several cards do."""
    import psutil

    before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second Ctrl+C must not leave half of it running
    others = []
    try:
        if process.poll() is None:
            others = psutil.Process(process.pid).children(recursive=True)
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(_GRACE_SECONDS)
    except (ProcessLookupError, psutil.NoSuchProcess, subprocess.TimeoutExpired):
        pass
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        for other in others:
            with suppress(psutil.NoSuchProcess):
                other.kill()
        code = process.wait()
        signal.signal(signal.SIGINT, before)
    return code
