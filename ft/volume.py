"""How much a recipe's data is: tokens and steps of an epoch, before Axolotl has tokenised anything."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import Any

from ft.base import is_local
from ft.data import read_rows
from ft.recipe import SEQUENCE_LEN
from prep.errors import UserError

PACKED = 0.97  # how full packed sequences get, with examples far shorter than the sequence
# What a template puts around the texts: tokens per message, and Alpaca's preamble per example.
_PER_MESSAGE, _PER_ALPACA = 8, 45


@dataclass(frozen=True)
class Volume:
    """An epoch's examples, those above sequence_len set apart, and their tokens; `counted` says how."""

    rows: int
    too_long: int
    longest: int
    tokens: int
    counted: str

    def steps(self, values: Mapping[str, Any], cards: int = 1) -> int:
        """Optimizer steps of an epoch."""
        return max(1, ceil(self.passes(values) / (cards * int(values.get("gradient_accumulation_steps") or 1))))

    def passes(self, values: Mapping[str, Any]) -> int:
        """Forward passes of an epoch, over all cards."""
        size, kept = int(values.get("micro_batch_size") or 1), self.rows - self.too_long
        if values.get("sample_packing"):
            kept = ceil(self.tokens / (PACKED * int(values.get("sequence_len") or SEQUENCE_LEN)))
        return max(1, ceil(kept / size))


def measure(values: Mapping[str, Any]) -> Volume | None:
    """The training data's volume; None where a file is not on this disk (or not JSON lines)."""
    from prep.stats import counter

    texts, extra = [], []
    for entry in values.get("datasets") or []:
        path = Path(str(entry.get("path")))
        if not path.is_file() or path.suffix not in (".json", ".jsonl"):
            return None
        for text, more in _examples(path, entry):
            texts.append(text)
            extra.append(more)
    if not texts:
        return None
    count, counted = counter(tokenizer(values))
    return _volume([n + more for n, more in zip(count(texts), extra, strict=True)], counted, values)


def _volume(lengths: list[int], counted: str, values: Mapping[str, Any]) -> Volume:
    limit = int(values.get("sequence_len") or SEQUENCE_LEN)
    too_long = [n for n in lengths if n > limit]
    cut = values.get("excess_length_strategy") == "truncate"
    tokens = sum(n for n in lengths if n <= limit) + (limit * len(too_long) if cut else 0)
    return Volume(len(lengths), 0 if cut else len(too_long), max(lengths), tokens, counted)


def _examples(path: Path, entry: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    """The texts of each example, and the tokens that its template puts around them."""
    field = entry.get("field_messages") or "messages"
    for row in _rows(path):
        messages = row.get(field)
        if isinstance(messages, list):
            said = [f"{m.get('thinking') or ''}{m.get('content') or ''}" for m in messages if isinstance(m, dict)]
            yield "\n".join(said), _PER_MESSAGE * len(said)
        else:
            yield "\n".join(str(row.get(k) or "") for k in ("instruction", "input", "output")), _PER_ALPACA


def tokenizer(values: Mapping[str, Any]) -> str | None:
    """The tokenizer.json of the recipe's model: in its folder or in the Hub's cache on this disk; else None."""
    for name in (values.get("tokenizer_config"), values.get("base_model")):
        file = Path(str(name)) / "tokenizer.json"
        if name and is_local(str(name)):
            if file.is_file():
                return str(file)
        elif name:
            from huggingface_hub import try_to_load_from_cache

            cached = try_to_load_from_cache(str(name), "tokenizer.json")
            if isinstance(cached, str):
                return cached
    return None


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    for place, row in read_rows(path):
        if not isinstance(row, dict):
            raise UserError(f"{place}: {row if isinstance(row, str) else 'not a JSON object'}")
        yield row
