"""The real AutoHotkey v2 as judge: does a script load, and if not, on which line and why.

One Xvfb and one wineserver serve all calls. Each Engine works in a clone of its own (hard links) of a cached Wine
prefix, so two engines never stop each other's processes. No script is executed: `/validate` ends after loading. What
is loaded are also the libraries that `#DllLoad` names, and Windows runs their own code then.
"""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import IO

from prep.errors import UserError
from prep.files import file_bytes, sha256_bytes, sha256_file
from prep.languages.autohotkey import wine
from prep.languages.autohotkey.handover import Handover, decoded, encoded, handed_over, plain
from prep.languages.autohotkey.interpreter import interpreter, name
from prep.languages.autohotkey.libraries import libraries
from prep.languages.autohotkey.loading import loaded
from prep.languages.autohotkey.mention import names_files
from prep.languages.autohotkey.names import REMOVED
from prep.languages.autohotkey.owned import owned_folder
from prep.languages.autohotkey.report import entries, fault, reason_of, warning
from prep.languages.judge import Script, Verdict

LOADS, DOES_NOT_LOAD = 0, 2  # the exit codes of /validate
ATTEMPTS = 4  # any other code is no verdict: on a busy machine Wine fails to start a process once in some thousand
REQUIRED_FILE = re.compile(
    rb"^([ \t]*#(?:include(?:again)?|dllload)[ \t,]+)(?![\"']?\*i\b)", re.IGNORECASE | re.MULTILINE
)


def version() -> str:
    """The interpreter, and the rules in this folder, which give a verdict its reason."""
    folder = Path(__file__).parent
    rules = b"".join(path.read_bytes() for path in sorted([*folder.glob("*.py"), REMOVED]))
    return f"{name()}, rules {sha256_bytes(rules)[:12]}"


def surroundings(script: Script) -> bytes:
    """What beside its own text a verdict hangs on: where a script lies that names files, and all those files."""
    try:
        source = file_bytes(script.path) if script.text is None else encoded(script.text)
    except OSError:
        return b""
    if not names_files(source):
        return b""
    text = plain(source).decode("utf-8", "replace")
    steps = loaded(script.path, text)
    named = [f"{step.status} {step.target} {_content(step.target)}" for step in steps]
    named += [f"{path} {_content(path)}" for path in libraries(script.path, text, steps)]
    return "\n".join([str(script.path.absolute().parent), *named]).encode("utf-8", "surrogateescape")


def _content(path: Path | None) -> str:
    """The hash of a file; empty of a folder, and of what cannot be read."""
    try:
        return sha256_file(path) if path and path.is_file() else ""
    except OSError:
        return ""


class Engine:
    """`with Engine() as engine: engine.check(scripts)`; entering raises UserError when a part is missing."""

    def __init__(self) -> None:
        self.name, self.version = name(), version()
        self._stack = ExitStack()
        self._lock = threading.Lock()  # nothing starts once a check has stopped
        self._stopped = False
        self._running: set[subprocess.Popen[bytes]] = set()
        self._daemons: list[subprocess.Popen[bytes]] = []
        self._scratch = Path()
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
        self._scratch = self._stack.enter_context(owned_folder(Path(tempfile.gettempdir()), "ahk-engine-"))
        warn = self._scratch / "warn.ahk"
        warn.write_text("#Warn All, StdOut\n", encoding="utf-8")
        self._env = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT", "TEMP", "TMP") if name in os.environ}
        self._command = [str(interpreter())]
        if os.name != "nt":
            self._command.insert(0, str(wine.wine()))
            self._env, self._daemons = wine.start(self._stack, self._env, self._scratch)
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
        optional = Script(script.path, decoded(REQUIRED_FILE.sub(rb"\1*i ", plain(source))))
        if encoded(str(optional.text)) == plain(source):  # the line is not written as others write it
            return missing
        own = self._judge(optional, timeout)
        if own.loads or own.reason == "missing-include":
            return missing
        return own._replace(line=missing.line, message=f"{missing.message} And without it, {_at(own)}{own.message}")

    def _load(self, script: Script, source: bytes, timeout: float) -> Verdict:
        with handed_over(script, source, self._scratch) as given:
            for _ in range(ATTEMPTS):
                code, said, complained = self._run(given, timeout)
                if code in (None, LOADS, DOES_NOT_LOAD):
                    break
                if any(daemon.poll() is not None for daemon in self._daemons):
                    raise UserError(
                        "Xvfb or wineserver ended while scripts were checked: run the command again", code=1
                    )
        path, warnings = script.path, tuple(warning(given, entry) for entry in entries(said))
        if code is None:
            return Verdict(path, False, "timeout", None, f"timed out after {timeout:g} s", warnings)
        if code == LOADS:
            return Verdict(path, True, warnings=warnings)
        found = fault(given, complained)
        if code != DOES_NOT_LOAD or not found.message:
            message = found.message or f"AutoHotkey ended with exit code {code}, no verdict"
            return Verdict(path, False, "no-verdict", found.line, message, warnings, found.file)
        return Verdict(path, False, reason_of(found.message), found.line, found.message, warnings, found.file)

    def _run(self, given: Handover, timeout: float) -> tuple[int | None, str, str]:
        """Exit code (None after the time limit), stdout, stderr; files, as a surviving child would hold pipes open."""
        with tempfile.TemporaryFile() as stdin, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            stdin.write(given.stdin)
            stdin.seek(0)
            code = self._wait([*self._command, given.argument], given.folder, (stdin, out, err), timeout)
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


def looks_v1(source: bytes, line: int | None) -> bool:
    """Whether code that does not load was written for v1: an idiom of v1 in the refused line, or three anywhere."""
    from prep.languages.autohotkey.idioms import v1_idioms
    from prep.languages.autohotkey.lexer import lex
    from prep.languages.autohotkey.names import removed

    found = v1_idioms(lex(plain(source).decode("utf-8", "replace")), removed())
    return len(found) >= 3 or any(idiom.line == line for idiom in found)


def _at(verdict: Verdict) -> str:
    return f"line {verdict.line}: " if verdict.line else ""
