"""What we know of languages, and the judge of each: `judge_for` a source's language or its own `check`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from prep.errors import UserError
from prep.languages.judge import Judge, Script

if TYPE_CHECKING:
    from prep.languages.cache import CachedJudge

EXAMPLE = "--command 'luac -p {file}', or in a recipe check: {command: [luac, -p, '{file}']}"
FENCES = {  # how Markdown names a language
    "autohotkey": ("autohotkey", "ahk", "ahk2", "ah2", "autohotkeyv2", "autohotkey2"),
    "python": ("python", "py", "python3"),
    "json": ("json",),
    "sql": ("sql", "postgresql", "mysql", "sqlite"),
}
SUFFIXES = {".ahk": "autohotkey", ".ah2": "autohotkey", ".py": "python", ".json": "json", ".sql": "sql"}


def checker_of(language: str) -> str | None:
    """The judge that a language has without being told: "AutoHotkey v2" is judged by autohotkey."""
    first = language.lower().split()[0] if language.split() else ""
    return first if first in set(SUFFIXES.values()) else None


def missing(checker: str) -> list[str]:
    """What this machine lacks to run a judge, each with the line that installs it."""
    if checker != "autohotkey":
        return []
    from prep.languages.autohotkey.engine import Engine

    return Engine.missing()


def judge_for(checker: str, options: list[str] | str | None = None) -> CachedJudge:
    """The judge by its name, with what it needs: a command's argv, a dialect of SQL. Raises UserError."""
    from prep.languages import command, parsers
    from prep.languages.cache import CachedJudge

    if checker == "autohotkey":
        from prep.languages.autohotkey import engine, interpreter

        return CachedJudge(engine.Engine, interpreter.name(), engine.version(), engine.surroundings)
    makers: dict[str, Callable[[], Judge]] = {
        "command": lambda: command.CommandJudge(list(options or ())),
        "python": parsers.python_judge,
        "json": parsers.json_judge,
        "sql": lambda: parsers.sql_judge(str(options) if options else None),
    }
    if checker not in makers:
        known = ", ".join(["autohotkey", *makers])
        raise UserError(f"no judge '{checker}': there are {known}; any other is a command: {EXAMPLE}")
    judge = makers[checker]()
    context = _by_command if checker == "command" else _alone
    return CachedJudge(lambda: judge, judge.name, judge.version, context)


def _alone(script: Script) -> bytes:
    """Nothing but the text itself decides, and the name that messages carry."""
    return script.path.name.encode("utf-8", "surrogateescape")


def _by_command(script: Script) -> bytes | None:
    """A file is judged where it lies, with what its code includes from there; a text is alone in a folder."""
    return None if script.text is None else _alone(script)
