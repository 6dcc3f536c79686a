"""Any checker as judge: a command of the recipe, and what Python itself and sqlglot can say."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from signal import SIGKILL
from typing import IO

from prep.errors import UserError
from prep.languages.judge import Script, Verdict

FILE = "{file}"  # where the script's path goes in a command


class CommandJudge:
    """Runs `command` once for each script; exit code 0 is a script that loads."""

    def __init__(self, command: list[str]) -> None:
        program = shutil.which(command[0])
        if not program:
            raise UserError(
                f"check: {command[0]} is not installed, or not on PATH: install it, or set quality.engine: off"
            )
        if not any(FILE in part for part in command):
            raise UserError(f"check: no {FILE} in the command {command}: it marks where the script's path goes")
        self._command = [program, *command[1:]]
        state = Path(program).resolve().stat()
        self.version = f"{json.dumps(command)} {state.st_size} {state.st_mtime_ns}"

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
        command = [part.replace(FILE, str(file.absolute())) for part in self._command]
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:  # pipes could be held open by a child
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=out, stderr=err, start_new_session=True
            )
            try:
                code = process.wait(timeout)
            except subprocess.TimeoutExpired:
                return Verdict(path, False, "timeout", message=f"timed out after {timeout:g} s")
            finally:
                _end(process)
            complained = _read(err)
            return _verdict(path, file, code, complained if complained or not code else _read(out))


def _read(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read(100_000).decode("utf-8", "replace").strip()


def _end(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError, PermissionError):
        if sys.platform == "win32":
            process.kill()
        else:
            os.killpg(process.pid, SIGKILL)
    process.wait()


def _verdict(path: Path, file: Path, code: int, said: str) -> Verdict:
    """Line and message out of what a checker said: `file:3: message`, `... line 3 ...`, or only a message."""
    message = " ".join(said.replace(str(file.absolute()), path.name).split())[:2000]
    if code == 0:
        return Verdict(path, True, warnings=(message,) if message else ())
    if code < 0:
        return Verdict(path, False, "no-verdict", message=f"the checker died of signal {-code}. {message}".strip())
    found = re.search(rf"{re.escape(path.name)}[\"']?[:(,]\s*(?:line )?(\d+)", message) or re.search(
        r"\bline:? (\d+)", message, re.IGNORECASE
    )
    return Verdict(path, False, "syntax", int(found[1]) if found else None, message or f"exit code {code}")


class TextJudge:
    """A check that runs in this process: `find(text)` gives the fault's line and message, or None."""

    def __init__(self, version: str, find: Callable[[str], tuple[int | None, str] | None]) -> None:
        self.version, self._find = version, find

    def __enter__(self) -> TextJudge:
        return self

    def __exit__(self, *_: object) -> None:
        return

    def check(self, scripts: Iterable[Script], jobs: int | None = None, timeout: float = 30) -> Iterator[Verdict]:
        for script in scripts:
            try:
                text = script.path.read_text("utf-8-sig") if script.text is None else script.text
            except (OSError, UnicodeDecodeError) as error:
                yield Verdict(script.path, False, "unreadable", message=str(error))
                continue
            try:
                fault = self._find(text)
            except (RecursionError, MemoryError) as error:
                yield Verdict(script.path, False, "no-verdict", message=f"{type(error).__name__}: nested too deeply")
                continue
            yield Verdict(script.path, False, "syntax", *fault) if fault else Verdict(script.path, True)


def python_judge() -> TextJudge:
    def find(text: str) -> tuple[int | None, str] | None:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                compile(text, "script.py", "exec", dont_inherit=True)
        except SyntaxError as error:
            return error.lineno, error.msg
        except ValueError as error:  # NUL bytes
            return None, str(error)
        return None

    return TextJudge(f"Python {sys.version}", find)


def json_judge() -> TextJudge:
    def find(text: str) -> tuple[int | None, str] | None:
        try:
            json.loads(text)
        except json.JSONDecodeError as error:
            return error.lineno, error.msg
        return None

    return TextJudge("JSON", find)


def sql_judge(dialect: str | None = None) -> TextJudge:
    """sqlglot's parser for a dialect such as postgres; None is its own superset of all."""
    import sqlglot
    from sqlglot.errors import ParseError, TokenError

    if dialect and dialect not in sqlglot.Dialect.classes:
        known = ", ".join(sorted(name for name in sqlglot.Dialect.classes if name))
        raise UserError(f"check: sqlglot knows no dialect '{dialect}': there are {known}")

    def find(text: str) -> tuple[int | None, str] | None:
        try:
            parsed = sqlglot.parse(text, read=dialect)
        except ParseError as error:
            first = error.errors[0] if error.errors else {}
            return first.get("line"), first.get("description") or str(error)
        except TokenError as error:
            return None, str(error)
        if not any(parsed):
            return None, "no statement"
        odd = next((one for one in parsed if isinstance(one, sqlglot.exp.Command)), None)
        return (None, f"not understood as SQL: {odd.sql()[:80]}") if odd else None

    return TextJudge(f"sqlglot {version('sqlglot')} {dialect}", find)
