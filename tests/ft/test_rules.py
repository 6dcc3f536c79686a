"""Keys that contradict each other: every shipped recipe breaks no rule, and each rule is broken by its own fault."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from ft import launch, recipe, rules
from prep.errors import UserError
from tests.conftest import ROOT

RECIPES = sorted(path.stem for path in (ROOT / "configs").glob("*.yaml"))
CHAT = [{"path": "a.jsonl", "type": "chat_template"}]
SPLIT = [{"path": "b.jsonl", "type": "chat_template"}]

# what is laid over a recipe, and words of the rule that it breaks
FAULTS: list[tuple[str, dict[str, Any], str]] = [
    ("gpt-oss", {"sample_packing": True}, "sees across packed examples"),
    ("gpt-oss", {"eot_tokens": None}, "<|end|>"),
    ("gpt-oss", {"merge_method": "legacy"}, "corrupt checkpoint"),
    ("gpt-oss", {"lora_target_modules": ["q_proj", "down_proj"]}, "LoRA on experts is lost"),
    ("gpt-oss", {"lora_target_parameters": ["mlp.experts.gate_up_proj"]}, "LoRA on experts is lost"),
    ("gpt-oss", {"attn_implementation": "sdpa"}, "attention with sinks"),
    ("gpt-oss", {"use_kernels": True}, "44 GiB"),
    ("gpt-oss", {"base_model": "openai/gpt-oss-20b"}, "need a bf16 copy"),
    ("gpt-oss", {"load_in_4bit": False, "adapter": "lora"}, "quantize_moe_experts has no effect"),
    ("codellama", {"trust_remote_code": True}, "runs a program"),
    ("codellama", {"trust_remote_code": True}, "do not work with trust_remote_code"),
    ("codellama", {"adapter": None}, "adapter must be"),
    ("codellama", {"adapter": "lora"}, "qlora under another name"),
    ("codellama", {"load_in_8bit": True}, "load_in_4bit and load_in_8bit"),
    ("codellama", {"lora_target_modules": None}, "nothing says where"),
    ("codellama", dict.fromkeys(rules.KERNELS), "switch themselves on"),
    ("codellama", {"lora_alpha": None}, "its rank and its scale"),
    ("codellama", {"lora_alpha": 512}, "more than 8 times lora_r"),
    ("codellama", {"lora_target_linear": True}, "takes every dense layer"),
    ("codellama", {"metric_for_best_model": "eval_los"}, "names what no evaluation here gives"),
    ("codellama", {"greater_is_better": True}, "the wrong way round"),
    ("codellama", {"metric_for_best_model": "token_accuracy", "greater_is_better": False}, "the wrong way round"),
    ("codellama", {"load_best_model_at_end": False}, "metric_for_best_model has no effect"),
    ("codellama", {"datasets": CHAT * 2}, "stands twice in datasets"),
    ("codellama", {"chat_template_jinja": "configs/templates/none.jinja"}, "a file that is not there: its name"),
    ("codellama", {"datasets": [{**CHAT[0], "chat_template_jinja": "no.jinja"}]}, "a file that is not there: its name"),
    ("codellama", {"save_strategy": "no"}, "there will be no checkpoint"),
    ("codellama", {"deepspeed": "configs/deepspeed/zero9.json"}, "deepspeed names a file"),
    ("codellama", {"resume_from_checkpoint": "outputs/none"}, "a checkpoint that is not there"),
    ("codellama", {"max_steps": 10}, "num_epochs has no effect"),
    ("codellama", {"warmup_steps": 10}, "warmup_steps and warmup_ratio"),
    ("codellama", {"lr_scheduler": "constant"}, "does not warm up"),
    ("codellama", {"val_set_size": 0.1}, "val_set_size takes examples"),
    ("codellama", {"early_stopping_patience": 2}, "in whole steps"),
    ("codellama", {"saves_per_epoch": 4}, "needs an evaluation at each checkpoint"),
    ("codellama", {"test_datasets": None}, "has no effect without data"),
    ("codellama", {"test_datasets": None}, "nothing is evaluated"),
    ("codellama", {"datasets": CHAT, "test_datasets": CHAT}, "the same file"),
    ("codellama", {"save_only_model": True}, "cannot be resumed"),
    ("codellama", {"datasets": CHAT, "train_on_inputs": True}, "the user and the system say too"),
    ("codellama", {"datasets": [{**CHAT[0], "type": "alpaca", "train_on_eos": "turn"}]}, "type alpaca reads none"),
    ("codellama", {"attn_implementation": None}, "without a named attention"),
    ("codellama", {"group_by_length": True}, "no effect on packed"),
    ("codellama", {"sample_packing": False, "eval_sample_packing": True}, "without sample_packing"),
    ("codellama", {"learning_rate": "fast"}, "no number"),
    ("codellama", {"learning_rate": "2e-4"}, "YAML 1.1"),
    ("codellama", {"fp16": True}, "bf16 and fp16"),
    ("codellama", {"gradient_checkpointing": False}, "without gradient_checkpointing"),
    (
        "codellama",
        {"deepspeed": "configs/deepspeed/zero2.json", "fsdp_config": {"reshard_after_forward": True}},
        "FSDP wins",
    ),
    ("codellama", {"fsdp": ["full_shard", "auto_wrap"]}, "FSDP's old form"),
    ("codellama", {"datasets": [{**CHAT[0], "shards": 4}]}, "only one is trained on"),
    ("codellama", {"activation_offloading": True}, "switches recomputation off"),
    ("codellama", {"sequence_len": None}, "takes 512"),
    ("codellama", {"lr_scheduler": "linear", "cosine_min_lr_ratio": 0.1}, "any schedule but cosine"),
    ("codellama", {"chat_template": "chatml", "chat_template_jinja": "x{"}, "not read beside a chat_template"),
    (
        "codellama",
        {"datasets": [{**CHAT[0], "chat_template": "chatml", "chat_template_jinja": "x{"}]},
        "not read beside",
    ),
    ("codellama", {"datasets": [{**CHAT[0], "shards": 4, "shards_idx": 4}]}, "counts from 0"),
    ("codellama", {"datasets": [{**CHAT[0], "path": "README.md", "data_files": "a.jsonl"}]}, "data_files is not read"),
    ("codellama", {"datasets": [{**CHAT[0], "type": {"no_input_format": "Q: A: "}}]}, "has no {instruction}"),
    ("codellama", {"deepspeed": "configs/deepspeed"}, "nothing would be shared out"),
    ("codellama", {"deepspeed": {"zero_optimisation": {"stage": 2}}}, "nothing would be shared out"),
    (
        "codellama",
        {"datasets": [{**CHAT[0], "split": "train"}], "test_datasets": [{**CHAT[0], "path": "./a.jsonl"}]},
        "the same file",
    ),
    ("codellama", {"auto_resume_from_checkpoints": True}, "whole or not"),
]


@pytest.fixture(autouse=True)
def _here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


def causes(name: str, changes: dict[str, Any]) -> list[str]:
    values = recipe.resolve(name).with_values(changes, "a fault").values
    return [rule.cause for rule in rules.broken(values)]


@pytest.mark.parametrize(("name", "changes", "words"), FAULTS, ids=[words for _, _, words in FAULTS])
def test_each_fault_breaks_its_rule_and_no_recipe_does(name: str, changes: dict[str, Any], words: str) -> None:
    assert any(words in cause for cause in causes(name, changes))
    assert not any(words in cause for cause in causes(name, {}))


@pytest.mark.parametrize("name", RECIPES)
def test_no_shipped_recipe_breaks_a_rule(name: str) -> None:
    assert causes(name, {}) == []


def test_every_rule_has_a_fault_that_breaks_it() -> None:
    with_config = ["load_in_4bit alone leaves the experts", "above the positions"]
    for rule in rules.RULES:
        assert any(words in rule.cause for words in [*with_config, *(words for _, _, words in FAULTS)]), rule.cause


def test_rules_that_read_the_models_config(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"n_routed_experts": 8, "max_position_embeddings": 1024}')
    found = causes("codellama", {"base_model": str(tmp_path)})
    assert any("load_in_4bit alone leaves the experts" in cause for cause in found)
    assert any("above the positions" in cause for cause in found)


def test_parts_of_one_file_are_no_same_file() -> None:
    parts = [{**CHAT[0], "split": "train[:90%]"}], [{**CHAT[0], "split": "train[90%:]"}]
    found = causes("codellama", dict(zip(("datasets", "test_datasets"), parts, strict=True)))
    assert not any("the same file" in cause for cause in found)
    hub = [{"path": "owner/name", "type": "alpaca"}]
    assert not any("the same file" in cause for cause in causes("codellama", {"datasets": hub, "test_datasets": hub}))


def test_values_of_a_wrong_type_break_no_rule() -> None:
    assert causes("codellama", {"sequence_len": "long", "save_steps": "x", "eval_steps": [1], "datasets": 5}) == []


def test_every_fix_is_yaml_to_paste() -> None:
    for rule in rules.RULES:
        assert isinstance(yaml.safe_load(rule.fix), dict), rule.fix


def test_training_is_refused_with_the_line_that_mends_it(in_workspace: Path) -> None:
    with pytest.raises(UserError, match=r"gpt-oss\.yaml: .*sees across packed examples.*: sample_packing: false"):
        launch.plan("gpt-oss", ["sample_packing=true"], launch.Options())
