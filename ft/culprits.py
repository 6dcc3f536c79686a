"""Which rows of the data files are in a batch: found by their text, when something went wrong and only then.

Axolotl drops every column but the tokens, and packing joins rows. So the batch is decoded, and a row is named when its
whole text stands in it, white space aside: templates and tokenizers change that alone.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

_FIELDS = ("instruction", "input", "output", "text", "content")


def rows_in(texts: list[str], files: Iterable[Path]) -> list[dict[str, Any]]:
    """The rows of the JSONL `files` that stand in the decoded batch rows `texts`: file, line, and from the row's
    metadata its id and its source, where it has them. Rows that cannot be told apart are all named."""
    batch = [_bare(text) for text in texts]
    found = []
    for file in files:
        for number, row in _read(file):
            parts = [_bare(part) for part in parts_of(row)]
            if any(parts) and any(all(part in text for part in parts) for text in batch):
                found.append({"file": str(file), "line": number, **_named(row)})
    return found


def parts_of(row: Mapping[str, Any]) -> list[str]:
    """The texts of a row, Alpaca or chat, in their order."""
    turns = row.get("messages") or row.get("conversations")
    if isinstance(turns, list):
        return [part for turn in turns if isinstance(turn, dict) for part in parts_of(turn)]
    return [value for key in _FIELDS if isinstance(value := row.get(key), str)]


def _read(file: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    with file.open(encoding="utf-8-sig") as lines:
        for number, line in enumerate(lines, 1):
            with suppress(ValueError):  # what is no JSON line was not trained on
                row = json.loads(line)
                if isinstance(row, dict):
                    yield number, row


def _named(row: Mapping[str, Any]) -> dict[str, Any]:
    about = row.get("metadata")
    return {key: about[key] for key in ("id", "source", "task") if key in about} if isinstance(about, dict) else {}


def _bare(text: str) -> str:
    return "".join(text.split())
