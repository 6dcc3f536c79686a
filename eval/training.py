"""Training examples read back as questions and answers, whatever their format."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple


class Example(NamedTuple):
    """`place` is file:line; `kind` is the task of `prep` that made it, "" where the row does not say."""

    place: str
    kind: str
    question: str
    answer: str


def examples(path: Path) -> Iterator[Example]:
    """Alpaca and chat rows; a row that is neither is passed over, and a file that is not there has none."""
    if not path.is_file():
        return
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            try:
                row = json.loads(line)
            except (ValueError, RecursionError):
                continue
            pair = _pair(row) if isinstance(row, dict) else None
            if pair and all(isinstance(text, str) for text in pair):
                more = row.get("metadata")
                yield Example(f"{path}:{number}", str(more.get("task") or "") if isinstance(more, dict) else "", *pair)


def _pair(row: Mapping[str, Any]) -> tuple[Any, Any] | None:
    messages = row.get("messages")
    if isinstance(messages, list) and len(messages) > 1 and all(isinstance(one, dict) for one in messages[-2:]):
        return messages[-2].get("content"), messages[-1].get("content")
    if isinstance(row.get("instruction"), str):
        more = f"\n\n{row['input']}" if row.get("input") else ""
        return row["instruction"] + more, row.get("output")
    return None
