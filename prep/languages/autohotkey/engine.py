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
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import IO, NamedTuple

from prep.errors import UserError
from prep.files import file_bytes, sha256_bytes
from prep.languages.autohotkey import wine
from prep.languages.autohotkey.names import REMOVED
from prep.languages.judge import Script, Verdict

REPORT = re.compile(r"^(?P<file>.+?) \((?P<line>\d+)\) : ==> (?P<message>.*)")
LOADS, DOES_NOT_LOAD = 0, 2  # the exit codes of /validate
ATTEMPTS = 4  # any other code is no verdict: on a busy machine Wine fails to start a process once in some thousand
OWN_WARN = re.compile(rb"^([ \t]*)#(?=warn\b)", re.IGNORECASE | re.MULTILINE)
REQUIRED_INCLUDE = re.compile(rb"^([ \t]*#include(?:again)?[ \t,]+)(?![\"']?\*i\b)", re.IGNORECASE | re.MULTILINE)
MISSING_INCLUDE = re.compile(r"#Include(?:Again)? file .* cannot be opened|library not found", re.IGNORECASE)
OTHER_VERSION = re.compile(r"This script requires AutoHotkey", re.IGNORECASE)
INTERPRETER = re.compile(r"( Current interpreter: AutoHotkey \S+).*")  # and where it lies on this machine


def interpreter() -> Path | None:
    """AutoHotkeyV2.exe as the package ahk-binary installed it, or None."""
    try:
        files = importlib.metadata.files("ahk-binary") or []
    except importlib.metadata.PackageNotFoundError:
        return None
    found = (Path(str(file.locate())).resolve() for file in files if file.name == "AutoHotkeyV2.exe")
    return next((path for path in found if path.is_file()), None)


def name() -> str:
    """The interpreter as outputs show it."""
    try:
        package = importlib.metadata.version("ahk-binary")
    except importlib.metadata.PackageNotFoundError:
        package = "none"
    return f"AutoHotkey of ahk-binary {package}"


def version() -> str:
    """The interpreter, and the rules in this folder, which give a verdict its reason."""
    folder = Path(__file__).parent
    rules = b"".join(path.read_bytes() for path in sorted([*folder.glob("*.py"), REMOVED]))
    return f"{name()}, rules {sha256_bytes(rules)[:12]}"


def surroundings(script: Script) -> bytes:
    """What beside its own text a verdict hangs on: where a script with includes lies, and all that it includes."""
    try:
        source = file_bytes(script.path) if script.text is None else encoded(script.text)
    except OSError:
        return b""
    if b"#include" not in plain(source).lower():
        return b""
    from prep.languages.autohotkey.loading import closure

    included = [sha256_bytes(path.read_bytes()) for path in closure(script.path, script.text) if path.is_file()]
    return "\n".join([str(script.path.absolute().parent), *included]).encode("utf-8", "surrogateescape")


class Engine:
    """`with Engine() as engine: engine.check(scripts)`; entering raises UserError when a part is missing."""

    def __init__(self) -> None:
        self.name, self.version = name(), version()
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

    def check(self, scripts: Iterable[Script], jobs: int | None = None, timeout: float = 30) -> Iterator[Verdict]:
        """Load every script in the real interpreter, `jobs` at once (as many as there are cores)."""
        self._stopped = False
        pool = ThreadPoolExecutor(jobs or os.cpu_count() or 1)
        try:
            yield from pool.map(lambda script: self._judge(script, timeout), scripts)
        except BaseException:  # also on Ctrl+C, and when the caller goes away: drop what waits, end what runs
            pool.shutdown(wait=False, cancel_futures=True)
            with self._lock:
                self._stopped = True
            for process in tuple(self._running):
                wine.kill(process)
            raise
        finally:
            pool.shutdown()

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
        if not (first := self._judge(Script(warn), wine.START_SECONDS)).loads:  # also starts Wine's own services, once
            raise UserError(f"AutoHotkey does not run here: {first.message}", code=1)

    def _judge(self, script: Script, timeout: float) -> Verdict:
        try:
            source = file_bytes(script.path) if script.text is None else encoded(script.text)
        except OSError as error:
            return Verdict(script.path, False, "unreadable", message=error.strerror or str(error))
        verdict = self._load(script, source, timeout)
        if verdict.reason == "missing-include" and not verdict.file:
            return self._on_its_own(verdict, script, source, timeout)
        if verdict.reason == "syntax" and not verdict.file and looks_v1(source, verdict.line):
            return verdict._replace(reason="other-version")
        return verdict

    def _on_its_own(self, missing: Verdict, script: Script, source: bytes, timeout: float) -> Verdict:
        """The verdict on a script without the files that are not there: every include made optional."""
        optional = Script(script.path, decoded(REQUIRED_INCLUDE.sub(rb"\1*i ", plain(source))))
        if encoded(str(optional.text)) == plain(source):  # the line is not written as others write it
            return missing
        own = self._judge(optional, timeout)
        if own.loads or own.reason == "missing-include":
            return missing
        return own._replace(line=missing.line, message=f"{missing.message} And without it, {_at(own)}{own.message}")

    def _load(self, script: Script, source: bytes, timeout: float) -> Verdict:
        for _ in range(ATTEMPTS):
            code, said, complained = self._run(script, source, timeout)
            if code in (None, LOADS, DOES_NOT_LOAD):
                break
            if any(daemon.poll() is not None for daemon in self._daemons):
                raise UserError("Xvfb or wineserver ended while scripts were checked: run the command again", code=1)
        path = script.path
        warnings = tuple(_warning(path, entry) for entry in _entries(said))
        if code is None:
            return Verdict(path, False, "timeout", None, f"timed out after {timeout:g} s", warnings)
        if code == LOADS:
            return Verdict(path, True, warnings=warnings)
        fault = _fault(path, complained)
        if code != DOES_NOT_LOAD or not fault.message:
            message = fault.message or f"AutoHotkey ended with exit code {code}, no verdict"
            return Verdict(path, False, "no-verdict", fault.line, message, warnings, fault.file)
        return Verdict(path, False, reason_of(fault.message), fault.line, fault.message, warnings, fault.file)

    def _run(self, script: Script, source: bytes, timeout: float) -> tuple[int | None, str, str]:
        """Exit code (None after the time limit), stdout, stderr; files, as a surviving child would hold pipes open."""
        argument, given = _argument(script, source)
        with tempfile.TemporaryFile() as stdin, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            stdin.write(given)
            stdin.seek(0)
            code = self._wait([*self._command, argument], _folder(script.path), (stdin, out, err), timeout)
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


