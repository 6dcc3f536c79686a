"""GiB on one card while a recipe trains, part by part, from its model's shapes.

Where the bytes of an activation come from was read off Axolotl 0.19, PEFT 0.20 and transformers 5.16, and fitted to
what single steps allocate, tensor by tensor (tests/ft/test_plan.py repeats that measurement). They are upper bounds
for full sequences.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ft.recipe import SEQUENCE_LEN, read_yaml
from ft.shapes import HEAD, Model, Weight, adapter_size, fused
from prep.errors import UserError

GIB = 2**30
CONTEXT = 0.6  # CUDA's own: the context, kernels, cuBLAS workspaces
MARGIN = 0.06  # of all the rest: what the allocator reserves and cannot use
# NF4: half a byte, a byte per 64 weights for their scale, 4 bytes per 256 scales; plain: 4 bytes per 64 weights.
_NF4, _NF4_PLAIN = 0.5 + 1 / 64 + 4 / (64 * 256), 0.5 + 4 / 64
# Bytes that an optimizer keeps per trained parameter, the longest name that is in the recipe's wins.
_OPTIMIZERS = {
    "adamw": 8.0,
    "adam": 8.0,
    "lion": 4.0,
    "sgd": 4.0,
    "muon": 4.0,
    "adafactor": 0.1,
    "8bit": 2.0,
    "4bit": 1.0,
}
_EAGER = {"gpt_oss": (2.3, 6.3)}  # bytes per head and pair of tokens: kept for backward, at the peak of one layer
_EAGER_OTHERS = (6.3, 12.3)  # the softmax is in fp32


@dataclass(frozen=True)
class Memory:
    """Bytes by part, of one card; `off` is what lies in the machine's memory instead."""

    weights: float
    adapter: float
    gradients: float
    optimizer: float
    activations: float  # kept from forward to backward
    layer: float  # of the one layer that is being worked on, its dequantised weights included
    logits: float  # the loss, forward and backward
    evaluation: float  # the logits of one evaluation batch: they are not fused, with Liger neither
    loading: float  # above the weights, while they are loaded
    off: float

    @property
    def step(self) -> float:
        """The peak of a training step: the loss and a layer's backward come one after the other."""
        held = self.weights + self.adapter + self.gradients + self.optimizer
        return held + self.activations + max(self.layer, self.logits)

    @property
    def peak(self) -> float:
        """The largest of a step, an evaluation and loading. As torch.cuda.max_memory_allocated counts it."""
        held = self.weights + self.adapter + self.optimizer
        return max(self.step, held + self.evaluation, self.weights + self.loading)

    @property
    def vram_gib(self) -> float:
        """GiB that a card must have: the peak, what the allocator wastes, and CUDA's own."""
        return self.peak / GIB * (1 + MARGIN) + CONTEXT

    @property
    def when(self) -> str:
        """What the peak is reached in."""
        if self.peak == self.step:
            return "a training step"
        return "loading the weights" if self.peak == self.weights + self.loading else "an evaluation"


def of(model: Model, values: Mapping[str, Any], cards: int = 1) -> Memory:
    """What the recipe needs on each of so many cards."""
    size, stage = adapter_size(model, values), zero_stage(values)
    weights, share = weight_bytes(model, values), cards if stage >= 1 else 1
    loading = _loading(model, values)
    if stage == 3 and not quantised(values):
        weights, loading = weights / cards + 2 * _largest_layer(model, values), 0
    wide = 2 if values.get("peft_autocast_adapter_dtype") is False else 4
    paged = str(values.get("optimizer", "")).startswith("paged")
    states = optimizer_bytes(str(values.get("optimizer") or "adamw_torch_fused")) * size / share
    kept, off = _kept(model, values)
    return Memory(
        weights=weights,
        adapter=size * (wide + 2),  # and its bf16 copies, which autocast makes and keeps
        gradients=size * wide / (share if stage >= 2 else 1) + (size * wide if cards > 1 else 0),
        optimizer=0 if paged else states,
        activations=kept,
        layer=_layer(model, values),
        logits=_logits(model, values),
        evaluation=_evaluation(model, values),
        loading=loading,
        off=off + (states if paged else 0),
    )


def quantised(values: Mapping[str, Any]) -> bool:
    return bool(values.get("load_in_4bit") or values.get("load_in_8bit"))


def width(values: Mapping[str, Any]) -> int:
    """Bytes of a value that is computed with: 2 in bf16 and fp16, else 4."""
    return 2 if any(values.get(k) for k in ("bf16", "fp16", "bfloat16", "float16")) else 4


