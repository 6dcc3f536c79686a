"""The rows of a built dataset, read back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from prep.errors import UserError
from prep.split import SPLITS, Split


def splits_of(folder: Path, format_: str) -> list[tuple[Split, Path]]:
    """The files of one format. Raises UserError when `folder` is no built dataset."""
    if not (folder / "manifest.json").is_file():
        raise UserError(f"{folder}: no built dataset: python -m prep build writes one")
    found: list[tuple[Split, Path]] = [(split, folder / f"{split}.{format_}.jsonl") for split in SPLITS]
    return [(split, path) for split, path in found if path.is_file()]


def rows(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8", newline="\n") as file:
        for number, line in enumerate(file, start=1):
            try:
                row = json.loads(line)
                row["metadata"]["id"], row["metadata"]["task"]
            except (ValueError, KeyError, TypeError):
                raise UserError(f"{path}:{number}: not a row of a built dataset") from None
            yield row
