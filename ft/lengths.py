"""Example lengths against sequence_len: how many would be dropped or cut, and the worst with their source."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

MAX_CUT = 0.05  # the share of examples that may be lost to sequence_len
WORST = 3
_STEP = 256


@dataclass(frozen=True)
class Lengths:
    """Tokens of each example with its place, the longest first, and the limit they are held against."""

    ordered: list[tuple[int, str]]
    limit: int

    @property
    def over(self) -> list[tuple[int, str]]:
        return [found for found in self.ordered if found[0] > self.limit]

    @property
    def share(self) -> float:
        """Of the examples, those above the limit."""
        return len(self.over) / len(self.ordered) if self.ordered else 0.0

    @property
    def kept_tokens(self) -> int:
        """Tokens of the examples that are not above the limit."""
        return sum(length for length, _ in self.ordered if length <= self.limit)

    def fitting(self, share: float) -> int:
        """The least sequence_len, in steps of 256, above which at most `share` of the examples lie."""
        allowed = int(share * len(self.ordered))
        return -(-self.ordered[min(allowed, len(self.ordered) - 1)][0] // _STEP) * _STEP

    def quantile(self, share: float) -> int:
        """The length that `share` of the examples do not exceed."""
        return self.ordered[int((1 - share) * (len(self.ordered) - 1))][0]


def lost(key: str, given: int | None, kept: int, limit: int) -> str | None:
    """What to say when a run left more of its examples out than may be; None when it did not, or nobody knows."""
    if not given or (kept and kept >= given * (1 - MAX_CUT)):
        return None
    what = "training" if key == "datasets" else "validation"
    words = f"{given - kept:,} of {given:,} {what} examples are left out: longer than sequence_len ({limit}), or masked"
    return f"{words}: {'python -m ft check names the longest' if kept else 'none is left'}"


def measure(examples: Iterable[tuple[int, str]], limit: int) -> Lengths:
    """Of (tokens, place) of each example."""
    return Lengths(sorted(examples, key=lambda found: -found[0]), limit)
