"""Names as facts: what AutoHotkey v2 has, and what v1 had and v2 has no more (removed.csv, beside this file)."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path
from typing import NamedTuple

REMOVED = Path(__file__).with_name("removed.csv")
ELEMENTS = Path(__file__).parent.parent.parent / "samples/elements.csv"


@cache
def removed() -> dict[str, str]:
    """The name in lower case -> what v2 has in its place, empty where it has nothing."""
    with REMOVED.open(encoding="utf-8", newline="") as file:
        return {row["Name"].lower(): row["Replacement"] for row in csv.DictReader(file)}


class Existing(NamedTuple):
    """Lower-case names that AutoHotkey v2 has: its functions, all that is no member, and the members of its classes."""

    functions: frozenset[str]
    names: frozenset[str]
    members: frozenset[str]


@cache
def existing() -> Existing:
    with ELEMENTS.open(encoding="utf-8", newline="") as file:
        kinds = {row["Name"].lower(): row["ElementType"] for row in csv.DictReader(file)}
    members = {name.rpartition(".")[2] for name in kinds if "." in name}
    functions = {name for name, kind in kinds.items() if kind == "function"}
    return Existing(frozenset(functions), frozenset(name for name in kinds if "." not in name), frozenset(members))
