"""A key of all that a recipe's tokenised data depends on: its cache, and what was proved of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from ft.data import entries
from ft.recipe import OUTPUTS
from prep.files import sha256_file, write_text

# What Axolotl's tokenisation depends on besides the data: a change of one of these must not meet an old cache.
CACHED = [
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
_CHECKED = OUTPUTS / ".cache" / "checked"
_TOKENIZER_FILES = ("tokenizer.json", "tokenizer.model", "tokenizer_config.json", "chat_template.jinja")


def cache_key(values: Mapping[str, Any]) -> str:
    """A key of all that the tokenised data depends on, the files' content included.

    Axolotl keys its cache by the data's path: rewritten data under the same name is silently not used.
    """
    digest = hashlib.sha256(version("axolotl").encode())
    digest.update(json.dumps({name: values.get(name) for name in CACHED}, sort_keys=True, default=str).encode())
    tokenizer = Path(str(values.get("tokenizer_config") or values.get("base_model")))
    template = [Path(str(values["chat_template_jinja"]))] if values.get("chat_template_jinja") else []
    local = [Path(entry["path"]) for entry in entries(values)]
    for path in [*local, *(tokenizer / name for name in _TOKENIZER_FILES), *template]:
        digest.update(f"{path.name}:{sha256_file(path) if path.is_file() else ''};".encode())
    return digest.hexdigest()[:16]


def mark_checked(values: Mapping[str, Any]) -> None:
    """Remember that masks and lengths of exactly this data, so tokenised, were proved."""
    write_text(_CHECKED / cache_key(values), "")


def is_checked(values: Mapping[str, Any]) -> bool:
    return (_CHECKED / cache_key(values)).is_file()
