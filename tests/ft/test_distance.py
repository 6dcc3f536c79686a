"""What is measured between two models, and what is too much."""

from __future__ import annotations

import dataclasses
import math

import pytest
import torch

from ft import quants
from ft.chain import distance
from ft.chain.distance import Distance


@pytest.fixture
def logits() -> dict[str, list[torch.Tensor]]:
    """Of a base and of what training made of it: two examples, three and five places, a vocabulary of eleven."""
    generator = torch.Generator().manual_seed(0)
    base = [torch.randn(places, 11, generator=generator) for places in (3, 5)]
    return {"base": base, "tuned": [one + torch.randn(one.shape, generator=generator) for one in base]}


def test_a_model_is_no_way_from_itself(logits: dict[str, list[torch.Tensor]]) -> None:
    found = distance.distance(logits["tuned"], logits["tuned"], logits["base"])
    assert dataclasses.astuple(found) == pytest.approx((0, 0, 0, 1, 0, 1))
    assert distance.over(found, distance.limit("merged")) == ""


def test_the_base_carries_nothing_of_the_training(logits: dict[str, list[torch.Tensor]]) -> None:
    found = distance.distance(logits["tuned"], logits["base"], logits["base"])
    assert (found.carried, found.gap) == pytest.approx((0, 1))
    assert found.kl == pytest.approx(
        sum(
            float(torch.nn.functional.kl_div(b.log_softmax(-1), a.log_softmax(-1), log_target=True, reduction="sum"))
            for a, b in zip(logits["tuned"], logits["base"], strict=True)
        )
        / 8,
        rel=1e-4,
    )
    assert "0% of what was trained is in it" in distance.over(found, distance.limit("Q2_K"))


def test_a_padded_vocabulary_is_cut_to_the_shared_one(logits: dict[str, list[torch.Tensor]]) -> None:
    padded = [torch.cat([one, torch.full((len(one), 5), 99.0)], dim=-1) for one in logits["tuned"]]
    assert distance.distance(logits["tuned"], padded, logits["base"]).max_logit == 0


GOOD = Distance(max_logit=0.1, mean_logit=0.01, kl=0.001, agreement=0.99, gap=0.1, carried=1.0)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"kl": 0.5}, "KL 0.5 nats, limit 0.02"),
        ({"agreement": 0.9}, "the same token at 90.0% of the places, limit 92%"),
        ({"gap": 0.3}, "away by 30% of what training changed"),
        ({"carried": 0.1}, "10% of what was trained is in it"),
        ({"carried": 2.0}, "200% of what was trained is in it"),
        ({"kl": math.nan, "gap": math.nan}, "KL nan nats, limit 0.02; away by nan%"),
    ],
)
def test_each_number_has_a_limit(change: dict[str, float], says: str) -> None:
    assert distance.over(GOOD, distance.limit("bf16")) == ""
    assert distance.over(dataclasses.replace(GOOD, **change), distance.limit("bf16")).startswith(says)


def test_every_form_has_limits_and_fewer_bits_may_cost_more() -> None:
    by_bits = sorted(quants.QUANTS, key=lambda name: -quants.QUANTS[name])
    costs = [distance.limit(name).kl for name in by_bits]
    assert costs == sorted(costs)
