"""Checked launch: resolved recipe -> `accelerate launch -m axolotl.cli.train` -> run record."""

from __future__ import annotations

import resource
import shlex
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ft import (
    data,
    detached,
    experiment,
    hardware,
    lock,
    needs,
    outcome,
    process,
    ranges,
    resume,
    rules,
    runs,
    schema,
    stop,
)
from ft.base import ensure_base, is_local
from ft.meters import Meters
from ft.prepared import cache_key, is_checked
from ft.recipe import CONFIGS, Recipe, dump, resolve, short
from ft.view import View
from prep.errors import UserError
from prep.files import write_text

PLUGIN = "ft.plugin.Kit"
LOG = "training.log"


@dataclass(frozen=True)
class Options:
    """What the command line says besides the recipe's values."""

    hardware: str | None = None
    shape: str | None = None
    smoke: bool = False
    resume: bool = False


def plan(model: str, overrides: list[str], options: Options) -> tuple[Recipe, Path]:
    """The resolved recipe and the accelerate file that fit this machine. Raises UserError on what cannot be run."""
    cards = hardware.gpus()
    overlay = options.hardware or (None if cards else "cpu")
    plain = resolve(model, overrides)
    schema.check_keys(plain.values, str(plain.path))
    if plain.values.get("adapter") not in ("lora", "qlora"):
        raise UserError(f"{plain.path}: adapter must be lora or qlora: this launcher trains adapters")
    ranges.refuse(plain.values, str(plain.path))
    rules.refuse(plain.values, str(plain.path))
    recipe = resolve(model, overrides, overlay)
    gone = {key: None for key in recipe.values if key not in schema.known_keys(recipe.values)}
    recipe = recipe.with_values(gone, "goes with a plugin that is off here")
    needs.refuse(recipe.values, str(recipe.path))
    if options.smoke:
        recipe = recipe.with_values({**smoke(recipe), "output_dir": f"{recipe.output_dir}-smoke"}, "--smoke: 30 steps")
    cpu = not cards or Path(overlay or "").stem == "cpu"
    shape = options.shape or ("cpu" if cpu else "multi-gpu" if len(cards) > 1 else "single-gpu")
    path = Path(shape) if shape.endswith((".yaml", ".yml")) else CONFIGS / "accelerate" / f"{shape}.yaml"
    if not path.is_file():
        names = ", ".join(sorted(p.stem for p in (CONFIGS / "accelerate").glob("*.yaml")))
        raise UserError(f"no launch shape {path}: there are {names}")
    return recipe, path


def smoke(recipe: Recipe) -> dict[str, Any]:
    """30 steps with a checkpoint and, where there is evaluation data, an evaluation half-way."""
    return {"max_steps": 30, **every(recipe, 15)}


def every(recipe: Recipe, steps: int) -> dict[str, Any]:
    """The values that save, and evaluate where there is evaluation data, every so many steps."""
    evaluated = recipe.values.get("test_datasets") or recipe.values.get("val_set_size")
    return {
        "save_steps": steps,
        "eval_steps": steps if evaluated else None,
        "saves_per_epoch": None,
        "evals_per_epoch": None,
        "save_strategy": None,
        "eval_strategy": None,
    }


def command(recipe_file: Path, shape: Path, cards: int = 0) -> list[str]:
    """The argv that trains: plain Axolotl, through accelerate; `cards` is the number of GPUs of this machine."""
    processes = ["--num_processes", str(cards)] if shape.stem == "multi-gpu" and cards else []
    return [
        "accelerate",
        "launch",
        "--config_file",
        str(shape),
        *processes,
        "-m",
        "axolotl.cli.train",
        str(recipe_file),
    ]


def environment(recipe: Recipe, cpu: bool) -> dict[str, str]:
    """What the recipe's processes run in; without a network where base and tokenizer are on this disk."""
    models = [recipe.values.get("base_model"), recipe.values.get("tokenizer_config")]
    return process.environment(offline=all(is_local(str(name)) for name in models if name), cpu=cpu)


