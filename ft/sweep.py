"""A grid of runs of one recipe, one after another; what is done is skipped, what was cut off goes on."""

from __future__ import annotations

import hashlib
import io
import itertools
import re
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from ft import history, launch, resume, runs
from ft.difference import compare_values
from ft.recipe import OUTPUTS, Recipe, find, parse_override, read_yaml, short
from prep.errors import INTERRUPTED, UserError
from prep.files import write_bytes, write_json

FOLDER = OUTPUTS / "sweeps"
_LONGEST = 80  # characters of a cell's name
_OPEN, _CLOSE = "[{(", "]})"


@dataclass(frozen=True)
class Cell:
    """One run of the grid: its overrides, its folder, and whether it is done, resumable or open."""

    overrides: list[str]
    folder: Path
    state: str
    problem: str | None = None


def values_of(text: str) -> tuple[str, list[str]]:
    """`key=8,16` -> key and its values. A comma inside brackets, braces or quotes belongs to the value."""
    key, sign, raw = text.partition("=")
    if not sign or not key.strip():
        raise UserError(f"'{text}' is not key=value or key=value,value (for example lora_r=8,16)")
    found, depth, quote = [""], 0, ""
    for character in raw:
        if quote:
            quote = "" if character == quote else quote
        elif character in "'\"":
            quote = character
        else:
            depth += (character in _OPEN) - (character in _CLOSE)
        if character == "," and not depth and not quote:
            found.append("")
        else:
            found[-1] += character
    if depth or quote:
        raise UserError(f"'{text}': a bracket or a quote is not closed")
    if not all(value.strip() for value in found):
        raise UserError(f"'{text}': an empty value; a value that holds commas stands in quotes or brackets")
    if len(set(found)) < len(found):
        raise UserError(f"'{text}': a value stands there twice")
    return key.strip(), [value.strip() for value in found]


def grid(model: str, axes: list[str], options: launch.Options) -> list[Cell]:
    """Every combination, the last key changing fastest. Raises UserError for what could not run at all, before
    anything has."""
    parsed = [values_of(text) for text in axes]
    keys = [key for key, _ in parsed]
    if len(set(keys)) < len(keys) or "output_dir" in keys:
        raise UserError("each key stands once in a sweep, and output_dir is the sweep's own")
    varied = {key for key, values in parsed if len(values) > 1}
    if not varied:
        raise UserError("nothing to vary: give a key with several values, lora_r=8,16,32")
    cells = []
    for combination in itertools.product(*(values for _, values in parsed)):
        given = dict(zip(keys, combination, strict=True))
        name = _name({key: value for key, value in given.items() if key in varied})
        root = FOLDER / find(model).stem
        overrides = [f"{key}={value}" for key, value in given.items()]
        recipe, _ = launch.plan(model, [*overrides, f"output_dir={root / name}"], options)
        cells.append(Cell(overrides, recipe.output_dir, _state(launch.prepared(recipe))))
    return cells


def _name(values: dict[str, str]) -> str:
    """lora_r-8+learning_rate-0.0002; what no file should be called, or is too long, ends in a hash of itself."""
    text = "+".join(f"{key}-{short(parse_override(f'{key}={value}')[1])}" for key, value in values.items())
    plain = re.sub(r"[^\w.+-]+", "_", text)[:_LONGEST]
    return plain if plain == text else f"{plain}-{hashlib.sha256(text.encode()).hexdigest()[:6]}"


def _state(recipe: Recipe) -> str:
    """`done` and `resume` only for a run of this very recipe on this very data; another one is made anew."""
    folder = recipe.output_dir
    if not (folder / "recipe.yaml").is_file():
        return "open"
    before = read_yaml(folder / "recipe.yaml")
    same_data = before.get("dataset_prepared_path") == recipe.values["dataset_prepared_path"]
    if not same_data or compare_values(before, recipe.values):
        return "open"
    if runs.is_finished(folder):
        return "done"
    return "resume" if any(resume.flaw(path) is None for path in runs.checkpoints(folder)) else "open"