def weight_bytes(model: Model, values: Mapping[str, Any]) -> float:
    return sum(
        w.size * _per_weight(model, w, values) + w.bias * w.count * _plain(model, w, values) for w in model.weights
    )


def is_quantised(weight: Weight, values: Mapping[str, Any]) -> bool:
    """As bitsandbytes does it: linear layers but the head, or but those that the recipe skips; experts if asked for."""
    skipped = (values.get("bnb_config_kwargs") or {}).get("llm_int8_skip_modules") or [HEAD]
    if weight.kind == "expert":
        return quantised(values) and bool(values.get("quantize_moe_experts"))
    return quantised(values) and weight.kind == "linear" and not {weight.name, weight.leaf} & set(skipped)


def _per_weight(model: Model, weight: Weight, values: Mapping[str, Any]) -> float:
    if not is_quantised(weight, values):
        return _plain(model, weight, values)
    if values.get("load_in_8bit"):
        return 1 + 4 / weight.shape[-1]  # a scale per row
    double = (values.get("bnb_config_kwargs") or {}).get("bnb_4bit_use_double_quant", True)
    return _NF4 if double and values.get("bnb_4bit_use_double_quant") is not False else _NF4_PLAIN


def _plain(model: Model, weight: Weight, values: Mapping[str, Any]) -> int:
    """Bytes of what stays unquantised. PEFT makes it fp32 in a model with quantised layers; Axolotl turns only norms,
    embeddings and head back, and neither happens with quantised experts or ZeRO-3."""
    upcast = quantised(values) and not (model.experts and values.get("quantize_moe_experts"))
    upcast = upcast and zero_stage(values) != 3
    ends = weight.kind == "embedding" or weight.name == HEAD
    if upcast and ends:
        return 4 if values.get("load_in_4bit") and values.get("embeddings_skip_upcast") else width(values)
    return 4 if upcast and "norm" not in weight.name else width(values)


