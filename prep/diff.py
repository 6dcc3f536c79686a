"""`prep diff`: which rows two builds do not share."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Any

from prep.formats import ALL, json_line
from prep.rows import rows, splits_of


@dataclass
class Difference:
    """Ids of rows, by format: only in the second build, only in the first, in both with another text, another split.

    A row's text is all of it but its metadata: a moved file changes no row.
    """

    added: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    moved: list[str] = field(default_factory=list)
    same: int = 0

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed or self.moved)


def compare(before: Path, after: Path) -> dict[str, Difference]:
    """By format, for every format that one of the two has."""
    return {
        format_: _compare(_index(before, format_), _index(after, format_))
        for format_ in ALL
        if splits_of(before, format_) or splits_of(after, format_)
    }


def as_json(found: dict[str, Difference]) -> dict[str, Any]:
    return {format_: asdict(difference) for format_, difference in found.items()}


def summary(found: dict[str, Difference], most: int = 10) -> list[str]:
    """Counts by format and task, and the first few ids of each kind."""
    lines = [f"  {'':<9}{'':<11}" + "".join(f"{kind:>10}" for kind in ("added", "removed", "changed", "moved"))]
    for format_, difference in found.items():
        kinds = [difference.added, difference.removed, difference.changed, difference.moved]
        counts = [Counter(identity.partition("-")[0] for identity in kind) for kind in kinds]
        for task in sorted(set().union(*counts)):
            lines.append(f"  {format_:<9}{task:<11}" + "".join(f"{count[task]:>10,}" for count in counts))
        lines.append(f"  {format_:<9}{'all':<11}" + "".join(f"{len(kind):>10,}" for kind in kinds))
    first = next(filter(None, found.values()), Difference())
    for name in ("added", "removed", "changed", "moved"):
        ids = getattr(first, name)
        lines += [f"{name}: {identity}" for identity in ids[:most]]
        lines += [f"{name}: ... and {len(ids) - most:,} more"] * (len(ids) > most)
    return lines


def _index(folder: Path, format_: str) -> dict[str, tuple[str, bytes]]:
    """Id -> the row's split and the hash of its text."""
    found: dict[str, tuple[str, bytes]] = {}
    for split, path in splits_of(folder, format_):
        for row in rows(path, format_):
            identity = row.pop("metadata")["id"]
            found[identity] = (split, blake2b(json_line(row).encode("utf-8", "surrogatepass"), digest_size=16).digest())
    return found


def _compare(before: dict[str, tuple[str, bytes]], after: dict[str, tuple[str, bytes]]) -> Difference:
    both = sorted(set(before) & set(after))
    changed = [identity for identity in both if before[identity][1] != after[identity][1]]
    moved = [identity for identity in both if before[identity][0] != after[identity][0]]
    return Difference(
        sorted(set(after) - set(before)),
        sorted(set(before) - set(after)),
        changed,
        moved,
        len(both) - len({*changed, *moved}),
    )
