"""The data files that a recipe names: there, readable, of the type the recipe says; what their rows have in common."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ft import examples
from ft.examples import role_names
from prep.errors import UserError

_PACKED = {
    b"\x1f\x8b": "packed by gzip: gunzip it",
    b"PK": "a zip archive: unzip it",
    b"PA": "a Parquet file",
}  # the first two bytes


def entries(values: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The recipe's training and evaluation data, in order. Raises UserError when they are not lists of mappings."""
    found: list[dict[str, Any]] = []
    for key in ("datasets", "test_datasets"):
        listed = values.get(key) or []
        if not isinstance(listed, list) or not all(
            isinstance(e, dict) and isinstance(e.get("path"), str) for e in listed
        ):
            raise UserError(f"{key}: must be a list of mappings, each with a path")
        for entry in listed:
            _refuse_shapes(entry, key)
        found += listed
    return found


def _refuse_shapes(entry: Mapping[str, Any], key: str) -> None:
    """Raise UserError where an entry's names of fields and roles are of a wrong type."""
    for name in ("roles", "message_property_mappings"):
        value, each = entry.get(name) or {}, list if name == "roles" else str
        if not isinstance(value, dict) or not all(isinstance(inner, each) for inner in value.values()):
            example = "roles: {user: [human], assistant: [gpt]}" if name == "roles" else f"{name}: {{role: from}}"
            raise UserError(f"{key}: {entry['path']}: {name} must be a mapping such as {example}")
    for name in ("field_messages", "message_field_training", "message_field_training_detail", "field_thinking"):
        if not isinstance(entry.get(name) or "", str):
            raise UserError(f"{key}: {entry['path']}: {name} must be a name, not {entry[name]!r}")
    if not isinstance(entry.get("type"), str | dict):
        raise UserError(f"{key}: {entry['path']}: says no type, such as type: alpaca or type: chat_template")


def files(values: Mapping[str, Any]) -> list[Path]:
    """The local JSON files of the recipe's data; Axolotl takes a path that ends so for one without `ds_type`."""
    return [Path(entry["path"]) for entry in entries(values) if _is_json(entry)]


def check(values: Mapping[str, Any]) -> None:
    """Raise UserError with every problem of the data files: missing, empty, not JSON, rows of another type."""
    if found := problems(values):
        raise UserError("\n".join(found))
    if not values.get("datasets"):
        raise UserError("datasets: none are named: there is nothing to train on")


def problems(values: Mapping[str, Any]) -> list[str]:
    """One line for each file that is missing, empty, or has bad rows: how many, and the first with its line."""
    return [line for entry in entries(values) if _is_json(entry) for line in _problems(entry)]


def places(path: Path, count: int) -> list[str]:
    """FILE:LINE of each of `count` examples; PATH[INDEX] where the file has not one example a line."""
    if path.is_file() and not _is_array(path):
        with path.open("rb") as file:
            lines = [number for number, line in enumerate(file, 1) if line.strip()]
        if len(lines) == count:
            return [f"{path}:{number}" for number in lines]
    return [f"{path}[{index}]" for index in range(count)]


def _is_json(entry: Mapping[str, Any]) -> bool:
    local = "://" not in entry["path"]
    return local and (entry.get("ds_type") == "json" or entry["path"].endswith((".json", ".jsonl")))


def _problems(entry: Mapping[str, Any]) -> list[str]:
    path = Path(entry["path"])
    if path.is_dir():
        return [f"{path}: a folder: name the file in it"]
    if not path.is_file():
        return [f"{path}: not there: build the dataset first, make dataset"]
    if kind := _PACKED.get(_beginning(path)):
        return [f"{path}: {kind}: rows are read from plain JSON Lines"]
    faults = [(place, row if isinstance(row, str) else examples.fault(row, entry)) for place, row in read_rows(path)]
    if not faults:
        return [f"{path}: empty: build the dataset again, make dataset"]
    bad = [f"{place}: {fault}" for place, fault in faults if fault]
    more = f" ({len(bad)} of {len(faults)} rows are bad; this is the first)" if len(bad) > 1 else ""
    return [bad[0] + more] if bad else []