def _loading(model: Model, values: Mapping[str, Any]) -> float:
    """Axolotl makes embeddings and head fp32 for a moment; a quantised tensor comes in bf16 first."""
    ends = sum(w.size for w in model.weights if w.kind == "embedding" or w.name == HEAD)
    skipped = bool(values.get("load_in_4bit") and values.get("embeddings_skip_upcast"))
    largest = max(w.size // w.count for w in model.weights if w.kind in ("linear", "expert"))
    return max(0 if skipped else ends * (4 - width(values)), largest * 2)


def optimizer_bytes(name: str) -> float:
    """Bytes of state per trained parameter; what is not known counts as Adam."""
    found = [known for known in _OPTIMIZERS if known in name]
    return _OPTIMIZERS[max(found, key=lambda known: (known.endswith("bit"), len(known)))] if found else 8.0


def zero_stage(values: Mapping[str, Any]) -> int:
    """The stage of the recipe's DeepSpeed file; 0 without one. Raises UserError when the file is not there."""
    chosen = values.get("deepspeed")
    if not chosen:
        return 0
    if isinstance(chosen, str) and not Path(chosen).is_file():
        raise UserError(f"deepspeed: no file {chosen}: there are configs/deepspeed/zero2.json and zero3.json")
    config = chosen if isinstance(chosen, dict) else read_yaml(Path(str(chosen)))
    return int((config.get("zero_optimization") or {}).get("stage") or 0)


def tokens(values: Mapping[str, Any]) -> int:
    """Of one forward pass on one card, at most."""
    return int(values.get("micro_batch_size") or 1) * int(values.get("sequence_len") or SEQUENCE_LEN)


def checkpointed(values: Mapping[str, Any]) -> bool:
    """`activation_offloading: true` takes the recomputation away and moves all that is kept."""
    return bool(values.get("gradient_checkpointing")) and values.get("activation_offloading") in (
        None,
        False,
        "hidden_states",
    )


def _kept(model: Model, values: Mapping[str, Any]) -> tuple[float, float]:
    """Bytes kept for backward on the card, and in the machine's memory."""
    count, offloaded = tokens(values), bool(values.get("activation_offloading"))
    if checkpointed(values):
        inputs = model.layers * count * model.hidden * width(values)
        return (2 * inputs / model.layers, inputs) if offloaded else (inputs, 0)
    layer = _saved(model, values) + _experts(model, values)
    return (2 * layer, layer * model.layers) if offloaded else (layer * model.layers, 0)


def _layer(model: Model, values: Mapping[str, Any]) -> float:
    """One layer's backward: what it keeps (where it is recomputed; else that is among the activations), and the larger
    of its two halves: the MLP's gradients with one weight dequantised, or eager attention's scores."""
    count, wide = tokens(values), width(values) / 2
    routed = 4.5 * model.hidden * model.chosen
    passing = (6 * model.inner + (4 if _lean(values) else 10) * model.hidden + routed) * count * wide
    scores = _pairs(model, values) * (_eager(model)[1] - _eager(model)[0])
    linears = [w.size // w.count for w in model.weights if w.kind == "linear" and is_quantised(w, values)]
    kept, experts = (_saved(model, values), _experts(model, values)) if checkpointed(values) else (0, 0)
    return kept + max(experts + passing + 2 * width(values) * max(linears, default=0), scores)


def _saved(model: Model, values: Mapping[str, Any]) -> float:
    """Bytes that one layer keeps without recomputation. With Axolotl's LoRA kernels, or over 4-bit weights, an adapter
    shares its input; else PEFT copies it for each."""
    targets, wide = _targets(model, values), width(values) / 2
    norms = 4 if values.get("liger_rms_norm") else 8
    inputs = 4 if _lean(values) else 2 * len(targets & {"q_proj", "k_proj", "v_proj", "gate_proj", "up_proj"})
    mlp = 4 if values.get("lora_mlp_kernel") else 6
    if model.chosen:
        mlp = 12 if model.kind == "gpt_oss" else 8
    down = 2 * model.inner if "down_proj" in targets else 0
    copied = 0 if _lean(values) else model.attention / 2
    rank = 8 * int(values.get("lora_r") or 8) * len(targets)
    dropout = 3 * sum((model.hidden, model.inner)) if values.get("lora_dropout") else 0
    flat = (norms + inputs) * model.hidden + mlp * model.inner + down + 2 * model.attention + copied + rank + dropout
    routed = 2 * model.chosen * model.hidden
    return (flat + routed) * tokens(values) * wide + _pairs(model, values) * _eager(model)[0]


def _targets(model: Model, values: Mapping[str, Any]) -> set[str]:
    targets = values.get("lora_target_modules") or []
    if values.get("lora_target_linear") or isinstance(targets, str):
        return {w.leaf for w in model.weights if w.kind == "linear" and w.name != HEAD}
    return set(targets) - fused(model, values)


def _lean(values: Mapping[str, Any]) -> bool:
    return bool(values.get("lora_qkv_kernel") or values.get("load_in_4bit"))


def _experts(model: Model, values: Mapping[str, Any]) -> float:
    """The expert weights of one layer as they are computed with: kept for backward where they are quantised."""
    if not (quantised(values) and values.get("quantize_moe_experts")):
        return 0
    return sum(w.size // w.count for w in model.weights if w.kind == "expert") * width(values)


def _eager(model: Model) -> tuple[float, float]:
    return _EAGER.get(model.kind, _EAGER_OTHERS)


def _pairs(model: Model, values: Mapping[str, Any]) -> float:
    """Scores that eager attention writes down: per head one for each pair of tokens of a sequence."""
    if values.get("attn_implementation") != "eager" and not values.get("eager_attention"):
        return 0
    return model.heads * tokens(values) * int(values.get("sequence_len") or SEQUENCE_LEN)


def _logits(model: Model, values: Mapping[str, Any]) -> float:
    """Of the loss over one micro batch: 12 bytes a logit (log-probabilities, two gradients) unless it is fused."""
    count, ends = tokens(values), 8 * model.hidden * tokens(values)
    if values.get("liger_fused_linear_cross_entropy") or values.get("cut_cross_entropy"):
        chunk = 1 << max(0, (count * model.hidden // model.vocabulary - 1)).bit_length()
        return ends + 4 * min(chunk, count) * model.vocabulary
    if values.get("chunked_cross_entropy"):
        return ends + (4 + 12 / int(values.get("chunked_cross_entropy_num_chunks") or 8)) * count * model.vocabulary
    return ends + 12 * count * model.vocabulary


def _evaluation(model: Model, values: Mapping[str, Any]) -> float:
    """Logits are never fused in evaluation: bf16, fp32 and log-probabilities; each layer lives for a moment."""
    if not (values.get("test_datasets") or values.get("val_set_size")):
        return 0
    size = int(values.get("eval_batch_size") or values.get("micro_batch_size") or 1)
    count = size * int(values.get("eval_sequence_len") or values.get("sequence_len") or SEQUENCE_LEN)
    return count * (10 * model.vocabulary + 8 * model.hidden)


def _largest_layer(model: Model, values: Mapping[str, Any]) -> float:
    """What ZeRO-3 gathers at once: a layer, or the head."""
    layer = sum(w.size / w.count for w in model.weights if w.kind in ("linear", "expert") and w.name != HEAD)
    return max(layer, model.hidden * model.vocabulary) * width(values)
