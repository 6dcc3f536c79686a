"""The rows of a built dataset, read back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from prep.errors import UserError
from prep.formats import ALL
from prep.record import Example
from prep.split import SPLITS, Split

_KEYS = {format_: set(make(Example("", "", "", "", "", {}))) for format_, make in ALL.items()}
_NAMES = ("id", "task", "category")


def splits_of(folder: Path, format_: str) -> list[tuple[Split, Path]]:
    """The files of one format. Raises UserError when `folder` is no built dataset."""
    if not (folder / "manifest.json").is_file():
        raise UserError(f"{folder}: no built dataset: python -m prep build writes one")
    found: list[tuple[Split, Path]] = [(split, folder / f"{split}.{format_}.jsonl") for split in SPLITS]
    return [(split, path) for split, path in found if path.is_file()]


def rows(path: Path, format_: str) -> Iterator[dict[str, Any]]:
    """Raises UserError naming file and line for what a build did not write."""
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            try:
                row = json.loads(line)
            except (ValueError, RecursionError):  # not UTF-8, not JSON, nested without end
                row = None
            if not _is_row(row, format_):
                raise UserError(f"{path}:{number}: not a row of a built dataset: build it again")
            yield row


def _is_row(row: Any, format_: str) -> bool:
    if not isinstance(row, dict) or not _KEYS[format_] <= set(row) or not isinstance(row["metadata"], dict):
        return False
    if "segments" in _KEYS[format_] and not _are_segments(row["segments"]):
        return False
    texts = [row[key] for key in ("instruction", "input", "output") if key in _KEYS[format_]]
    return all(isinstance(text, str) for text in [*texts, *(row["metadata"].get(name) for name in _NAMES)])


def _are_segments(found: Any) -> bool:
    return isinstance(found, list) and all(
        isinstance(segment, dict) and isinstance(segment.get("text"), str) for segment in found
    )
