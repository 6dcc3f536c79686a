"""How far two models are apart on the same tokens, and what a hop from one to the next may cost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True)
class Distance:
    """Of logits over some positions. KL in nats, of the reference from the other, as a mean."""

    max_logit: float
    mean_logit: float
    kl: float
    agreement: float  # share of positions with the same most likely token
    gap: float  # mean |reference - other|, as a share of mean |reference - base|
    carried: float  # how much of reference - base there is in other - base: 1 is all of it, 0 is the base


@dataclass(frozen=True)
class Limit:
    """What one hop may cost at most."""

    kl: float
    agreement: float
    carried: float  # away from 1
    gap: float = float("inf")


# By how weights are stored. KL and agreement are twice and more what llama.cpp's own tables give for models of 7 B; on
# a tiny model both hardly move, and the gap, which is relative to what training did, takes their place. Where experts
# are routed, the rounding of a weight may send single tokens another way.
LIMITS = {
    "merged": Limit(0.02, 0.95, 0.25, gap=0.25),
    "bf16": Limit(0.02, 0.92, 0.25, gap=0.25),
    "f16": Limit(0.02, 0.92, 0.25, gap=0.25),
    "Q8": Limit(0.03, 0.90, 0.25, gap=0.5),
    "Q6": Limit(0.06, 0.87, 0.3, gap=0.75),
    "Q5": Limit(0.12, 0.85, 0.4),
    "Q4": Limit(0.30, 0.75, 0.5),
    "IQ4": Limit(0.30, 0.75, 0.5),
    "Q3": Limit(0.70, 0.65, 0.6),
    "Q2": Limit(1.50, 0.50, 0.7),
}


def limit(form: str) -> Limit:
    """By the name of a form: Q4_K_M has that of Q4."""
    return LIMITS.get(form) or LIMITS[form.partition("_")[0]]


def distance(reference: list[torch.Tensor], other: list[torch.Tensor], base: list[torch.Tensor]) -> Distance:
    """All three: per example, logits [positions, vocabulary] in fp32; a vocabulary may be padded in one of them."""
    import torch

    size = min(one[0].shape[-1] for one in (reference, other, base))
    largest = total = away = divergence = shared = same = effect = 0.0
    count = 0
    for one, two, three in zip(reference, other, base, strict=True):
        a, b, c = one[:, :size].double(), two[:, :size].double(), three[:, :size].double()
        largest = max(largest, float((a - b).abs().max()))
        total += float((a - b).abs().mean(-1).sum())
        away += float((a - c).abs().mean(-1).sum())
        log_a, log_b = torch.log_softmax(a, -1), torch.log_softmax(b, -1)
        divergence += float((log_a.exp() * (log_a - log_b)).sum())
        same += float((a.argmax(-1) == b.argmax(-1)).sum())
        shared += float(((a - c) * (b - c)).sum())
        effect += float((a - c).square().sum())
        count += len(a)
    carried = shared / effect if effect else float("nan")
    gap = total / away if away else float("nan")
    return Distance(largest, total / count, divergence / count, same / count, gap, carried)


def over(found: Distance, allowed: Limit) -> str:
    """What is over its limit, in words; empty when nothing is. NaN is over."""
    lines = []
    if not found.kl <= allowed.kl:
        lines.append(f"KL {found.kl:.2g} nats, limit {allowed.kl}")
    if not found.agreement >= allowed.agreement:
        lines.append(f"the same token at {found.agreement:.1%} of the places, limit {allowed.agreement:.0%}")
    if not found.gap <= allowed.gap:
        lines.append(f"away by {found.gap:.0%} of what training changed, limit {allowed.gap:.0%}")
    low, high = 1 - allowed.carried, 1 + allowed.carried
    if not low <= found.carried <= high:
        lines.append(f"{found.carried:.0%} of what was trained is in it, limits {low:.0%} and {high:.0%}")
    return "; ".join(lines)
