"""What a recipe takes, before a GPU is rented: memory, disk, tokens, steps, hours; and what to change to fit a card."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ft import memory, schema
from ft.base import is_local
from ft.cards import CARDS, UTILISATION, Card, hours
from ft.fit import fitting, smallest
from ft.known import CONFIGS, model_of
from ft.memory import GIB, Memory
from ft.recipe import Recipe, resolve
from ft.shapes import Model, adapter_size
from ft.volume import PACKED, Volume, measure
from prep.files import write_json

__all__ = ["Estimate", "Fit", "Plan", "command", "estimate", "fit", "fitting", "plan", "write"]

PROCESS = 4.0  # GiB of RAM of an Axolotl process on a card: libraries, the data, a shard of weights that is being read
ON_CPU = 1.6  # the same without CUDA
_Q4 = 4.85 / 8  # bytes per weight of GGUF's Q4_K_M


@dataclass(frozen=True)
class Estimate:
    """GiB of one card, of the machine and of the disk at their peaks; `parts` are those of the card, in GiB."""

    model: Model
    adapter: int  # trained parameters
    cards: int
    vram_gib: float
    ram_gib: float
    disk_gib: float
    parts: dict[str, float]
    disk: dict[str, float]
    when: str  # the card's peak is reached in
    volume: Volume | None  # None: the data is not on this disk
    steps: int | None  # of the whole run
    hours: dict[str, float]  # by card; empty without data
    assumptions: tuple[str, ...]


@dataclass(frozen=True)
class Fit:
    """What was found for cards of `gib` GiB each."""

    gib: float
    fits: bool
    changes: dict[str, Any]  # empty when it fits as it is
    needed: float | None  # GiB with them
    command: str | None  # to be pasted
    smallest: str | None  # the card that can do it, when these cannot


@dataclass(frozen=True)
class Plan:
    recipe: Recipe
    estimate: Estimate
    fit: Fit | None  # where a card was asked for


def plan(model: str, overrides: list[str], cards: int = 1, gib: float | None = None) -> Plan:
    """The plan of a recipe by name; with `gib` also what makes it fit, which Axolotl's own schema has then accepted."""
    recipe = resolve(model, overrides)
    schema.check_keys(recipe.values, str(recipe.path))
    return Plan(recipe, estimate(recipe, cards), None if gib is None else fit(recipe, model, overrides, cards, gib))


def fit(recipe: Recipe, model: str, overrides: list[str], cards: int, gib: float) -> Fit:
    """Search, then prove: the changed recipe is estimated again and read by Axolotl (some 20 seconds)."""
    found = fitting(recipe, gib, cards)
    if found is None:
        other = smallest(recipe, cards)
        return Fit(gib, False, {}, None, None, other.name if other else None)
    changed = recipe.with_values(found, f"to fit {gib:g} GiB")
    if found:
        schema.validate(changed.values, gpu=True)
    return Fit(gib, True, found, estimate(changed, cards).vram_gib, command(model, overrides, found), None)


def estimate(recipe: Recipe, cards: int = 1) -> Estimate:
    """The plan of a resolved recipe. Raises UserError where its model, data or numbers cannot be read."""
    model, values = model_of(recipe), recipe.values
    found, volume, disk = memory.of(model, values, cards), measure(values), _disk(recipe, model)
    cpu = memory.width(values) == 4
    ram = ON_CPU + found.peak / GIB if cpu else cards * PROCESS
    return Estimate(
        model=model,
        adapter=adapter_size(model, values),
        cards=cards,
        vram_gib=0.0 if cpu else found.vram_gib,
        ram_gib=ram + cards * found.off / GIB,
        disk_gib=sum(disk.values()),
        parts=_parts(found, cpu),
        disk=disk,
        when=found.when,
        volume=volume,
        steps=_steps(values, volume, cards),
        hours={} if cpu or volume is None else {c.name: _hours(c, model, values, volume, cards) for c in CARDS},
        assumptions=_assumptions(recipe, model.parameters, volume, cpu),
    )


def command(model: str, given: list[str], more: Mapping[str, Any]) -> str:
    """The line that trains with these values, to be pasted."""
    new = [f"{key}={str(value).lower() if isinstance(value, bool) else value}" for key, value in more.items()]
    kept = [text for text in given if text.partition("=")[0] not in more]
    return shlex.join(["python", "-m", "ft", "train", model, *kept, *new])


