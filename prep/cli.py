"""The commands of `python -m prep`: parsing and printing only."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def _path(text: str) -> Path:
    if not text.strip():  # Path("") would be the current folder
        raise typer.BadParameter("an empty path; write . for the current folder")
    return Path(text)


def _file(what: str, *names: str) -> typer.models.OptionInfo:
    return typer.Option(*names, parser=_path, metavar="FILE", help=what)


app = typer.Typer(
    help="Sources to verified examples, splits and training files.",
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


@app.command()
def build(
    recipe: Annotated[Path, typer.Argument(parser=_path, metavar="RECIPE.yaml", help="Such as configs/data/ahk.yaml.")],
    out: Annotated[
        Path | None, typer.Option(parser=_path, metavar="DIR", help="Output folder.", show_default="data/NAME")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Count only; write nothing.")] = False,
    workers: Annotated[int | None, typer.Option(min=1, help="Processes.", show_default="what it is worth")] = None,
    seed: Annotated[int | None, typer.Option(help="In place of the recipe's.")] = None,
    val_ratio: Annotated[float | None, typer.Option(help="In place of the recipe's split.val.")] = None,
    test_ratio: Annotated[float | None, typer.Option(help="In place of the recipe's split.test.")] = None,
) -> None:
    """Build a dataset from a recipe."""
    from prep import report
    from prep.build import build
    from prep.recipe import load_recipe

    given = {("seed",): seed, ("split", "val"): val_ratio, ("split", "test"): test_ratio}
    overrides = {key: value for key, value in given.items() if value is not None}
    checked = load_recipe(recipe, overrides)
    folder = out or Path("data") / checked.name
    command = report.command(recipe, overrides)
    funnel = build(checked, recipe, None if dry_run else folder, command, workers, report.watch())
    typer.echo(report.summary(checked, funnel, None if dry_run else folder))
    for warning in funnel.warnings:
        typer.echo(f"prep: warning: {warning}", err=True)


@app.command()
def check(
    paths: Annotated[list[Path], typer.Argument(parser=_path, metavar="PATH...", help="Files and folders.")],
    json_file: Annotated[Path | None, _file("Write every verdict here.", "--json")] = None,
    checker: Annotated[str | None, typer.Option(help="For all files: autohotkey, python, json or sql.")] = None,
    command: Annotated[str | None, typer.Option(help="For all files, such as 'luac -p {file}'.")] = None,
    jobs: Annotated[int | None, typer.Option(min=1, help="At once.", show_default="as many as cores")] = None,
) -> None:
    """Load code in its language's own interpreter; nothing of it is run. Exit 1 when some of it does not load."""
    from prep import check as module
    from prep.files import write_json

    found = module.files(paths, any_suffix=bool(checker or command))
    verdicts = []
    for verdict in module.watched(module.check(found, checker, module.argv(command), jobs), len(found)):
        verdicts.append(verdict)
        if not verdict.loads:
            typer.echo(module.fault(verdict))
    if json_file:
        write_json(json_file, [module.as_json(verdict) for verdict in verdicts])
    typer.echo("\n".join(module.summary(verdicts)))
    raise typer.Exit(0 if all(verdict.loads for verdict in verdicts) else 1)


@app.command()
def includes(
    path: Annotated[Path, typer.Argument(parser=_path, metavar="PATH", help="A script, or a folder of scripts.")],
    fix: Annotated[bool, typer.Option("--fix", help="Rewrite what is broken and has exactly one candidate.")] = False,
    report: Annotated[Path | None, _file("A JSON file of every include.")] = None,
) -> None:
    """Find the #Include lines that lead nowhere."""
    from prep.files import write_text
    from prep.languages.autohotkey import includes

    found = includes.fix(path) if fix else includes.scan(path)
    if report:
        write_text(report, includes.as_json(found))
    typer.echo(includes.table(found))
    if includes.fails(found):
        raise typer.Exit(1)


@app.command()
def normalise(
    path: Annotated[Path, typer.Argument(parser=_path, metavar="PATH", help="A script, or a folder of scripts.")],
    pattern: Annotated[list[str] | None, typer.Option(metavar="OLD=NEW", help="In place of the default ones.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Tell only; write nothing.")] = False,
    unchecked: Annotated[bool, typer.Option("--unchecked", help="Do not ask AutoHotkey what still loads.")] = False,
    report: Annotated[Path | None, _file("A JSON file of every change.")] = None,
) -> None:
    """Clean scripts up by regular expressions, never so that one stops loading."""
    from contextlib import nullcontext

    from prep.files import write_text
    from prep.languages import judge_for, missing
    from prep.languages.autohotkey import normalise

    patterns = [normalise.parse(text) for text in pattern or ()] or normalise.DEFAULTS
    with nullcontext() if unchecked or missing("autohotkey") else judge_for("autohotkey") as engine:
        results = normalise.apply(path, patterns, normalise.judge_by(engine) if engine else None, dry_run, unchecked)
    if report:
        write_text(report, normalise.as_json(results))
    typer.echo(normalise.table(results) + ("; dry run: nothing was written" if dry_run else ""))
    if normalise.fails(results):
        raise typer.Exit(1)


@app.command()
def stats(
    dataset: Annotated[Path, typer.Argument(parser=_path, metavar="DATASET_DIR", help="Such as data/ahk.")],
    tokenizer: Annotated[str | None, typer.Option(help="A tokenizer's folder, or its name on the Hub.")] = None,
    sequence_len: Annotated[list[int] | None, typer.Option(min=1, help="Lengths to compare with.")] = None,
    json_file: Annotated[Path | None, _file("Write the numbers here.", "--json")] = None,
) -> None:
    """Tokens per example by task and category, and how many are too long."""
    from prep import stats as module
    from prep.files import write_json

    found, lengths = module.measure(dataset, tokenizer), sorted(sequence_len or module.LENGTHS)
    if json_file:
        write_json(json_file, module.as_json(found, lengths))
    typer.echo("\n".join(module.summary(found, lengths)))


@app.command()
def diff(
    before: Annotated[Path, typer.Argument(parser=_path, metavar="DIR_A", help="A built dataset.")],
    after: Annotated[Path, typer.Argument(parser=_path, metavar="DIR_B", help="A later build of it.")],
    json_file: Annotated[Path | None, _file("Write all ids here.", "--json")] = None,
) -> None:
    """Rows added, removed, changed and moved between two builds. Exit 1 when there are any."""
    from prep import diff as module
    from prep.files import write_json

    found = module.compare(before, after)
    if json_file:
        write_json(json_file, module.as_json(found))
    typer.echo("\n".join(module.summary(found) if any(found.values()) else ["the same rows in the same splits"]))
    raise typer.Exit(1 if any(found.values()) else 0)


@app.command()
def push(
    dataset: Annotated[Path, typer.Argument(parser=_path, metavar="DIR", help="Such as data/ahk.")],
    repo: Annotated[str, typer.Argument(metavar="REPO_ID", help="Such as you/ahk.")],
    public: Annotated[bool, typer.Option("--public", help="For everyone to see; private otherwise.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check and list; send nothing.")] = False,
) -> None:
    """Upload a built dataset to the Hugging Face Hub."""
    from prep import push as module

    module.checked(repo)
    for path in module.files(dataset):
        typer.echo(f"  {path.stat().st_size:>12,}  {path.name}")
    if dry_run:
        typer.echo(f"dry run: nothing was sent to {repo}")
    else:
        typer.echo(module.push(dataset, repo, private=not public))
