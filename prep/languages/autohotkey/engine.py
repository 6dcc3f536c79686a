"""The real AutoHotkey v2 as judge: does a script load, and if not, on which line and why.

One Xvfb and one wineserver serve all calls. Each Engine works in a clone of its own (hard links) of a cached Wine
prefix, so two engines never stop each other's processes. No script is executed: `/validate` ends after loading.
"""

from __future__ import annotations

import importlib.metadata
import os
import re
import subprocess
import tempfile
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from prep.errors import UserError
from prep.languages.autohotkey import wine

REPORT = re.compile(r"^(?P<file>.+?) \((?P<line>\d+)\) : ==> (?P<message>.*)")
LOADS, DOES_NOT_LOAD = 0, 2  # the exit codes of /validate
ATTEMPTS = 4  # any other code is no verdict: on a busy machine Wine fails to start a process once in some thousand
OWN_WARN = re.compile(rb"^([ \t]*)#(?=warn\b)", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True)
class Verdict:
    """What AutoHotkey says of one script; `line` is None when the fault has no line in the script itself."""

    path: Path
    loads: bool
    line: int | None = None
    message: str = ""
    warnings: tuple[str, ...] = ()


def interpreter() -> Path | None:
    """AutoHotkeyV2.exe as the package ahk-binary installed it, or None."""
    try:
        files = importlib.metadata.files("ahk-binary") or []
    except importlib.metadata.PackageNotFoundError:
        return None
    found = (Path(str(file.locate())).resolve() for file in files if file.name == "AutoHotkeyV2.exe")
    return next((path for path in found if path.is_file()), None)


class Engine:
    """`with Engine() as engine: engine.check(paths)`; entering raises UserError when a part is missing."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._lock = threading.Lock()  # nothing starts once a check has stopped
        self._stopped = False
        self._running: set[subprocess.Popen[bytes]] = set()
        self._daemons: list[subprocess.Popen[bytes]] = []
        self._command: list[str] = []
        self._env: dict[str, str] = {}

    @staticmethod
    def missing() -> list[str]:
        """What this machine lacks, each with the line that installs it; empty when the engine can start."""
        lacking = [] if interpreter() else ["AutoHotkeyV2.exe is missing: pip install 'niche-tuner[ahk]'"]
        return lacking if os.name == "nt" else lacking + wine.missing()

    def __enter__(self) -> Engine:
        if missing := self.missing():
            raise UserError("cannot start AutoHotkey: " + "; ".join(missing))
        try:
            self._start()
        except BaseException:  # also on Ctrl+C: no server may stay behind
            self._stack.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def check(self, paths: Sequence[Path], jobs: int | None = None, timeout: float = 30) -> list[Verdict]:
        """Load every script in the real interpreter; verdicts in their order, `timeout` in seconds."""
        self._stopped = False
        with ThreadPoolExecutor(jobs or os.cpu_count() or 1) as pool:
            try:
                return list(pool.map(lambda path: self._judge(path, timeout), paths))
            except BaseException:  # also on Ctrl+C: drop what waits, end what runs
                pool.shutdown(wait=False, cancel_futures=True)
                with self._lock:
                    self._stopped = True
                for process in tuple(self._running):
                    wine.kill(process)
                raise

    def _start(self) -> None:
        scratch = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="ahk-engine-")))
        warn = scratch / "warn.ahk"
        warn.write_text("#Warn All, StdOut\n", encoding="utf-8")
        self._env = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT", "TEMP", "TMP") if name in os.environ}
        self._command = [str(interpreter())]
        if os.name != "nt":
            self._command.insert(0, str(wine.wine()))
            self._env, self._daemons = wine.start(self._stack, self._env, scratch)
        self._command += ["/ErrorStdOut=utf-8", "/include", wine.windows_path(warn), "/validate"]
        if not (first := self._judge(warn, wine.START_SECONDS)).loads:  # also starts Wine's own services, once
            raise UserError(f"AutoHotkey does not run here: {first.message}", code=1)

    def _judge(self, path: Path, timeout: float) -> Verdict:
        if not path.is_file():
            return Verdict(path, False, None, "there is no such file")
        for _ in range(ATTEMPTS):
            code, said, complained = self._run(path, timeout)
            if code in (None, LOADS, DOES_NOT_LOAD):
                break
            if any(daemon.poll() is not None for daemon in self._daemons):
                raise UserError("Xvfb or wineserver ended while scripts were checked: run the command again", code=1)
        warnings = tuple(_warning(path, entry) for entry in _entries(said))
        if code is None:
            return Verdict(path, False, None, f"timed out after {timeout:g} s", warnings)
        if code == LOADS:
            return Verdict(path, True, warnings=warnings)
        line, message = _fault(path, complained)
        return Verdict(path, False, line, message or f"AutoHotkey ended with exit code {code}, no verdict", warnings)

    def _run(self, path: Path, timeout: float) -> tuple[int | None, str, str]:
        """Exit code (None after the time limit), stdout, stderr; files, as a surviving child would hold pipes open."""
        argument, source = _argument(path)
        with tempfile.TemporaryFile() as stdin, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            stdin.write(source)
            stdin.seek(0)
            code = self._wait([*self._command, argument], path.absolute().parent, (stdin, out, err), timeout)
            out.seek(0)
            err.seek(0)
            return code, out.read().decode("utf-8", "replace"), err.read().decode("utf-8", "replace")

    def _wait(
        self, command: list[str], folder: Path, streams: tuple[IO[bytes], IO[bytes], IO[bytes]], timeout: float
    ) -> int | None:
        stdin, out, err = streams
        with self._lock:
            if self._stopped:
                return None
            process = subprocess.Popen(
                command, cwd=folder, env=self._env, stdin=stdin, stdout=out, stderr=err, start_new_session=True
            )
            self._running.add(process)
        try:
            return process.wait(timeout)
        except subprocess.TimeoutExpired:
            return None
        finally:
            wine.kill(process)
            self._running.discard(process)


def _argument(path: Path) -> tuple[str, bytes]:
    """How to hand over a script: by path, or through stdin (`*`) when it sets `#Warn` itself.

    The script's own `#Warn` comes after ours and opens a dialog for each warning, for ever: it is commented out.
    """
    source = path.read_bytes()
    if source.startswith((b"\xff\xfe", b"\xfe\xff")):
        source = source.decode("utf-16", "replace").encode()
    source = source.removeprefix(b"\xef\xbb\xbf")
    tamed = OWN_WARN.sub(rb"\1;", source)
    return (wine.windows_path(path), b"") if tamed == source else ("*", tamed)


def _entries(text: str) -> list[str]:
    """Split AutoHotkey's output into reports: a line `file (line) : ==> message` and the lines that belong to it."""
    entries: list[str] = []
    for line in text.splitlines():
        if REPORT.match(line) or not entries:
            entries.append(line)
        else:
            entries[-1] += f"\n{line}"
    return entries


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _warning(path: Path, entry: str) -> str:
    line, message = _fault(path, entry)
    return f"line {line}: {message}" if line else message


def _fault(path: Path, text: str) -> tuple[int | None, str]:
    """Line and message of a report; a fault in an included file has no line of ours and names that file instead."""
    entry = next((entry for entry in _entries(text) if REPORT.match(entry)), "")
    first, _, rest = entry.partition("\n")
    if not (report := REPORT.match(first)):
        return None, _one_line(text)
    message = _one_line(f"{report['message']} {rest}")
    if report["file"] == "*" or report["file"].casefold() == wine.windows_path(path).casefold():
        return int(report["line"]) or None, message
    return None, f"{report['file']} ({report['line']}): {message}"
