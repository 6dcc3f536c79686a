"""A recipe proved before hours of a GPU are spent: every problem at once, with its cause and the line that mends it."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from ft import audit, data, hardware, rules, schema
from ft.base import is_local
from ft.findings import Report
from ft.lengths import MAX_CUT
from ft.noise import noise_to
from ft.recipe import OUTPUTS, Recipe, resolve
from prep.errors import UserError

LOG = OUTPUTS / ".cache" / "check.log"
FREE_MARGIN = 1.05


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
        data.mark_checked(values)
    return report


def passed(report: Report, options: Options) -> bool:
    return not report.problems and (options.offline or report.proved)


def _recipe(recipe: Recipe, gpu: bool, report: Report) -> None:
    """Keys, rules, Axolotl's schema."""
    for line in schema.unknown_keys(recipe.values, recipe.path):
        report.add("keys", line)
    report.checked.append(("keys", f"{len(recipe.values)} top-level keys and those below them are Axolotl's"))
    for rule in rules.broken(recipe.values):
        report.add("rules", rule.cause, rule.fix, rule.only_a_note)
    report.checked.append(("rules", f"{len(rules.RULES)} contradictions and combinations without effect looked for"))
    for line in schema.errors(recipe.values, gpu):
        report.add("schema", f"Axolotl refuses the recipe: {line}")
    report.checked.append(("schema", f"Axolotl's own validation, for a machine {'with' if gpu else 'without'} a card"))


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
    return not found


def _machine(recipe: Recipe, report: Report) -> None:
    """The disk for checkpoints, merge and export; memory of card and machine where there is a card."""
    from ft.plan import estimate

    cards = [card["memory_gib"] for card in hardware.gpus() if card["memory_gib"]]
    try:
        needed = estimate(recipe, len(cards) or 1)
    except (UserError, ValueError, TypeError) as error:  # a recipe with a wrong value, which the schema has named
        report.skip("disk, memory", str(error), proved=True)
        return
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
    if needed.ram_gib > ram:
        report.add("memory", f"{needed.ram_gib:.1f} GiB of RAM are needed, the machine has {ram}")


def _disk(needed: float, recipe: Recipe, report: Report) -> None:
    folder = _existing(recipe.output_dir)
    free = shutil.disk_usage(folder).free / 2**30
    report.checked.append(("disk", f"{needed:.2g} GiB needed, {free:.0f} free at {folder}"))
    if needed * FREE_MARGIN > free:
        report.add("disk", f"{needed:.2g} GiB are needed at {folder}, {free:.1f} are free: free some space")


def _existing(folder: Path) -> Path:
    folder = folder.absolute()
    return next(parent for parent in (folder, *folder.parents) if parent.exists())
