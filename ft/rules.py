"""Keys that contradict each other, have no effect together, or were seen to end badly: one row each.

Each row is a condition on the recipe, the cause in words and the line that mends it. Nothing here is about a key's name
or type, which Axolotl's own schema knows (ft/schema.py).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ft import traits
from ft.recipe import SEQUENCE_LEN
from prep.errors import UserError

Values = Mapping[str, Any]
KERNELS = ("lora_qkv_kernel", "lora_o_kernel", "lora_mlp_kernel", "lora_embedding_kernel")
ATTENTIONS = ("flash_attention", "sdp_attention", "flex_attention", "xformers_attention", "sage_attention")
CHAT_ONLY = ("roles_to_train", "train_on_eos", "train_on_eot", "field_messages", "field_thinking", "chat_template")


@dataclass(frozen=True)
class Rule:
    """A fault where `holds` is true of a recipe. `only_a_note` where the run is right but not what one may expect."""

    holds: Callable[[Values], bool]
    cause: str
    fix: str
    only_a_note: bool = False


def broken(values: Values) -> list[Rule]:
    """The rules that hold for a recipe. Values of a wrong type are the schema's business: they break no rule."""
    found = []
    for rule in RULES:
        try:
            if rule.holds(values):
                found.append(rule)
        except (TypeError, ValueError, AttributeError, KeyError):
            continue
    return found


def refuse(values: Values, where: str) -> None:
    """Raise UserError with every contradiction of a recipe and the line that mends it; notes are left to the check."""
    found = [f"{where}: {rule.cause}: {rule.fix}" for rule in broken(values) if not rule.only_a_note]
    if found:
        raise UserError("\n".join(found))


