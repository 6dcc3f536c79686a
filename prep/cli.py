"""The commands of `python -m prep`: parsing and printing only."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    help="Sources to verified examples, splits and training files.",
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


@app.callback()
def main() -> None:
    """Keeps `build` a sub-command while it is the only one."""


@app.command()
def build(
    recipe: Annotated[Path, typer.Argument(metavar="RECIPE.yaml", help="Such as configs/data/ahk.yaml.")],
    out: Annotated[Path | None, typer.Option(help="Output folder.", show_default="data/NAME")] = None,
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
    funnel = build(checked, None if dry_run else folder, command, workers, report.watch())
    typer.echo(report.summary(checked.name, funnel, None if dry_run else folder))
    for warning in funnel.warnings:
        typer.echo(f"prep: warning: {warning}", err=True)
