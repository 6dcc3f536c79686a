"""Recipe + hardware overlay + key=value -> the resolved Axolotl recipe, with every change on record."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from prep.errors import UserError

CONFIGS = Path("configs")
OUTPUTS = Path("outputs")
SEQUENCE_LEN = 512  # tokens: Axolotl's own, where a recipe does not say
_NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?")


@dataclass(frozen=True)
class Change:
    """One value that is not as the recipe file says it."""

    key: str
    before: Any
    after: Any
    why: str


@dataclass(frozen=True)
class Recipe:
    """A resolved recipe: `values` is what Axolotl reads, `changes` what was laid over the file."""

    name: str
    path: Path
    values: dict[str, Any]
    changes: list[Change] = field(default_factory=list)

    @property
    def output_dir(self) -> Path:
        return Path(self.values["output_dir"])

    def with_values(self, values: Mapping[str, Any], why: Mapping[str, str] | str) -> Recipe:
        """A copy with `values` laid over it; None takes a key out, a dotted key reaches one level down."""
        merged, changes = dict(self.values), list(self.changes)
        for dotted, after in values.items():
            key, _, child = dotted.partition(".")
            if child:
                if not isinstance(merged.get(key) or {}, dict):
                    raise UserError(f"{dotted}: '{key}' is no mapping, it has no '{child}'")
                inner = dict(merged.get(key) or {})
                before, merged[key] = inner.get(child), {**inner, child: after}
            else:
                before = merged.get(key)
                merged[key] = after
            if before != after and (before or after not in (None, [])):
                changes.append(Change(dotted, before, after, why if isinstance(why, str) else why.get(dotted, "")))
        kept = {key: value for key, value in merged.items() if value is not None}
        return Recipe(self.name, self.path, kept, changes)


def names() -> list[str]:
    """The recipes under configs/, by name."""
    return sorted(path.stem for path in CONFIGS.glob("*.yaml"))


def find(model: str) -> Path:
    """The recipe file of `model`: a name (`gpt-oss` is configs/gpt-oss.yaml) or a path."""
    path = Path(model) if model.endswith((".yaml", ".yml")) else CONFIGS / f"{model}.yaml"
    if path.is_file():
        return path
    near = difflib.get_close_matches(Path(model).stem, names(), n=1)
    hint = f"did you mean '{near[0]}'?" if near else f"the recipes are: {', '.join(names()) or 'none here'}"
    raise UserError(f"no recipe {path}: {hint} (run from the repository's folder)")


def read_yaml(path: Path) -> dict[str, Any]:
    """A YAML file whose top level is a mapping."""
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UserError(f"no file {path}") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{path}:{mark.line + 1}" if mark else str(path)
        raise UserError(f"{where}: not valid YAML: {getattr(error, 'problem', None) or error}") from None
    try:
        json.dumps(values, default=str, skipkeys=True)
    except (ValueError, RecursionError):
        raise UserError(f"{path}: an anchor (&name) holds itself, or it is nested too deep") from None
    if not isinstance(values, dict):
        raise UserError(f"{path}: expected a mapping of keys to values, found {type(values).__name__}")
    return values


def parse_override(text: str) -> tuple[str, Any]:
    """`key=value` with a YAML value. Numbers like 2e-4, a string to YAML 1.1, are read as numbers."""
    key, sign, raw = text.partition("=")
    if not sign or not key.strip():
        raise UserError(f"'{text}' is not key=value (for example learning_rate=0.0001)")
    if _NUMBER.fullmatch(raw) and ("e" in raw.lower()):
        return key.strip(), float(raw)
    try:
        return key.strip(), yaml.safe_load(raw)
    except yaml.YAMLError:
        raise UserError(f"'{text}': the value is not valid YAML") from None


def reasons(path: Path) -> dict[str, str]:
    """The comment behind each top-level key of an overlay: why it is there."""
    found = re.findall(r"^(\w+):[^#\n]*#[ \t]*(.+)$", path.read_text(encoding="utf-8"), flags=re.M)
    return dict(found)


def resolve(model: str, overrides: Iterable[str] = (), hardware: str | None = None) -> Recipe:
    """Precedence: the recipe, the hardware overlay, key=value. The run folder is outputs/NAME unless overridden."""
    path = find(model)
    recipe = Recipe(path.stem, path, read_yaml(path))
    recipe = recipe.with_values({"output_dir": str(OUTPUTS / path.stem)}, "a run folder has its recipe's name")
    if hardware:
        overlay = Path(hardware) if hardware.endswith((".yaml", ".yml")) else CONFIGS / "hardware" / f"{hardware}.yaml"
        if not overlay.is_file():
            names = ", ".join(sorted(p.stem for p in (CONFIGS / "hardware").glob("*.yaml")))
            raise UserError(f"no hardware overlay {overlay}: there are {names}")
        recipe = recipe.with_values(read_yaml(overlay), reasons(overlay))
    recipe = recipe.with_values(dict(parse_override(o) for o in overrides), "given on the command line")
    if not isinstance(recipe.values.get("output_dir"), str):
        raise UserError(f"{path}: output_dir must be the path of a folder")
    _refuse_shared(recipe.output_dir, path)
    return recipe


def _refuse_shared(folder: Path, path: Path) -> None:
    """A run's folder is moved aside as a whole: it must hold nothing else."""
    here, place = Path.cwd(), folder.resolve()
    shared = [here / name for name in (OUTPUTS, CONFIGS, "data", "prep", "ft", "eval")]
    if place in [*shared, here, *here.parents]:
        raise UserError(
            f"{path}: output_dir {folder} holds other things too: give a run a folder of its own, outputs/NAME"
        )


def run_folder(model: str) -> Path:
    """The folder of a finished or running run: a folder that holds recipe.yaml, or outputs/NAME of a recipe."""
    name = Path(model).stem if model.endswith((".yaml", ".yml")) else model
    for folder in (Path(model), OUTPUTS / name):
        if (folder / "recipe.yaml").is_file():
            return folder
    raise UserError(f"no run of '{model}' under {OUTPUTS}/: train it first, make train MODEL={model}")


def dump(values: Mapping[str, Any]) -> str:
    return yaml.safe_dump(dict(values), sort_keys=False, allow_unicode=True, width=120)


def short(value: Any) -> str:
    """One cell: absent values as a dash, data entries by their file's name, long texts cut."""
    if value is None:
        return "-"
    if isinstance(value, list) and value and isinstance(value[0], dict) and "path" in value[0]:
        return ", ".join(str(entry["path"]) for entry in value)
    if isinstance(value, list):
        return ", ".join(str(entry).rpartition(".")[2] for entry in value) or "none"
    return value if isinstance(value, str) else json.dumps(value, default=str, ensure_ascii=False)