def train(model: str, overrides: list[str], options: Options) -> Path:
    """Train; returns the run folder. Raises UserError: what to mend, or why the run failed and where its log is."""
    recipe, shape = plan(model, overrides, options)
    with lock.hold(recipe.output_dir, "train"):
        data.check(recipe.values)
        if options.resume:
            recipe = resumed(recipe)
        tell(recipe, shape)
        if not is_checked(resolve(model, overrides, options.hardware).values):
            say(f"masks and lengths of this data are not checked yet: python -m ft check {model} does")
        if not Path(str(recipe.values.get("base_model"))).is_dir():  # before hours of download
            schema.validate(recipe.values, gpu=shape.stem != "cpu")
        ensure_base(recipe)
        if not options.resume:
            runs.keep_previous(recipe.output_dir)
        again = shlex.join(["python", "-m", "ft", *arguments(model, overrides, options), "--resume"])
        return launch(prepared(recipe), shape, again, going_on=options.resume)


def arguments(model: str, overrides: list[str], options: Options) -> list[str]:
    """The command line that trains so, without --resume."""
    named = [(f"--{name}", value) for name, value in (("hardware", options.hardware), ("accelerate", options.shape))]
    flags = [part for name, value in named if value for part in (name, value)]
    return ["train", model, *overrides, *flags, *(["--smoke"] if options.smoke else [])]


def train_detached(model: str, overrides: list[str], options: Options) -> tuple[Path, int]:
    """Train in the background; returns the run's folder and its process once it trains."""
    recipe, _ = plan(model, overrides, options)
    again = ["--resume"] if options.resume else []
    return recipe.output_dir, detached.start([*arguments(model, overrides, options), *again], recipe.output_dir)


def resumed(recipe: Recipe) -> Recipe:
    """The recipe, going on from the newest whole checkpoint; says in what it differs from the run's own."""
    folder = recipe.output_dir
    if runs.is_finished(folder) and not resume.longer(recipe):
        more = "more steps: a larger max_steps or num_epochs"
        raise UserError(f"{folder}: its run is finished: --resume goes on with {more}; or train without it")
    newest = resume.newest_checkpoint(folder)
    if found := resume.differences(recipe, runs.read(folder)):
        lines = "".join(f"\n  {line}" for line in found)
        say(f"resuming {newest}, and not as the run began:{lines}")
    return recipe.with_values({"resume_from_checkpoint": str(newest)}, "--resume")


def tell(recipe: Recipe, shape: Path) -> None:
    """Say what machine this is and every value that is not as the recipe file has it."""
    cards = hardware.gpus()
    names = ", ".join(f"{card['name']} ({card['memory_gib'] or '?'} GiB)" for card in cards)
    lines = [f"on {names}, {shape}" if cards else f"no GPU here: {shape}, with the overlay for CPUs"]
    lines += [f"  {c.key}: {short(c.before)} -> {short(c.after)}  ({c.why})" for c in recipe.changes]
    say("\n".join(lines))


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)  # noqa: T201


def prepared(recipe: Recipe) -> Recipe:
    """The recipe as the launcher runs it: our plugin added, the tokenised data cached under a key of its content."""
    cache = Path(recipe.values.get("dataset_prepared_path", "outputs/prepared")) / cache_key(recipe.values)
    return recipe.with_values(
        {
            "plugins": [*(p for p in recipe.values.get("plugins") or [] if p != PLUGIN), PLUGIN],
            "dataset_prepared_path": str(cache),
        },
        {"plugins": "progress, equal adapters, right gradients", "dataset_prepared_path": "keyed by content"},
    )


