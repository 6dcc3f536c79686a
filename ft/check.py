"""A recipe proved before hours of a GPU are spent: every problem at once, with its cause and the line that mends it."""

from __future__ import annotations

import difflib
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ft import audit, data, hardware, needs, prepared, ranges, rules, schema
from ft.base import is_local
from ft.findings import Report
from ft.lengths import MAX_CUT
from ft.noise import noise_to
from ft.recipe import OUTPUTS, Recipe, resolve
from prep.errors import UserError

if TYPE_CHECKING:
    from ft.plan import Estimate

LOG = OUTPUTS / ".cache" / "check.log"
FREE_MARGIN = 1.05
MAX_COPIES = 0.05  # the share of training rows that are copies, from which on it is told
FEW = 10  # steps of a run
_CARD = "a card with bf16 (no T4, V100, RTX 20)"
LEAKED = 5  # evaluation rows that are trained on, from which on a check fails


@dataclass(frozen=True)
class Options:
    """What the command line says besides the recipe's values."""

    hardware: str | None = None
    max_cut: float = MAX_CUT
    offline: bool = False  # look nothing up on the Hub; what cannot be checked without it does not fail the check


def check(model: str, overrides: list[str], options: Options) -> Report:
    """All checks of one recipe. Raises UserError only where there is no recipe to check."""
    recipe = resolve(model, overrides, options.hardware)
    values, report = recipe.values, Report()
    names = [str(values[key]) for key in ("base_model", "tokenizer_config") if values.get(key)]
    if options.offline or all(map(is_local, names)):
        os.environ["HF_HUB_OFFLINE"] = "1"
    os.environ.setdefault("AXOLOTL_DO_NOT_TRACK", "1")
    gpu = Path(options.hardware or "").stem != "cpu"
    _recipe(recipe, gpu, report)
    if _data(recipe, report):
        with noise_to(LOG):
            audit.tokenised(recipe, options.max_cut, report)
    else:
        report.skip("tokenizer, masks, lengths", "until the data is mended")
    _machine(recipe, report)
    if passed(report, Options()) and options.max_cut <= MAX_CUT:
        prepared.mark_checked(values)
    return report


def passed(report: Report, options: Options) -> bool:
    return not report.problems and (options.offline or report.proved)


def _recipe(recipe: Recipe, gpu: bool, report: Report) -> None:
    """Keys, rules, Axolotl's schema."""
    try:
        found = [*schema.unknown_keys(recipe.values, recipe.path), *schema.plugins_nobody_has(recipe.values)]
    except UserError as error:
        found = [str(error)]
    for line in found:
        report.add("keys", line)
    report.checked.append(("keys", f"{len(recipe.values)} top-level keys and those below them are Axolotl's"))
    for rule in rules.broken(recipe.values):
        report.add("rules", rule.cause, rule.fix, rule.only_a_note)
    report.checked.append(("rules", f"{len(rules.RULES)} contradictions and combinations without effect looked for"))
    _packages(recipe.values, report)
    for line in ranges.problems(recipe.values):
        report.add("values", line)
    report.checked.append(("values", "numbers in their ranges"))
    for line in schema.errors(recipe.values, gpu):
        report.add("schema", f"Axolotl refuses the recipe: {line}")
    report.checked.append(("schema", f"Axolotl's own validation, for {_CARD if gpu else 'a machine without a card'}"))


def _data(recipe: Recipe, report: Report) -> bool:
    """Whether the data files are there and of the type that the recipe says."""
    try:
        found, files = data.problems(recipe.values), data.files(recipe.values)
        if not data.entries(recipe.values):
            found = ["datasets: none are named"]
    except UserError as error:
        found, files = [str(error)], []
    for line in found:
        report.add("data", line)
    report.checked.append(("data", f"{len(files)} files: there, not empty, each row of its type"))
    if not found:
        _leak(recipe.values, report)
    return not found


def _packages(values: Mapping[str, Any], report: Report) -> None:
    """What the recipe needs besides Axolotl and this environment has not; without a card here only noted."""
    here = bool(hardware.gpus())
    for what, package in needs.absent(values):
        report.add("machine", f"{what} needs the package {package}, which is not installed here", note=not here)
    if needs.no_key(values):
        report.add("machine", needs.NO_KEY, "wandb_mode: offline")


def _leak(values: Mapping[str, Any], report: Report) -> None:
    """Evaluation rows that are trained on: the evaluation then shows what was learnt by heart. Rows trained twice."""
    twice, rows = data.copies(values)
    if twice > MAX_COPIES * rows:
        report.add(
            "data", f"{twice:,} of {rows:,} training rows are copies of others: learnt by heart first", note=True
        )
    if asked := data.unanswered(values):
        text = f"{len(asked):,} conversations end in a question: nothing is learnt of it (the first: {asked[0]})"
        report.add("data", text, note=len(asked) < rows)
    for line in data.unread(values):
        report.add("data", line)
    if leaked := data.shared(values):
        place, trained = leaked[0]
        text = f"{len(leaked):,} evaluation rows are trained on as well: the evaluation will look better than the model"
        report.add("data", f"{text} (the first: {place} is {trained})", note=len(leaked) < LEAKED)


