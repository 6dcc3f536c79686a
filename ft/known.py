"""A recipe's model without its weights. What the published config.json of the shipped recipes' bases says is here, as
far as memory and time depend on it; other models are read from their folder, or their config.json from the Hub.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ft import ranges
from ft.base import download, is_local
from ft.checkpoint import read_config
from ft.data import entries
from ft.recipe import OUTPUTS, Recipe
from ft.shapes import Model, read
from prep.errors import UserError

_CODE_LLAMA = {
    "model_type": "llama",
    "hidden_size": 4096,
    "intermediate_size": 11008,
    "num_hidden_layers": 32,
    "num_attention_heads": 32,
    "num_key_value_heads": 32,
    "vocab_size": 32016,
    "max_position_embeddings": 16384,
    "tie_word_embeddings": False,
}
_QWEN2_7B = {
    "model_type": "qwen2",
    "hidden_size": 3584,
    "intermediate_size": 18944,
    "num_hidden_layers": 28,
    "num_attention_heads": 28,
    "num_key_value_heads": 4,
    "vocab_size": 152064,
    "max_position_embeddings": 32768,
    "tie_word_embeddings": False,
}
_GPT_OSS_20B = {
    "model_type": "gpt_oss",
    "hidden_size": 2880,
    "intermediate_size": 2880,
    "num_hidden_layers": 24,
    "num_attention_heads": 64,
    "num_key_value_heads": 8,
    "head_dim": 64,
    "num_local_experts": 32,
    "num_experts_per_tok": 4,
    "vocab_size": 201088,
    "max_position_embeddings": 131072,
    "attention_bias": True,
    "tie_word_embeddings": False,
}

# The name on the Hub, in lower case -> the facts.
CONFIGS: dict[str, dict[str, Any]] = {
    "openai/gpt-oss-20b": {**_GPT_OSS_20B, "quantization_config": {"quant_method": "mxfp4"}},
    "unsloth/gpt-oss-20b-bf16": _GPT_OSS_20B,
    "codellama/codellama-7b-hf": _CODE_LLAMA,
    "codellama/codellama-7b-instruct-hf": _CODE_LLAMA,
    "deepseek-ai/deepseek-coder-6.7b-base": {**_CODE_LLAMA, "vocab_size": 32256},
    "deepseek-ai/deepseek-coder-v2-lite-instruct": {
        "model_type": "deepseek_v2",
        "hidden_size": 2048,
        "intermediate_size": 10944,
        "moe_intermediate_size": 1408,
        "num_hidden_layers": 27,
        "first_k_dense_replace": 1,
        "num_attention_heads": 16,
        "num_key_value_heads": 16,
        "n_routed_experts": 64,
        "n_shared_experts": 2,
        "num_experts_per_tok": 6,
        "q_lora_rank": None,
        "kv_lora_rank": 512,
        "qk_nope_head_dim": 128,
        "qk_rope_head_dim": 64,
        "v_head_dim": 128,
        "vocab_size": 102400,
        "max_position_embeddings": 163840,
        "tie_word_embeddings": False,
    },
    "qwen/qwen2-7b-instruct": _QWEN2_7B,
    "qwen/qwen2.5-7b-instruct": _QWEN2_7B,
    "meta-llama/llama-3.2-3b-instruct": {
        "model_type": "llama",
        "hidden_size": 3072,
        "intermediate_size": 8192,
        "num_hidden_layers": 28,
        "num_attention_heads": 24,
        "num_key_value_heads": 8,
        "head_dim": 128,
        "vocab_size": 128256,
        "max_position_embeddings": 131072,
        "tie_word_embeddings": True,
    },
    "mistralai/mistral-7b-instruct-v0.3": {
        "model_type": "mistral",
        "hidden_size": 4096,
        "intermediate_size": 14336,
        "num_hidden_layers": 32,
        "num_attention_heads": 32,
        "num_key_value_heads": 8,
        "head_dim": 128,
        "vocab_size": 32768,
        "max_position_embeddings": 32768,
        "tie_word_embeddings": False,
    },
}


def model_of(recipe: Recipe) -> Model:
    """The recipe's model, by its folder, by what is known of it here, or by its config.json on the Hub."""
    _check(recipe)
    base = str(recipe.values.get("base_model"))
    if (Path(base) / "config.json").is_file():
        return read(read_config(Path(base)), base)
    for name in (base, str(recipe.values.get("tokenizer_config"))):
        if name.lower() in CONFIGS:
            return read(CONFIGS[name.lower()], name)
    if Path(base).parent == OUTPUTS / "standin":
        from ft.families import family
        from ft.tokenizers import VOCABULARY

        kind = family(recipe)
        return read({**kind.config, "vocab_size": VOCABULARY + kind.spare_rows}, base)
    if is_local(base):
        raise UserError(f"{recipe.path}: base_model '{base}' is not there: name a folder that is, or owner/name")
    return read(read_config(download(base, ["config.json"])), base)


def _check(recipe: Recipe) -> None:
    """Raise UserError for values that nothing can be counted with; Axolotl's schema looks at all of them."""
    values = recipe.values
    if values.get("adapter") not in ("lora", "qlora"):
        raise UserError(f"{recipe.path}: adapter must be lora or qlora: what is planned here is an adapter")
    if not values.get("base_model"):
        raise UserError(f"{recipe.path}: base_model is missing: a folder, or owner/name on the Hub")
    ranges.refuse(values, str(recipe.path))
    entries(values)
