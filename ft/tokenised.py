"""The recipe's data as Axolotl itself tokenises it, row by row, with the place that each row comes from.

Axolotl's own loading and prompt strategies, in this process, before it drops, cuts, packs or shuffles: what it would do
to a row can then be told of that row.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ft import base, data, prepared, ranges, schema
from prep.errors import UserError

ENDLESS = 1 << 30  # a sequence_len that cuts nothing
TOKENIZER_FILES = ["config.json", "tokenizer*", "special_tokens_map.json", "added_tokens.json", "*.jinja"]
TOKENIZER_FILES += ["vocab*", "merges.txt", "chat_template*"]
# Besides the keys that tokenisation depends on: what a recipe must have to pass the schema at all.
_LEAST = {"micro_batch_size": 1, "gradient_accumulation_steps": 1, "num_epochs": 1, "learning_rate": 0.0001}


@dataclass(frozen=True)
class Row:
    """One example: token ids and labels (-100 is not trained), and where it comes from."""

    input_ids: list[int]
    labels: list[int]
    place: str  # FILE:LINE, or PATH[INDEX] where lines mean nothing
    source: str  # `metadata.source` of the row, or nothing


@dataclass(frozen=True)
class Reader:
    """Axolotl's resolved configuration (a DictDefault) and its tokenizer for a recipe."""

    config: Any
    tokenizer: Any


def tokenizer_folder(values: Mapping[str, Any]) -> Path:
    """The folder of the recipe's tokenizer, from the Hub or its cache if it has to be; UserError when it is nowhere."""
    return base.download(str(values.get("tokenizer_config") or values.get("base_model")), TOKENIZER_FILES)


def reader(values: Mapping[str, Any]) -> Reader:
    """What tokenises the recipe's data. Raises UserError when Axolotl cannot make it of these values."""
    from axolotl.loaders import load_tokenizer
    from axolotl.utils.config import normalize_cfg_datasets, normalize_config

    folder, wrong = str(tokenizer_folder(values)), ranges.wrong(values)
    # named by the check, and no matter here
    values = {key: value for key, value in values.items() if key not in wrong and key != "deepspeed"}
    config = _config({**values, "base_model": folder, "tokenizer_config": folder})
    try:
        normalize_config(config)
        normalize_cfg_datasets(config)
        tokenizer = load_tokenizer(config)
    except (ValueError, OSError, *schema.BREAKS) as error:
        raise UserError(f"the tokenizer of {folder} cannot be loaded: {_first_line(error)}", 1) from None
    config.dataset_num_proc, config.dataset_keep_in_memory = None, True
    return Reader(config, tokenizer)


def _config(values: dict[str, Any]) -> Any:
    """The whole recipe as Axolotl completes it; where it refuses that, only what its tokenisation depends on."""
    needed = {key: value for key, value in values.items() if key in prepared.CACHED}
    for chosen in (values, {**_LEAST, **needed, "val_set_size": None, "sample_packing": False}):
        try:
            return schema.validated({k: v for k, v in chosen.items() if v is not None}, gpu=True)
        except ValueError as error:  # pydantic's ValidationError is one
            refused = error
        except schema.BREAKS as error:
            refused = ValueError(f"{type(error).__name__}: {error}")
    raise UserError(f"Axolotl refuses what the recipe says of its data: {_first_line(refused)}", 1)


def rows(reader: Reader, key: str, index: int) -> Iterator[Row]:
    """The rows of `datasets` or `test_datasets` entry number `index`, none dropped or cut, in the file's order.

    Raises UserError when Axolotl cannot read or tokenise them.
    """
    from axolotl.utils.data.shared import load_dataset_with_config

    entry = reader.config[key][index]
    try:
        raw = load_dataset_with_config(entry, False)
        raw = chosen(raw, entry, key) if hasattr(raw, "keys") else raw
        tokenised = tokenise(reader, entry, raw)
    except failures() as error:
        raise UserError(f"{entry.path}: Axolotl cannot tokenise it: {_first_line(error)}", 1) from error
    places = data.places(Path(str(entry.path)), len(raw))
    for number, (row, before) in enumerate(zip(tokenised, raw, strict=True)):
        metadata = before.get("metadata")
        source = str(metadata.get("source") or "") if isinstance(metadata, dict) else ""
        yield Row(row["input_ids"], row["labels"], places[number], source)


def chosen(found: Any, entry: Any, key: str) -> Any:
    """The split that Axolotl takes: the named one, else `train` for datasets and `test` for test_datasets."""
    usual = "train" if key == "datasets" else "test"
    for name in (entry.split, usual):
        if name in found:
            return found[name]
    there = ", ".join(found)
    raise ValueError(f"no split is named and there is no '{usual}': say split: {next(iter(found))} (it has {there})")


def tokenise(reader: Reader, entry: Any, raw: Any) -> Any:
    """A datasets.Dataset as Axolotl tokenises it for this entry of the recipe: rows of input_ids and labels."""
    from axolotl.utils.data.wrappers import get_dataset_wrapper
    from axolotl.utils.dict import DictDefault

    kind, _, style = str(entry.type).partition(":")
    config = DictDefault({**reader.config})
    if kind != "completion":  # it cuts a text into pieces of sequence_len; all others would cut or warn
        config.sequence_len = ENDLESS
    found, _ = get_dataset_wrapper(entry, reader.tokenizer, config, kind, raw, style or None)
    return found


def failures() -> tuple[type[Exception], ...]:
    """What a template, a prompt strategy or a parser raises on data that it cannot take."""
    from datasets.exceptions import DatasetsError
    from jinja2 import TemplateError

    return TemplateError, DatasetsError, ValueError, LookupError, TypeError, AttributeError, AssertionError, OSError


def _first_line(error: BaseException) -> str:
    if isinstance(error, KeyError):
        return f"its rows have no {error}"
    if type(error).__name__ == "DatasetGenerationError" and error.__cause__:
        return _first_line(error.__cause__)
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[0] if lines else 'it says nothing'}"
