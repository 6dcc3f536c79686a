"""What `runs`, `diff` and `sweep` print."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rich import box
from rich.table import Table
from rich.text import Text

from ft import overview
from ft.difference import Difference, Row
from ft.history import Past
from ft.recipe import short
from ft.sweep import Cell
from ft.tables import console


def runs(found: list[Past]) -> None:
    """One line a run; what cannot be read is named below."""
    out = console()
    if not found:
        out.print("no runs under outputs/ yet: python -m ft train MODEL")
        return
    table = _grid([head.replace(" ", "\n") for head in overview.HEADS])
    for number, column in enumerate(table.columns):
        column.justify, column.no_wrap = ("right" if number > 1 else "left"), number > 0
    for run in found:
        table.add_row(*map(Text, overview.cells(run)))
    out.print(table)
    for run in found:
        if run.problem:
            out.print(Text(f"unreadable: {run.problem}"), soft_wrap=True)


def difference(found: Difference) -> None:
    """Four short tables; of recipe, data and versions only what is not equal."""
    out = console()
    out.print(Text(f"a  {found.a}\nb  {found.b}"), soft_wrap=True)
    for title, rows in (("recipe", found.recipe), ("data", found.data), ("versions and machine", found.versions)):
        if rows:
            out.print(_table(title, rows))
        else:
            out.print(f"{title}: no difference")
    if found.results:
        out.print(_table("results", found.results, change=True))


def _grid(heads: list[str], title: str | None = None) -> Table:
    """Narrow, for eighty columns; what does not fit goes on below."""
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), show_edge=False)
    for head in heads:
        table.add_column(head, overflow="fold")
    return table


def _table(title: str, rows: list[Row], change: bool = False) -> Table:
    reasons = any(row.why for row in rows)
    heads = ["", "a", "b", *(["b - a"] if change else []), *(["why"] if reasons else [])]
    table = _grid(heads, title)
    for row in rows:
        cells = [row.what, _cell(row.a), _cell(row.b)]
        table.add_row(*map(Text, [*cells, *([_change(row)] if change else []), *([row.why] if reasons else [])]))
    return table


def _cell(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) and abs(value) >= 0.001 else short(value)


def _change(row: Row) -> str:
    numbers = all(isinstance(value, float | int) for value in (row.a, row.b))
    return f"{row.b - row.a:+.4g}" if numbers else ""


def cells(found: list[Cell]) -> None:
    """The grid before it runs."""
    table = _grid(["#", "values", "folder", "state"])
    for number, cell in enumerate(found, 1):
        table.add_row(str(number), Text(" ".join(cell.overrides)), Text(str(cell.folder)), cell.state)
    console().print(table)


def sweep(rows: list[dict[str, Any]], written: Path) -> None:
    """The grid as it ended: the varied values and the results, the best validation loss marked."""
    keys = list(rows[0]["values"])
    columns = ("eval_loss", "eval_accuracy", "loss", "seconds", "tokens_per_second")
    heads = [*keys, "state", "eval loss", "token acc.", "train loss", "seconds", "tok/s"]
    held = [row["result"]["eval_loss"] for row in rows if row["result"]]
    held = [loss for loss in held if isinstance(loss, float)]
    table = _grid(heads)
    for row in rows:
        result = row["result"] or dict.fromkeys(columns)
        best = bool(held) and result["eval_loss"] == min(held)
        cells = [*(short(row["values"][key]) for key in keys), row["state"], *(_cell(result[key]) for key in columns)]
        table.add_row(*map(Text, cells), style="bold" if best else "")
    out = console()
    out.print(table)
    for row in rows:
        if row["problem"]:
            values = " ".join(f"{key}={short(value)}" for key, value in row["values"].items())
            out.print(Text(f"failed: {values}: {row['problem']}"), soft_wrap=True)
    out.print(Text(f"written: {written}, {written.with_suffix('.png')}"), soft_wrap=True)
