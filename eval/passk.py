"""pass@k: the chance that at least one of k answers passes."""

from __future__ import annotations

from collections.abc import Sequence
from math import comb


def pass_at_k(total: int, passed: int, k: int) -> float:
    """The unbiased estimate from `passed` of `total` answers to one task (Chen et al. 2021, arXiv 2107.03374)."""
    if not 0 < k <= total or not 0 <= passed <= total:
        raise ValueError(f"k={k} of {total} answers, {passed} passed")
    return 1.0 - comb(total - passed, k) / comb(total, k)


def mean_pass_at_k(counts: Sequence[tuple[int, int]], k: int) -> float | None:
    """Over tasks given as (answers, passed); None where one has fewer than k answers, or there are none."""
    if not counts or any(total < k for total, _ in counts):
        return None
    return sum(pass_at_k(total, passed, k) for total, passed in counts) / len(counts)
