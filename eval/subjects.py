"""What is judged: the models behind a recipe's name, a folder, a GGUF file or a server's address."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, NamedTuple
from urllib.parse import urlsplit

from eval.task import Message, Question
from ft.base import is_local
from ft.recipe import OUTPUTS, read_yaml, run_folder
from ft.serving.stream import address
from prep.errors import UserError

PARTS = {"base": "base", "adapter": "adapter", "merged": "tuned"}  # of a run, and what results call them
DEFAULT_PARTS = ("base", "merged")
ALONE = "model"  # what results call a subject that is no part of a run
_HUB = re.compile(r"[\w.-]+/[\w.-]+")

Lead = Callable[[Question], Sequence[Message]]
Kind = Literal["hf", "adapter", "gguf", "url"]


@dataclass(frozen=True)
class Subject:
    """`path` is a folder, a Hub's name, a file or an address; `tokenizer` a folder or a Hub's name, "" where the model
    is behind a server. `leads` puts messages before the questions of a task, by its name."""

    label: str
    kind: Kind
    path: str
    tokenizer: str = ""
    tokenizer_type: str | None = None
    adapter: str = ""
    four_bit: bool = False
    model_name: str = ""
    leads: Mapping[str, Lead] = field(default_factory=dict)

    @property
    def file(self) -> str:
        """The label, as files are named."""
        return re.sub(r"[^\w-]+", "-", self.label)

    @property
    def served(self) -> bool:
        return self.kind in ("gguf", "url")


class Judged(NamedTuple):
    """`values` is the recipe whose held-out rows are asked as it trained them, None for a model that is no run's;
    `folder` is where results go."""

    model: str
    subjects: list[Subject]
    values: dict[str, Any] | None
    folder: Path


def find_subjects(model: str, parts: Sequence[str] = (), model_name: str = "") -> Judged:
    """Raises UserError, one line, where nothing is there to be judged."""
    if unknown := [part for part in parts if part not in PARTS]:
        raise UserError(f"--of takes {', '.join(PARTS)}, with commas between them, not '{unknown[0]}'")
    if not model.strip():
        raise UserError("name a model: a recipe, a folder, a GGUF file or an address")
    alone = _alone(model, model_name)
    if alone is None:
        return _run(model, parts or DEFAULT_PARTS)
    if parts:
        raise UserError(f"--of chooses the parts of a run, and '{model}' is one model")
    return alone


def _alone(model: str, model_name: str) -> Judged | None:
    """A model by itself; None for a run."""
    if re.match(r"https?://", model, flags=re.I):
        url = address(model)
        name = f"{urlsplit(url).netloc}-{model_name}" if model_name else urlsplit(url).netloc
        return Judged(url, [Subject(ALONE, "url", url, model_name=model_name)], None, _folder(name))
    path = Path(model)
    if path.suffix.lower() == ".gguf":
        return _gguf(path)
    if (path / "recipe.yaml").is_file():
        return None
    if (path / "config.json").is_file():
        if not any(path.glob("*.safetensors")) and not any(path.glob("*.bin")):
            raise UserError(f"{path}: a config.json, and no weights (*.safetensors): not a whole model")
        return Judged(model, [Subject(ALONE, "hf", str(path), str(path))], None, _folder(path.resolve().name))
    if path.is_dir():
        what = "an adapter: judge its run by the recipe's name, --of adapter" if _adapter(path) else "no model"
        raise UserError(f"{path}: {what} (no config.json, no recipe.yaml)")
    if _HUB.fullmatch(model) and not is_local(model) and path.suffix not in (".yaml", ".yml"):
        return Judged(model, [Subject(ALONE, "hf", model, model)], None, _folder(model.replace("/", "-")))
    return None


def _gguf(path: Path) -> Judged:
    """A file of a run's folder is asked as the run was trained: its merged model has the tokenizer."""
    if not path.is_file():
        raise UserError(f"no file {path}: python -m ft export MODEL --to gguf makes one")
    with path.open("rb") as file:
        if file.read(4) != b"GGUF":
            raise UserError(f"{path}: not a GGUF file")
    run = path.parent.parent
    if (run / "recipe.yaml").is_file() and (run / "merged" / "config.json").is_file():
        values = read_yaml(run / "recipe.yaml")
        subject = Subject(ALONE, "gguf", str(path), str(run / "merged"), values.get("tokenizer_type"))
        return Judged(str(path), [subject], values, run / "eval" / path.stem)
    return Judged(str(path), [Subject(ALONE, "gguf", str(path))], None, _folder(path.stem))


def _run(model: str, parts: Sequence[str]) -> Judged:
    folder = run_folder(model)
    values = read_yaml(folder / "recipe.yaml")
    merged = folder / "merged"
    if "merged" in parts and not (merged / "config.json").is_file():
        raise UserError(f"{folder}: no merged model to judge: merge it first, python -m ft merge {folder}")
    if "adapter" in parts and not _adapter(folder):
        raise UserError(f"{folder}: no adapter to judge: train it first")
    if missing := [key for key in ("base_model", "datasets") if not values.get(key)]:
        raise UserError(f"{folder / 'recipe.yaml'}: no {missing[0]}: not the recipe of a run")
    base, kind = str(values["base_model"]), values.get("tokenizer_type")
    if {"base", "adapter"} & set(parts) and is_local(base) and not Path(base).is_dir():
        raise UserError(f"{folder}: its base {base} is not there: --of merged judges what was trained alone")
    # The merged folder's tokenizer names the class that the recipe needs; base and tuned share it.
    has = (merged / "config.json").is_file()
    common = Subject("", "hf", base, str(merged) if has else str(values.get("tokenizer_config") or base), kind)
    found = {
        "base": replace(common, label="base"),
        "adapter": replace(
            common, label="adapter", kind="adapter", adapter=str(folder), four_bit=bool(values.get("load_in_4bit"))
        ),
        "merged": replace(common, label="tuned", path=str(merged)),
    }
    return Judged(model, [found[part] for part in PARTS if part in parts], values, folder / "eval")


def _adapter(folder: Path) -> bool:
    return (folder / "adapter_model.safetensors").is_file()


def _folder(name: str) -> Path:
    return OUTPUTS / "eval" / re.sub(r"[^\w.-]+", "-", name)