def _machine(recipe: Recipe, report: Report) -> None:
    """What the adapter trains; the disk for checkpoints, merge and export; memory of card and machine."""
    from ft.plan import estimate

    cards = [card["memory_gib"] for card in hardware.gpus() if card["memory_gib"]]
    try:
        needed = estimate(recipe, len(cards) or 1)
    except (UserError, ValueError, TypeError) as error:  # a recipe with a wrong value, which the schema has named
        report.skip("disk, memory", str(error), proved=True)
        return
    _adapter(needed, recipe, report)
    _steps(needed.steps, recipe.values, report)
    _disk(needed.disk_gib, recipe, report)
    if not cards:
        report.checked.append(("memory", f"{needed.vram_gib:.1f} GiB of VRAM needed; no card here to hold it against"))
        return
    card, ram = min(cards), hardware.describe()["memory_gib"]
    report.checked.append(
        ("memory", f"VRAM {needed.vram_gib:.1f} of {card} GiB, RAM {needed.ram_gib:.1f} of {ram} GiB")
    )
    if needed.vram_gib > card:
        again = f"python -m ft plan {recipe.name} --gpu {card:.0f} says what to change"
        report.add("memory", f"{needed.vram_gib:.1f} GiB of VRAM are needed, the card has {card}: {again}")
    if recipe.values.get("bf16") and (old := hardware.without_bf16()):
        text = f"{old} has no bf16: these cards have fp16, or take one of 2020 or later (Ampere)"
        report.add("memory", text, "bf16: false\nfp16: true")
    if needed.ram_gib > ram:
        report.add("memory", f"{needed.ram_gib:.1f} GiB of RAM are needed, the machine has {ram}")


def _adapter(needed: Estimate, recipe: Recipe, report: Report) -> None:
    """Whether each name that says where the adapter goes is one of the model's; what is trained of it."""
    from ft.shapes import leaves, strangers

    there = leaves(needed.model)
    for key, name in strangers(needed.model, recipe.values):
        near = difflib.get_close_matches(name, there, n=1)
        hint = f"did you mean '{near[0]}'?" if near else f"its layers are {', '.join(there)}"
        text = f"{key}: nothing in {recipe.values['base_model']} is called '{name}', and it is passed over: {hint}"
        report.add("adapter", text)
    outside = [n for n in layers_named(recipe.values) if not 0 <= n < needed.model.layers]
    if outside:
        text = f"peft_layers_to_transform: there is no layer {outside[0]}, the model has {needed.model.layers}"
        report.add("adapter", text)
    share = needed.adapter / (needed.model.parameters + needed.adapter)
    report.checked.append(("adapter", f"{needed.adapter:,} weights are trained, {share:.2%} of all"))


def _steps(steps: int | None, values: Mapping[str, Any], report: Report) -> None:
    """What is meant to happen after more steps than there are."""
    if steps is None:
        return
    if (values.get("warmup_steps") or 0) >= max(steps, 1):
        text = f"warmup_steps are {values['warmup_steps']}, the run has {steps}: it ends before its full learning rate"
        report.add("steps", text, "warmup_steps: null\nwarmup_ratio: 0.03")
    if steps < FEW:
        batch = "gradient_accumulation_steps: 1" if (values.get("gradient_accumulation_steps") or 1) > 1 else ""
        report.add("steps", f"the whole run has {steps} steps: hardly anything is learnt in so few", batch, note=True)
    for key, what in (
        ("save_steps", "there is no checkpoint before its end"),
        ("eval_steps", "nothing is evaluated"),
        ("logging_steps", "no loss is logged"),
    ):
        if (ranges.number(values.get(key)) or 0) > steps:
            report.add("steps", f"{key} are {values[key]}, the run has {steps}: {what}", note=True)
    report.checked.append(("steps", f"{steps:,} in all"))


def layers_named(values: Mapping[str, Any]) -> list[int]:
    """The layers that the recipe names for its adapter."""
    found = values.get("peft_layers_to_transform") or []
    return [n for n in (found if isinstance(found, list) else [found]) if isinstance(n, int)]


def _disk(needed: float, recipe: Recipe, report: Report) -> None:
    folder = _existing(recipe.output_dir)
    free = shutil.disk_usage(folder).free / 2**30
    report.checked.append(("disk", f"{needed:.2g} GiB needed, {free:.0f} free at {folder}"))
    if needed * FREE_MARGIN > free:
        report.add("disk", f"{needed:.2g} GiB are needed at {folder}, {free:.1f} are free: free some space")


def _existing(folder: Path) -> Path:
    folder = folder.absolute()
    return next(parent for parent in (folder, *folder.parents) if parent.exists())
