"""An experiment: a recipe made from another one, and its notes, experiments/NAME.md, with measured parts.

What lies between the marks is written by the kit; all else in the notes is the user's and is never touched.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from ft import edit, history, overview, schema
from ft.history import Past
from ft.recipe import CONFIGS, OUTPUTS, Recipe, find, parse_override, read_yaml, short
from ft.view import number
from prep.errors import UserError
from prep.files import write_text

NOTES = Path("experiments")
TAKEN = {"merged", "eval", "gguf", "base", "standin", "prepared", "sweeps"}  # outputs/NAME is something else
_NAME = re.compile(r"[A-Za-z0-9][\w.-]*")
_PAGE = """# {name}

Recipe `{recipe}`, made from `{source}`. What stands between the marks is filled in after each training and evaluation,
and by `python -m ft runs --notes`; all else is yours.

## Hypothesis

{hypothesis}

## Config difference

<!-- measured: difference from {parent} -->
<!-- end -->

## Observations

<!-- measured: observations -->
<!-- end -->

## Results

<!-- measured: results -->
<!-- end -->

## Learnings

"""


def new(name: str, source: str, overrides: Iterable[str], hypothesis: str) -> tuple[Path, Path]:
    """Write configs/NAME.yaml and experiments/NAME.md; returns both. Nothing that exists is overwritten.

    Raises UserError for a name that cannot be one or is taken, a key that Axolotl does not know, a value that cannot
    be put in place.
    """
    if not _NAME.fullmatch(name):
        raise UserError(f"'{name}': a recipe's name has letters, digits, '-', '_' and '.' only")
    if name in TAKEN or name.endswith((".yaml", ".yml")):
        raise UserError(f"'{name}' names a folder of outputs/, or a file: choose another name for the recipe")
    recipe, notes = CONFIGS / f"{name}.yaml", NOTES / f"{name}.md"
    for path in (recipe, notes):
        if path.exists():
            raise UserError(f"{path} is there already: choose another name, or edit it")
    parent = find(source)
    values = dict(parse_override(text) for text in overrides)
    if "output_dir" in values:
        raise UserError(f"output_dir: a recipe's run folder has its name, {OUTPUTS / name}")
    text = parent.read_text(encoding="utf-8")
    resolved = Recipe(name, parent, read_yaml(parent)).with_values(values, "")
    schema.check_keys(resolved.values, str(parent))
    text = edit.edited(text, {**values, "output_dir": str(OUTPUTS / name)})
    write_text(recipe, _headed(text, name, parent.stem))
    page = _PAGE.format(
        name=name,
        recipe=recipe,
        source=parent,
        parent=parent.stem,
        hypothesis=hypothesis or "(what do you expect, and why?)",
    )
    try:
        write_text(notes, _filled(page, name))
    except OSError:
        recipe.unlink()
        raise
    return recipe, notes


def _headed(text: str, name: str, parent: str) -> str:
    """The comment at the top, naming the new recipe in its commands."""
    lines = text.splitlines(keepends=True)
    size = next((i for i, line in enumerate(lines) if not line.startswith("#")), len(lines))
    place = re.compile(rf"(\bft [a-z]+ |\bMODEL=|\bconfigs/){re.escape(parent)}(?![\w-])")
    head = "".join(place.sub(rf"\g<1>{name}", line) for line in lines[:size])
    return f"# {name}: an experiment on {parent}, see {NOTES / name}.md\n#\n{head}{''.join(lines[size:])}"


def all_notes() -> list[str]:
    """The experiments that have notes."""
    return sorted(path.stem for path in NOTES.glob("*.md"))


def note(name: str) -> None:
    """After a run: fill in its experiment's notes. What could not be is said, and changes nothing of how it ended."""
    try:
        lines = refresh(name)
    except OSError as error:
        lines = [f"{NOTES / name}.md: {error.strerror}: its measured parts stay as they are"]
    with suppress(OSError):  # of a terminal that is gone
        for line in lines:
            print(line, file=sys.stderr, flush=True)  # noqa: T201


