"""What two models' results on the same items say of their difference: an interval, a test, a verdict in words.

Everything is computed by scipy; differences are `after - before`, item by item.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from numpy.typing import NDArray

CONFIDENCE = 0.95
DRAWS = 9999  # of the bootstrap
POWER = 0.8  # with which the number of items that would decide is reckoned
SEED = 42

Word = Literal["better", "worse", "not enough evidence"]


class Interval(NamedTuple):
    """A value with its 95 % interval."""

    value: float
    low: float
    high: float


class Verdict(NamedTuple):
    """`items` is how many would decide, where these do not; None when no number would: no difference was seen."""

    word: Word
    difference: Interval
    items: int | None = None


def proportion(passed: int, total: int) -> Interval:
    """A share of independent items with Wilson's interval. `total` must not be 0."""
    from scipy.stats import binomtest

    found = binomtest(passed, total).proportion_ci(CONFIDENCE, method="wilson")
    return Interval(passed / total, float(found.low), float(found.high))


def difference(before: Sequence[float], after: Sequence[float], weights: Sequence[float] | None = None) -> Interval:
    """The mean difference over paired items with its BCa bootstrap interval (Efron 1987).

    With `weights` (bytes of each answer, say) the values are sums, and the difference is that of their ratios to the
    weights: bits per byte of a whole corpus. The items are drawn, never single values. At least one item.
    """
    import numpy as np
    from scipy.stats import bootstrap

    pairs = np.asarray(after, dtype=float) - np.asarray(before, dtype=float)
    sizes = np.ones_like(pairs) if weights is None else np.asarray(weights, dtype=float)

    def ratio(pairs: NDArray[np.float64], sizes: NDArray[np.float64], axis: int = -1) -> NDArray[np.float64]:
        return pairs.sum(axis=axis) / sizes.sum(axis=axis)

    value = float(ratio(pairs, sizes))
    if len(pairs) < 2 or np.allclose(pairs / sizes, value):  # nothing varies: the bootstrap would know no interval
        return Interval(value, value, value) if len(pairs) > 1 else Interval(value, -math.inf, math.inf)
    found = bootstrap(
        (pairs, sizes),
        ratio,
        paired=True,
        vectorized=True,
        n_resamples=DRAWS,
        batch=max(1, 10_000_000 // len(pairs)),
        confidence_level=CONFIDENCE,
        method="BCa" if len(pairs) <= 20_000 else "percentile",  # BCa leaves out each item in turn
        rng=np.random.default_rng(SEED),
    ).confidence_interval
    return Interval(value, float(found.low), float(found.high))


def mcnemar(gained: int, lost: int) -> float:
    """The exact two-sided p value of McNemar's test: that as many were gained as lost by chance. 1.0 without any."""
    from scipy.stats import binomtest

    return float(binomtest(gained, gained + lost).pvalue) if gained + lost else 1.0


def chance(before: Sequence[float], after: Sequence[float], weights: Sequence[float] | None = None) -> float:
    """The two-sided p value that the items differ by chance only: McNemar's for pass and fail (1 and 0), else that of
    flipping the sign of each item's difference (Fisher 1935), exact for few items. 1.0 where nothing differs."""
    import numpy as np
    from scipy.stats import permutation_test

    if are_passes(before, after, weights):
        pairs = list(zip(before, after, strict=True))
        return mcnemar(sum(b < a for b, a in pairs), sum(b > a for b, a in pairs))
    pairs_ = np.asarray(after, dtype=float) - np.asarray(before, dtype=float)
    moved = pairs_[pairs_ != 0]  # the others keep their sign
    if not len(moved):
        return 1.0
    found = permutation_test(
        (moved,),
        lambda values, axis: values.sum(axis=axis),
        permutation_type="samples",
        vectorized=True,
        n_resamples=DRAWS,
        batch=max(1, 10_000_000 // len(moved)),
        rng=np.random.default_rng(SEED),
    )
    return float(min(1.0, found.pvalue))


def holm(chances: Sequence[float]) -> list[float]:
    """p values corrected for there being several (Holm 1979): at 0.05, one false "differs" in 20 whole families."""
    found, largest = [1.0] * len(chances), 0.0
    for rank, at in enumerate(sorted(range(len(chances)), key=chances.__getitem__)):
        largest = max(largest, min(1.0, chances[at] * (len(chances) - rank)))
        found[at] = largest
    return found


def are_passes(before: Sequence[float], after: Sequence[float], weights: Sequence[float] | None) -> bool:
    return weights is None and all(value in (0, 1) for value in (*before, *after))


def decide(found: Interval, p: float) -> Word:
    """The interval and the test must both say it. `found` is of values of which more is better."""
    if p > 1 - CONFIDENCE or found.low <= 0 <= found.high:
        return "not enough evidence"
    return "better" if found.low > 0 else "worse"


def verdict(before: Sequence[float], after: Sequence[float], weights: Sequence[float] | None = None) -> Verdict:
    """For values of which more is better; for pass and fail the test is McNemar's."""
    found = difference(before, after, weights)
    word = decide(found, chance(before, after, weights))
    return Verdict(word, found, items_needed(before, after, weights) if word == "not enough evidence" else None)


def items_needed(
    before: Sequence[float], after: Sequence[float], weights: Sequence[float] | None = None, tests: int = 1
) -> int | None:
    """How many items would show a difference as large as the one seen, four times in five; None without one.

    The paired t approximation, n = ((z(0.975) + z(0.8)) * deviation / mean)^2, at least one more than there are, and
    as many as a test of signs needs at all: 2^(1 - n) <= 0.05. `tests`: of how many this is one (0.05 / tests).
    """
    import numpy as np
    from scipy.stats import norm

    pairs = np.asarray(after, dtype=float) - np.asarray(before, dtype=float)
    if weights is not None:  # the ratio's deviation, by its residuals
        sizes = np.asarray(weights, dtype=float)
        mean = pairs.sum() / sizes.sum()
        spread = (pairs - mean * sizes).std(ddof=1) / sizes.mean() if len(pairs) > 1 else math.nan
    else:
        mean, spread = pairs.mean(), pairs.std(ddof=1) if len(pairs) > 1 else math.nan
    if not mean or math.isnan(spread):
        return None
    least = (1 - CONFIDENCE) / tests
    z = norm.ppf(1 - least / 2) + norm.ppf(POWER)
    return max(len(pairs) + 1, math.ceil((z * spread / mean) ** 2), math.ceil(1 - math.log2(least)))
