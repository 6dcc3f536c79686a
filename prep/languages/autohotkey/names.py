"""Names that AutoHotkey v1 had and v2 has no more, as facts: removed.csv, beside this file."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

REMOVED = Path(__file__).with_name("removed.csv")


@cache
def removed() -> dict[str, str]:
    """The name in lower case -> what v2 has in its place, empty where it has nothing."""
    with REMOVED.open(encoding="utf-8", newline="") as file:
        return {row["Name"].lower(): row["Replacement"] for row in csv.DictReader(file)}