def _beginning(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(2)


def read_rows(path: Path) -> Iterator[tuple[str, Any]]:
    """(place, row) of each row of a JSON Lines file or of a JSON file that is one list; a text where it is no JSON."""
    again = "build the dataset again, make dataset"
    if _is_array(path):
        try:
            yield from ((f"{path}[{index}]", row) for index, row in enumerate(json.loads(path.read_bytes())))
        except (ValueError, RecursionError) as error:
            yield str(path), f"not JSON ({error}): {again}"
        return
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if not line.strip():
                continue
            try:
                if number > 1 and line.startswith(b"\xef\xbb\xbf"):
                    raise ValueError("a byte order mark within the file: two files put together?")
                row = json.loads(line)
                if b"\\ud" in line.lower():  # half of a pair of surrogates is no character
                    json.dumps(row, ensure_ascii=False).encode()
            except (ValueError, RecursionError) as error:  # also bytes that are not UTF-8
                row = f"not a JSON line ({error}): {again}"
            yield f"{path}:{number}", [row] if isinstance(row, str) and not row.startswith("not a JSON") else row


def _is_array(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(256).lstrip()[:1] == b"[" and path.suffix == ".json"


def unread(values: Mapping[str, Any]) -> list[str]:
    """A line for each field that an entry of the training data names and none of its rows or turns has."""
    found = []
    for entry in filter(_is_json, values.get("datasets") or []):
        kind = entry.get("type")
        named = {"field_tools": entry.get("field_tools")}
        if isinstance(kind, dict):
            named |= {f"type.{name}": kind.get(name) for name in ("field_input", "field_system")}
        of_turns = {name: entry.get(name) for name in ("message_field_training", "message_field_training_detail")}
        if not any([*named.values(), *of_turns.values()]):
            continue
        rows = [row for _, row in read_rows(Path(entry["path"]))]
        turns = [turn for row in rows for turn in row.get(entry.get("field_messages") or "messages") or []]
        for what, there, names in (("row", rows, named), ("turn", turns, of_turns)):
            for key, name in names.items():
                if name and not any(name in one for one in there):
                    found.append(f"{entry['path']}: {key} is '{name}', which no {what} has")
    return found


def shared(values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(place in the evaluation data, place in the training data) of each row that stands in both."""
    parts: dict[str, list[Path]] = {
        key: [Path(entry["path"]) for entry in values.get(key) or [] if _is_json(entry)]
        for key in ("datasets", "test_datasets")
    }
    if set(parts["datasets"]) & set(parts["test_datasets"]):
        return []  # said by a rule, and splits of one file are no copies
    trained = {
        _said(row): place for path in parts["datasets"] for place, row in read_rows(path) if isinstance(row, dict)
    }
    return [
        (place, trained[_said(row)])
        for path in parts["test_datasets"]
        for place, row in read_rows(path)
        if isinstance(row, dict) and _said(row) in trained
    ]


def rows_of(values: Mapping[str, Any], key: str) -> int | None:
    """How many examples the recipe names under `key`; None where its files alone do not tell."""
    listed = [dict(entry) for entry in values.get(key) or []]
    whole = all(_is_json(e) and not e.get("shards") and "[" not in str(e.get("split") or "") for e in listed)
    if not whole or (key == "datasets" and values.get("val_set_size")):
        return None
    return sum(1 for entry in listed for _ in read_rows(Path(entry["path"])))


def copies(values: Mapping[str, Any]) -> tuple[int, int]:
    """How many training rows say what an earlier one says, and how many there are."""
    paths = [Path(entry["path"]) for entry in values.get("datasets") or [] if _is_json(entry)]
    said = [_said(row) for path in dict.fromkeys(paths) for _, row in read_rows(path) if isinstance(row, dict)]
    return len(said) - len(set(said)), len(said)


def unanswered(values: Mapping[str, Any]) -> list[str]:
    """The place of each conversation that ends in a turn which is not trained: a question without its answer."""
    found = []
    for entry in values.get("datasets") or []:
        if _is_json(entry) and entry.get("type") == "chat_template":
            names, roles = entry.get("message_property_mappings") or {}, role_names(entry)
            for place, row in read_rows(Path(entry["path"])):
                last = row[entry.get("field_messages") or "messages"][-1][names.get("role", "role")]
                if roles.get(last, last) == "user":
                    found.append(place)
    return found


def roles(entry: Mapping[str, Any]) -> set[str]:
    """Who speaks in the conversations of an entry, by the template's names."""
    if not _is_json(entry) or entry.get("type") != "chat_template":
        return set()
    key = (entry.get("message_property_mappings") or {}).get("role", "role")
    field, names = entry.get("field_messages") or "messages", role_names(entry)
    said = {turn[key] for _, row in read_rows(Path(entry["path"])) for turn in row[field]}
    return {names.get(role, role) for role in said}


def _said(row: Mapping[str, Any]) -> bytes:
    """A hash of what a row says, its metadata left out."""
    return hashlib.sha256(
        json.dumps({k: v for k, v in row.items() if k != "metadata"}, sort_keys=True).encode()
    ).digest()
