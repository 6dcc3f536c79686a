"""What to change in a recipe so that it fits a card: the least costly values first, the effective batch kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ft import memory
from ft.cards import CARDS, Card
from ft.known import model_of
from ft.recipe import Recipe
from ft.shapes import Model

SHORTEST = 512  # tokens; below that a sequence_len is no answer


def fitting(recipe: Recipe, gib: float, cards: int = 1) -> dict[str, Any] | None:
    """The values that make the recipe fit cards of `gib` GiB, the least costly ones: {} when it fits, None when
    nothing does. The effective batch stays: what the micro batch loses, gradient accumulation gains."""
    model = model_of(recipe)
    kinds = list(_CHANGES)
    found = _fit(model, recipe.values, gib, cards, kinds)
    if not found:
        return found
    for kind in reversed(_CHANGES):  # what was tried on the way and is not needed after all, the costliest first
        fewer = _fit(model, recipe.values, gib, cards, [k for k in kinds if k != kind])
        if fewer is not None and fewer.items() <= found.items():
            kinds, found = [k for k in kinds if k != kind], fewer
    return found


def smallest(recipe: Recipe, cards: int = 1) -> Card | None:
    """The first named card that the recipe fits, changed where it must be."""
    return next((c for c in sorted(CARDS, key=lambda c: c.gib) if fitting(recipe, c.gib, cards) is not None), None)


def _fit(model: Model, values: Mapping[str, Any], gib: float, cards: int, kinds: list[str]) -> dict[str, Any] | None:
    now = dict(values)
    chosen: dict[str, Any] = {}
    for kind in ["", *kinds]:
        for change in _CHANGES[kind](now, model, cards) if kind else [{}]:
            after = {**now, **change}
            before, found = memory.of(model, now, cards), memory.of(model, after, cards)
            if change and not (found.step < before.step or found.evaluation < before.evaluation):
                break
            now, chosen = after, {**chosen, **change}
            if found.vram_gib <= gib:
                return {key: value for key, value in chosen.items() if values.get(key) != value}
    return None


def _shared(values: dict[str, Any], model: Model, cards: int) -> Iterator[dict[str, Any]]:
    """ZeRO over several cards: optimizer and gradients, and the weights where they are not quantised."""
    if cards > 1 and not values.get("fsdp_config"):
        stage = 2 if memory.quantised(values) else 3
        yield {"deepspeed": f"configs/deepspeed/zero{stage}.json"}


def _checkpointing(values: dict[str, Any], model: Model, cards: int) -> Iterator[dict[str, Any]]:
    if not values.get("gradient_checkpointing"):
        yield {"gradient_checkpointing": True}


def _evaluated(values: dict[str, Any], model: Model, cards: int) -> Iterator[dict[str, Any]]:
    if int(values.get("eval_batch_size") or values.get("micro_batch_size") or 1) > 1:
        yield {"eval_batch_size": 1}


def _smaller(values: dict[str, Any], model: Model, cards: int) -> Iterator[dict[str, Any]]:
    """Half the micro batch, and twice the accumulation, down to one; an odd one goes down at once."""
    size, times = int(values.get("micro_batch_size") or 1), int(values.get("gradient_accumulation_steps") or 1)
    while size > 1:
        half = size // 2 if size % 2 == 0 else 1
        size, times = half, times * (size // half)
        yield {"micro_batch_size": size, "gradient_accumulation_steps": times}


def _attention(values: dict[str, Any], model: Model, cards: int) -> Iterator[dict[str, Any]]:
    if values.get("attn_implementation") == "eager":
        yield {"attn_implementation": "flex_attention" if model.kind == "gpt_oss" else "sdpa"}


def _optimizer(values: dict[str, Any], model: Model, cards: int) -> Iterator[dict[str, Any]]:
    """States in 8 bits, then in the machine's memory when the card's is full."""
    name = str(values.get("optimizer") or "adamw_torch_fused")
    if name.startswith("adamw") and "8bit" not in name:
        yield {"optimizer": "adamw_8bit"}
    if name.startswith("adamw"):
        yield {"optimizer": "paged_adamw_8bit"}


def _offloaded(values: dict[str, Any], model: Model, cards: int) -> Iterator[dict[str, Any]]:
    if values.get("gradient_checkpointing") and not values.get("activation_offloading"):
        yield {"activation_offloading": "hidden_states"}


def _four_bits(values: dict[str, Any], model: Model, cards: int) -> Iterator[dict[str, Any]]:
    if values.get("adapter") == "lora" and not memory.quantised(values) and not values.get("model_quantization_config"):
        experts = {"quantize_moe_experts": True} if model.experts else {}
        yield {"adapter": "qlora", "load_in_4bit": True, **experts}


def _shorter(values: dict[str, Any], model: Model, cards: int) -> Iterator[dict[str, Any]]:
    """Half the sequence, as often as needed; packed ones are then as many more in a step."""
    length, times = int(values.get("sequence_len") or SHORTEST), int(values.get("gradient_accumulation_steps") or 1)
    while length >= 2 * SHORTEST:
        length, times = length // 2, times * 2
        packed = {"gradient_accumulation_steps": times} if values.get("sample_packing") else {}
        yield {"sequence_len": length, **packed}


# From what costs nothing to what costs most: time, then precision, then examples that are too long.
_CHANGES = {
    "shared": _shared,
    "evaluation": _evaluated,
    "micro batch": _smaller,
    "checkpointing": _checkpointing,
    "attention": _attention,
    "optimizer": _optimizer,
    "offloading": _offloaded,
    "four bits": _four_bits,
    "sequence": _shorter,
}
