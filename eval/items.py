"""Rows of a held-out split, and which of them are asked."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from prep.errors import UserError

Row = TypeVar("Row")


def evenly(rows: list[Row], limit: int | None) -> list[Row]:
    """`limit` of them, spread over the whole: a split's rows stand in the order of their sources."""
    if limit is None or limit >= len(rows):
        return rows
    return [rows[number * len(rows) // limit] for number in range(limit)]


def spread(rows: Sequence[Row], count: int, kind: Callable[[Row], str]) -> list[Row]:
    """The first row of each kind in turn, then the next of each: every kind is shown."""
    kinds: dict[str, list[Row]] = {}
    for row in rows:
        kinds.setdefault(kind(row), []).append(row)
    rounds = max(map(len, kinds.values()))
    turns = [kinds[name][turn] for turn in range(rounds) for name in sorted(kinds) if turn < len(kinds[name])]
    return turns[:count]


def split_rows(path: Path) -> list[dict[str, Any]]:
    """Raises UserError naming the line that is no JSON."""
    rows = []
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            try:
                rows.append(json.loads(line))
            except ValueError as error:
                raise UserError(f"{path}:{number}: not a JSON line ({error}): build the dataset again") from None
    return rows


def test_file(train: Path) -> Path:
    """data/ahk/train.chat.jsonl -> data/ahk/test.chat.jsonl."""
    return train.with_name(train.name.replace("train", "test", 1))