RULES = [
    # the model: seen to bite
    Rule(
        lambda v: traits.gpt_oss(v) and bool(v.get("sample_packing")),
        "the attention of gpt-oss sees across packed examples: sample_packing mixes them",
        "sample_packing: false",
    ),
    Rule(
        lambda v: traits.gpt_oss(v) and traits.chat(v) and "<|end|>" not in (v.get("eot_tokens") or []),
        "harmony ends earlier turns with <|end|>, which is only trained when eot_tokens names it",
        'eot_tokens: ["<|end|>"]',
    ),
    Rule(
        lambda v: traits.mxfp4(v) and v.get("merge_method") == "legacy",
        "merge_method: legacy writes a corrupt checkpoint of a base with MXFP4 weights: experts are lost",
        "merge_method: null",
    ),
    Rule(
        lambda v: traits.mxfp4(v) and traits.expert_lora(v),
        "LoRA on experts is lost without a word when it is merged into MXFP4 weights",
        "lora_target_modules: [q_proj, k_proj, v_proj, o_proj]",
    ),
    Rule(
        lambda v: traits.gpt_oss(v)
        and v.get("attn_implementation") in (None, "sdpa", "flash_attention_2")
        and not (v.get("eager_attention") or v.get("flex_attention")),
        "gpt-oss needs an attention with sinks, which sdpa and flash_attention_2 do not have",
        "attn_implementation: eager",
    ),
    Rule(
        lambda v: traits.gpt_oss(v) and bool(v.get("use_kernels")),
        "use_kernels fetches kernels from the Hub and swaps the expert block: the weights become bf16, 44 GiB",
        "use_kernels: false",
    ),
    Rule(
        lambda v: bool(v.get("load_in_4bit")) and str(v.get("base_model")).startswith("openai/gpt-oss"),
        "the published MXFP4 weights cannot be loaded in 4 bits again: they need a bf16 copy (python -m ft base)",
        "base_model: outputs/base/gpt-oss-20b-bf16",
    ),
    Rule(
        lambda v: bool(v.get("quantize_moe_experts")) and not v.get("load_in_4bit") and not v.get("load_in_8bit"),
        "quantize_moe_experts has no effect without load_in_4bit: the experts stay bf16",
        "load_in_4bit: true",
    ),
    Rule(
        lambda v: traits.mixture(v) and bool(v.get("load_in_4bit")) and not v.get("quantize_moe_experts"),
        "load_in_4bit alone leaves the experts, most of this model, in bf16",
        "quantize_moe_experts: true",
        only_a_note=True,
    ),
    Rule(
        lambda v: int(v.get("sequence_len") or 0)
        > int(traits.model_config(v).get("max_position_embeddings") or 1 << 60),
        "sequence_len is above the positions that the model knows (max_position_embeddings of its config.json)",
        "sequence_len: 2048",
    ),
    Rule(
        lambda v: bool(v.get("trust_remote_code")),
        "trust_remote_code runs a program of the model's repository and switches the fused LoRA kernels off; the "
        "architectures of all shipped recipes are in transformers itself",
        "trust_remote_code: false",
        only_a_note=True,
    ),
    Rule(
        lambda v: bool(v.get("trust_remote_code")) and any(v.get(key) for key in KERNELS),
        "the fused LoRA kernels do not work with trust_remote_code",
        "trust_remote_code: false",
    ),
    # the adapter
    Rule(
        lambda v: v.get("adapter") not in ("lora", "qlora"),
        "adapter must be lora or qlora: this launcher trains adapters",
        "adapter: qlora",
    ),
    Rule(
        lambda v: bool(v.get("adapter")) and not (v.get("lora_r") and v.get("lora_alpha")),
        "an adapter needs its rank and its scale, lora_r and lora_alpha",
        "lora_r: 16\nlora_alpha: 32",
    ),
    Rule(
        lambda v: v["lora_alpha"] > 8 * v["lora_r"],
        "lora_alpha is more than 8 times lora_r: the adapter's share of each weight is scaled up as much",
        "lora_alpha: 32",
        only_a_note=True,
    ),
    Rule(
        lambda v: v.get("adapter") == "lora" and bool(v.get("load_in_4bit")),
        "adapter: lora with load_in_4bit is qlora under another name, and is merged as what it is not",
        "adapter: qlora",
    ),
    Rule(
        lambda v: bool(v.get("load_in_4bit") and v.get("load_in_8bit")),
        "load_in_4bit and load_in_8bit exclude each other",
        "load_in_8bit: false",
    ),
    Rule(
        lambda v: bool(v.get("adapter"))
        and not any(v.get(f"lora_target_{kind}") for kind in ("modules", "linear", "parameters")),
        "nothing says where the adapter goes",
        "lora_target_modules: [q_proj, k_proj, v_proj, o_proj]",
    ),
    Rule(
        lambda v: bool(v.get("lora_target_linear") and v.get("lora_target_modules")),
        "lora_target_linear takes every dense layer: the names in lora_target_modules have no effect beside it",
        "lora_target_linear: null",
        only_a_note=True,
    ),
    Rule(
        lambda v: bool(v.get("adapter")) and all(v.get(key) is None for key in KERNELS),
        "the fused LoRA kernels switch themselves on where no lora_*_kernel is set, also where they do not fit",
        "lora_qkv_kernel: false",
        only_a_note=True,
    ),
    # length of training, saving, evaluating
    Rule(
        lambda v: bool(v.get("max_steps") and v.get("num_epochs")),
        "max_steps ends the run, num_epochs has no effect beside it",
        "num_epochs: null",
    ),
    Rule(
        lambda v: bool(v.get("warmup_steps") and v.get("warmup_ratio")),
        "warmup_steps and warmup_ratio exclude each other",
        "warmup_steps: null",
    ),
    Rule(
        lambda v: v.get("lr_scheduler") == "constant" and bool(v.get("warmup_steps") or v.get("warmup_ratio")),
        "lr_scheduler: constant does not warm up",
        "lr_scheduler: constant_with_warmup",
    ),
    Rule(
        lambda v: v.get("cosine_min_lr_ratio") is not None and v.get("lr_scheduler") not in (None, "cosine"),
        "cosine_min_lr_ratio has no effect on any schedule but cosine",
        "lr_scheduler: cosine",
    ),
    Rule(
        lambda v: not v.get("sequence_len"),
        f"sequence_len is not set: Axolotl takes {SEQUENCE_LEN} and leaves out what is longer",
        "sequence_len: 2048",
    ),
    Rule(
        lambda v: bool(v.get("val_set_size") and v.get("test_datasets")),
        "val_set_size takes examples out of the training data although test_datasets are given",
        "val_set_size: null",
    ),
    Rule(
        lambda v: bool(v.get("early_stopping_patience"))
        and not (traits.whole(v.get("save_steps")) and traits.whole(v.get("eval_steps"))),
        "early stopping counts evaluations: it needs save_steps and eval_steps in whole steps, not *_per_epoch",
        "save_steps: 100\neval_steps: 100\nsaves_per_epoch: null\nevals_per_epoch: null",
    ),
    Rule(
        lambda v: bool(v.get("load_best_model_at_end")) and traits.uneven_saves(v),
        "load_best_model_at_end needs an evaluation at each checkpoint: save_steps must be a multiple of eval_steps",
        "save_steps: 100\neval_steps: 100",
    ),
    Rule(
        lambda v: bool(v.get("load_best_model_at_end")) and not traits.evaluated(v),
        "load_best_model_at_end has no effect without data to evaluate on",
        "load_best_model_at_end: false",
    ),
    Rule(
        lambda v: v.get("metric_for_best_model")
        not in (None, "loss", "eval_loss", "token_accuracy", "eval_token_accuracy"),
        "metric_for_best_model names what no evaluation here gives: the run would fail at its first one",
        "metric_for_best_model: eval_loss",
    ),
    Rule(
        lambda v: traits.wrong_way(v),
        "greater_is_better is the wrong way round for its metric: the worst checkpoint would be kept as the best",
        "greater_is_better: null",
    ),
    Rule(
        lambda v: bool(v.get("metric_for_best_model"))
        and not (
            v.get("load_best_model_at_end") or v.get("early_stopping_patience") or v.get("save_strategy") == "best"
        ),
        "metric_for_best_model has no effect without load_best_model_at_end or early_stopping_patience",
        "load_best_model_at_end: true",
        only_a_note=True,
    ),
    Rule(
        lambda v: not traits.evaluated(v) and bool(v.get("eval_steps") or v.get("evals_per_epoch")),
        "nothing is evaluated: neither test_datasets nor val_set_size says on what",
        "val_set_size: 0.05",
    ),
    Rule(
        lambda v: bool(traits.parts(v, "datasets") & traits.parts(v, "test_datasets")),
        "the same file is trained and evaluated on: the evaluation will look better than the model is",
        "test_datasets: null\nval_set_size: 0.05",
    ),
    Rule(
        lambda v: traits.twice(v),
        "the same file stands twice in datasets: its examples are trained twice as often",
        "datasets:\n  - path: data/mine/train.chat.jsonl",
        only_a_note=True,
    ),
    Rule(
        lambda v: any(traits.lost_template(text) for text in traits.templates(v)),
        "chat_template_jinja names a file that is not there: its name itself would be the template (or it is empty)",
        "chat_template_jinja: configs/templates/deepseek-v2-lite.jinja",
    ),
    Rule(
        lambda v: any(
            one.get("chat_template_jinja") and one.get("chat_template") not in (None, "jinja")
            for one in [v, *(v.get("datasets") or []), *(v.get("test_datasets") or [])]
        ),
        "chat_template_jinja is not read beside a chat_template of another name",
        "chat_template: jinja",
    ),
    Rule(
        lambda v: v.get("save_strategy") in ("no", False),
        "save_strategy: no: there will be no checkpoint, and a run that ends early is lost",
        "save_strategy: null",
    ),
    Rule(
        lambda v: traits.missing(v, "deepspeed"),
        "deepspeed names a file that is not there",
        "deepspeed: configs/deepspeed/zero2.json",
    ),
    Rule(
        lambda v: traits.sharding_nothing(v),
        "deepspeed names no JSON file with zero_optimization and its stage 1, 2 or 3: nothing would be shared out",
        "deepspeed: configs/deepspeed/zero2.json",
    ),
    Rule(
        lambda v: traits.missing(v, "resume_from_checkpoint"),
        "resume_from_checkpoint names a checkpoint that is not there: ft train MODEL --resume finds the newest one",
        "resume_from_checkpoint: null",
    ),
    Rule(
        lambda v: bool(v.get("save_only_model")),
        "save_only_model: checkpoints cannot be resumed from",
        "save_only_model: false",
        only_a_note=True,
    ),
    # data
    Rule(
        lambda v: bool(v.get("train_on_inputs")) and traits.chat(v),
        "train_on_inputs trains what the user and the system say too",
        "train_on_inputs: false",
    ),
    Rule(
        lambda v: any(
            str(e.get("type")).startswith("alpaca") and any(e.get(key) for key in CHAT_ONLY)
            for e in v.get("datasets") or []
        ),
        f"type alpaca reads none of {', '.join(CHAT_ONLY)}: they have no effect in its entry",
        "type: chat_template",
    ),
    Rule(
        lambda v: bool(v.get("sample_packing"))
        and not v.get("attn_implementation")
        and not any(v.get(key) for key in (*ATTENTIONS, "eager_attention")),
        "sample_packing without a named attention: packed examples see each other",
        "attn_implementation: sdpa",
    ),
    Rule(
        lambda v: bool(v.get("sample_packing") and v.get("group_by_length")),
        "group_by_length has no effect on packed examples",
        "group_by_length: false",
    ),
    Rule(
        lambda v: bool(v.get("eval_sample_packing")) and not v.get("sample_packing"),
        "eval_sample_packing has no effect without sample_packing",
        "eval_sample_packing: false",
    ),
    Rule(
        lambda v: any((entry.get("shards") or 1) > 1 for entry in v.get("datasets") or []),
        "of a dataset with shards only one is trained on, that of shards_idx",
        "datasets: [{shards: null}]",
        only_a_note=True,
    ),
    Rule(
        lambda v: any((e.get("shards_idx") or 0) >= (e.get("shards") or 1) for e in v.get("datasets") or []),
        "shards_idx counts from 0 and must be below shards",
        "datasets: [{shards: null, shards_idx: null}]",
    ),
    Rule(
        lambda v: any(e.get("data_files") and traits.file(e) for e in v.get("datasets") or []),
        "data_files is not read where path is a file itself",
        "datasets: [{data_files: null}]",
    ),
    Rule(
        lambda v: any("{instruction}" not in text for text in traits.prompts(v)),
        "a format of the recipe's own prompt has no {instruction}: what is asked would not be in it",
        "datasets: [{type: {format: '{instruction} {input} ', no_input_format: '{instruction} '}}]",
    ),
    # numbers and the machine
    Rule(
        lambda v: isinstance(v.get("learning_rate"), str) and not traits.text_numbers(v),
        "learning_rate is no number",
        "learning_rate: 0.0002",
    ),
    Rule(
        lambda v: bool(traits.text_numbers(v)),
        "a number like 2e-4 is a text to YAML 1.1: Axolotl reads it as meant, other readers may not",
        "learning_rate: 0.0002",
        only_a_note=True,
    ),
    Rule(
        lambda v: bool(v.get("bf16") and v.get("fp16")),
        "bf16 and fp16 exclude each other",
        "fp16: false",
    ),
    Rule(
        lambda v: bool(v.get("gradient_checkpointing_kwargs")) and not v.get("gradient_checkpointing"),
        "gradient_checkpointing_kwargs have no effect without gradient_checkpointing",
        "gradient_checkpointing: true",
    ),
    Rule(
        lambda v: bool(v.get("deepspeed") and (v.get("fsdp_config") or v.get("fsdp"))),
        "deepspeed and fsdp_config exclude each other: FSDP wins without a word",
        "fsdp_config: null",
    ),
    Rule(
        lambda v: bool(v.get("fsdp")),
        "fsdp as a list is FSDP's old form, which Axolotl takes out",
        "fsdp: null\nfsdp_version: 2\nfsdp_config: {reshard_after_forward: true}",
        only_a_note=True,
    ),
    Rule(
        lambda v: v.get("activation_offloading") is True and v.get("adapter") in ("lora", "qlora"),
        "activation_offloading keeps activations in the machine's memory and switches recomputation off for LoRA",
        "activation_offloading: false",
        only_a_note=True,
    ),
    Rule(
        lambda v: bool(v.get("auto_resume_from_checkpoints")),
        "auto_resume_from_checkpoints takes the highest checkpoint, whole or not, whatever recipe made it",
        "auto_resume_from_checkpoints: false",
    ),
]
