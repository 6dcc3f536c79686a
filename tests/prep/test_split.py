"""Where a document falls is a function of its text, seed and ratios; a cluster goes with its most held-out member."""

from __future__ import annotations

from collections import Counter

from prep.split import place, split_of

KEYS = [f"document {number}" for number in range(4000)]


def test_shares_are_near_the_ratios() -> None:
    counts = Counter(place(key, 42, 0.1, 0.2) for key in KEYS)
    assert abs(counts["val"] / 4000 - 0.1) < 0.02
    assert abs(counts["test"] / 4000 - 0.2) < 0.02


def test_a_larger_val_ratio_never_takes_from_test() -> None:
    before = {key for key in KEYS if place(key, 42, 0.1, 0.1) == "test"}
    assert before == {key for key in KEYS if place(key, 42, 0.5, 0.1) == "test"}


def test_a_ratio_of_zero_leaves_its_split_empty() -> None:
    assert {place(key, 42, 0, 0) for key in KEYS} == {"train"}


def test_another_seed_is_another_split() -> None:
    first, second = ([place(key, seed, 0.3, 0.3) for key in KEYS] for seed in (1, 2))
    assert first != second


def test_known_documents_stay_where_they_are_for_ever() -> None:
    # A change here moves rows from the train split of published data into test.
    assert [place(f"cluster {number}", 42, 0.25, 0.25) for number in range(8)] == EXPECTED


EXPECTED = ["val", "train", "val", "test", "train", "test", "train", "train"]


def test_a_cluster_goes_with_its_most_held_out_member() -> None:
    assert split_of(["train", "train"]) == "train"
    assert split_of(["train", "val", "train"]) == "val"
    assert split_of(["val", "test", "train"]) == "test"


def test_a_text_with_many_copies_is_training_data() -> None:
    assert split_of(["test", "train", "train", "train"]) == "test"
    assert split_of(["test", "train", "train", "train", "test"]) == "train"
