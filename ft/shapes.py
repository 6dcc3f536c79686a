"""A model's config -> its weights by kind, and what an adapter adds to them. No weights, no torch.

Known architectures are counted by their formulas; any other is built by transformers itself, without memory.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from math import prod
from typing import Any, Literal

from prep.errors import UserError

Kind = Literal["linear", "embedding", "expert", "other"]
HEAD = "lm_head"
# PEFT turns these names of dense layers, on a model whose experts are stored as one tensor, into the experts' own.
_FUSED = {"gate_proj": "gate_up_proj", "up_proj": "gate_up_proj", "down_proj": "down_proj"}
_FUSING = ("deepseek_v2", "qwen2_moe", "qwen3_moe")


@dataclass(frozen=True)
class Weight:
    """One kind of weight: `shape` as stored, [out, in] for a linear layer, [experts, ., .] for experts."""

    name: str
    shape: tuple[int, ...]
    kind: Kind = "other"
    count: int = 1  # layers that have one
    bias: int = 0  # elements beside it, which nothing quantises

    @property
    def size(self) -> int:
        """Elements of all its copies, biases not counted."""
        return prod(self.shape) * self.count

    @property
    def leaf(self) -> str:
        return self.name.rpartition(".")[2]


@dataclass(frozen=True)
class Model:
    """The weights of a model and the sizes that activations depend on."""

    kind: str  # the config's model_type
    weights: tuple[Weight, ...]
    hidden: int
    layers: int
    heads: int
    attention: (
        int  # queries, keys, values and outputs of all heads of one token, keys and values as each head sees them
    )
    inner: int  # intermediate values of one token in one layer's MLP, over all experts that see it
    vocabulary: int
    chosen: int = 0  # experts per token; 0: a dense model
    experts: int = 0

    @property
    def parameters(self) -> int:
        return sum(w.size + w.bias * w.count for w in self.weights)

    @property
    def active(self) -> int:
        """Parameters that one token is multiplied with: no embeddings, and of the experts those that are chosen."""
        dense = sum(w.size for w in self.weights if w.kind == "linear")
        tied = 0 if any(w.name == HEAD for w in self.weights) else self.hidden * self.vocabulary
        routed = sum(w.size for w in self.weights if w.kind == "expert")
        return dense + tied + (routed * self.chosen // self.experts if self.experts else 0)


def read(config: Mapping[str, Any], where: str) -> Model:
    """The model of a config.json. Raises UserError naming the key that is missing, or a kind nobody knows."""
    maker = _MAKERS.get(str(config.get("model_type")))
    for key in ("hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads", "vocab_size"):
        if key in config and (not isinstance(config[key], int) or config[key] < 1):
            raise UserError(f"{where}: its config's {key} is {config[key]!r}, no whole number above 0")
    try:
        return maker(config) if maker else _built(config, where)
    except KeyError as error:
        raise UserError(f"{where}: its config has no {error.args[0]!r}: not a decoder's config.json") from None


def adapter_size(model: Model, values: Mapping[str, Any]) -> int:
    """Trainable parameters of the recipe's LoRA: as PEFT counts them, modules_to_save and DoRA included."""
    rank, routed = int(values.get("lora_r") or 8), fused(model, values)
    total = 0
    for w in model.weights:
        if w.leaf in (values.get("lora_modules_to_save") or []) or w.name in (values.get("lora_modules_to_save") or []):
            total += w.size
        elif w.kind == "linear" and not (routed and w.leaf in _FUSED) and _targeted(w, values):
            total += w.count * (rank * sum(w.shape) + (w.shape[0] if values.get("peft_use_dora") else 0))
        elif w.kind == "expert" and (w.leaf in routed or _named(w.name, values.get("lora_target_parameters"))):
            wide = rank * (2 if routed and w.leaf == "gate_up_proj" else 1)
            total += w.count * w.shape[0] * wide * (w.shape[1] + w.shape[2])
    return total


