"""What `eval` prints at its end: short tables that fit 80 columns."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from rich import box
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from eval.harness.verdict import KINDS

if TYPE_CHECKING:
    from eval.execute import Score


def console() -> Console:
    found = Console(highlight=False)
    return found if found.is_terminal else Console(highlight=False, width=80)


@contextmanager
def progress(total: int) -> Iterator[Callable[[int], None]]:
    """A bar on stderr; yields what is called with how many more are done."""
    with Progress(*Progress.get_default_columns(), console=Console(stderr=True)) as bar:
        task = bar.add_task(f"{total} answers", total=total)
        yield lambda count: bar.advance(task, count)


def scores(found: Mapping[str, Score]) -> None:
    """pass@k and the verdicts, a row for each category."""
    table = Table(
        "category",
        "tasks",
        *(f"pass@{k}" for k in found["all"].pass_at),
        *KINDS,
        box=box.SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
        show_edge=False,
    )
    for column in table.columns[1:]:
        column.justify, column.no_wrap = "right", True
    for name, score in found.items():
        rates = [f"{score.pass_at[k]:.1%}" if k in score.pass_at else "" for k in found["all"].pass_at]
        if name == "all" and len(found) > 2:
            table.add_section()
        if name != "all" or len(found) != 2:
            table.add_row(name, str(score.tasks), *rates, *(str(score.verdicts[kind] or "") for kind in KINDS))
    console().print(table)


def results(target: Path) -> None:
    """Base against tuned for each task and metric; lower is better for all of ahk_loss."""
    found = json.loads((target / "results.json").read_text(encoding="utf-8"))
    table = Table("task", "items", "metric", "base", "tuned", "change")
    for task, result in found["tasks"].items():
        for metric, values in result["metrics"].items():
            change = values["tuned"] / values["base"] - 1 if values["base"] else 0.0
            table.add_row(
                task, str(result["n"]), metric, f"{values['base']:.4g}", f"{values['tuned']:.4g}", f"{change:+.1%}"
            )
    console().print(table)
    console().print(f"results: {target / 'results.json'}; every item beside it", soft_wrap=True)
