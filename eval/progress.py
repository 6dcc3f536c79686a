"""How far a model is: a bar on a terminal, else a line for each quarter."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn


class Progressing:
    """`update` says how many answers are there now, of `total`."""

    def __init__(self, label: str, total: int, say: Callable[[str], None]) -> None:
        self._label, self._total, self._say, self._quarter = label, total, say, 0
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        self._bar = Progress(*columns, TimeElapsedColumn(), TimeRemainingColumn(), console=Console(stderr=True))
        self._task = self._bar.add_task(label, total=total) if sys.stderr.isatty() else None

    def __enter__(self) -> Self:
        if self._task is not None:
            self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._task is not None:
            self._bar.stop()

    def update(self, found: int) -> None:
        if self._task is not None:
            self._bar.update(self._task, completed=min(found, self._total))
            return
        quarter = 4 * found // self._total
        if quarter > self._quarter:
            self._quarter = quarter
            self._say(f"  {self._label}: {min(found, self._total)} of {self._total} answers")
