"""outputs/runs.html: the curves of several runs on top of each other, one self-contained page."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from ft import history, overview
from ft.difference import flat
from ft.history import Past
from ft.pace import Speed
from ft.recipe import OUTPUTS, read_yaml, short
from ft.view import METRICS
from prep.errors import UserError
from prep.files import write_text

PAGE = OUTPUTS / "runs.html"
_TEMPLATES = Path(__file__).parent / "templates"
_POINTS = 1500  # of one curve; a longer one is thinned
_WINDOW = 5  # logged steps over which tokens/s is taken
_KEYS = ("loss", "eval_loss", "learning_rate")
Points = list[tuple[float, float]]
_CHARTS = [
    ("loss", "Training loss", "step", "nats per token"),
    ("eval_loss", "Validation loss", "step", "nats per token"),
    ("eval_token_accuracy", "Validation token accuracy", "step", "share of tokens"),
    ("learning_rate", "Learning rate", "step", ""),
    ("speed", "Tokens per second", "step", "tokens/s"),
    ("ram", "RAM of the run", "minutes", "GiB"),
    ("vram", "VRAM, the fullest card", "minutes", "GiB"),
]


def write(chosen: list[Past], out: Path = PAGE) -> Path:
    """Write the page; returns its path. Raises UserError when there is no run to draw."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    readable = [run for run in chosen if run.problem is None]
    if not readable:
        raise UserError("no run to draw: train one first, or mend what python -m ft runs names")
    curves = [series(OUTPUTS / run.run) for run in readable]
    charts = [
        {"title": title, "x": x, "unit": unit, "curves": [curve[key] for curve in curves]}
        for key, title, x, unit in _CHARTS
        if any(curve[key] for curve in curves)
    ]
    data = json.dumps({"runs": [run.run for run in readable], "charts": charts}, separators=(",", ":"))
    environment = Environment(loader=FileSystemLoader(_TEMPLATES), autoescape=True, undefined=StrictUndefined)
    page = environment.get_template("runs.html").render(
        data=data.replace("<", "\\u003c"),  # no run's name can end the script
        heads=overview.HEADS,
        rows=[overview.cells(run) for run in readable],
        runs=[run.run for run in readable],
        apart=apart(readable),
        broken=[run.problem for run in chosen if run.problem],
    )
    write_text(out, page)
    return out


def series(folder: Path) -> dict[str, Points]:
    """The curves of one run: what was logged over steps, memory over minutes."""
    rows, metrics = list(history.progress(folder)), list(history.progress(folder, METRICS))
    found = {key: thinned(_over_steps(rows, key)) for key in (*_KEYS, "eval_token_accuracy")}
    found["speed"] = thinned(speeds(rows))
    timed = list(zip(_minutes(metrics), metrics, strict=True))
    found["ram"] = thinned((at, row["ram_gib"]) for at, row in timed)
    cards = ((at, max(card["vram_gib"] for card in row["gpus"])) for at, row in timed if row["gpus"])
    return found | {"vram": thinned(cards)}


def _minutes(metrics: list[dict[str, Any]]) -> Iterator[float]:
    """Of the run's own time: the seconds of a resumed run begin anew, and go on here."""
    before = last = 0.0
    for row in metrics:
        before += last if row["seconds"] < last else 0.0
        last = row["seconds"]
        yield (before + last) / 60


def _over_steps(rows: list[dict[str, Any]], key: str) -> Points:
    return [(row["step"], row[key]) for row in rows if isinstance(row.get(key), float | int)]


def speeds(rows: list[dict[str, Any]]) -> Points:
    """(step, tokens per second) over the last few logged steps."""
    found: Points = []
    speed = Speed(_WINDOW)
    for row in rows:
        speed.add(row)
        if "loss" in row and speed.per_second is not None:
            found.append((row["step"], round(speed.per_second, 1)))
    return found


def thinned(points: Iterable[tuple[float, float]]) -> Points:
    """At most so many points, evenly taken, the last one among them; six digits each."""
    found = list(points)
    every = -(-len(found) // _POINTS) or 1
    kept = found[::every] + (found[-1:] if found and (len(found) - 1) % every else [])
    return [(float(f"{x:.6g}"), float(f"{y:.6g}")) for x, y in kept]


def apart(chosen: list[Past]) -> list[tuple[str, list[str]]]:
    """Recipe values that are not the same in all runs: (key, its value in each)."""
    values = [flat(read_yaml(OUTPUTS / run.run / "recipe.yaml")) for run in chosen]
    keys = list(dict.fromkeys(key for one in values for key in one))
    table = [(key, [short(one.get(key)) for one in values]) for key in keys]
    return [(key, cells) for key, cells in table if len(set(cells)) > 1]
