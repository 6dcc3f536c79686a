"""Reference entries in a CSV file, one a row, its columns named by the recipe."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from prep.errors import UserError
from prep.files import file_bytes, sha256_bytes
from prep.quality import Drop
from prep.recipe import Removed, Table
from prep.record import Document, normalised_key, unix_lines
from prep.sources.text import decode, label


class Row(NamedTuple):
    line: int  # where the row begins, from 1
    values: dict[str, str]  # our field name -> cell, empty cells left out
    sha256: str  # of the whole file
    encoding: str


def find(source: Table) -> list[Row]:
    """Every row, in file order. Raises UserError naming file, line, expected and found for a table that is not one."""
    return rows(source, {field: column for field, column in source.columns if column is not None})


def rows(source: Table | Removed, columns: Mapping[str, str]) -> list[Row]:
    """`columns`: our field name -> the header of its column."""
    text, sha256, encoding = _read(source)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=source.delimiter, strict=True)
    found: list[Row] = []
    line = 1
    try:
        header = [cell.strip() for cell in next(reader, [])]
        wanted = _wanted(source.path, columns, header)
        line = reader.line_num + 1
        for cells in reader:
            if cells and len(cells) != len(header):
                raise UserError(f"{source.path}:{line}: expected {len(header)} columns, found {len(cells)}")
            if cells:  # a blank line is no row
                values = {field: unix_lines(cells[at]).strip() for field, at in wanted.items()}
                found.append(Row(line, {field: value for field, value in values.items() if value}, sha256, encoding))
            line = reader.line_num + 1
    except csv.Error as error:
        raise UserError(f"{source.path}:{line}: not valid CSV in the row that begins here: {error}") from None
    if not found:
        raise UserError(f"{source.path}: no rows under the header")
    return found


def identity(source: Table, unit: Row) -> str:
    return sha256_bytes(json.dumps(unit, sort_keys=True).encode("utf-8", "surrogatepass"))


def load(source: Table, unit: Row) -> tuple[Document, Drop | None]:
    fields = unit.values
    text = as_text(fields)
    document = Document(
        label(source.path),
        source.kind,
        source.language,
        fields.get("category", fields.get("kind", "general")).lower(),
        text,
        unit.sha256,
        normalised_key(text),
        unit.encoding,
        unit.line,
        fields,
    )
    missing = [field for field in ("name", "description") if field not in fields]
    return document, Drop("incomplete", f"no {' and no '.join(missing)}") if missing else None


def doubts(read: Iterable[tuple[str, Any]]) -> list[str]:
    """A warning for each table whose letters are believed, not known: `read` are files and what was read of them."""
    files = [file for file, unit in read if isinstance(unit, Row) and unit.encoding == "cp1252"]
    fix = "not UTF-8, so it was read as Windows-1252: save it as UTF-8 if letters in it are wrong"
    return [f"{file}: {fix}" for file in dict.fromkeys(files)]


def as_text(fields: Mapping[str, str]) -> str:
    return "\n".join(f"{field}: {value}" for field, value in fields.items())


def _read(source: Table | Removed) -> tuple[str, str, str]:
    """Text, SHA-256 of the bytes, encoding."""
    try:
        data = file_bytes(source.path)
        text, encoding = decode(data)
    except OSError as error:
        raise UserError(f"{source.path}: cannot be read: {error.strerror}") from None
    except ValueError as error:
        raise UserError(f"{source.path}: not a text file: {error}") from None
    return text, sha256_bytes(data), encoding


def _wanted(path: Path, columns: Mapping[str, str], header: list[str]) -> dict[str, int]:
    """Our field name -> the index of its column."""
    for field, column in columns.items():
        if header.count(column) != 1:
            wrong = "there twice" if column in header else "not there"
            found = ", ".join(header) or "nothing: the file is empty"
            if len(header) == 1:
                found += ", one column: is `delimiter` what parts them?"
            raise UserError(f"{path}: column `{column}` (columns.{field}) is {wrong}; found {found}")
    return {field: header.index(column) for field, column in columns.items()}
