"""The live line of a run: stage, step, loss, tokens/s, time left; plain lines where there is no terminal."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from ft.runs import Rows

_PLAIN_SECONDS = 20  # between two lines where there is no terminal


class View:
    """A context manager; `update` shows what was written since the last call."""

    def __init__(self, log: Path, rows: Rows) -> None:
        self._console = Console(file=sys.stderr)
        self._live = self._console.is_terminal
        self._bar = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(bar_width=14),
            TextColumn("{task.fields[count]}"),
            TextColumn("{task.fields[numbers]}"),
            TimeElapsedColumn(),
            console=self._console,
            disable=not self._live,
        )
        self._task = self._bar.add_task("starting Axolotl", total=None, count="", numbers="")
        self._log, self._rows = log, rows
        self._last_line = 0.0
        self._tokens: tuple[float, float] | None = None
        self._first: tuple[float, int] | None = None

    def __enter__(self) -> View:
        self._console.print(f"log: {self._log}")
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()

    def update(self) -> None:
        for row in self._rows.new():
            if "stage" in row:
                self._stage(row)
            if "loss" in row:
                self._step(row)
            if "eval_loss" in row:
                self._say(f"step {row['step']}: validation loss {_number(row['eval_loss'])}")

    def _stage(self, row: dict[str, Any]) -> None:
        self._bar.update(self._task, description=row["stage"], total=row.get("max_steps"), completed=row.get("step", 0))
        if not self._live:
            self._console.print(f"{row['stage']} ...")

    def _step(self, row: dict[str, Any]) -> None:
        step, total, now = row["step"], row["max_steps"], row["time"]
        self._first = self._first or (now, step)
        numbers = f"loss {_number(row['loss'])}"
        speed = self._tokens_per_second(row)
        if speed:
            numbers += f"  {speed:,.0f} tok/s"
        done = step - self._first[1]
        if done:
            left = (now - self._first[0]) / done * (total - step)
            numbers += f"  ETA {_clock(left)}"
        self._bar.update(self._task, completed=step, total=total, count=f"{step}/{total}", numbers=numbers)
        if not self._live and (time.monotonic() - self._last_line > _PLAIN_SECONDS or step == total):
            self._last_line = time.monotonic()
            self._console.print(f"step {step}/{total}  {numbers}")

    def _tokens_per_second(self, row: dict[str, Any]) -> float | None:
        """Over the time since the first logged step."""
        total = row.get("tokens/total")
        if total is None:
            return None
        self._tokens = self._tokens or (row["time"], total)
        seconds = row["time"] - self._tokens[0]
        return (total - self._tokens[1]) / seconds if seconds > 0 else None

    def _say(self, line: str) -> None:
        self._bar.console.print(line)


def _number(value: float | str) -> str:
    return f"{value:.4f}" if isinstance(value, float | int) else str(value)


def _clock(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
