"""What the commands print at their end: short tables that fit 80 columns."""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ft import hardware, launch, runs
from ft.recipe import Change, Recipe, dump, short
from ft.status import State
from ft.view import clock, number
from prep.errors import UserError

if TYPE_CHECKING:
    from ft.rehearse import Outcome, Rehearsal


def console() -> Console:
    found = Console(highlight=False, soft_wrap=False)
    return found if found.is_terminal else Console(highlight=False, width=80)


def dry_run(recipe: Recipe, shape: Path) -> None:
    """The resolved recipe, what was laid over the file, and the argv; nothing was started."""
    out = console()
    out.print(Text(dump(recipe.values)), soft_wrap=True)
    changes(recipe.changes)
    argv = launch.command(recipe.output_dir / "recipe.yaml", shape, len(hardware.gpus()))
    out.print(Text("would write ").append(str(recipe.output_dir / "recipe.yaml")).append(" and run"))
    out.print(Text("  " + shlex.join(argv)), soft_wrap=True)


def changes(found: list[Change]) -> None:
    """Every value that is not as in the recipe file, and why."""
    table = Table("key", "recipe -> here", "why", title="changed here", title_justify="left", box=box.SIMPLE_HEAD)
    table.columns[0].no_wrap = True
    for change in found:
        table.add_row(Text(change.key), Text(f"{short(change.before)} -> {short(change.after)}"), Text(change.why))
    if found:
        console().print(table)


def detached(folder: Path, pid: int) -> None:
    """Where a run in the background is to be found."""
    name = folder.name if folder.parent == Path("outputs") else folder
    table = Table(show_header=False, box=None, pad_edge=False)
    table.add_row("training", f"in the background, process {pid}, {folder}")
    for verb in (f"status {name}", f"logs {name} -f", f"stop {name}"):
        table.add_row("", f"python -m ft {verb}")
    console().print(table)


def states(found: list[State]) -> None:
    """A line for each run, and below the table what is to be said of it."""
    table = Table("run", "state", "step", "loss", "validation", "time left", box=box.SIMPLE_HEAD)
    for one in found:
        steps = f"{one.step}/{one.max_steps}" if one.max_steps else "-"
        left = clock(one.eta) if one.eta is not None else "-"
        losses = [number(loss) if loss is not None else "-" for loss in (one.loss, one.eval_loss)]
        table.add_row(Text(str(one.folder)), one.state, steps, *losses, left)
    out = console()
    out.print(table if found else "nothing runs, and no run is unfinished (python -m ft runs lists the finished ones)")
    for one in found:
        out.print(Text(f"{one.folder}: {one.words}"), soft_wrap=True)


def summary(folder: Path) -> None:
    """How a finished run went and where its parts are."""
    record, rows = runs.read(folder), runs.progress(folder)
    losses, held = list(runs.losses(rows, "loss")), list(runs.losses(rows, "eval_loss"))
    table = Table(show_header=False, box=None, pad_edge=False)
    table.add_row("steps", f"{record['steps']} in {record['seconds']:.0f} s, {record['tokens']:,} tokens")
    table.add_row("training loss", f"{losses[0][1]:.4f} -> {losses[-1][1]:.4f}" if losses else "none logged")
    if held:
        table.add_row("validation loss", f"{held[0][1]:.4f} -> {held[-1][1]:.4f}")
    card = f", {record['peak_vram_gib']:.1f} GiB of VRAM" if record["peak_vram_gib"] else ""
    table.add_row("peak memory", f"{record['peak_memory_gib']:.1f} GiB of RAM{card}")
    for name, file in (("adapter", "adapter_model.safetensors"), ("loss curve", "loss.png"), ("recipe", "recipe.yaml")):
        table.add_row(name, str(folder / file))
    table.add_row("log", str(folder / launch.LOG))
    for warning in record["warnings"]:
        table.add_row("warning", Text(warning))
    table.add_row("next", f"python -m ft merge {folder.name if folder.parent == Path('outputs') else folder}")
    console().print(table)


def verified(result: dict[str, Any]) -> None:
    """The comparison in numbers; what failed comes last, one line each."""
    out = console()
    weights = result["weights"]
    out.print(
        f"weights: {weights['changed']} of {weights['expected']} LoRA tensors merged, largest error "
        f"{weights['largest_error']:.2f} of a rounding, {len(weights['unexpected'])} others changed"
    )
    table = Table("logits", "max diff", "mean diff", "greedy agreement")
    for name, gap in result["gaps"].items():
        table.add_row(name, f"{gap['max_logit']:.2g}", f"{gap['mean_logit']:.2g}", f"{gap['agreement']:.1%}")
    out.print(table)
    out.print(f"over {result['positions']} trained tokens of {result['prompts']} held-out examples")
    for failure in result["failures"]:
        out.print(Text(f"FAILED: {failure}"))
    if not result["failures"]:
        out.print("verified: merged = base + adapter, and adapter != base")


