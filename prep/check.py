"""`prep check`: any files and folders, each file judged by its language's own interpreter."""

from __future__ import annotations

import os
import shlex
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from prep import languages
from prep.errors import UserError
from prep.languages import SUFFIXES
from prep.languages.judge import REASONS, Script, Verdict
from prep.sources.text import printable


def files(paths: Sequence[Path], any_suffix: bool = False) -> list[Path]:
    """The files to judge, in stable order: those named, and those with a known ending below the folders named.

    Links to folders are not entered, so no link can loop. Raises UserError for what is not there.
    """
    found: dict[Path, None] = {}
    for path in paths:
        if path.is_dir():
            names = [Path(folder) / name for folder, _, names in os.walk(path, onerror=_stop) for name in names]
            wanted = (name for name in sorted(names) if any_suffix or _ending(name) in SUFFIXES)
            found.update(dict.fromkeys(wanted))
        elif os.path.lexists(path):
            found[path] = None
        else:
            raise UserError(f"{path}: no such file or folder")
    if not found:
        raise UserError(f"{', '.join(map(str, paths))}: no file ends in {', '.join(SUFFIXES)}")
    return list(found)


def check(paths: Sequence[Path], checker: str | None, command: list[str] | None, jobs: int | None) -> Iterator[Verdict]:
    """Verdicts file by file, in the order of `paths`; each file by the judge of its ending, or all by one."""
    if command is not None and checker not in (None, "command"):
        raise UserError(f"--checker {checker} and --command: give one of them")
    by_judge = [(path, "command" if command is not None else checker or _by_suffix(path)) for path in paths]
    names = dict.fromkeys(name for _, name in by_judge)
    for name in names:
        if lacking := languages.missing(name):
            raise UserError(f"nothing can be checked: {'; '.join(lacking)}")
    with ExitStack() as stack:
        judges = {name: stack.enter_context(languages.judge_for(name, command)) for name in names}
        said = {name: judges[name].check([Script(path) for path, of in by_judge if of == name], jobs) for name in names}
        for _, name in by_judge:
            yield next(said[name])


def argv(command: str | None) -> list[str] | None:
    """A command line as the list of its words. Raises UserError for a quote that is never closed."""
    try:
        return None if command is None else shlex.split(command)
    except ValueError as error:
        raise UserError(f"--command {command}: {str(error).lower()}") from None


def as_json(verdict: Verdict) -> dict[str, Any]:
    """`file` is the included file that `line` is in; empty when it is the script itself."""
    return {
        "path": printable(str(verdict.path)),
        "loads": verdict.loads,
        "reason": verdict.reason,
        "line": verdict.line,
        "message": verdict.message,
        "warnings": list(verdict.warnings),
        "file": printable(verdict.file),
    }


def watched(verdicts: Iterator[Verdict], total: int) -> Iterator[Verdict]:
    """With a progress bar on stderr where a person looks at it."""
    if not sys.stderr.isatty():
        return verdicts
    from rich.console import Console
    from rich.progress import track

    return iter(track(verdicts, "checking", total, console=Console(stderr=True), transient=True))


def fault(verdict: Verdict) -> str:
    """One line: where, and why it does not load."""
    included = f" (included by {printable(str(verdict.path))})" if verdict.file else ""
    return f"{printable(verdict.where)}{included}: {verdict.reason}: {verdict.message}"


def summary(verdicts: Sequence[Verdict]) -> list[str]:
    """The table: how many load, with warnings or without, and how many do not, by reason."""
    reasons = Counter(verdict.reason for verdict in verdicts if not verdict.loads)
    loads = len(verdicts) - reasons.total()
    warned = sum(verdict.loads and bool(verdict.warnings) for verdict in verdicts)
    rows = [("load", loads, f"{warned:,} of them with warnings" if warned else "")]
    rows += [(reason, reasons[reason], meaning) for reason, meaning in REASONS.items() if reasons[reason]]
    return [f"{len(verdicts):,} files", *(f"  {name:<16}{count:>7,}  {note}".rstrip() for name, count, note in rows)]


def _by_suffix(path: Path) -> str:
    try:
        return SUFFIXES[_ending(path)]
    except KeyError:
        known = ", ".join(SUFFIXES)
        raise UserError(f"{path}: no judge for this ending (known: {known}): name one with --checker") from None


def _ending(path: Path) -> str:
    """Also of a file that is called `.ahk` and nothing else, which has no suffix for pathlib."""
    return f".{path.name.rpartition('.')[2].lower()}" if "." in path.name else ""


def _stop(error: OSError) -> None:
    raise UserError(f"{error.filename}: cannot be listed: {error.strerror}")
