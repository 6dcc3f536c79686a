"""Lengths against sequence_len: what is above it, and what would fit."""

from __future__ import annotations

import pytest

from ft import lengths
from ft.lengths import measure

EXAMPLES = [(10, "a"), (300, "b"), (20, "c"), (600, "d")]


def test_examples_above_the_limit_are_named_the_longest_first() -> None:
    found = measure(EXAMPLES, 256)
    assert found.over == [(600, "d"), (300, "b")]
    assert found.share == 0.5
    assert found.kept_tokens == 30


def test_an_example_of_exactly_the_limit_is_kept() -> None:
    assert measure(EXAMPLES, 600).over == []


def test_the_length_that_fits_loses_at_most_the_share() -> None:
    for share in (0, 0.25, 0.5):
        fitting = measure(EXAMPLES, 256).fitting(share)
        assert measure(EXAMPLES, fitting).share <= share
        assert measure(EXAMPLES, fitting - 256).share > share


def test_no_examples_are_no_error() -> None:
    assert measure([], 10).share == 0


@pytest.mark.parametrize(
    ("given", "kept", "says"),
    [
        (100, 95, None),
        (None, 0, None),
        (0, 0, None),
        (1000, 940, "60 of 1,000 training examples are left out: longer than sequence_len (512)"),
        (8, 0, "8 of 8 training examples are left out: longer than sequence_len (512), or masked: none is left"),
    ],
)
def test_a_run_says_what_it_left_out(given: int | None, kept: int, says: str | None) -> None:
    said = lengths.lost("datasets", given, kept, 512)
    assert said is None if says is None else says in str(said)