def injected(result: dict[str, Any]) -> None:
    """What was added to the sibling and what that changed, in numbers; what failed comes last, or else what is next."""
    out, weights, carried = console(), result["weights"], result["carried"]
    table = Table("added to", "weights", "mean share", "largest", box=box.SIMPLE_HEAD)
    for kind, one in result["added"].items():
        table.add_row(Text(kind), str(one["weights"]), f"{one['mean']:.2%}", f"{one['largest']:.2%}")
    out.print(table)
    out.print(
        f"weights: {weights['changed']} of {weights['expected']} LoRA tensors added, largest error "
        f"{weights['largest_error']:.2f} of a rounding, {len(weights['unexpected'])} others changed"
    )
    table = Table("logits", "max diff", "mean diff", "same token", box=box.SIMPLE_HEAD)
    for name, gap in result["gaps"].items():
        table.add_row(name, f"{gap['max_logit']:.2g}", f"{gap['mean_logit']:.2g}", f"{gap['agreement']:.1%}")
    out.print(table)
    kind = "held-out" if carried["held_out"] else "not held-out"
    out.print(
        f"over {result['positions']} tokens of the answers to {result['prompts']} {kind} examples, in its template:"
    )
    one, other = carried["loss"]["sibling"], carried["loss"]["injected"]
    out.print(f"loss {one:.4f} of the sibling, {other:.4f} injected (nats a token); KL {carried['kl']:.2g} apart")
    for failure in result["failures"]:
        out.print(Text(f"FAILED, nothing was kept: {failure}"), soft_wrap=True)
    if not result["failures"]:
        folder = Path(result["folder"])
        name = shlex.quote(folder.name if folder.parent == Path("outputs") else str(folder))
        out.print(Text(f"injected: {folder}"), soft_wrap=True)
        for words in (f"eval run {name} --tasks ahk_exec", f"eval compare {name}", f"ft export {name} --to gguf"):
            out.print(Text(f"next    python -m {words}"), soft_wrap=True)


def chain(result: dict[str, Any]) -> None:
    """The hops whose logits were compared, in numbers; where the chain broke comes last."""
    table = Table("logits of", "max diff", "mean diff", "KL", "same token", "of the training", box=box.SIMPLE_HEAD)
    for hop in result["hops"]:
        if found := hop["distance"]:
            numbers = [f"{found[key]:.2g}" for key in ("max_logit", "mean_logit", "kl")]
            shares = [f"{found[key]:.1%}" for key in ("agreement", "carried")]
            table.add_row(Text(hop["name"].removesuffix(" logits")), *numbers, *shares)
    out = console()
    if table.row_count:
        out.print(table)
    for failure in result["failures"]:
        out.print(Text(f"FAILED: {failure}"), soft_wrap=True)
    if not result["failures"]:
        out.print(f"verified: {len(result['files'])} files answer as the trained model does")


def rehearsed(outcomes: Iterable[Outcome], several: bool) -> int:
    """Each rehearsal as it ends, and of several a line each at the end; returns the exit code. Raises the UserError of
    a rehearsal that was the only one."""
    out, code = console(), 0
    table = Table("recipe", "rehearsal", "seconds", box=box.SIMPLE_HEAD)
    for outcome in outcomes:
        good = not isinstance(outcome.result, UserError)
        if several:
            out.print(f"recipe: {outcome.model}")
        elif isinstance(outcome.result, UserError):
            raise outcome.result
        if isinstance(outcome.result, UserError):
            out.print(Text(f"FAILED: {outcome.result}"), soft_wrap=True)
            code = 1
        else:
            rehearsal(outcome.result)
        table.add_row(
            outcome.model, "trained, resumed, merged, verified" if good else "FAILED", f"{outcome.seconds:.0f}"
        )
    if several:
        out.print(table)
    return code


def rehearsal(found: Rehearsal) -> None:
    """What was changed for it, what it proved, and where it is."""
    changes(found.changes)
    verified(found.verified)
    exact = "the same adapter byte for byte" if found.resumed_exactly else "another adapter (not exact on this machine)"
    out = console()
    out.print(f"resumed from the checkpoint: {exact}")
    out.print(Text(f"rehearsed: {found.folder}"), soft_wrap=True)
