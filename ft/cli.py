"""The commands of `python -m ft`: parsing and printing only."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)

Model = Annotated[str, typer.Argument(help="a recipe's name (gpt-oss is configs/gpt-oss.yaml) or a path to one")]
Run = Annotated[str, typer.Argument(help="a recipe's name, or the folder of its run (outputs/NAME)")]
Served = Annotated[str, typer.Argument(help="a recipe's name, the folder of its run, or a GGUF file")]
Gguf = Annotated[str, typer.Option(help="the file, or its form: Q4_K_M (the only quantised one, else 16 bits)")]
Context = Annotated[int, typer.Option(help="tokens of a prompt and its answer (as trained)", min=0)]
Patience = Annotated[float, typer.Option(help="seconds that a model may take to load", min=0.1)]
Overrides = Annotated[
    list[str] | None, typer.Argument(help="values over the recipe's, e.g. lora_r=32", metavar="[KEY=VALUE]...")
]
Out = Annotated[Path | None, typer.Option(help="the folder to write")]


@app.callback()
def main() -> None:
    """Recipe -> checked launch -> run record -> merged, verified model."""


@app.command()
def train(
    model: Model,
    overrides: Overrides = None,
    smoke: Annotated[bool, typer.Option("--smoke", help="30 steps, into outputs/MODEL-smoke")] = False,
    resume: Annotated[bool, typer.Option("--resume", help="go on from the newest whole checkpoint")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="validate, print recipe and argv, start nothing")] = False,
    detach: Annotated[bool, typer.Option("--detach", help="in the background, whatever the terminal does")] = False,
    hardware: Annotated[str | None, typer.Option(help="overlay of configs/hardware (cpu where no GPU is)")] = None,
    accelerate: Annotated[str | None, typer.Option(help="file of configs/accelerate (by the number of GPUs)")] = None,
) -> None:
    """Train a recipe with Axolotl, through accelerate; the record goes to outputs/MODEL."""
    from ft import launch, schema, tables

    options = launch.Options(hardware, accelerate, smoke, resume)
    if dry_run:
        recipe, shape = launch.plan(model, overrides or [], options)
        schema.validate(recipe.values, gpu=shape.stem != "cpu")
        tables.dry_run(recipe, shape)
        return
    if detach:
        tables.detached(*launch.train_detached(model, overrides or [], options))
        return
    tables.summary(launch.train(model, overrides or [], options))


@app.command()
def status(
    model: Annotated[str | None, typer.Argument(help="a recipe's name or a run's folder; all without")] = None,
) -> None:
    """What runs: step, loss, time left; and what has died, with the command that resumes it."""
    from ft import tables
    from ft.status import states

    tables.states(states(model))


@app.command()
def logs(
    model: Run,
    follow: Annotated[bool, typer.Option("-f", "--follow", help="go on until the run ends")] = False,
    lines: Annotated[int, typer.Option("-n", "--lines", help="the last lines; 0 for all", min=0)] = 40,
) -> None:
    """What the training process wrote."""
    from ft.status import log

    log(model, lines, follow, lambda line: typer.echo(line, nl=False))


@app.command()
def stop(model: Run, now: Annotated[bool, typer.Option("--now", help="at once, without a checkpoint")] = False) -> None:
    """End a run: a checkpoint at its next step, then all of its processes."""
    from ft.stop import stop as run

    typer.echo(run(model, now, say=typer.echo))


@app.command()
def check(
    model: Model,
    overrides: Overrides = None,
    max_cut: Annotated[
        float, typer.Option(help="the share of examples that may be lost to sequence_len", min=0, max=1)
    ] = 0.05,
    offline: Annotated[
        bool, typer.Option("--offline", help="look nothing up on the Hub; what needs it is listed, not failed")
    ] = False,
    hardware: Annotated[str | None, typer.Option(help="overlay of configs/hardware to check with the recipe")] = None,
) -> None:
    """Prove a recipe: keys, schema, data, masks, lengths, memory; exit 1 with every problem and its cause."""
    from ft import check as checks
    from ft.findings import show
    from ft.tables import console

    options = checks.Options(hardware, max_cut, offline)
    report = checks.check(model, overrides or [], options)
    show(report, console())
    raise typer.Exit(0 if checks.passed(report, options) else 1)


@app.command()
def plan(
    model: Model,
    overrides: Overrides = None,
    gpu: Annotated[float | None, typer.Option(help="GiB of a card: what to change so that it fits", min=1)] = None,
    gpus: Annotated[int, typer.Option(help="how many of them", min=1)] = 1,
    json_file: Annotated[Path | None, typer.Option("--json", help="write the plan to this file")] = None,
) -> None:
    """Memory, disk, tokens, steps and hours of a recipe, before a GPU is rented; exit 1 when nothing makes it fit.

    From the model's config alone, no weights: python -m ft plan gpt-oss sequence_len=4096 --gpu 16
    """
    from ft import budget
    from ft import plan as planning

    plans = planning.plan(model, overrides or [], gpus, gpu)
    budget.show(plans)
    if json_file:
        planning.write(json_file, plans)
    raise typer.Exit(1 if plans.fit and not plans.fit.fits else 0)


@app.command()
def preview(
    model: Model,
    overrides: Overrides = None,
    n: Annotated[int, typer.Option("--n", help="how many examples", min=1)] = 3,
    split: Annotated[str, typer.Option(help="train or val")] = "train",
    longest: Annotated[bool, typer.Option("--longest", help="the longest, not the first")] = False,
) -> None:
    """Examples as the model will see them, the trained tokens in colour."""
    from ft.preview import examples, show
    from ft.tables import console

    show(examples(model, overrides or [], n, split, longest), console())


@app.command()
def rehearse(
    models: Annotated[list[str] | None, typer.Argument(help="names of recipes, or paths", metavar="MODEL...")] = None,
    every: Annotated[bool, typer.Option("--all", help="every recipe under configs/")] = False,
    steps: Annotated[int, typer.Option(help="training steps, at least 2")] = 6,
    separate: Annotated[bool, typer.Option("--separate", help="each step by its own command, nothing shared")] = False,
) -> None:
    """The same recipe on a tiny model of the same architecture: train, resume, merge, verify."""
    from ft import tables
    from ft.recipe import names
    from ft.rehearse import rehearse as run

    chosen = names() if every else models or []
    if not chosen:
        raise typer.BadParameter("name a recipe, or give --all")
    raise typer.Exit(tables.rehearsed(run(chosen, steps, separate), several=len(chosen) > 1))


@app.command()
def merge(model: Run) -> None:
    """Merge the adapter of a finished run into its base: outputs/MODEL/merged."""
    from ft.merge import merge as run

    typer.echo(f"merged: {run(model, say=typer.echo)}\nnext    python -m ft verify {shlex.quote(model)}")


@app.command()
def verify(
    model: Run,
    every: Annotated[bool, typer.Option("--all", help="every hop to the GGUF files of ft export, too")] = False,
) -> None:
    """Compare base, base + adapter and merged, in weights and logits; exit 1 when merged is not the trained model.

    With --all the chain goes on: tokens, template and stop tokens, and llama.cpp's logits and answers for each file.
    Then the model cards of what was exported are written again, with what was found.
    """
    from ft import tables
    from ft.verify import verify as run

    if every:
        from ft.card import modelcard
        from ft.chain.parity import verify_all

        result = verify_all(model, say=typer.echo)
        tables.chain(result)
        for card in modelcard.refresh(model):
            typer.echo(f"model card: {card}")
        raise typer.Exit(1 if result["failures"] else 0)
    result = run(model, say=typer.echo)
    tables.verified(result)
    raise typer.Exit(1 if result["failures"] else 0)


@app.command()
def inject(
    adapter: Annotated[str, typer.Option(help="a run's name or folder, or the folder of a LoRA adapter")],
    onto: Annotated[str, typer.Option(help="the instruct sibling of its base: a folder, or owner/name on the Hub")],
    out: Annotated[Path | None, typer.Option(help="the folder to write (outputs/NAME-onto-SIBLING)")] = None,
    weight: Annotated[float, typer.Option(help="how much of what was learnt: 0.5 is half of it")] = 1.0,
    force: Annotated[bool, typer.Option("--force", help="go on where the values say that it is no sibling")] = False,
) -> None:
    """Carry what an adapter learnt on a base model onto the base's instruct sibling: W + weight * scale * B A.

    Nothing is trained. The folder is one that verify --all, export and eval take, with the sibling as its base.
    """
    from ft import tables
    from ft.transfer.inject import Options
    from ft.transfer.inject import inject as run

    result = run(adapter, onto, Options(weight, out, force), say=typer.echo)
    tables.injected(result)
    raise typer.Exit(1 if result["failures"] else 0)


@app.command()
def export(
    model: Run,
    repo: Annotated[str | None, typer.Argument(help="for --to hub: the repository, such as you/model")] = None,
    to: Annotated[str, typer.Option("--to", help="gguf, ollama, lmstudio, vllm, adapter or hub")] = "gguf",
    quant: Annotated[str, typer.Option(help="quantised files too, by llama.cpp's names: Q4_K_M,Q8_0")] = "",
    private: Annotated[bool, typer.Option("--private", help="with hub: a repository that only you see")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="with hub: list what would go there, send nothing")
    ] = False,
) -> None:
    """The merged model as files that others run: outputs/MODEL/gguf, and what Ollama, LM Studio or vLLM want.

    A model card (README.md) lies beside them, of what is on record; ft verify --all puts parity and answers into it.
    Only what ft verify --all has found in order goes to the Hub: python -m ft export MODEL you/model --to hub
    """
    from ft import ship

    if (ship.target(to) == "hub") != bool(repo):
        raise typer.BadParameter("a repository goes with --to hub, and --to hub with a repository: you/model")
    ship.check_options(to, quant, private or dry_run)
    if repo:
        typer.echo(ship.hub(model, repo, private, dry_run, say=typer.echo))
    else:
        typer.echo(ship.ship(model, to, quant, say=typer.echo))


@app.command()
def serve(
    model: Served,
    gguf: Gguf = "",
    host: Annotated[
        str, typer.Option(help="the address to listen on; one that others reach needs a key")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="the port to listen on", min=1, max=65535)] = 8000,
    key: Annotated[
        str, typer.Option(envvar="FT_KEY", help="what requests must name; better in FT_KEY, where no ps shows it")
    ] = "",
    context: Context = 0,
    patience: Patience = 600,
) -> None:
    """An OpenAI-compatible server of a trained model, by vLLM on a GPU or llama.cpp, until Ctrl+C.

    It listens on this machine alone. With another --host it asks for a key, which is made and shown once.
    """
    from ft.serving import engine
    from ft.serving.serve import serve as run

    run(model, gguf, engine.Place(host, port, key), context, patience, say=typer.echo)


@app.command()
def chat(
    model: Annotated[str, typer.Argument(help="a recipe's name, the folder of its run, or a GGUF file")] = "",
    gguf: Gguf = "",
    url: Annotated[str, typer.Option(help="a server that runs already; its key: OPENAI_API_KEY")] = "",
    model_name: Annotated[str, typer.Option(help="which model of a server that has several")] = "",
    system: Annotated[str, typer.Option(help="what the model is told before all questions")] = "",
    temperature: Annotated[float, typer.Option(help="0 is the likeliest answer, as eval asks", min=0, max=2)] = 0,
    max_tokens: Annotated[int, typer.Option(help="of one answer (0: what the context leaves)", min=0)] = 0,
    context: Context = 0,
    patience: Patience = 600,
) -> None:
    """Talk to a trained model in the terminal; code in its answers is checked by the language's interpreter.

    /help lists what can be said to the chat itself. Without a terminal, each line of the input is a question.
    """
    from ft.serving import chat as chats

    options = chats.Options(system, temperature, max_tokens, context, patience, model_name)
    raise typer.Exit(1 if chats.chat(model, gguf, url, options) else 0)


@app.command()
def base(model: Model, overrides: Overrides = None, out: Out = None) -> None:
    """The bf16 copy of a published MXFP4 checkpoint that a 4-bit recipe trains on (gpt-oss)."""
    from ft.base import make_base
    from ft.recipe import resolve

    typer.echo(f"base: {make_base(resolve(model, overrides or []), out)}")


@app.command()
def standin(model: Model, out: Out = None) -> None:
    """A tiny random model of the recipe's architecture; for tiny, one that is pretrained for a minute."""
    from ft.recipe import resolve
    from ft.standin import default_folder, make

    recipe = resolve(model)
    for key, value in make(recipe, out or default_folder(recipe)).items():
        typer.echo(f"{key}: {value}")


