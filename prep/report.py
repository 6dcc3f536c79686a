"""What a build tells the person at the terminal."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from prep.formats import of_recipe
from prep.funnel import Funnel
from prep.recipe import FLAGS, Override, Recipe
from prep.sources.text import label, printable
from prep.split import SPLITS

if TYPE_CHECKING:
    from prep.build import Watch
    from prep.store import Head


def command(recipe: Path, overrides: Override) -> str:
    """The command that makes the same bytes again."""
    flags = [part for key, value in overrides.items() for part in (FLAGS[".".join(key)], str(value))]
    where = _from_here(recipe)
    note = "" if where else f"# with {recipe.name} in this folder, where the relative paths in it start\n"
    return note + shlex.join(["python", "-m", "prep", "build", where or label(recipe), *flags])


def _from_here(recipe: Path) -> str:
    """The recipe's path from the current folder; empty where that would tell the folders of this machine."""
    if not recipe.is_absolute():
        return label(recipe)
    here, there = Path.cwd(), Path(os.path.normpath(recipe))
    shared = Path(os.path.commonpath([here, there]))
    return printable(Path(os.path.relpath(there, here)).as_posix()) if len(shared.parts) > 2 else ""


def watch() -> Watch | None:
    """A progress bar on stderr where a person looks at it."""
    if not sys.stderr.isatty():
        return None

    def draw(heads: Iterator[Head], total: int) -> Iterator[Head]:
        from rich.console import Console
        from rich.progress import track

        yield from track(heads, "reading and checking", total, console=Console(stderr=True), transient=True)

    return draw


def summary(recipe: Recipe, funnel: Funnel, out: Path | None) -> str:
    """At most 80 columns wide, but for the path."""
    rejected = funnel.rejected.total()
    lines = [f"{recipe.name}: {funnel.found:,} documents read = {funnel.kept:,} kept + {rejected:,} rejected", ""]
    if rejected:
        lines += [f"  {reason:<14}{count:>9,}" for reason, count in funnel.rejected.most_common()] + [""]
    lines.append(f"  {'examples':<14}" + "".join(f"{split:>9}" for split in (*SPLITS, "all")))
    for task in funnel.tasks:
        counts = [funnel.examples[task, split] for split in SPLITS]
        lines.append(f"  {task:<14}" + "".join(f"{count:>9,}" for count in (*counts, sum(counts))))
    totals = [funnel.total(split) for split in SPLITS]
    lines.append(f"  {'all':<14}" + "".join(f"{count:>9,}" for count in (*totals, sum(totals))))
    formats = ",".join(of_recipe(recipe))
    wrote = f"wrote {out}: {{{','.join(SPLITS)}}}.{{{formats}}}.jsonl, README.md"
    return "\n".join([*lines, "", wrote if out else "dry run: nothing was written"])