def run(model: str, cells: list[Cell], options: launch.Options, say: Callable[[str], None]) -> list[Cell]:
    """Run what is not done; returns the cells as they are then. A cell that fails is told, and the others go on.

    Raises UserError with exit code 130 when it is interrupted: the same command goes on from there.
    """
    ended = []
    for number, cell in enumerate(cells, 1):
        say(f"[{number}/{len(cells)}] {' '.join(cell.overrides)}: {cell.state}")
        ended.append(cell if cell.state == "done" else _trained(model, cell, options, say))
    return ended


def _trained(model: str, cell: Cell, options: launch.Options, say: Callable[[str], None]) -> Cell:
    # --smoke adds its ending to the folder by itself
    folder = str(cell.folder).removesuffix("-smoke") if options.smoke else str(cell.folder)
    try:
        launch.train(model, [*cell.overrides, f"output_dir={folder}"], replace(options, resume=cell.state == "resume"))
    except UserError as error:
        if error.code == INTERRUPTED:
            raise UserError(f"{error}\nthe sweep goes on with the same command", INTERRUPTED) from None
        say(f"failed: {error}")
        return replace(cell, state="failed", problem=str(error).splitlines()[0])
    return replace(cell, state="done")


def rows(cells: list[Cell]) -> list[dict[str, Any]]:
    """Per cell: its values, its state, why it failed, and its line of `ft runs`; for sweep.json and the table."""
    return [_row(cell) for cell in cells]


def write(model: str, found: list[dict[str, Any]]) -> Path:
    """sweep.json and sweep.png in outputs/sweeps/MODEL; returns the former."""
    path = FOLDER / find(model).stem / "sweep.json"
    write_json(path, {"recipe": str(find(model)), "cells": found})
    write_bytes(path.with_suffix(".png"), plot(found, find(model).stem))
    return path


def _row(cell: Cell) -> dict[str, Any]:
    values = dict(parse_override(text) for text in cell.overrides)
    result = asdict(history.past(cell.folder)) if (cell.folder / history.RECORD).is_file() else None
    return {"values": values, "state": cell.state, "problem": cell.problem, "result": result}


def plot(found: list[dict[str, Any]], title: str) -> bytes:
    """PNG: the final losses over the one number that varies, else over the cells in order."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    varied = [key for key in found[0]["values"] if len({short(row["values"][key]) for row in found}) > 1]
    numeric = len(varied) == 1 and all(_is_number(row["values"][varied[0]]) for row in found)
    places = [row["values"][varied[0]] for row in found] if numeric else list(range(len(found)))
    figure, axes = pyplot.subplots(figsize=(8, 4.2), layout="constrained")
    for key, label, marker in (("loss", "training, last step", "s"), ("eval_loss", "validation", "o")):
        points = [(x, row["result"][key]) for x, row in zip(places, found, strict=True) if _has(row, key)]
        if points:
            axes.plot(*zip(*sorted(points), strict=True), marker=marker, lw=1.6 if numeric else 0, label=label)
    if numeric and min(places) > 0 and max(places) / min(places) >= 4:
        axes.set_xscale("log")
    axes.set_xticks(places, ["\n".join(short(row["values"][key]) for key in varied) for row in found], minor=False)
    axes.minorticks_off()
    axes.set(xlabel=", ".join(varied), ylabel="loss (nats per token)", title=f"{title}: sweep")
    axes.grid(alpha=0.3)
    if axes.lines:
        axes.legend()
    image = io.BytesIO()
    figure.savefig(image, dpi=120, format="png")
    pyplot.close(figure)
    return image.getvalue()


def _is_number(value: object) -> bool:
    return isinstance(value, float | int) and not isinstance(value, bool)


def _has(row: dict[str, Any], key: str) -> bool:
    return bool(row["result"]) and _is_number(row["result"][key])
