"""What every judge of code takes and says, whatever the language."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple, Protocol

REASONS = {
    "syntax": "the interpreter refuses it",
    "missing-include": "only an included file is missing; the rest of the code loads",
    "other-version": "written for another version of the language",
    "timeout": "no verdict within the time limit",
    "unreadable": "the file is gone, changed while it was read, or may not be read",
    "no-verdict": "the interpreter ended in a way that says neither yes nor no",
}
TRANSIENT = {"timeout", "unreadable", "no-verdict"}  # of the moment, not of the code: never kept in a cache


class Script(NamedTuple):
    """Code to judge: the file at `path` as it stands, or `text` in its place (its folder is where includes are)."""

    path: Path
    text: str | None = None


class Verdict(NamedTuple):
    """What the interpreter says of one script.

    `line` counts from 1 and is in `file` when the fault is in an included file, else in the script; None when the
    fault has no line. `reason` is one of REASONS, empty when the script loads.
    """

    path: Path
    loads: bool
    reason: str = ""
    line: int | None = None
    message: str = ""
    warnings: tuple[str, ...] = ()
    file: str = ""

    @property
    def where(self) -> str:
        """file:line as a person looks it up."""
        return (self.file or str(self.path)) + (f":{self.line}" if self.line else "")


class Judge(Protocol):
    """Used as a context manager; `version` tells the interpreter exactly, so that its verdicts can be kept, and `name`
    as outputs show it, which is the same on every machine."""

    name: str
    version: str

    def __enter__(self) -> Judge: ...

    def __exit__(self, *_: object) -> None: ...

    def check(self, scripts: Iterable[Script], jobs: int | None = None, timeout: float = 30) -> Iterator[Verdict]:
        """Verdicts in the order of the scripts, each as soon as it is known; `timeout` in seconds for each."""
        ...
