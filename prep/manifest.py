"""manifest.json: what went into a dataset and what came out, by hash. Written last, so its presence says: whole."""

from __future__ import annotations

import json
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from prep import benchmarks, names
from prep.errors import UserError
from prep.files import sha256_file
from prep.recipe import Recipe
from prep.sources.text import label

NAME = "manifest.json"
BUILDER = "niche-tuner"  # the mark by which a later build knows a folder as replaceable


def write(folder: Path, recipe: Recipe, sources: dict[str, str], judges: list[str]) -> None:
    """`sources` maps each file to the SHA-256 of its bytes, in stable order. No timestamp, no absolute path."""
    outputs = {path.name: sha256_file(path) for path in sorted(folder.iterdir())}
    manifest = {
        "builder": BUILDER,
        "version": _version(),
        "name": recipe.name,
        "seed": recipe.seed,
        "split": recipe.split.model_dump(),
        "recipe": portable(recipe),
        "judges": judges,
        "sources": sources,
        **({"benchmarks": benchmarks.hashes(recipe.quality.benchmarks)} if recipe.quality.benchmarks else {}),
        "outputs": outputs,
    }
    (folder / NAME).write_text(json.dumps(manifest, ensure_ascii=False, indent=1) + "\n", "utf-8", newline="\n")


def portable(recipe: Recipe) -> dict[str, Any]:
    """The recipe as plain values, with its folders shown as they are in the rows."""
    content: dict[str, Any] = recipe.model_dump(mode="json", exclude_none=True)
    if recipe.quality.benchmarks:
        content["quality"]["benchmarks"] = [label(path) for path in recipe.quality.benchmarks]
    else:
        content["quality"].pop("benchmarks", None)
    if recipe.tokenizer:
        content["tokenizer"] = label(Path(recipe.tokenizer))
    for source, name in zip(content["sources"], names.of_sources(recipe), strict=True):
        source.update({key: name for key in ("root", "path") if key in source})
        if isinstance(check := source.get("check"), dict) and "command" in check:
            check["command"] = [names.without_folders(part) for part in check["command"]]
    return content


def refuse_foreign(out: Path) -> None:
    """Raise UserError unless `out` may be replaced: not there, empty, or holding an earlier build and nothing else."""
    if not out.exists():
        return
    if not out.is_dir():
        raise UserError(f"{out}: is a file; choose another folder with --out")
    names = {path.name for path in out.iterdir()}
    if not names:
        return
    built = _built(out)
    if not built:
        raise UserError(f"{out}: is not empty and was not made by a build; choose another folder with --out")
    foreign = sorted(names - built)
    if foreign:
        raise UserError(f"{out}: holds {', '.join(foreign[:5])}, which no build made; move it away first")


def _built(out: Path) -> set[str]:
    """The names that an earlier build wrote; empty when there is no manifest of ours."""
    try:
        manifest = json.loads((out / NAME).read_text("utf-8"))
        return {NAME, *manifest["outputs"]} if manifest["builder"] == BUILDER else set()
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return set()


def _version() -> str:
    try:
        return version("niche-tuner")
    except PackageNotFoundError:  # run from a folder that was never installed
        return "unknown"