@app.command()
def new(
    name: Annotated[str, typer.Argument(help="the new recipe's name")],
    overrides: Overrides = None,
    source: Annotated[str, typer.Option("--from", help="the recipe to copy: a name or a path")] = "tiny",
    hypothesis: Annotated[str, typer.Option(help="what you expect, and why; for the notes")] = "",
) -> None:
    """An experiment: copy a recipe, change values in place, begin its notes (experiments/NAME.md)."""
    from ft.experiment import new as make

    recipe, notes = make(name, source, overrides or [], hypothesis)
    typer.echo(f"recipe: {recipe}\nnotes:  {notes}\nnext    python -m ft train {name}")


@app.command("runs")
def list_runs(
    names: Annotated[list[str] | None, typer.Argument(help="only these: names under outputs/, or folders")] = None,
    sort: Annotated[str, typer.Option(help="a column, -column for the other way round: eval_loss, -started")] = "run",
    json_file: Annotated[Path | None, typer.Option("--json", help="write the numbers to this file")] = None,
    html: Annotated[bool, typer.Option("--html", help="draw the curves: outputs/runs.html")] = False,
    notes: Annotated[bool, typer.Option("--notes", help="fill in the measured parts of experiments/*.md")] = False,
) -> None:
    """All runs under outputs/: status, losses, token accuracy, time, tokens/s, peak memory."""
    from ft import compared, experiment, history

    found = history.ordered([history.past(history.find(name)) for name in names] if names else history.all_runs(), sort)
    compared.runs(found)
    if json_file:
        history.write(found, json_file)
    if html:
        from ft import curves

        typer.echo(f"curves: {curves.write(found)}")
    for name in experiment.all_notes() if notes else []:
        typer.echo("\n".join(experiment.refresh(name) or [f"filled in: {experiment.NOTES / name}.md"]))


