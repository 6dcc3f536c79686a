"""Intervals, tests and verdicts against scipy and against what they promise."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from scipy import stats

from eval.statistics import chance, difference, holm, items_needed, mcnemar, proportion, verdict


def test_the_interval_covers_the_truth_as_often_as_it_says() -> None:
    """95 of 100 samples, give or take what chance allows (3 standard deviations)."""
    draw = np.random.default_rng(7)
    hits = 0
    for _ in range(100):
        before = draw.normal(0, 1, 60)
        found = difference(before.tolist(), (before + draw.normal(0.3, 1, 60)).tolist())
        hits += found.low <= 0.3 <= found.high
    assert hits >= 88


def test_the_interval_is_near_that_of_the_paired_t() -> None:
    draw = np.random.default_rng(1)
    before, after = draw.normal(0, 1, 300), draw.normal(0.2, 1, 300)
    found = difference(before.tolist(), after.tolist())
    exact = stats.ttest_rel(after, before).confidence_interval()
    assert found.value == pytest.approx((after - before).mean())
    assert (found.low, found.high) == pytest.approx((exact.low, exact.high), abs=0.01)


def test_a_ratio_is_that_of_the_sums() -> None:
    """Bits per byte of a corpus, not the mean of each item's."""
    found = difference([10.0, 1.0], [20.0, 1.0], weights=[10.0, 1.0])
    assert found.value == pytest.approx(21 / 11 - 11 / 11)


def test_mcnemar_is_the_binomial_test() -> None:
    assert mcnemar(9, 1) == pytest.approx(stats.binomtest(9, 10, 0.5).pvalue)
    assert mcnemar(0, 0) == 1.0


def test_the_test_of_other_values_flips_every_sign() -> None:
    """All 2^8 ways, counted here."""
    pairs = [0.5, 0.25, -0.125, 1.0, 0.75, 0.5, -0.25, 0.125]
    sums = [sum(p * s for p, s in zip(pairs, signs, strict=True)) for signs in itertools.product((1, -1), repeat=8)]
    as_far = sum(abs(found) >= sum(pairs) for found in sums)
    assert chance([0.0] * 8, pairs) == pytest.approx(as_far / 2**8)


def test_the_test_of_many_values_is_near_the_paired_t() -> None:
    draw = np.random.default_rng(2)
    before, after = draw.normal(0, 1, 200), draw.normal(0.15, 1, 200)
    assert chance(before.tolist(), after.tolist()) == pytest.approx(stats.ttest_rel(after, before).pvalue, abs=0.02)
    assert chance([1.5, 2.0], [1.5, 2.0]) == 1.0


def test_holm_is_as_r_has_it() -> None:
    """p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm")"""
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([]) == [] and holm([0.7, 0.9]) == [1.0, 1.0]


def test_the_interval_of_passes_covers_the_truth_as_often_as_it_says() -> None:
    """Pass and fail of 80 items before and after, correlated as answers of two models are; 3 standard deviations."""
    draw = np.random.default_rng(11)
    hits = 0
    for _ in range(100):
        kind = draw.choice(4, 80, p=[0.4, 0.25, 0.1, 0.25])  # neither, gained, lost, both
        found = difference(np.isin(kind, (2, 3)).astype(float).tolist(), np.isin(kind, (1, 3)).astype(float).tolist())
        hits += found.low <= 0.15 <= found.high
    assert hits >= 88


def test_a_share_has_wilsons_interval() -> None:
    found = proportion(3, 40)
    low, high = 0.0258, 0.1986  # Wilson (1927), by the formula at z = 1.95996
    assert found.value == 0.075 and (found.low, found.high) == pytest.approx((low, high), abs=1e-4)


@pytest.mark.parametrize(
    ("gained", "lost", "same", "word"),
    [
        (20, 2, 100, "better"),
        (2, 20, 100, "worse"),
        (5, 4, 100, "not enough evidence"),
        (4, 0, 100, "not enough evidence"),  # the bootstrap alone would say better; McNemar's p is 0.125
        (0, 0, 50, "not enough evidence"),
        (1, 0, 0, "not enough evidence"),
    ],
)
def test_the_verdict_in_words(gained: int, lost: int, same: int, word: str) -> None:
    before = [0] * gained + [1] * lost + [1] * same
    after = [1] * gained + [0] * lost + [1] * same
    assert verdict(before, after).word == word


def test_the_number_of_items_would_decide() -> None:
    """With as many items as it says, four samples in five show the difference."""
    draw = np.random.default_rng(3)
    pairs = draw.normal(0.25, 1, 40)
    needed = items_needed([0.0] * 40, pairs.tolist())
    assert needed is not None
    seen = sum(
        stats.ttest_1samp(draw.normal(pairs.mean(), pairs.std(ddof=1), needed), 0).pvalue < 0.05 for _ in range(400)
    )
    assert 0.72 <= seen / 400 <= 0.88


def test_few_items_decide_nothing_whatever_they_say() -> None:
    """Five items that all gain have p = 2^(1 - 5); of six tests, each has to be sure at 0.05 / 6."""
    assert items_needed([0, 0], [1.0, 1.1]) == 6
    assert items_needed([0, 0], [1.0, 1.1], tests=6) == 8 and 2 ** (1 - 8) <= 0.05 / 6 < 2 ** (1 - 7)


def test_no_difference_is_decided_by_no_number() -> None:
    assert items_needed([1, 0], [1, 0]) is None


def test_one_item_says_nothing() -> None:
    found = verdict([0.0], [1.0])
    assert found.word == "not enough evidence" and math.isinf(found.difference.high)
