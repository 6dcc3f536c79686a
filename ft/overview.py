"""Runs side by side, as cells of text: the same in the terminal, in an experiment's notes and on the page."""

from __future__ import annotations

from collections.abc import Callable

from ft.history import Past
from ft.view import clock, gib, number

_DASH = "-"


def _loss(value: float | str | None) -> str:
    return _DASH if value is None else number(value)


def _memory(run: Past) -> str:
    """VRAM where there was a card, else RAM; in GiB."""
    return f"{gib(run.vram_gib)} V" if run.vram_gib else f"{gib(run.ram_gib)}" if run.ram_gib else _DASH


COLUMNS: list[tuple[str, Callable[[Past], str]]] = [
    ("run", lambda run: run.run),
    ("status", lambda run: run.status),
    ("steps", lambda run: _DASH if run.steps is None else str(run.steps)),
    ("train loss", lambda run: _loss(run.loss)),
    ("eval loss", lambda run: _loss(run.eval_loss)),
    ("token acc.", lambda run: _DASH if run.eval_accuracy is None else f"{run.eval_accuracy:.1%}"),
    ("time", lambda run: _DASH if run.seconds is None else clock(run.seconds)),
    ("tok/s", lambda run: _DASH if run.tokens_per_second is None else f"{run.tokens_per_second:,.0f}"),
    ("GiB", _memory),
]
HEADS = [head for head, _ in COLUMNS]


def cells(run: Past) -> list[str]:
    return [cell(run) for _, cell in COLUMNS]


def markdown(runs: list[Past]) -> list[str]:
    """The lines of a Markdown table; numbers to the right."""
    rule = ["---", "---", *["---:"] * (len(HEADS) - 2)]
    return [_line(HEADS), _line(rule), *(_line(cells(run)) for run in runs)]


def _line(found: list[str]) -> str:
    return f"| {' | '.join(text.replace('|', chr(92) + '|') for text in found)} |"
