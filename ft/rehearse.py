"""A recipe, end to end, on a tiny model of its architecture, on this machine: before a GPU is rented.

Train, save, resume from the checkpoint, merge, verify. The recipe file is the one that will train the real model;
what had to be changed here is listed with the reason for each. Without a card the steps are forks of one process that
has imported Axolotl (`ft/warm.py`), for one recipe as for several.
"""

from __future__ import annotations

import json
import shutil
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ft import data, hardware, launch, lock, merge, resume, runs, standin, verify, warm
from ft.base import ensure_base
from ft.recipe import Change, Recipe
from prep.errors import INTERRUPTED, UserError
from prep.files import sha256_file

ROWS = {"datasets": 64, "test_datasets": 16}  # examples of the recipe's own data that a rehearsal reads


@dataclass(frozen=True)
class Rehearsal:
    """What was seen: the folder, every changed value, whether resuming was exact, what verify found."""

    folder: Path
    changes: list[Change]
    resumed_exactly: bool
    verified: dict[str, Any]


@dataclass(frozen=True)
class Outcome:
    """How the rehearsal of one recipe ended, after so many seconds."""

    model: str
    result: Rehearsal | UserError
    seconds: float


def rehearse(models: Iterable[str], steps: int = 6, separate: bool = False) -> Iterator[Outcome]:
    """Run the whole way of each recipe, one after another; one that fails does not stop the others.

    separate: start each step by its own command, as `ft train` does, and import Axolotl each time anew.
    """
    if steps < 2:
        raise UserError("--steps must be at least 2: one before the checkpoint and one after it")
    with nullcontext() if separate or hardware.gpus() else warm.shared():
        for model in models:
            began = time.monotonic()
            try:
                result: Rehearsal | UserError = _rehearse(model, steps)
            except UserError as error:
                if error.code == INTERRUPTED:
                    raise
                result = error
            yield Outcome(model, result, time.monotonic() - began)


def _rehearse(model: str, steps: int) -> Rehearsal:
    """Raises UserError at the first step that fails, naming its log."""
    real, shape = launch.plan(model, [], launch.Options())
    data.check(real.values)
    folder = real.output_dir.with_name(f"{real.name}-rehearsal")
    with lock.hold(folder, "rehearse"):
        return _whole_way(real, shape, folder, steps)


def _whole_way(real: Recipe, shape: Path, folder: Path, steps: int) -> Rehearsal:
    shutil.rmtree(folder, ignore_errors=True)
    _say(f"1/5 stand-in for {real.values['base_model']}")
    base = _standin(real)
    recipe = launch.prepared(_small(real, folder, steps).with_values(base, "the stand-in has the same architecture"))
    _say(f"2/5 train {steps} steps, checkpoint at {steps // 2}")
    again = f"python -m ft rehearse {real.path}"
    launch.launch(recipe, shape, again)
    _say(f"3/5 resume from checkpoint-{steps // 2}")
    exact = _resume(recipe, shape, again)
    _say("4/5 merge")
    merge.merge(str(folder), say=_say)
    _say("5/5 verify")
    result = warm.call(verify.verify, str(folder))
    if result["failures"]:
        raise UserError(f"{folder}: the merged model is not the trained one: {'; '.join(result['failures'])}", 1)
    changes = [c for c in recipe.changes if not (c.key == "plugins" and launch.PLUGIN in c.after)]
    return Rehearsal(folder, changes, exact, result)


def _small(recipe: Recipe, folder: Path, steps: int) -> Recipe:
    """The same recipe for a few steps over a few of its own rows."""
    half = max(1, steps // 2)
    recipe = recipe.with_values(
        {
            "output_dir": str(folder),
            "max_steps": steps,
            **launch.every(recipe, half),
            "save_total_limit": None,
            "early_stopping_patience": None,
            "load_best_model_at_end": None,
            "gradient_accumulation_steps": 1,
            "micro_batch_size": 1,
            "eval_batch_size": 1,
            "sequence_len": min(512, int(recipe.values.get("sequence_len", 512))),
        },
        "a rehearsal is short",
    )
    rate = float(recipe.values.get("learning_rate", 2e-4)) * 10
    recipe = recipe.with_values({"learning_rate": rate}, "a few steps must change more than rounding does")
    for key, rows in ROWS.items():
        listed = [
            {**entry, "path": str(_few(Path(entry["path"]), folder / "data" / f"{key}-{index}", rows))}
            if Path(entry["path"]).is_file()
            else entry
            for index, entry in enumerate(recipe.values.get(key) or [])
        ]
        if listed:
            recipe = recipe.with_values({key: listed}, f"the {rows} shortest rows of the same file")
    return recipe


def _few(path: Path, folder: Path, rows: int) -> Path:
    """The shortest rows, in their order: they fit a rehearsal's sequence_len."""
    with path.open(encoding="utf-8") as source:
        lines = list(enumerate(source))
    shortest = sorted(sorted(lines, key=lambda line: len(line[1]))[:rows])
    folder.mkdir(parents=True, exist_ok=True)
    (folder / path.name).write_text("".join(line for _, line in shortest), encoding="utf-8")
    return folder / path.name


def _resume(recipe: Recipe, shape: Path, again: str) -> bool:
    """Forget all after the half-way checkpoint, resume from it, and compare with the uninterrupted run's adapter."""
    folder, steps = recipe.output_dir, recipe.values["max_steps"]
    uninterrupted = sha256_file(folder / "adapter_model.safetensors")
    for checkpoint in runs.checkpoints(folder)[1:]:
        shutil.rmtree(checkpoint)
    (folder / "adapter_model.safetensors").unlink()
    newest = resume.newest_checkpoint(folder)
    launch.launch(recipe.with_values({"resume_from_checkpoint": str(newest)}, "--resume"), shape, again, going_on=True)
    state = json.loads((resume.newest_checkpoint(folder) / "trainer_state.json").read_text(encoding="utf-8"))
    if state["global_step"] != steps:
        raise UserError(f"{folder}: resumed, but stopped at step {state['global_step']} of {steps}", 1)
    return sha256_file(folder / "adapter_model.safetensors") == uninterrupted


def _standin(recipe: Recipe) -> dict[str, str]:
    """The values that use a fresh stand-in; none where the recipe's own base is one already (tiny: made once, kept)."""
    folder = standin.default_folder(recipe)
    if Path(str(recipe.values["base_model"])) != folder:
        return warm.call(standin.make, recipe, folder)
    ensure_base(recipe)
    return {}


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)  # noqa: T201