def strangers(model: Model, values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(key, name) of each name that the recipe gives the adapter and that nothing in the model has: PEFT passes over it
    in silence as long as another one fits."""
    found: list[tuple[str, str]] = []
    for key in ("lora_target_modules", "lora_target_parameters", "lora_modules_to_save"):
        names = values.get(key) or []
        if isinstance(names, str):
            fits = names == "all-linear" or any(_targeted(w, {key: names}) for w in model.weights)
            found += [] if fits else [(key, names)]
            continue
        found += [(key, n) for n in map(str, names) if n != "all-linear" and not _in(model, n)]
    return found


def leaves(model: Model) -> list[str]:
    """The names of the model's dense layers that an adapter can go to."""
    return list(dict.fromkeys(w.leaf for w in model.weights if w.kind == "linear" and w.name != HEAD))


def _in(model: Model, name: str) -> bool:
    """Whether a weight of the model has this name; of norms only some are told apart here, so all pass."""
    return "norm" in name or any(_named(w.name.removesuffix(".weight"), [name]) for w in model.weights)


def fused(model: Model, values: Mapping[str, Any]) -> set[str]:
    """The expert tensors that PEFT adapts, all experts of all layers, for names like gate_proj in the recipe."""
    if not model.experts or model.kind not in _FUSING:
        return set()
    targets = values.get("lora_target_modules") or []
    return {_FUSED[t] for t in targets if t in _FUSED} if isinstance(targets, list) else set()


def _targeted(weight: Weight, values: Mapping[str, Any]) -> bool:
    targets = values.get("lora_target_modules") or []
    if weight.name == HEAD and HEAD not in targets:
        return False
    if values.get("lora_target_linear") or targets in ("all-linear", ["all-linear"]):
        return True
    if isinstance(targets, str):  # PEFT: a regular expression over the whole name
        return re.fullmatch(targets, f"model.layers.0.{weight.name}") is not None
    return _named(weight.name, targets)


def _named(name: str, names: Iterable[str] | None) -> bool:
    """By its end, as PEFT and bitsandbytes match names."""
    return any(name == n or name.endswith(f".{n}") or n.endswith(f".{name}") for n in names or ())


def _llama(config: Mapping[str, Any]) -> Model:
    """Llama, Mistral, Qwen2: grouped attention and a gated MLP; Qwen2 has biases on q, k and v."""
    h, heads = config["hidden_size"], config["num_attention_heads"]
    biased = config["model_type"] == "qwen2" or bool(config.get("attention_bias"))
    attention, query = _attention(config, biased, biased and config["model_type"] != "qwen2")
    return Model(
        config["model_type"],
        (*_ends(config), *attention, *_mlp("mlp", h, config["intermediate_size"], config["num_hidden_layers"])),
        h,
        config["num_hidden_layers"],
        heads,
        4 * query,
        config["intermediate_size"],
        config["vocab_size"],
    )


def _gpt_oss(config: Mapping[str, Any]) -> Model:
    h, inner, layers = config["hidden_size"], config["intermediate_size"], config["num_hidden_layers"]
    experts, chosen, heads = config["num_local_experts"], config["num_experts_per_tok"], config["num_attention_heads"]
    attention, query = _attention(config, bool(config.get("attention_bias", True)), True)
    moe = (
        Weight("self_attn.sinks", (heads,), count=layers),
        Weight("mlp.router.weight", (experts, h), count=layers, bias=experts),
        Weight("mlp.experts.gate_up_proj", (experts, h, 2 * inner), "expert", layers, bias=experts * 2 * inner),
        Weight("mlp.experts.down_proj", (experts, inner, h), "expert", layers, bias=experts * h),
    )
    weights = (*_ends(config), *attention, *moe)
    vocabulary = config["vocab_size"]
    return Model("gpt_oss", weights, h, layers, heads, 4 * query, inner * chosen, vocabulary, chosen, experts)


def _deepseek_v2(config: Mapping[str, Any]) -> Model:
    """Latent attention; the first layers dense, the others with shared and routed experts."""
    h, layers, heads = config["hidden_size"], config["num_hidden_layers"], config["num_attention_heads"]
    experts, chosen, inner = (
        config["n_routed_experts"],
        config["num_experts_per_tok"],
        config["moe_intermediate_size"],
    )
    dense = min(layers, config["first_k_dense_replace"])
    nope, rope, value, latent = (
        config[k] for k in ("qk_nope_head_dim", "qk_rope_head_dim", "v_head_dim", "kv_lora_rank")
    )
    query, rank = heads * (nope + rope), config.get("q_lora_rank")
    queries = (
        (
            Weight("self_attn.q_a_proj", (rank, h), "linear", layers),
            Weight("self_attn.q_a_layernorm", (rank,), count=layers),
            Weight("self_attn.q_b_proj", (query, rank), "linear", layers),
        )
        if rank
        else (Weight("self_attn.q_proj", (query, h), "linear", layers),)
    )
    sparse, shared = layers - dense, inner * config["n_shared_experts"]
    rest = (
        Weight("self_attn.kv_a_proj_with_mqa", (latent + rope, h), "linear", layers),
        Weight("self_attn.kv_a_layernorm", (latent,), count=layers),
        Weight("self_attn.kv_b_proj", (heads * (nope + value), latent), "linear", layers),
        Weight("self_attn.o_proj", (h, heads * value), "linear", layers),
        *_mlp("mlp", h, config["intermediate_size"], dense),
        *_mlp("mlp.shared_experts", h, shared, sparse),
        Weight("mlp.gate.weight", (experts, h), count=sparse),
        Weight("mlp.experts.gate_up_proj", (experts, 2 * inner, h), "expert", sparse),
        Weight("mlp.experts.down_proj", (experts, h, inner), "expert", sparse),
    )
    weights, width = (*_ends(config), *queries, *rest), inner * chosen + shared
    attention = 2 * query + 2 * heads * value
    return Model("deepseek_v2", weights, h, layers, heads, attention, width, config["vocab_size"], chosen, experts)


def _ends(config: Mapping[str, Any]) -> tuple[Weight, ...]:
    """Embeddings, norms, and the head where it is not the embeddings again."""
    h, vocabulary, layers = config["hidden_size"], config["vocab_size"], config["num_hidden_layers"]
    head = () if config.get("tie_word_embeddings") else (Weight(HEAD, (vocabulary, h), "linear"),)
    return (Weight("embed_tokens", (vocabulary, h), "embedding"), Weight("norm", (h,), count=2 * layers + 1), *head)


def _attention(config: Mapping[str, Any], biased: bool, biased_out: bool) -> tuple[tuple[Weight, ...], int]:
    """The four projections, and the width of all queries."""
    h, heads, layers = config["hidden_size"], config["num_attention_heads"], config["num_hidden_layers"]
    head = config.get("head_dim") or h // heads
    query, key = heads * head, (config.get("num_key_value_heads") or heads) * head
    found = [
        Weight(f"self_attn.{name}_proj", (width, h), "linear", layers, bias=width if biased else 0)
        for name, width in (("q", query), ("k", key), ("v", key))
    ]
    found.append(Weight("self_attn.o_proj", (h, query), "linear", layers, bias=h if biased_out else 0))
    return tuple(found), query


def _mlp(name: str, hidden: int, inner: int, layers: int) -> tuple[Weight, ...]:
    return (
        Weight(f"{name}.gate_proj", (inner, hidden), "linear", layers),
        Weight(f"{name}.up_proj", (inner, hidden), "linear", layers),
        Weight(f"{name}.down_proj", (hidden, inner), "linear", layers),
    )


_MAKERS: dict[str, Callable[[Mapping[str, Any]], Model]] = {
    "llama": _llama,
    "mistral": _llama,
    "qwen2": _llama,
    "gpt_oss": _gpt_oss,
    "deepseek_v2": _deepseek_v2,
}


def _built(config: Mapping[str, Any], where: str) -> Model:
    """Any other architecture, as transformers makes it on the meta device: names and shapes without memory."""
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM

    try:
        plain = {key: value for key, value in config.items() if key != "quantization_config"}
        text = AutoConfig.for_model(**plain).get_text_config()
        with torch.device("meta"):
            module = AutoModelForCausalLM.from_config(text)
    except (ValueError, KeyError, TypeError) as error:
        reason = str(error).splitlines()[0]
        raise UserError(f"{where}: transformers makes no language model of its config.json: {reason}") from None
    weights = tuple(_weights(module))
    experts = max((w.shape[0] for w in weights if w.kind == "expert"), default=0)
    chosen = int(getattr(text, "num_experts_per_tok", 0) or 0) if experts else 0
    head = int(getattr(text, "head_dim", 0) or text.hidden_size // text.num_attention_heads)
    inner = int(getattr(text, "intermediate_size", 0) or 4 * text.hidden_size)
    return Model(
        text.model_type,
        weights,
        text.hidden_size,
        text.num_hidden_layers,
        text.num_attention_heads,
        4 * text.num_attention_heads * head,
        int(getattr(text, "moe_intermediate_size", inner)) * chosen if chosen else inner,
        text.vocab_size,
        chosen,
        experts,
    )


def _weights(module: Any) -> Iterable[Weight]:
    """The parameters of a torch module; equal ones of all layers counted together."""
    kinds = {f"{name}.weight": type(m).__name__ for name, m in module.named_modules()}
    found: dict[tuple[str, tuple[int, ...], Kind], int] = {}
    for name, parameter in module.named_parameters():
        shape, kind = tuple(parameter.shape), kinds.get(name, "")
        what: Kind = "embedding" if kind == "Embedding" else "linear" if kind in ("Linear", "Conv1D") else "other"
        if len(shape) == 3 and "expert" in name:
            what = "expert"
        plain = re.sub(r"^(model\.)?(layers\.\d+\.)?|\.weight$", "", name)
        found[plain, shape, what] = found.get((plain, shape, what), 0) + 1
    return (Weight(name, shape, kind, count) for (name, shape, kind), count in found.items())
