"""What `eval` prints at its end: short tables that fit 80 columns."""

from __future__ import annotations

import json
from pathlib import Path

from rich.table import Table

from ft.tables import console


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
