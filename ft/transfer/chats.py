"""A recipe's examples as chats, whatever prompt they were trained in: Alpaca rows become a question and its answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ft import data, examples
from ft.standin import SAMPLES

Row = dict[str, Any]  # {"messages": [{"role", "content"}], and "metadata" where there was some}
SPLITS = {"val": "test_datasets", "test": "", "train": "datasets"}  # and the recipe's key; what was held out first
_SAMPLES = 64


def of_recipe(values: Mapping[str, Any]) -> dict[str, list[Row]]:
    """The rows of each split that is on this disk, those left out that are no chats; none without a training split.
    The test split, which no recipe names, is train.chat.jsonl's neighbour test.chat.jsonl."""
    entries = {split: list(values.get(key) or []) for split, key in SPLITS.items()}
    for entry in entries["train"][:1]:
        path = Path(str(entry["path"]))
        if "train" in path.name:
            entries["test"].append({**entry, "path": path.with_name(path.name.replace("train", "test", 1))})
    found = {split: [chat for entry in named for chat in _chats(entry)] for split, named in entries.items()}
    return {split: rows for split, rows in found.items() if rows} if found["train"] else {}


def _chats(entry: Mapping[str, Any]) -> Iterator[Row]:
    path = Path(str(entry["path"]))
    for _, row in data.read_rows(path) if path.is_file() else []:
        if isinstance(row, dict) and (chat := as_chat(row, entry)):
            yield chat


def samples() -> dict[str, list[Row]]:
    """Shipped scripts, the shortest first, for an adapter whose own examples are not known."""
    files = sorted(SAMPLES.rglob("*.ahk"), key=lambda path: (path.stat().st_size, path.name))[:_SAMPLES]
    return {"train": [_pair(f"Write {path.stem}.", path.read_text(encoding="utf-8")) for path in files]}


def as_chat(row: Row, entry: Mapping[str, Any]) -> Row | None:
    """A row of the entry's type as a chat; None where it is of a type without questions and answers."""
    about = {"metadata": row["metadata"]} if "metadata" in row else {}
    if entry.get("type") == "alpaca" and row.get("instruction"):
        asked = f"{row['instruction']}\n\n{row['input']}" if row.get("input") else row["instruction"]
        return {**_pair(asked, row["output"]), **about}
    turns = row.get(str(entry.get("field_messages") or "messages"))
    if entry.get("type") != "chat_template" or not isinstance(turns, list):
        return None
    names = entry.get("message_property_mappings") or {}
    role, content, roles = names.get("role", "role"), names.get("content", "content"), examples.role_names(entry)
    messages = [
        {**{k: v for k, v in turn.items() if k not in (role, content) and v is not None}}
        | {"role": roles.get(turn[role], turn[role]), "content": turn.get(content) or ""}
        for turn in turns
    ]
    return {"messages": messages, **about} if messages and messages[-1]["role"] == "assistant" else None


def _pair(asked: str, answer: str) -> Row:
    """`thinking` as the data files have it: a harmony template answers in its final channel then."""
    turn = {"role": "assistant", "thinking": "", "content": answer}
    return {"messages": [{"role": "user", "content": asked}, turn]}
