"""A recipe, end to end, on a tiny model of its architecture, on this machine: before a GPU is rented.

Train, save, resume from the checkpoint, merge, verify. The recipe file is the one that will train the real model;
what had to be changed here is listed with the reason for each.
"""

from __future__ import annotations

import json
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ft import data, launch, merge, runs, standin, verify
from ft.recipe import Change, Recipe
from prep.errors import UserError
from prep.files import sha256_file

ROWS = {"datasets": 64, "test_datasets": 16}  # examples of the recipe's own data that a rehearsal reads


@dataclass(frozen=True)
class Rehearsal:
    """What was seen: the folder, every changed value, whether resuming was exact, what verify found."""

    folder: Path
    changes: list[Change]
    resumed_exactly: bool
    verified: dict[str, Any]


def rehearse(model: str, steps: int = 6) -> Rehearsal:
    """Run the whole way; raises UserError at the first step that fails, naming its log."""
    if steps < 2:
        raise UserError("--steps must be at least 2: one before the checkpoint and one after it")
    real, shape = launch.plan(model, [], launch.Options())
    data.check(real.values)
    folder = real.output_dir.with_name(f"{real.name}-rehearsal")
    shutil.rmtree(folder, ignore_errors=True)
    _say(f"1/5 stand-in for {real.values['base_model']}")
    base = standin.make(real, standin.default_folder(real)) if _is_not_tiny(real) else {}
    recipe = launch.prepared(_small(real, folder, steps).with_values(base, "the stand-in has the same architecture"))
    _say(f"2/5 train {steps} steps, checkpoint at {steps // 2}")
    launch.launch(recipe, shape)
    _say(f"3/5 resume from checkpoint-{steps // 2}")
    exact = _resume(recipe, shape, steps)
    _say("4/5 merge")
    merge.merge(str(folder), say=_say)
    _say("5/5 verify")
    result = verify.verify(str(folder))
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
            "save_steps": half,
            "eval_steps": half,
            "saves_per_epoch": None,
            "evals_per_epoch": None,
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
    rate = recipe.values.get("learning_rate", 2e-4) * 10
    recipe = recipe.with_values({"learning_rate": rate}, "a few steps must change more than rounding does")
    for key, rows in ROWS.items():
        entries = [
            {**entry, "path": str(_head(Path(entry["path"]), folder / "data", rows))}
            if entry.get("ds_type") == "json"
            else entry
            for entry in recipe.values.get(key) or []
        ]
        if entries:
            recipe = recipe.with_values({key: entries}, f"the first {rows} rows of the same file")
    return recipe


def _head(path: Path, folder: Path, rows: int) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    with path.open(encoding="utf-8") as source:
        lines = [line for _, line in zip(range(rows), source, strict=False)]
    (folder / path.name).write_text("".join(lines), encoding="utf-8")
    return folder / path.name


def _resume(recipe: Recipe, shape: Path, steps: int) -> bool:
    """Forget all after the half-way checkpoint, resume from it, and compare with the uninterrupted run's adapter."""
    folder = recipe.output_dir
    uninterrupted = sha256_file(folder / "adapter_model.safetensors")
    for checkpoint in runs.checkpoints(folder)[1:]:
        shutil.rmtree(checkpoint)
    (folder / "adapter_model.safetensors").unlink()
    newest = runs.newest_checkpoint(folder)
    launch.launch(recipe.with_values({"resume_from_checkpoint": str(newest)}, "--resume"), shape, resumed=True)
    state = json.loads((runs.newest_checkpoint(folder) / "trainer_state.json").read_text(encoding="utf-8"))
    if state["global_step"] != steps:
        raise UserError(f"{folder}: resumed, but stopped at step {state['global_step']} of {steps}", 1)
    return sha256_file(folder / "adapter_model.safetensors") == uninterrupted


def _is_not_tiny(recipe: Recipe) -> bool:
    """The tiny recipe's own base is a stand-in already, a pretrained one: made once, kept."""
    own = Path(str(recipe.values.get("base_model"))) == standin.default_folder(recipe)
    if own and not standin.default_folder(recipe).is_dir():
        standin.make(recipe, standin.default_folder(recipe))
    return not own


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)  # noqa: T201
