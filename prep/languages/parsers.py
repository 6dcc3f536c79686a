"""Judges that need no other program: what Python itself, its json module and sqlglot say of a text."""

from __future__ import annotations

import json
import platform
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator
from importlib.metadata import version
from typing import Any

from prep.errors import UserError
from prep.files import file_bytes
from prep.languages.judge import Script, Verdict

Fault = tuple[int | None, str]  # line and message
TOO_DEEP = (RecursionError, MemoryError)


class NoVerdictError(Exception):
    """The parser failed, not the code."""


class TextJudge:
    """A check that runs in this process: `find(source)` gives the fault's line and message, or None.

    The source is a text, or a file's bytes as they are.
    """

    def __init__(self, name: str, version: str, find: Callable[[str | bytes], Fault | None]) -> None:
        self.name, self.version, self._find = name, version, find

    def __enter__(self) -> TextJudge:
        return self

    def __exit__(self, *_: object) -> None:
        return

    def check(self, scripts: Iterable[Script], jobs: int | None = None, timeout: float = 30) -> Iterator[Verdict]:
        for script in scripts:
            yield self._judge(script)

    def _judge(self, script: Script) -> Verdict:
        try:
            fault = self._find(file_bytes(script.path) if script.text is None else script.text)
        except (OSError, UnicodeDecodeError) as error:
            return Verdict(script.path, False, "unreadable", message=str(error))
        except NoVerdictError as error:
            return Verdict(script.path, False, "no-verdict", message=str(error))
        except TOO_DEEP as error:
            return Verdict(script.path, False, "no-verdict", message=f"{type(error).__name__}: nested too deeply")
        return Verdict(script.path, False, "syntax", *fault) if fault else Verdict(script.path, True)


def python_judge() -> TextJudge:
    """Of a file Python itself finds the encoding out: its BOM, its `coding` line, else UTF-8."""

    def find(source: str | bytes) -> Fault | None:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                compile(source, "script.py", "exec", dont_inherit=True)
        except SyntaxError as error:
            return error.lineno, error.msg
        except ValueError as error:  # NUL bytes
            return None, str(error)
        return None

    return TextJudge(f"Python {platform.python_version()}", f"Python {sys.version}", find)


def json_judge() -> TextJudge:
    def find(source: str | bytes) -> Fault | None:
        try:
            json.loads(_text(source), parse_int=str, parse_float=str)  # a number may be longer than Python lets it be
        except json.JSONDecodeError as error:
            return error.lineno, error.msg
        return None

    return TextJudge("JSON", "JSON 2", find)


def sql_judge(dialect: str | None = None) -> TextJudge:
    """sqlglot's parser for a dialect such as postgres; None is its own superset of all."""
    import logging

    import sqlglot
    from sqlglot.errors import ParseError, TokenError

    if dialect and dialect not in sqlglot.Dialect.classes:
        known = ", ".join(sorted(name for name in sqlglot.Dialect.classes if name))
        raise UserError(f"check: sqlglot knows no dialect '{dialect}': there are {known}")

    logging.getLogger("sqlglot").setLevel(logging.ERROR)  # the verdict says what its warnings do

    def find(source: str | bytes) -> Fault | None:
        text = _text(source)
        try:
            parsed = sqlglot.parse(text, read=dialect)
        except ParseError as error:
            first = error.errors[0] if error.errors else {}
            return first.get("line"), _at_word(first) or str(error)
        except TokenError as error:
            return None, str(error)
        except (AttributeError, LookupError, TypeError, ValueError) as error:  # what sqlglot trips over itself
            raise NoVerdictError(f"sqlglot cannot read it: {type(error).__name__}: {error}") from None
        if not any(parsed):
            return None, "no statement"
        odd = next((one for one in parsed if isinstance(one, sqlglot.exp.Command)), None)
        return (None, f"not understood as SQL: {odd.sql()[:80]}") if odd else None

    name = " ".join(filter(None, ("sqlglot", version("sqlglot"), dialect)))
    return TextJudge(name, f"{name}, with the word", find)  # of messages: those kept from before have none


def _at_word(error: dict[str, Any]) -> str:
    """What sqlglot says, and the word that it is about with the one behind it."""
    said = str(error.get("description") or "").partition(" but got <Token")[0]
    rest = f"{error.get('highlight') or ''}{error.get('end_context') or ''}".split("\n")[0]
    return f"{said}: {rest[:40].strip()}" if said and rest.strip() else said


def _text(source: str | bytes) -> str:
    return source if isinstance(source, str) else source.decode("utf-8-sig")