def write(path: Path, found: Plan) -> None:
    """The plan as JSON."""
    values, model = asdict(found.estimate), found.estimate.model
    values["model"] = {"kind": model.kind, "parameters": model.parameters, "active": model.active}
    write_json(path, {"recipe": found.recipe.name, **values, "fit": asdict(found.fit) if found.fit else None})


def _parts(found: Memory, cpu: bool) -> dict[str, float]:
    named = {
        "weights": found.weights,
        "adapter": found.adapter,
        "gradients": found.gradients,
        "optimizer": found.optimizer,
        "activations": found.activations,
        "one layer": found.layer,
        "logits": found.logits,
        "evaluation": found.evaluation,
        "loading": found.loading,
    }
    parts = {name: size / GIB for name, size in named.items()}
    return parts if cpu else {**parts, "margin": found.peak / GIB * memory.MARGIN, "CUDA": memory.CONTEXT}


def _disk(recipe: Recipe, model: Model) -> dict[str, float]:
    """GiB by what it is for; nothing is taken to be deleted before the end."""
    values, two = recipe.values, 2 * model.parameters
    base, published = str(values.get("base_model")), str(values.get("tokenizer_config"))
    copied = is_local(base) and published.lower() in CONFIGS
    compressed = (
        sum(w.size for w in model.weights if w.kind == "expert") * (17 / 32 - 2) + two
    )  # MXFP4: 17 bytes per 32
    source = compressed if copied else two
    size = adapter_size(model, values)
    checkpoint = size * (4 + memory.optimizer_bytes(str(values.get("optimizer") or "adamw")))
    kept = int(values.get("save_total_limit") or 3) + 1 + bool(values.get("load_best_model_at_end"))
    named = {
        "download": 0 if is_local(base) and not copied else source,
        "bf16 copy": two if copied and not Path(base).is_dir() else 0,
        "checkpoints": kept * checkpoint + 4 * size,
        "merged": source,
        "GGUF": source if copied else two + _Q4 * model.parameters,
    }
    return {name: amount / GIB for name, amount in named.items() if amount}


def _steps(values: Mapping[str, Any], volume: Volume | None, cards: int) -> int | None:
    if values.get("max_steps"):
        return int(values["max_steps"])
    return None if volume is None else round(volume.steps(values, cards) * float(values.get("num_epochs") or 1))


def _hours(card: Card, model: Model, values: Mapping[str, Any], volume: Volume, cards: int) -> float:
    share = (_steps(values, volume, cards) or 1) / volume.steps(values, cards)  # epochs, a part of one with max_steps
    return hours(card, model, values, round(volume.tokens * share), round(volume.passes(values) * share)) / cards


def _assumptions(recipe: Recipe, parameters: int, volume: Volume | None, cpu: bool) -> tuple[str, ...]:
    values = recipe.values
    found = [
        f"every micro batch is full: {memory.tokens(values):,} tokens; shorter rows need less",
        f"peak = the largest of a step, an evaluation and loading; margin {memory.MARGIN:.0%} for fragmentation",
        f"hours: {UTILISATION:.0%} of a card's dense bf16 TFLOP/s (assumed; right to a factor of 2) and NF4 unpacking,"
        " without loading, evaluation and export",
        "disk: nothing deleted before the end; checkpoints hold adapter and optimizer state",
        f"RAM: {PROCESS:g} GiB a process, and what is offloaded; `ft verify` later takes"
        f" {2 * parameters / GIB:.0f} GiB of card and memory together",
    ]
    if cpu:
        found = [found[0], "bf16 is off: counted as a run on the CPU, in its memory, in fp32", found[3]]
    if volume is None:
        found.append("no tokens, steps or hours: the recipe's data is not on this disk (make dataset)")
    elif "estimated" in volume.counted:
        found.append("tokens: 3.2 characters each, the tokenizer is not on this disk; templates 8 tokens a message")
    if volume and values.get("sample_packing"):
        found.append(f"packed sequences are {PACKED:.0%} full")
    if values.get("deepspeed") and memory.quantised(values) and memory.zero_stage(values) == 3:
        found.append("ZeRO-3 does not share 4-bit weights: each card holds them all")
    if values.get("liger_fused_linear_cross_entropy") and values.get("test_datasets"):
        found.append("Liger fuses the loss in training only: an evaluation writes all its logits")
    return tuple(found)
