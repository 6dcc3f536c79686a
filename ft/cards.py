"""Cards by name: memory, arithmetic, bandwidth, as NVIDIA's data sheets state them; and a run's time on one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ft import memory
from ft.recipe import SEQUENCE_LEN
from ft.shapes import Model

# The share of the stated arithmetic that LoRA training is taken to reach: an assumption, between the 0.2 of short
# unpacked rows and the 0.5 of long packed ones on server cards. Hours are right to a factor of two, not better.
UTILISATION = 0.35


@dataclass(frozen=True)
class Card:
    """Memory in GiB as the driver shows it; dense bf16 TFLOP/s with fp32 accumulation; GB/s of its memory."""

    name: str
    gib: float
    teraflops: float
    bandwidth: float


CARDS = (
    Card("RTX 3060 12 GB", 12.0, 25.6, 360),
    Card("RTX 4060 Ti 16 GB", 16.0, 44.1, 288),
    Card("RTX 3090 24 GB", 24.0, 71.2, 936),
    Card("RTX 4090 24 GB", 24.0, 165.2, 1008),
    Card("RTX A6000 48 GB", 48.0, 154.8, 768),
    Card("L40S 48 GB", 45.0, 362.1, 864),
    Card("A100 80 GB", 80.0, 312.0, 2039),
    Card("H100 80 GB", 79.6, 989.4, 3352),
    Card("H200 141 GB", 140.0, 989.4, 4800),
)


def step_flops(model: Model, values: Mapping[str, Any]) -> float:
    """Arithmetic per token: forward 2 a weight, backward 2 (frozen weights have no gradient), recomputation 2."""
    passes = 3 if memory.checkpointed(values) else 2
    attention = model.attention * int(values.get("sequence_len") or SEQUENCE_LEN) * model.layers
    return passes * (2 * model.active + attention)


def hours(card: Card, model: Model, values: Mapping[str, Any], seen: int, passes: int) -> float:
    """For `seen` tokens in so many forward passes: arithmetic, and dequantising each 4-bit weight in every pass."""
    compute = seen * step_flops(model, values) / (card.teraflops * 1e12 * UTILISATION)
    quantised = sum(w.size for w in model.weights if memory.is_quantised(w, values))
    times = 3 if memory.checkpointed(values) else 2
    moved = quantised * 4.5 * times * passes  # read 4 bits, write 16, read 16
    return (compute + moved / (card.bandwidth * 1e9)) / 3600
