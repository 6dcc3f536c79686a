"""Any checker as judge: a command of the recipe, started once for each script."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from signal import SIGKILL
from typing import IO

from prep.errors import UserError
from prep.files import sha256_file
from prep.languages.judge import Script, Verdict
from prep.names import without_folders

FILE = "{file}"  # where the script's path goes in a command
MAX_NAME = 80  # characters of a command where outputs name it
MAX_SAID = 100_000  # bytes of each stream that are kept; what a checker says beyond them is read and thrown away


class CommandJudge:
    """Runs `command` once for each script; exit code 0 is a script that loads.

    Raises UserError for a command that cannot be started, here or at the first script.
    """

    def __init__(self, command: Sequence[str]) -> None:
        program = _program(command)
        if not any(FILE in part for part in command):
            raise UserError(f"check: no {FILE} in the command {command}: it marks where the script's path goes")
        self._command = [program, *command[1:]]
        self.name = " ".join(" ".join([Path(program).name, *map(without_folders, command[1:])]).split())[:MAX_NAME]
        self.version = json.dumps([*command, *map(sha256_file, files_of(self._command))])

    def __enter__(self) -> CommandJudge:
        return self

    def __exit__(self, *_: object) -> None:
        return

    def check(self, scripts: Iterable[Script], jobs: int | None = None, timeout: float = 30) -> Iterator[Verdict]:
        with ThreadPoolExecutor(jobs or os.cpu_count() or 1) as pool:
            try:
                yield from pool.map(lambda script: self._judge(script, timeout), scripts)
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise

    def _judge(self, script: Script, timeout: float) -> Verdict:
        if script.text is None:
            return self._run(script.path, script.path, timeout)
        with tempfile.TemporaryDirectory(prefix="check-") as folder:
            path = Path(folder) / (script.path.name or "script")
            path.write_bytes(script.text.encode("utf-8", "replace"))
            return self._run(script.path, path, timeout)

    def _run(self, path: Path, file: Path, timeout: float) -> Verdict:
        if not file.is_file():
            return Verdict(path, False, "unreadable", message="there is no such file")
        process = self._start([part.replace(FILE, str(file.absolute())) for part in self._command])
        out, err = _Said(process.stdout), _Said(process.stderr)
        try:
            code = process.wait(timeout)
        except subprocess.TimeoutExpired:
            return Verdict(path, False, "timeout", message=f"timed out after {timeout:g} s")
        finally:
            _end(process)
        complained = err.text()
        return _verdict(path, file, code, complained if complained or not code else out.text())

    def _start(self, command: list[str]) -> subprocess.Popen[bytes]:
        pipe = subprocess.PIPE
        try:
            return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=pipe, stderr=pipe, start_new_session=True)
        except OSError as error:
            raise UserError(f"check: {command[0]} cannot be started: {error.strerror}: is it a program?") from None


def _program(command: Sequence[str]) -> str:
    """The path of a command's program. Raises UserError."""
    if not command:
        raise UserError(f"check: the command is empty: give the checker, such as --command 'luac -p {FILE}'")
    if any("\0" in part for part in command):
        raise UserError("check: a NUL character in the command: no program takes one")
    program = shutil.which(command[0])
    if not program:
        raise UserError(f"check: {command[0]} is not installed, or not on PATH: install it, or set quality.engine: off")
    return program


def files_of(command: Sequence[str]) -> list[Path]:
    """The files that a command names, its program first; also behind `=`, as in --config=FILE."""
    named = (Path(part.rpartition("=")[2]) for part in command if FILE not in part)
    return [path for path in named if _is_file(path)]


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # code as an argument: too long for a name
        return False


class _Said:
    """What comes out of a pipe, read to its end by a thread of its own and kept up to MAX_SAID bytes."""

    def __init__(self, pipe: IO[bytes] | None) -> None:
        self._pipe, self._kept = pipe or io.BytesIO(), b""
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        with self._pipe:
            while data := os.read(self._pipe.fileno(), 65536):
                self._kept += data[: MAX_SAID - len(self._kept)]

    def text(self) -> str:
        """Asked when the process has ended; a child that left its session and holds the pipe open is not waited for."""
        self._thread.join(1)
        return self._kept.decode("utf-8", "replace").strip()


def _end(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError, PermissionError):
        if sys.platform == "win32":
            process.kill()
        else:
            os.killpg(process.pid, SIGKILL)
    process.wait()


def _verdict(path: Path, file: Path, code: int, said: str) -> Verdict:
    """Line and message out of what a checker said: `file:3: message`, `... line 3 ...`, or only a message."""
    message = " ".join(_without_place(said, path, file).split())[:2000]
    if code == 0:
        return Verdict(path, True, warnings=(message,) if message else ())
    if code < 0:
        return Verdict(path, False, "no-verdict", message=f"the checker died of signal {-code}. {message}".strip())
    found = re.search(rf"{re.escape(path.name)}[\"']?[:(,]\s*(?:line )?(\d+)", message) or re.search(
        r"\bline:? (\d+)", message, re.IGNORECASE
    )
    return Verdict(path, False, "syntax", int(found[1]) if found else None, message or f"exit code {code}")


def _without_place(said: str, path: Path, file: Path) -> str:
    """What was said, with the script's own name for its path, in whatever form a checker gives that."""
    for folder in {file.absolute().parent, file.resolve().parent}:
        said = said.replace(f"{folder}{os.sep}{file.name}", path.name).replace(f"{folder}{os.sep}", "")
        said = re.sub(rf"{re.escape(str(folder))}(?![\w.-])", ".", said)
    elsewhere = rf"(?:\.\.\.|{re.escape(os.sep)})[^\s\"':]*{re.escape(os.sep + file.name)}"
    return re.sub(elsewhere, lambda _: path.name, said)  # a name may hold what `re.sub` takes for an escape