def refresh(name: str) -> list[str]:
    """Fill in the measured parts of an experiment's notes, if it has any; returns what could not be, a line each."""
    path = NOTES / f"{name}.md"
    if not path.is_file():
        return []
    try:
        before = path.read_bytes().decode()
    except UnicodeDecodeError as error:
        return [f"{path}: not UTF-8 text at byte {error.start}: its measured parts stay as they are"]
    after = _filled(before, name)
    if after != before:
        write_text(path, after)
    lost = [part for part in ("difference", "observations", "results") if not _part(part).search(before)]
    return [f"{path}: no '<!-- measured: {part} -->' ... '<!-- end -->': that part is left out" for part in lost]


def _part(name: str) -> re.Pattern[str]:
    """Groups: the mark that opens it, its parent recipe, what is between, the mark that ends it."""
    return re.compile(
        rf"(<!-- measured: {name}(?: from ([\w.-]+))? -->\r?\n)((?:(?!<!-- measured:)[\s\S])*?)(<!-- end -->)"
    )


def _filled(page: str, name: str) -> str:
    found = [past for past in history.all_runs() if "-rehearsal" not in past.run]
    here = _part("difference").search(page)
    parent = here[2] if here else None
    parts = {
        "difference": _difference(name, parent),
        "observations": list(_observations([past for past in found if past.recipe == name])),
        "results": _results(found, name, parent),
    }
    for part, lines in parts.items():
        if (place := _part(part).search(page)) and lines is not None:
            text = "\n".join(["", *lines, "", ""])
            page = page[: place.start(3)] + text + page[place.end(3) :]
    return page


def _difference(name: str, parent: str | None) -> list[str] | None:
    """A table; None, which leaves the old one, when one of the two recipes is gone."""
    from ft.difference import compare_values

    files = [CONFIGS / f"{stem}.yaml" for stem in (parent, name)]
    if parent is None or not all(path.is_file() for path in files):
        return None
    rows = compare_values(*(read_yaml(path) for path in files))
    if not rows:
        return [f"None: the values are those of `{parent}`."]
    head = [f"| key | {parent} | {name} |", "| --- | --- | --- |"]
    return head + [f"| {row.what} | {_cell(row.a)} | {_cell(row.b)} |" for row in rows]


def _observations(found: list[Past]) -> Iterator[str]:
    """What each run of the recipe showed, in its own words: its end, its losses, its warnings."""
    if not found:
        yield "Not run yet."
    for past in found:
        yield f"- `{past.run}`: {past.problem or _story(past)}"
        if not past.problem:
            for row in history.progress(OUTPUTS / past.run):
                if "warning" in row:
                    yield f"  - step {row.get('step')}: {row['warning']}"


def _story(past: Past) -> str:
    rows = list(history.progress(OUTPUTS / past.run))
    losses = [row["loss"] for row in rows if "loss" in row]
    held = [(row["eval_loss"], row["step"]) for row in rows if isinstance(row.get("eval_loss"), float | int)]
    words = [f"{past.status} after {past.steps} steps"]
    if losses:
        words.append(f"training loss {number(losses[0])} -> {number(losses[-1])}")
    if held:
        words.append(f"best validation loss {number(min(held)[0])} at step {min(held)[1]}")
    return ", ".join(words)


def _results(found: list[Past], name: str, parent: str | None) -> list[str]:
    """The runs of the recipe, those of its parent to compare with, and what evaluations said."""
    own = [past for past in found if past.recipe == name]
    others = [past for past in found if past.recipe == parent and past.status == "finished"]
    if not own:
        return ["Not run yet."]
    return [*overview.markdown(own + others), *_evaluations(own + others)]


def _evaluations(found: list[Past]) -> Iterator[str]:
    files = [file for past in found for file in sorted((OUTPUTS / past.run).glob("eval/*/results.json"))]
    if files:
        yield from ("", "| evaluation | items | metric | base | tuned |", "| --- | ---: | --- | ---: | ---: |")
    for file in files:
        for task, result in history.read(file).get("tasks", {}).items():
            for metric, values in result["metrics"].items():
                numbers = " | ".join(f"{values[label]:.4g}" if label in values else "-" for label in ("base", "tuned"))
                yield f"| `{file.parents[2].relative_to(OUTPUTS)}` {task} | {result['n']} | {metric} | {numbers} |"


def _cell(value: Any) -> str:
    return short(value).replace("|", "\\|").replace("\n", " ")
