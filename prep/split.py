"""Which split a cluster falls in: a function of its documents' texts, the seed and the ratios.

Each document has a place of its own by its hash. A cluster goes where its member in the most held-out split goes, so
new sources never move what was in test (but for a fifth document that is nearly the same), and a larger val ratio
never takes from test.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Literal

Split = Literal["train", "val", "test"]
SPLITS: tuple[Split, ...] = ("train", "val", "test")
LARGEST = 4  # a cluster of more documents is training data: as a test it would weigh too much, and of so many members
# one falls in test far more often than the ratio says


def place(key: str, seed: int, val: float, test: float) -> Split:
    """`val` and `test` are shares of the documents; what is left is train."""
    u = int(hashlib.sha256(f"{seed}:{key}".encode()).hexdigest()[:16], 16) / 2**64  # uniform in [0, 1]
    if u < test:
        return "test"
    return "val" if u < test + val else "train"


def split_of(places: Sequence[Split]) -> Split:
    """The split of a cluster, from its members' places."""
    return "train" if len(places) > LARGEST else max(places, key=SPLITS.index)
