"""The split is a function of cluster, seed and ratios alone."""

from __future__ import annotations

from collections import Counter

from prep.split import split_of

CLUSTERS = [f"cluster {number}" for number in range(4000)]


def test_shares_are_near_the_ratios() -> None:
    counts = Counter(split_of(cluster, 42, 0.1, 0.2) for cluster in CLUSTERS)
    assert abs(counts["val"] / 4000 - 0.1) < 0.02
    assert abs(counts["test"] / 4000 - 0.2) < 0.02


def test_a_larger_val_ratio_never_takes_from_test() -> None:
    before = {cluster for cluster in CLUSTERS if split_of(cluster, 42, 0.1, 0.1) == "test"}
    assert before == {cluster for cluster in CLUSTERS if split_of(cluster, 42, 0.5, 0.1) == "test"}


def test_a_ratio_of_zero_leaves_its_split_empty() -> None:
    assert {split_of(cluster, 42, 0, 0) for cluster in CLUSTERS} == {"train"}


def test_another_seed_is_another_split() -> None:
    first, second = ([split_of(cluster, seed, 0.3, 0.3) for cluster in CLUSTERS] for seed in (1, 2))
    assert first != second


def test_known_clusters_stay_where_they_are_for_ever() -> None:
    # A change here moves rows from the train split of published data into test.
    assert [split_of(cluster, 42, 0.25, 0.25) for cluster in CLUSTERS[:8]] == EXPECTED


EXPECTED = ["val", "train", "val", "test", "train", "test", "train", "train"]