def launch(recipe: Recipe, shape: Path, again: str, going_on: bool = False) -> Path:
    """Write the resolved recipe, train, watch, record how it ended; returns the run folder. `again` resumes it."""
    folder = recipe.output_dir
    record = begin(recipe, shape, again, going_on)
    began, kills = time.monotonic(), process.out_of_memory_kills()
    log = folder / LOG
    offset = log.stat().st_size if going_on and log.is_file() else 0
    env = environment(recipe, cpu=shape.stem == "cpu") | lock.environment(folder)
    runs.load_plotting()
    try:
        code = watched(folder, record["argv"], env, going_on)
    except KeyboardInterrupt:
        ended = outcome.interrupted(folder, again)
    except FileNotFoundError:
        if folder.is_dir():
            raise
        taken = "was deleted or moved while the run wrote to it: the run is ended, nothing of it is recorded"
        raise UserError(f"{folder} {taken}", 1) from None
    else:
        out_of_memory = process.out_of_memory_kills() > kills
        ended = ending(recipe, outcome.Left(code, log, offset, out_of_memory), again)
    stop.path_of(folder).unlink(missing_ok=True)
    _end(folder, record, ended, began)
    experiment.note(recipe.name)
    if ended.status != "finished":
        runs.drop_unfinished(folder)
        raise UserError(ended.words, ended.code)
    runs.plot(folder, f"{recipe.name}: loss")
    return folder


def begin(recipe: Recipe, shape: Path, again: str, going_on: bool) -> dict[str, Any]:
    """Put the run's folder in order and write its recipe and its record."""
    folder = recipe.output_dir
    text = dump(recipe.values)
    write_text(folder / "recipe.yaml", text)
    detached.settle(folder)
    (folder / outcome.GUARD).unlink(missing_ok=True)
    earlier = runs.attempts(folder) if going_on else []
    if going_on:
        resume.rewind(folder, int(str(recipe.values["resume_from_checkpoint"]).rpartition("-")[2]))
    record = runs.start(recipe, command(folder / "recipe.yaml", shape, len(hardware.gpus())), text)
    record |= {"resume": again, "attempts": earlier}
    runs.write(folder, record)
    return record


def watched(folder: Path, argv: list[str], env: dict[str, str], going_on: bool) -> int:
    """Run the process to its end, showing how it goes; before it trains, `ft stop` ends it at once."""
    started = detached.Started(runs.Rows(folder, skip=going_on))
    with View(folder / LOG, runs.Rows(folder, skip=going_on), Meters(folder)) as view:

        def watch() -> None:
            view.update()
            started.look()
            if not started.begun and stop.asked(folder, env.get(lock.TOKEN)):
                raise KeyboardInterrupt

        return process.run(argv, folder / LOG, env, watch, append=going_on)


def ending(recipe: Recipe, left: outcome.Left, again: str) -> outcome.Outcome:
    """How the run ended whose process has left this."""
    folder = recipe.output_dir
    request = stop.asked(folder, lock.environment(folder).get(lock.TOKEN)) or {}
    last = runs.last_step(folder)
    if left.code == 0 and request.get("step") is not None and last["step"] < last["max_steps"]:
        return outcome.stopped(folder, last["step"], again)
    if left.code or not (folder / "adapter_model.safetensors").is_file():
        return outcome.failed(recipe, left, again)
    return outcome.finished()


def _end(folder: Path, record: dict[str, Any], ended: outcome.Outcome, began: float) -> None:
    rows = runs.progress(folder)
    last = {key: list(runs.losses(rows, key))[-1:] for key in ("loss", "eval_loss", "train_loss")}
    seconds = round(time.monotonic() - began, 1)
    record |= {
        "status": ended.status,
        "ended_with": ended.words,
        "ended": runs.later(record["started"], seconds),
        "seconds": seconds,
        "steps": max((row.get("step", 0) for row in rows), default=0),
        "final": {key: points[0][1] for key, points in last.items() if points},
        "tokens": int(max((row.get("tokens/total", 0) for row in rows), default=0)),
        "peak_vram_gib": max((row.get("memory/max_allocated (GiB)", 0) for row in rows), default=0),
        "peak_memory_gib": round(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 2**20, 2),
        "warnings": list(dict.fromkeys(row["warning"] for row in rows if "warning" in row)),
    }
    if ended.status == "finished":
        record["adapter"] = runs.adapter(folder)
    runs.write(folder, record)