def _argument(script: Script, source: bytes) -> tuple[str, bytes]:
    """How to hand over a script: by path, or through stdin (`*`) when it is no file or sets `#Warn` itself.

    The script's own `#Warn` comes after ours and opens a dialog for each warning, for ever: it is commented out.
    """
    tamed = OWN_WARN.sub(rb"\1;", plain(source))
    own = script.text is None and tamed == plain(source)
    return (wine.windows_path(script.path), b"") if own else ("*", tamed)


def plain(source: bytes) -> bytes:
    """The source as UTF-8 without a BOM, which stdin is read as."""
    if source.startswith((b"\xff\xfe", b"\xfe\xff")):
        source = source.decode("utf-16", "replace").encode()
    return source.removeprefix(b"\xef\xbb\xbf")


def decoded(source: bytes) -> str:
    return source.decode("utf-8", "surrogateescape")


def encoded(text: str) -> bytes:
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # half a character that never was a byte
        return text.encode("utf-8", "replace")


def _folder(path: Path) -> Path:
    """The folder that includes are relative to; where it is not there, any that is."""
    folder = path.absolute().parent
    return folder if folder.is_dir() else Path(tempfile.gettempdir())


def reason_of(message: str) -> str:
    """The reason in the interpreter's own words."""
    if OTHER_VERSION.search(message):
        return "other-version"
    return "missing-include" if MISSING_INCLUDE.search(message) else "syntax"


def looks_v1(source: bytes, line: int | None) -> bool:
    """Whether code that does not load was written for v1: an idiom of v1 in the refused line, or three anywhere."""
    from prep.languages.autohotkey.idioms import v1_idioms
    from prep.languages.autohotkey.lexer import lex
    from prep.languages.autohotkey.names import removed

    found = v1_idioms(lex(plain(source).decode("utf-8", "replace")), removed())
    return len(found) >= 3 or any(idiom.line == line for idiom in found)


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


def _at(verdict: Verdict) -> str:
    return f"line {verdict.line}: " if verdict.line else ""


def _warning(path: Path, entry: str) -> str:
    fault = _fault(path, entry)
    return f"{f'{fault.file}, ' if fault.file else ''}{f'line {fault.line}: ' if fault.line else ''}{fault.message}"


class Fault(NamedTuple):
    """One report of the interpreter; `file` is empty when it is the script itself."""

    file: str
    line: int | None
    message: str


def _fault(path: Path, text: str) -> Fault:
    entry = next((entry for entry in _entries(text) if REPORT.match(entry)), "")
    first, _, rest = entry.partition("\n")
    if not (report := REPORT.match(first)):
        return Fault("", None, _one_line(text))
    own = report["file"] == "*" or report["file"].casefold() == wine.windows_path(path).casefold()
    message = INTERPRETER.sub(r"\1", _one_line(f"{report['message']} {rest}"))
    return Fault("" if own else wine.host_path(report["file"]), int(report["line"]) or None, message)
