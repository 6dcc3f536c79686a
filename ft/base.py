"""The base model that a recipe names: on this disk, or made here when the kit knows how."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from ft import mxfp4, standin
from ft.checkpoint import read_config
from ft.recipe import OUTPUTS, Recipe
from prep.errors import UserError

FILES = ["*.json", "*.safetensors", "*.jinja", "tokenizer*"]


def is_local(name: str) -> bool:
    """True for a path on this disk, False for a model's name on the Hub (owner/name)."""
    return Path(name).exists() or name.startswith((".", "/", "~", f"{OUTPUTS}/"))


def published(values: dict[str, Any]) -> str | None:
    """The published MXFP4 checkpoint behind a recipe whose base is a copy made from it, else None.

    Such a recipe names the copy as base_model and the published checkpoint, whose tokenizer it takes, as
    tokenizer_config. Another tokenizer than the base's alone does not make a recipe one.
    """
    source = values.get("tokenizer_config")
    if not source or source == values.get("base_model"):
        return None
    config = read_config(download(str(source), ["config.json"]))
    return str(source) if (config.get("quantization_config") or {}).get("quant_method") == "mxfp4" else None


def make_base(recipe: Recipe, out: Path | None = None) -> Path:
    """The bf16 copy of the published MXFP4 weights that the recipe trains on; returns its folder."""
    source = published(recipe.values)
    if source is None:
        raise UserError(f"{recipe.path}: its base_model is the published one, there is nothing to make")
    target = out or Path(str(recipe.values["base_model"]))
    if not out and not is_local(str(target)):
        raise UserError(f"{recipe.path}: base_model is '{target}', a model of the Hub: name a folder with --out")
    mxfp4.convert(download(source), target)
    return target


def download(name: str, files: list[str] = FILES) -> Path:
    """The folder of a model: itself when it is on this disk, else the Hub's snapshot (safetensors only)."""
    if is_local(name):
        if not Path(name).is_dir():
            raise UserError(f"no model folder {name}")
        return Path(name)
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

    try:
        return Path(snapshot_download(name, allow_patterns=files, ignore_patterns=["original/*", "metal/*"]))
    except HFValidationError:
        raise UserError(f"base_model '{name}' is no folder here and no name of the Hub (owner/name)") from None
    except (HfHubHTTPError, LocalEntryNotFoundError, OSError) as error:
        reason = str(error).splitlines()[0]
        raise UserError(f"cannot download {name}: {reason} (no network? licence not accepted? HF_TOKEN?)", 1) from None


def ensure_base(recipe: Recipe) -> None:
    """Make the base when it is one of the kit's own and missing, download one of the Hub where the user sees it; raise
    UserError when another folder is missing."""
    name = str(recipe.values.get("base_model"))
    if Path(name).is_dir():
        return
    if not is_local(name):
        print(f"base model {name}: from the Hub, or its cache on this disk", file=sys.stderr, flush=True)  # noqa: T201
        download(name)
    elif Path(name) == standin.default_folder(recipe):
        print(f"making the base model {name} (once)", file=sys.stderr)  # noqa: T201
        standin.make(recipe, Path(name))
    elif Path(name).is_relative_to(OUTPUTS / "base") and published(recipe.values):
        print(f"making {name}, the bf16 copy of {published(recipe.values)} (once)", file=sys.stderr)  # noqa: T201
        make_base(recipe)
    else:
        raise UserError(f"{recipe.path}: base_model '{name}' is not there: name a folder that is, or owner/name")
