"""Names that a language does not have, in a CSV file, one a row, each with what it has in their place."""

from __future__ import annotations

from prep.quality import Drop
from prep.recipe import Removed
from prep.record import Document, normalised_key
from prep.sources import table
from prep.sources.table import Row
from prep.sources.text import label

identity = table.identity


def find(source: Removed) -> list[Row]:
    return table.rows(source, {"name": source.name, "replacement": source.replacement})


def load(source: Removed, unit: Row) -> tuple[Document, Drop | None]:
    text = table.as_text(unit.values)
    document = Document(
        label(source.path),
        source.kind,
        source.language,
        "removed",
        text,
        unit.sha256,
        normalised_key(text),
        unit.encoding,
        unit.line,
        unit.values,
    )
    return document, None if "name" in unit.values else Drop("incomplete", "no name")