@app.command()
def diff(
    a: Annotated[str, typer.Argument(help="a run (name or folder), or a recipe")],
    b: Annotated[str, typer.Argument(help="another one")],
    json_file: Annotated[Path | None, typer.Option("--json", help="write the difference to this file")] = None,
) -> None:
    """What differs between two runs, or a recipe and a run: values, data, versions, results."""
    from ft import compared
    from ft.difference import compare

    found = compare(a, b)
    compared.difference(found)
    if json_file:
        found.write(json_file)


@app.command()
def sweep(
    model: Model,
    values: Annotated[list[str], typer.Argument(metavar="KEY=VALUE[,VALUE]...", help="the grid, e.g. lora_r=8,16")],
    smoke: Annotated[bool, typer.Option("--smoke", help="30 steps a run")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="list the runs, start nothing")] = False,
    hardware: Annotated[str | None, typer.Option(help="overlay of configs/hardware")] = None,
    accelerate: Annotated[str | None, typer.Option(help="file of configs/accelerate")] = None,
) -> None:
    """A grid of runs, one after another: ft sweep tiny lora_r=8,16 learning_rate=0.001,0.002

    Each combination trains into outputs/sweeps/MODEL/. What is done is skipped, what was interrupted is resumed: the
    same command goes on. A comma inside brackets or quotes belongs to the value:
    lora_target_modules=[q_proj],[q_proj,v_proj] are two.
    """
    from ft import compared, launch
    from ft import sweep as sweeping

    options = launch.Options(hardware, accelerate, smoke)
    cells = sweeping.grid(model, values, options)
    compared.cells(cells)
    if dry_run:
        return
    cells = sweeping.run(model, cells, options, say=typer.echo)
    rows = sweeping.rows(cells)
    compared.sweep(rows, sweeping.write(model, rows))
    raise typer.Exit(any(cell.state == "failed" for cell in cells))
