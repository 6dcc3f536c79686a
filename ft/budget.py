"""What `ft plan` prints: 80 columns, the assumptions below the numbers."""

from __future__ import annotations

from rich import box
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from ft.cards import CARDS
from ft.plan import Estimate, Fit, Plan
from ft.recipe import SEQUENCE_LEN, Recipe

# The parts that a training step, an evaluation and loading do not have at their peak.
_APART = {
    "a training step": ("evaluation", "loading"),
    "an evaluation": ("gradients", "activations", "one layer", "logits", "loading"),
    "loading the weights": ("adapter", "gradients", "optimizer", "activations", "one layer", "logits", "evaluation"),
}
_WHAT = {
    "activations": "kept for backward",
    "one layer": "worked on, with its gradients",
    "logits": "of the loss",
    "evaluation": "its logits",
    "loading": "fp32 embeddings, or a tensor not yet in 4 bits",
    "margin": "for fragmentation",
    "CUDA": "context and workspaces",
}


def show(plan: Plan) -> None:
    """All of a plan."""
    out, values, found, model = _console(), plan.recipe.values, plan.estimate, plan.estimate.model
    active = f" ({_count(model.active)} of them for a token)" if model.experts else ""
    out.print(Text(f"{plan.recipe.name}: {values.get('tokenizer_config') or values['base_model']}"))
    out.print(f"{_count(model.parameters)} parameters{active}, {_count(found.adapter)} trained")
    out.print(_memory(found))
    out.print(_machine(plan.recipe, found))
    if found.hours:
        out.print(_cards(found))
    out.print("assumed")
    for line in found.assumptions:
        out.print(Padding(Text(f"- {line}"), (0, 0, 0, 2)))
    if plan.fit:
        _answer(out, plan.fit, found.cards)


def _answer(out: Console, fit: Fit, cards: int) -> None:
    """What to change for the asked card: the command, or the card that would do."""
    where = f"{fit.gib:g} GiB" if cards == 1 else f"{cards} cards of {fit.gib:g} GiB"
    if not fit.fits:
        other = f"it takes at least: {fit.smallest}" if fit.smallest else "nor does any card known here"
        out.print(f"\n{where}: nothing that can be changed makes it fit; {other}")
    elif not fit.changes:
        out.print(f"\n{where}: fits as it is")
    else:
        out.print(f"\n{where}: fits with {fit.needed:.1f} GiB, changed so (Axolotl's schema accepts it):")
        out.print(Text(f"  {fit.command}"), soft_wrap=True)


def _memory(found: Estimate) -> Table:
    """The parts; in brackets what is not there at the peak."""
    card = "each card" if found.cards > 1 else "card"
    table = Table("part", f"{card}, GiB" if found.vram_gib else "memory, GiB", "", box=box.SIMPLE_HEAD)
    table.columns[1].justify = "right"
    apart = {*_APART[found.when], "logits" if found.parts["logits"] <= found.parts["one layer"] else "one layer"}
    for name, size in found.parts.items():
        note = _WHAT.get(name, "")
        table.add_row(name, f"({size:.2f})" if name in apart else f"{size:.2f} ", note)
    table.add_section()
    total = found.vram_gib or found.ram_gib
    table.add_row("total", f"{total:.1f}  ", f"in {found.when} (brackets: not then)")
    return table


def _machine(recipe: Recipe, found: Estimate) -> Table:
    table = Table(show_header=False, box=None, pad_edge=False)
    parts = ", ".join(f"{name} {size:.1f}" for name, size in found.disk.items())
    table.add_row("RAM", f"{found.ram_gib:.1f} GiB")
    table.add_row("disk", f"{found.disk_gib:.1f} GiB: {parts}")
    if found.volume:
        volume = found.volume
        long = f", {volume.too_long:,} of them too long" if volume.too_long else ""
        table.add_row("data", f"{volume.rows:,} examples{long}; the longest has {volume.longest:,} tokens")
        table.add_row("", f"{volume.tokens:,} tokens an epoch, {volume.counted}")
    if found.steps:
        micro, times = (recipe.values.get(k) or 1 for k in ("micro_batch_size", "gradient_accumulation_steps"))
        length = f"{recipe.values.get('sequence_len') or SEQUENCE_LEN:,} tokens"
        batch = f"{micro} x {times}" + (f" x {found.cards} cards" if found.cards > 1 else "")
        table.add_row("steps", f"{found.steps:,} of {batch} sequences of at most {length}")
    return table


def _cards(found: Estimate) -> Table:
    head = "cards" if found.cards > 1 else "card"
    table = Table(head, "GiB", "fits", "hours", "at TFLOP/s", "and GB/s", box=box.SIMPLE_HEAD)
    for column in table.columns[1:]:
        column.justify = "right"
    for card in CARDS:
        fits = "yes" if found.vram_gib <= card.gib else "no"
        time = f"{found.hours[card.name]:.2f}" if found.hours[card.name] < 10 else f"{found.hours[card.name]:.0f}"
        table.add_row(card.name, f"{card.gib:g}", fits, time, f"{card.teraflops:g}", f"{card.bandwidth:,.0f}")
    return table


def _count(number: int) -> str:
    return f"{number / 1e9:.2f} B" if number >= 1e9 else f"{number / 1e6:.1f} M"


def _console() -> Console:
    found = Console(highlight=False)
    return found if found.is_terminal else Console(highlight=False, width=80)
