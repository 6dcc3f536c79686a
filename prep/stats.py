"""`prep stats`: how many tokens the examples of a built dataset have, and how many are too long to train on whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from prep.errors import UserError
from prep.formats import FIM
from prep.rows import rows, splits_of
from prep.sources.text import label

CHARACTERS_PER_TOKEN = 3.2  # of code and English, by the tokenizers of the shipped recipes; for a first look only
LENGTHS = (512, 1024, 2048, 4096, 8192)
BATCH = 256
CATEGORIES = 15  # the largest ones are shown; --json has all

Count = Callable[[list[str]], list[int]]


@dataclass
class Stats:
    """Tokens of each example, by task and by category; `counted` says how."""

    counted: str
    by_task: dict[str, list[int]] = field(default_factory=dict)
    by_category: dict[str, list[int]] = field(default_factory=dict)

    @property
    def all(self) -> list[int]:
        return [tokens for lengths in self.by_task.values() for tokens in lengths]


def measure(folder: Path, tokenizer: str | None) -> Stats:
    """Tokens of prompt and answer together, in all splits; a chat template's own tokens come on top."""
    count, counted = counter(tokenizer)
    stats = Stats(counted)
    found = [(path, format_) for format_ in ("alpaca", FIM) for _, path in splits_of(folder, format_)]
    if not found:
        raise UserError(f"{folder}: no alpaca files in it")
    examples = ((row["metadata"], _text(row)) for path, format_ in found for row in rows(path, format_))
    while batch := list(islice(examples, BATCH)):
        for (metadata, _), tokens in zip(batch, count([text for _, text in batch]), strict=True):
            stats.by_task.setdefault(metadata["task"], []).append(tokens)
            stats.by_category.setdefault(metadata["category"], []).append(tokens)
    if not stats.by_task:
        raise UserError(f"{folder}: no example in it")
    return stats


def counter(tokenizer: str | None) -> tuple[Count, str]:
    """How tokens are counted: by a tokenizer's folder, its tokenizer.json or its name on the Hub, or by characters."""
    if tokenizer is None:
        return lambda texts: [round(len(text) / CHARACTERS_PER_TOKEN) for text in texts], "estimated from characters"
    try:
        from tokenizers import Tokenizer
    except ModuleNotFoundError:
        raise UserError("--tokenizer needs the package tokenizers: pip install -c constraints.txt tokenizers") from None
    file = tokenizer_file(tokenizer)
    try:
        loaded = Tokenizer.from_file(str(file)) if file else Tokenizer.from_pretrained(tokenizer)
    except Exception as error:  # the library raises bare Exception
        why = " ".join(str(error).split())[:200]
        raise UserError(
            f"--tokenizer {tokenizer}: neither a folder with tokenizer.json nor on the Hub: {why}"
        ) from None

    def count(texts: list[str]) -> list[int]:
        return [len(encoding.ids) for encoding in loaded.encode_batch(texts, add_special_tokens=False)]

    return count, f"counted by {label(Path(tokenizer))}"


def tokenizer_file(tokenizer: str) -> Path | None:
    """The tokenizer.json on this disk; None for a name on the Hub."""
    path = Path(tokenizer)
    file = path / "tokenizer.json" if path.is_dir() else path
    return file if file.is_file() else None


def quantile(values: Sequence[int], share: float) -> int:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def summary(stats: Stats, lengths: Sequence[int] = LENGTHS) -> list[str]:
    """At most 80 columns."""
    return [
        f"tokens per example, {stats.counted}",
        "",
        f"  {'task':<16}{'examples':>9}{'tokens':>12}{'median':>8}{'95 %':>8}{'longest':>9}",
        *_table(stats.by_task),
        _row("all", stats.all),
        "",
        f"  {'category':<16}{'examples':>9}{'tokens':>12}{'median':>8}{'95 %':>8}{'longest':>9}",
        *list(_table(stats.by_category))[:CATEGORIES],
        *[f"  ... and {len(stats.by_category) - CATEGORIES} more"] * (len(stats.by_category) > CATEGORIES),
        "",
        f"  {'longer than':<16}" + "".join(f"{length:>9,}" for length in lengths),
        *(_over(task, values, lengths) for task, values in sorted(stats.by_task.items())),
        _over("all", stats.all, lengths),
    ]


def as_json(stats: Stats, lengths: Sequence[int] = LENGTHS) -> dict[str, Any]:
    def shown(values: list[int]) -> dict[str, Any]:
        over = {str(length): sum(value > length for value in values) for length in lengths}
        return {
            "examples": len(values),
            "tokens": sum(values),
            "median": quantile(values, 0.5),
            "p95": quantile(values, 0.95),
            "max": max(values),
            "over": over,
        }

    return {
        "counted": stats.counted,
        "all": shown(stats.all),
        "tasks": {task: shown(values) for task, values in sorted(stats.by_task.items())},
        "categories": {name: shown(values) for name, values in sorted(stats.by_category.items())},
    }


def _text(row: dict[str, Any]) -> str:
    if "segments" in row:
        return "".join(segment["text"] for segment in row["segments"])
    return "\n".join(part for part in (row["instruction"], row["input"], row["output"]) if part)


def _table(groups: dict[str, list[int]]) -> Iterator[str]:
    return (_row(name, values) for name, values in sorted(groups.items(), key=lambda item: (-sum(item[1]), item[0])))


def _row(name: str, values: list[int]) -> str:
    middle, most = quantile(values, 0.5), quantile(values, 0.95)
    return f"  {name[:15]:<16}{len(values):>9,}{sum(values):>12,}{middle:>8,}{most:>8,}{max(values):>9,}"


def _over(name: str, values: list[int], lengths: Sequence[int]) -> str:
    shares = (sum(value > length for value in values) / len(values) for length in lengths)
    return f"  {name[:15]:<16}" + "".join(f"{share:>9.1%}" for share in shares)
