"""Names as facts: what AutoHotkey v2 has, and what v1 had and v2 has no more (removed.csv, beside this file)."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

REMOVED = Path(__file__).with_name("removed.csv")
ELEMENTS = Path(__file__).parent.parent.parent / "samples/elements.csv"


@cache
def removed() -> dict[str, str]:
    """The name in lower case -> what v2 has in its place, empty where it has nothing."""
    with REMOVED.open(encoding="utf-8", newline="") as file:
        return {row["Name"].lower(): row["Replacement"] for row in csv.DictReader(file)}


@cache
def existing() -> tuple[frozenset[str], frozenset[str]]:
    """Lower-case names that AutoHotkey v2 has: functions, classes and the like, and the members of its classes."""
    names: set[str] = set()
    members: set[str] = set()
    with ELEMENTS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            name = row["Name"].lower()
            (members if "." in name else names).add(name.rpartition(".")[2])
    return frozenset(names), frozenset(members)
