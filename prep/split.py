"""Which split a cluster falls in: a pure function of its id, the seed and the ratios.

No other document takes part, so new sources never move an old one, and a larger val ratio never takes from test.
"""

from __future__ import annotations

import hashlib
from typing import Literal

Split = Literal["train", "val", "test"]
SPLITS: tuple[Split, ...] = ("train", "val", "test")


def split_of(cluster: str, seed: int, val: float, test: float) -> Split:
    """`val` and `test` are shares of the clusters; what is left is train."""
    u = int(hashlib.sha256(f"{seed}:{cluster}".encode()).hexdigest()[:16], 16) / 2**64  # uniform in [0, 1]
    if u < test:
        return "test"
    return "val" if u < test + val else "train"
