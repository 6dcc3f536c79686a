"""The data files that a recipe names: there, readable, of the type the recipe says; and a key of their content."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from prep.errors import UserError
from prep.files import sha256_file

# What Axolotl's tokenisation depends on besides the data: a change of one of these must not meet an old cache.
_CACHED = [
    "datasets",
    "test_datasets",
    "sequence_len",
    "sample_packing",
    "eval_sample_packing",
    "excess_length_strategy",
    "train_on_inputs",
    "special_tokens",
    "tokens",
    "eot_tokens",
    "chat_template",
    "chat_template_jinja",
    "chat_template_kwargs",
    "tokenizer_type",
    "seed",
    "val_set_size",
    "pad_to_sequence_len",
    "base_model",
    "tokenizer_config",
]
_TOKENIZER_FILES = ("tokenizer.json", "tokenizer.model", "tokenizer_config.json", "chat_template.jinja")


def entries(values: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The recipe's training and evaluation data, in order. Raises UserError when they are not lists of mappings."""
    found: list[dict[str, Any]] = []
    for key in ("datasets", "test_datasets"):
        listed = values.get(key) or []
        if not isinstance(listed, list) or not all(
            isinstance(e, dict) and isinstance(e.get("path"), str) for e in listed
        ):
            raise UserError(f"{key}: must be a list of mappings, each with a path")
        found += listed
    return found


def files(values: Mapping[str, Any]) -> list[Path]:
    """The local JSON files of the recipe's data; Axolotl takes a path that ends so for one without `ds_type`."""
    return [Path(entry["path"]) for entry in entries(values) if _is_json(entry)]


def check(values: Mapping[str, Any]) -> None:
    """Raise UserError with every problem of the data files: missing, empty, not JSONL, rows of another type."""
    found = (
        _problem(Path(entry["path"]), str(entry.get("type")), entry.get("field_messages", "messages"))
        for entry in entries(values)
        if _is_json(entry)
    )
    if problems := [problem for problem in found if problem]:
        raise UserError("\n".join(problems))


def _is_json(entry: Mapping[str, Any]) -> bool:
    return entry.get("ds_type") == "json" or entry["path"].endswith((".json", ".jsonl"))


def _problem(path: Path, kind: str, messages: str) -> str | None:
    if not path.is_file():
        return f"{path}: not there: build the dataset first, make dataset"
    needed = {"alpaca": ("instruction", "output"), "chat_template": (messages,)}.get(kind, ())
    number = 0
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            try:
                row = json.loads(line)
            except ValueError as error:  # also bytes that are not UTF-8
                return f"{path}:{number}: not a JSON line ({error}): build the dataset again, make dataset"
            missing = [field for field in needed if not isinstance(row, dict) or not row.get(field)]
            if missing:
                return f"{path}:{number}: no '{missing[0]}', which data of type '{kind}' needs"
    return None if number else f"{path}: empty: build the dataset again, make dataset"


def prepared_key(values: Mapping[str, Any]) -> str:
    """A key of all that the tokenised data depends on, the files' content included.

    Axolotl keys its cache by the data's path: rewritten data under the same name is silently not used.
    """
    digest = hashlib.sha256(version("axolotl").encode())
    digest.update(json.dumps({key: values.get(key) for key in _CACHED}, sort_keys=True, default=str).encode())
    tokenizer = Path(str(values.get("tokenizer_config") or values.get("base_model")))
    template = [Path(str(values["chat_template_jinja"]))] if values.get("chat_template_jinja") else []
    local = [Path(entry["path"]) for entry in entries(values)]
    for path in [*local, *(tokenizer / name for name in _TOKENIZER_FILES), *template]:
        digest.update(f"{path.name}:{sha256_file(path) if path.is_file() else ''};".encode())
    return digest.hexdigest()[:16]
