"""The live view of a run: a few lines that stay in place in a terminal, plain lines elsewhere; and metrics.jsonl."""

from __future__ import annotations

import json
import sys
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, TextIO, cast

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from ft.meters import Meters
from ft.pace import Number, Pace, spark
from ft.runs import Rows
from prep.files import write_bytes

METRICS = "metrics.jsonl"
_PLAIN_SECONDS = 20  # between two lines where there is no terminal
_SPARK = 32  # characters of the loss curve


class _Screen:
    """Standard error, for rich. When its terminal is gone, a run still has to end in order: what is shown is lost."""

    def __init__(self, file: TextIO) -> None:
        self._file = file

    def write(self, text: str) -> int:
        with suppress(OSError):
            self._file.write(text)
        return len(text)

    def flush(self) -> None:
        with suppress(OSError):
            self._file.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


class View:
    """A context manager; `update` shows what was written since the last call. With `meters`, the machine's numbers are
    shown too, and all of them appended to metrics.jsonl beside the log."""

    def __init__(self, log: Path, rows: Rows, meters: Meters | None = None) -> None:
        self._console = Console(file=cast(TextIO, _Screen(sys.stderr)), highlight=False)
        self._plain = not self._console.is_terminal
        self._log, self._rows, self._meters = log, rows, meters
        self._pace, self._machine = Pace(), dict[str, Any]()
        self._began, self._last_line = time.monotonic(), 0.0
        self._live = Live(get_renderable=self._lines, console=self._console, refresh_per_second=2, transient=True)

    def __enter__(self) -> View:
        self._console.print(Text(f"log: {self._log}"), soft_wrap=True)
        if self._meters:
            _without_half_a_line(self._log.parent / METRICS)
        if not self._plain:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self._plain:
            self._live.stop()

    def update(self) -> None:
        for row in self._rows.new():
            self._pace.add(row)
            if "stage" in row and self._plain:
                self._say(f"{row['stage']} ...")
            if "loss" in row and self._plain:
                self._step()
            if "eval_loss" in row:
                self._say(f"step {row['step']}: validation loss {number(row['eval_loss'])}")
            if "warning" in row:
                self._say(f"step {row['step']}: {row['warning']}")
        if self._meters and self._meters.due():
            self._machine = self._meters.read()
            self._keep()

    def _keep(self) -> None:
        """One line of metrics.jsonl. A full disk ends the training by its own checkpoint, never by this line."""
        seconds = {"time": round(time.time(), 3), "seconds": round(time.monotonic() - self._began, 1)}
        line = json.dumps(seconds | self._pace.numbers() | self._machine, ensure_ascii=False) + "\n"
        try:
            with (self._log.parent / METRICS).open("a", encoding="utf-8") as file:
                file.write(line)
        except OSError as error:
            self._say(f"no more numbers are written to {METRICS}: {error.strerror}")
            self._meters = None

    def _step(self) -> None:
        now, pace = time.monotonic(), self._pace
        if now - self._last_line > _PLAIN_SECONDS or pace.step == pace.max_steps:
            self._last_line = now
            self._say(f"step {pace.step}/{pace.max_steps}  {'  '.join(told(pace))}")

    def _say(self, line: str) -> None:
        self._console.print(Text(line), soft_wrap=True)

    def _lines(self) -> RenderableType:
        return lines(self._pace, self._machine, time.monotonic() - self._began)


def _without_half_a_line(path: Path) -> None:
    """A resumed run goes on after the last whole line of one that was cut off."""
    head, newline, half = path.read_bytes().rpartition(b"\n") if path.is_file() else (b"", b"", b"")
    if half:
        write_bytes(path, head + newline)


def lines(pace: Pace, machine: dict[str, Any], seconds: float) -> RenderableType:
    """The live part: where the run is, how it goes, what it takes; each a line of at most 80 columns."""
    head = Table.grid(padding=(0, 2, 0, 0))
    total = pace.max_steps or None
    bar = ProgressBar(total=total, completed=pace.step, width=26, pulse=not total, animation_time=seconds)
    left = f"ETA {clock(pace.eta)}" if pace.eta is not None else ""
    count = f"{pace.step}/{total}" if total else ""
    head.add_row(Text(pace.stage, style="bold"), bar, Text(count), Text(clock(seconds), style="dim"), Text(left))
    found: list[RenderableType] = [head]
    curve = spark(pace.losses, _SPARK)
    if curve:
        found.append(Text.assemble(("loss  ", "dim"), (curve, "blue")))
    if pace.loss is not None:
        found.append(Text("  ".join(told(pace, live=True)), overflow="ellipsis", no_wrap=True))
    if machine:
        found.append(Text(taken(machine), style="dim", overflow="ellipsis", no_wrap=True))
    return Group(*found)


def told(pace: Pace, live: bool = False) -> list[str]:
    """The numbers of the training itself, for one line: a live one has the validation loss, which is a plain line of
    its own elsewhere, and the time left beside its bar."""
    found = [f"loss {number(pace.loss)}"] if pace.loss is not None else []
    if live and pace.eval_loss is not None:
        found.append(f"validation {number(pace.eval_loss)} (step {pace.eval_step})")
    if pace.learning_rate is not None:
        found.append(f"lr {pace.learning_rate:.3g}")
    if pace.tokens_per_second is not None:
        found.append(f"{pace.tokens_per_second:,.0f} tok/s")
    if not live and pace.eta is not None:
        found.append(f"ETA {clock(pace.eta)}")
    return found


def taken(machine: dict[str, Any]) -> str:
    """The numbers of the machine, for one line: the cards together, the fullest card's memory."""
    found = []
    if cards := machine["gpus"]:
        used = [card["used_percent"] for card in cards if "used_percent" in card]
        most = max(cards, key=lambda card: card["vram_gib"] / card["vram_total_gib"])
        share = f" {sum(used) / len(used):.0f}%" if used else ""
        found.append(f"{f'{len(cards)} GPUs' if len(cards) > 1 else 'GPU'}{share}")
        found.append(f"VRAM {gib(most['vram_gib'])}/{gib(most['vram_total_gib'])} GiB")
    found.append(f"CPU {machine['cpu_percent']:.0f}%")
    found.append(f"RAM {gib(machine['ram_gib'])}/{gib(machine['ram_total_gib'])} GiB")
    return "  ".join([*found, f"disk {gib(machine['disk_free_gib'])} GiB free"])


def gib(value: float) -> str:
    return f"{value:.1f}" if value < 99.95 else f"{value:.0f}"


def number(value: Number | None) -> str:
    return f"{value:.4f}" if isinstance(value, float | int) else str(value)


def clock(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
