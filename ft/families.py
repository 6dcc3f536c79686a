"""What a stand-in has of a published model: architecture, tensor names, tokenizer, chat template. Only sizes are small.

Configs and special tokens are those of the published config.json and tokenizer_config.json, as best known: nothing
is downloaded here. Chat templates come from an installed package where one carries them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from ft.recipe import Recipe
from prep.errors import UserError


@dataclass(frozen=True)
class Tokenizer:
    """How a small tokenizer of the published kind is made. `config` is its tokenizer_config.json."""

    special: tuple[str, ...]
    config: dict[str, Any]
    kind: str = "byte_level"  # or "sentencepiece"
    bos: bool = True  # encode() begins a text with bos_token
    blank: str = "always"  # sentencepiece: a blank is put before a text always, or before its "first" part alone
    nfc: bool = False  # text is normalised to NFC
    template: str = ""  # Jinja, or PACKAGE:PATH of an installed package

    @property
    def pre_tokenizer(self) -> str:
        """llama.cpp's name of how a text is cut before BPE: tokenizers' ByteLevel cuts as GPT-2 does. Real models are
        told by their vocabulary, and a stand-in has one of its own."""
        return "gpt-2" if self.kind == "byte_level" else ""


@dataclass(frozen=True)
class Family:
    """The stand-in of one published model: its small config and its tokenizer."""

    config: dict[str, Any]
    tokenizer: Tokenizer
    rope: dict[str, Any] = field(default_factory=lambda: {"rope_type": "default", "rope_theta": 10000.0})
    spare_rows: int = 0  # rows of the embedding beyond the tokenizer's tokens
    pretrained: bool = False


_LLAMA = {
    "architectures": ["LlamaForCausalLM"],
    "model_type": "llama",
    "hidden_size": 64,
    "intermediate_size": 128,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 4,
    "max_position_embeddings": 4096,
    "rms_norm_eps": 1e-5,
    "tie_word_embeddings": False,
}
_TINY = {**_LLAMA, "hidden_size": 256, "intermediate_size": 688, "num_hidden_layers": 4}
_LLAMA32 = {
    **_LLAMA,
    "num_attention_heads": 6,
    "num_key_value_heads": 2,  # grouped queries, three to one
    "hidden_size": 96,
    "max_position_embeddings": 131072,
    "tie_word_embeddings": True,
}
_MISTRAL = {
    **_LLAMA,
    "architectures": ["MistralForCausalLM"],
    "model_type": "mistral",
    "num_key_value_heads": 1,  # grouped queries, four to one
    "max_position_embeddings": 32768,
    "sliding_window": None,
}
_QWEN2 = {  # biases on q, k and v come with the class
    **_LLAMA,
    "architectures": ["Qwen2ForCausalLM"],
    "model_type": "qwen2",
    "num_attention_heads": 7,
    "num_key_value_heads": 1,  # grouped queries, seven to one
    "hidden_size": 112,
    "max_position_embeddings": 32768,
    "rms_norm_eps": 1e-6,
    "use_sliding_window": False,
}
_DEEPSEEK_V2 = {  # latent attention, a dense first layer, then routed and shared experts; stored expert by expert
    "architectures": ["DeepseekV2ForCausalLM"],
    "model_type": "deepseek_v2",
    "hidden_size": 64,
    "intermediate_size": 128,
    "moe_intermediate_size": 64,
    "num_hidden_layers": 26,  # llama.cpp tells the lite model by 26 or 27 of them
    "num_attention_heads": 4,
    "num_key_value_heads": 4,
    "kv_lora_rank": 32,
    "q_lora_rank": None,
    "qk_nope_head_dim": 16,
    "qk_rope_head_dim": 8,
    "v_head_dim": 16,
    "n_routed_experts": 8,
    "n_shared_experts": 2,
    "num_experts_per_tok": 3,
    "first_k_dense_replace": 1,
    "norm_topk_prob": False,
    "routed_scaling_factor": 1.0,
    "scoring_func": "softmax",
    "topk_method": "greedy",
    "n_group": 1,
    "topk_group": 1,
    "attention_bias": False,
    "max_position_embeddings": 163840,
    "rms_norm_eps": 1e-6,
    "tie_word_embeddings": False,
}
_GPT_OSS = {
    "architectures": ["GptOssForCausalLM"],
    "model_type": "gpt_oss",
    "hidden_size": 64,
    "intermediate_size": 64,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 16,
    "num_local_experts": 4,
    "num_experts_per_tok": 2,
    "sliding_window": 64,
    "layer_types": ["sliding_attention", "full_attention"],
    "max_position_embeddings": 4096,
    "tie_word_embeddings": False,
}

_LLAMA3_ROPE = {
    "rope_type": "llama3",
    "rope_theta": 500000.0,
    "factor": 32.0,
    "low_freq_factor": 1.0,
    "high_freq_factor": 4.0,
    "original_max_position_embeddings": 8192,
}
_YARN_ROPE = {
    "rope_type": "yarn",
    "rope_theta": 10000.0,
    "factor": 40.0,
    "beta_fast": 32.0,
    "beta_slow": 1.0,
    "mscale": 0.707,
    "mscale_all_dim": 0.707,
    "original_max_position_embeddings": 4096,
}

_HARMONY_TOKENS = (
    *("<|startoftext|>", "<|endoftext|>", "<|return|>", "<|constrain|>", "<|channel|>"),
    *("<|start|>", "<|end|>", "<|message|>", "<|call|>"),
)
_LLAMA3_TOKENS = (
    *("<|begin_of_text|>", "<|end_of_text|>", "<|finetune_right_pad_id|>", "<|start_header_id|>"),
    *("<|end_header_id|>", "<|eom_id|>", "<|eot_id|>", "<|python_tag|>"),
)
_MISTRAL_TOKENS = (
    *("[INST]", "[/INST]", "[TOOL_CALLS]", "[AVAILABLE_TOOLS]"),
    *("[/AVAILABLE_TOOLS]", "[TOOL_RESULTS]", "[/TOOL_RESULTS]"),
)
_BOS, _EOS = "<｜begin▁of▁sentence｜>", "<｜end▁of▁sentence｜>"  # noqa: RUF001 (the published names)
_DEEPSEEK_CONFIG = {
    "tokenizer_class": "LlamaTokenizerFast",
    "bos_token": _BOS,
    "eos_token": _EOS,
    "pad_token": _EOS,
    "add_bos_token": True,
    "add_eos_token": False,
}
_CODELLAMA_CONFIG = {
    "tokenizer_class": "CodeLlamaTokenizer",
    "bos_token": "<s>",
    "eos_token": "</s>",
    "unk_token": "<unk>",
    "add_bos_token": True,
    "add_eos_token": False,
    "fill_token": None,
    "prefix_token": None,
    "middle_token": None,
    "suffix_token": None,
    "eot_token": None,
}
_QWEN_CONFIG = {"tokenizer_class": "Qwen2Tokenizer", "eos_token": "<|im_end|>", "pad_token": "<|endoftext|>"}
_PLAIN_CONFIG = {
    "tokenizer_class": "PreTrainedTokenizerFast",
    "bos_token": "<s>",
    "eos_token": "</s>",
    "pad_token": "<pad>",
}

# No installed package carries these three; they are written as the models' tokenizer_config.json has them.
_QWEN2_TEMPLATE = (
    "{% for message in messages %}{% if loop.first and messages[0]['role'] != 'system' %}"
    "{{ '<|im_start|>system\\nYou are a helpful assistant.<|im_end|>\\n' }}{% endif %}"
    "{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
)
_DEEPSEEK_V2_TEMPLATE = (
    "{% if not add_generation_prompt is defined %}{% set add_generation_prompt = false %}{% endif %}"
    "{{ bos_token }}{% for message in messages %}"
    "{% if message['role'] == 'user' %}{{ 'User: ' + message['content'] + '\\n\\n' }}"
    "{% elif message['role'] == 'assistant' %}{{ 'Assistant: ' + message['content'] + eos_token }}"
    "{% elif message['role'] == 'system' %}{{ message['content'] + '\\n\\n' }}{% endif %}{% endfor %}"
    "{% if add_generation_prompt %}{{ 'Assistant:' }}{% endif %}"
)
_CODELLAMA_TEMPLATE = (
    "{% if messages[0]['role'] == 'system' %}{% set loop_messages = messages[1:] %}"
    "{% set system_message = messages[0]['content'] %}{% else %}{% set loop_messages = messages %}"
    "{% set system_message = false %}{% endif %}{% for message in loop_messages %}"
    "{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}"
    "{{ raise_exception('Conversation roles must alternate user/assistant/user/assistant/...') }}{% endif %}"
    "{% if loop.index0 == 0 and system_message != false %}"
    "{% set content = '<<SYS>>\\n' + system_message + '\\n<</SYS>>\\n\\n' + message['content'] %}"
    "{% else %}{% set content = message['content'] %}{% endif %}"
    "{% if message['role'] == 'user' %}{{ bos_token + '[INST] ' + content | trim + ' [/INST]' }}"
    "{% elif message['role'] == 'assistant' %}{{ ' ' + content | trim + ' ' + eos_token }}{% endif %}{% endfor %}"
)


def _rope(theta: float) -> dict[str, Any]:
    return {"rope_type": "default", "rope_theta": theta}


_HARMONY = Tokenizer(
    _HARMONY_TOKENS,
    {**_PLAIN_CONFIG, "bos_token": "<|startoftext|>", "eos_token": "<|return|>", "pad_token": "<|endoftext|>"},
    bos=False,
    template="trl:chat_templates/gptoss.jinja",
)
_QWEN_TOKENS = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")
_CODELLAMA = Tokenizer(("<unk>", "<s>", "</s>"), _CODELLAMA_CONFIG, "sentencepiece")

# By the name of the base model, the first that is found in it.
FAMILIES: dict[str, Family] = {
    r"gpt-oss": Family(_GPT_OSS, _HARMONY, _rope(150000.0)),
    r"codellama.*instruct": Family(
        _LLAMA,
        Tokenizer(_CODELLAMA.special, _CODELLAMA_CONFIG, "sentencepiece", template=_CODELLAMA_TEMPLATE),
        _rope(1000000.0),
    ),
    r"codellama": Family(_LLAMA, _CODELLAMA, _rope(1000000.0)),
    r"deepseek-coder-v2": Family(
        _DEEPSEEK_V2,
        Tokenizer((_BOS, _EOS), _DEEPSEEK_CONFIG, template=_DEEPSEEK_V2_TEMPLATE),
        _YARN_ROPE,
        spare_rows=64,
    ),
    r"deepseek-coder": Family(_LLAMA, Tokenizer((_BOS, _EOS), _DEEPSEEK_CONFIG), _rope(100000.0)),
    r"qwen2\.5": Family(
        _QWEN2,
        Tokenizer(_QWEN_TOKENS, _QWEN_CONFIG, bos=False, nfc=True, template="trl:chat_templates/qwen2_5.jinja"),
        _rope(1000000.0),
        spare_rows=64,
    ),
    r"qwen2": Family(
        _QWEN2,
        Tokenizer(_QWEN_TOKENS, _QWEN_CONFIG, bos=False, nfc=True, template=_QWEN2_TEMPLATE),
        _rope(1000000.0),
        spare_rows=64,
    ),
    r"llama-3\.2": Family(
        _LLAMA32,
        Tokenizer(
            _LLAMA3_TOKENS,
            {
                "tokenizer_class": "PreTrainedTokenizerFast",
                "bos_token": "<|begin_of_text|>",
                "eos_token": "<|eot_id|>",
                "clean_up_tokenization_spaces": True,
            },
            template="trl:chat_templates/llama3_2.jinja",
        ),
        _LLAMA3_ROPE,
    ),
    r"mistral-7b": Family(
        _MISTRAL,
        Tokenizer(
            ("<unk>", "<s>", "</s>", *_MISTRAL_TOKENS),
            {
                "tokenizer_class": "LlamaTokenizer",
                "bos_token": "<s>",
                "eos_token": "</s>",
                "unk_token": "<unk>",
                "add_bos_token": True,
                "add_eos_token": False,
                "legacy": False,
            },
            "sentencepiece",
            blank="first",
            template="axolotl:utils/chat_templates/templates/mistral_v2v3.jinja",
        ),
        _rope(1000000.0),
    ),
    r"standin/tiny": Family(_TINY, Tokenizer(("<s>", "</s>", "<pad>"), _PLAIN_CONFIG), pretrained=True),
}


def family(recipe: Recipe) -> Family:
    """The family of the recipe's base model, by the name of the base."""
    names = f"{recipe.values.get('base_model', '')} {recipe.values.get('tokenizer_config', '')}"
    for pattern, found in FAMILIES.items():
        if re.search(pattern, names, flags=re.I):
            return found
    known = ", ".join(pattern.replace("\\", "") for pattern in FAMILIES)
    raise UserError(
        f"{recipe.path}: no stand-in is known for base_model '{recipe.values.get('base_model')}' (known: {known}): "
        "add its small config to FAMILIES in ft/families.py"
    )
