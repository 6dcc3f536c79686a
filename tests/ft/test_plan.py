"""The plan's numbers against what transformers, PEFT, bitsandbytes and torch make of the same recipe; and what fits."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import torch

from ft import cards, fit, known, memory, plan, recipe, schema, shapes, volume
from ft.families import FAMILIES
from prep.errors import UserError
from tests.conftest import ROOT, one_line, run
from tests.ft.allocations import adapted, on_meta, step_bytes

RECIPES = sorted(path.stem for path in (ROOT / "configs").glob("*.yaml"))
LINEAR = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
# What the models' own pages and checkpoints say.
PUBLISHED = {
    "openai/gpt-oss-20b": 20_914_757_184,
    "codellama/codellama-7b-hf": 6_738_546_688,
    "deepseek-ai/deepseek-coder-6.7b-base": 6_740_512_768,
    "deepseek-ai/deepseek-coder-v2-lite-instruct": 15_706_484_224,
    "qwen/qwen2.5-7b-instruct": 7_615_616_512,
    "meta-llama/llama-3.2-3b-instruct": 3_212_749_824,
    "mistralai/mistral-7b-instruct-v0.3": 7_248_023_552,
}
QWEN3 = {
    "model_type": "qwen3",
    "hidden_size": 128,
    "intermediate_size": 256,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 64,
    "vocab_size": 500,
    "tie_word_embeddings": True,
}


@pytest.fixture(autouse=True)
def _here(in_workspace: Path) -> None:
    pass


def total(model: torch.nn.Module, trained: bool = False) -> int:
    return sum(p.numel() for p in model.parameters() if p.requires_grad or not trained)


def changed(name: str, **values: Any) -> recipe.Recipe:
    return recipe.resolve(name).with_values(values, "a test")


def need(found: recipe.Recipe, count: int = 1) -> float:
    return memory.of(known.model_of(found), found.values, count).vram_gib


@pytest.mark.parametrize("name", known.CONFIGS)
def test_a_known_model_has_exactly_the_parameters_that_transformers_gives_it(name: str) -> None:
    mine = shapes.read(known.CONFIGS[name], name).parameters
    assert mine == total(on_meta(known.CONFIGS[name]))
    assert mine == PUBLISHED.get(name, mine)


@pytest.mark.parametrize("name", FAMILIES)
def test_a_stand_in_has_exactly_the_parameters_that_transformers_gives_it(name: str) -> None:
    config = {**FAMILIES[name].config, "vocab_size": 777}
    assert shapes.read(config, name).parameters == total(on_meta(config))


def test_any_other_architecture_is_counted_by_transformers_itself(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps(QWEN3))
    found = known.model_of(changed("codellama", base_model=str(tmp_path)))
    assert found.parameters == total(on_meta(QWEN3))
    values = {"lora_r": 4, "lora_target_modules": LINEAR}
    assert shapes.adapter_size(found, values) == total(adapted(on_meta(QWEN3), values), trained=True)


@pytest.mark.parametrize("name", RECIPES)
def test_the_adapter_has_exactly_the_parameters_that_peft_gives_it(name: str) -> None:
    found = recipe.resolve(name)
    model = known.model_of(found)
    config = known.CONFIGS.get(str(found.values["base_model"]).lower()) or known.CONFIGS.get(
        str(found.values.get("tokenizer_config")).lower()
    )
    config = config or {**FAMILIES["standin/tiny"].config, "vocab_size": model.vocabulary}
    assert shapes.adapter_size(model, found.values) == total(adapted(on_meta(config), found.values), trained=True)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("deepseek-ai/deepseek-coder-v2-lite-instruct", {"lora_target_modules": LINEAR}),
        (
            "openai/gpt-oss-20b",
            {"lora_target_modules": LINEAR[:4], "lora_target_parameters": ["mlp.experts.gate_up_proj"]},
        ),
    ],
)
def test_an_adapter_on_experts_counts_every_expert(name: str, values: dict[str, Any]) -> None:
    values = {"lora_r": 16, **values}
    mine = shapes.adapter_size(shapes.read(known.CONFIGS[name], name), values)
    assert mine == total(adapted(on_meta(known.CONFIGS[name]), values), trained=True)


@pytest.mark.parametrize("double", [True, False])
def test_four_bit_weights_take_what_bitsandbytes_gives_them(double: bool) -> None:
    from bitsandbytes.functional import quantize_4bit

    packed, state = quantize_4bit(torch.randn(1024, 2048), quant_type="nf4", compress_statistics=double)
    scales = [state.absmax, *([state.state2.absmax] if double else [])]
    real = sum(t.numel() * t.element_size() for t in [packed, *scales])
    model = shapes.Model("llama", (shapes.Weight("q_proj", (1024, 2048), "linear"),), 1, 1, 1, 1, 1, 1)
    values = {"load_in_4bit": True, "bnb_config_kwargs": {"bnb_4bit_use_double_quant": double}}
    assert memory.weight_bytes(model, values) == real


def test_what_the_recipe_skips_stays_in_sixteen_bits() -> None:
    gpt, plain = changed("gpt-oss"), changed("gpt-oss", bnb_config_kwargs=None)
    model = known.model_of(gpt)
    attention = sum(w.size for w in model.weights if w.name.startswith("self_attn.") and w.kind == "linear")
    saved = memory.weight_bytes(model, gpt.values) - memory.weight_bytes(model, plain.values)
    assert saved == pytest.approx(attention * (2 - memory._NF4))


def test_experts_that_are_not_quantised_are_counted_as_such() -> None:
    found = changed("gpt-oss", quantize_moe_experts=False)
    assert memory.weight_bytes(known.model_of(found), found.values) > 19e9 * 2


@pytest.mark.parametrize(
    ("name", "size"),
    [
        ("adamw_torch_fused", 8),
        ("adamw_8bit", 2),
        ("paged_adamw_8bit", 2),
        ("lion_8bit", 2),
        ("adafactor", 0.1),
        ("?", 8),
    ],
)
def test_an_optimizer_is_counted_by_its_name(name: str, size: float) -> None:
    assert memory.optimizer_bytes(name) == size


def test_torchs_adamw_keeps_what_is_counted() -> None:
    layer = torch.nn.Linear(100, 100, bias=False)
    optimizer = torch.optim.AdamW(layer.parameters())
    layer(torch.ones(1, 100)).sum().backward()
    optimizer.step()
    kept = sum(t.numel() * t.element_size() for s in optimizer.state.values() for t in s.values() if t.numel() > 1)
    assert kept == memory.optimizer_bytes("adamw_torch") * 10_000


STEPS = [
    ("qwen/qwen2.5-7b-instruct", 4, 2, 2048, True, "sdpa", LINEAR),
    ("qwen/qwen2.5-7b-instruct", 4, 1, 2048, False, "sdpa", LINEAR),
    ("codellama/codellama-7b-hf", 6, 1, 2048, False, "sdpa", LINEAR[:4]),
    ("codellama/codellama-7b-hf", 6, 1, 2048, True, "eager", LINEAR),
    ("codellama/codellama-7b-hf", 4, 1, 1024, False, "eager", LINEAR),
    ("meta-llama/llama-3.2-3b-instruct", 6, 2, 2048, True, "sdpa", LINEAR),
]


@pytest.mark.parametrize(("name", "layers", "batch", "length", "checkpointing", "attention", "targets"), STEPS)
def test_a_steps_activations_and_logits_are_what_torch_allocates(
    name: str, layers: int, batch: int, length: int, checkpointing: bool, attention: str, targets: list[str]
) -> None:
    """Never below what is measured, and at most a third above: gradients are counted whole, as in accumulation."""
    config = {**known.CONFIGS[name], "num_hidden_layers": layers}
    values = {
        "adapter": "lora",
        "lora_r": 32,
        "lora_target_modules": targets,
        "bf16": True,
        "micro_batch_size": batch,
        "sequence_len": length,
        "gradient_checkpointing": checkpointing,
        "attn_implementation": attention,
    }
    model = shapes.read(config, name)
    found = memory.of(model, values)
    copies = 2 * shapes.adapter_size(model, values)
    mine = found.step - found.weights - found.adapter - found.optimizer + copies
    assert 0.97 < mine / step_bytes(config, values) < 1.34


def test_an_evaluation_writes_all_logits() -> None:
    config = {**known.CONFIGS["qwen/qwen2.5-7b-instruct"], "num_hidden_layers": 2}
    values = {**changed("qwen25", micro_batch_size=1).values, "liger_fused_linear_cross_entropy": True}
    mine = memory.of(shapes.read(config, "qwen"), values).evaluation
    assert 0.95 < mine / step_bytes(config, values, training=False) < 1.05


SEEN = {  # GiB by arithmetic on the real models, before this was written; gpt-oss by sequence_len
    ("gpt-oss", 1024): 16,
    ("gpt-oss", 2048): 18,
    ("codellama", 2048): 9,
    ("deepseek", 2048): 9,
    ("mistral", 2048): 9,
    ("qwen2", 2048): 11,
}


@pytest.mark.parametrize(("name", "length"), SEEN)
def test_the_estimate_is_near_what_was_worked_out_by_hand(name: str, length: int) -> None:
    assert abs(need(changed(name, sequence_len=length)) - SEEN[name, length]) < 1.6


@pytest.mark.parametrize("name", RECIPES)
def test_every_recipe_has_a_plan_without_weights_and_network(name: str) -> None:
    found = plan.estimate(recipe.resolve(name))
    assert found.steps
    assert found.disk_gib > 0
    assert found.ram_gib > 1
    assert (found.vram_gib > 3) == (name != "tiny")
    assert all(size >= 0 for size in found.parts.values())


CASES = [
    ("qwen25", {}, 24, 1),
    ("qwen25", {}, 16, 1),
    ("qwen25", {}, 24, 2),
    ("gpt-oss", {"sequence_len": 8192}, 24, 1),
    ("gpt-oss", {"optimizer": "adamw_torch"}, 16, 1),
    ("codellama", {"gradient_checkpointing": False, "micro_batch_size": 6}, 12, 1),
    ("mistral", {}, 6, 1),
    ("deepseek-v2-lite", {}, 12, 1),
]


@pytest.mark.parametrize(("name", "values", "gib", "count"), CASES)
def test_what_is_proposed_fits_and_keeps_the_effective_batch(
    name: str, values: dict[str, Any], gib: float, count: int
) -> None:
    before = changed(name, **values)
    found = plan.fitting(before, gib, count)
    assert found
    after = before.with_values(found, "proposed")
    assert need(after, count) <= gib < need(before, count)
    assert plan.fitting(after, gib, count) == {}
    batch = ["micro_batch_size", "gradient_accumulation_steps"]
    batch += ["sequence_len"] if before.values.get("sample_packing") else []  # packed: a step is so many tokens
    sizes = [[int(r.values[key]) for key in batch] for r in (before, after)]
    assert torch.tensor(sizes[0]).prod() == torch.tensor(sizes[1]).prod()


@pytest.mark.slow
def test_axolotls_schema_accepts_what_is_proposed() -> None:
    for name, values, gib, count in CASES:
        before = changed(name, **values)
        after = before.with_values(plan.fitting(before, gib, count) or {}, "proposed")
        schema.check_keys(after.values, name)
        schema.validate(after.values, gpu=True)


@pytest.mark.parametrize(("name", "values", "gib", "count"), CASES)
def test_nothing_is_proposed_that_is_not_needed(name: str, values: dict[str, Any], gib: float, count: int) -> None:
    before = changed(name, **values)
    found = plan.fitting(before, gib, count) or {}
    together = {"micro_batch_size", "gradient_accumulation_steps", "load_in_4bit", "adapter", "quantize_moe_experts"}
    for key in set(found) - together:
        fewer = {k: v for k, v in found.items() if k != key}
        assert need(before.with_values(fewer, "fewer"), count) > gib, key


def test_what_fits_is_left_alone_and_what_cannot_fit_names_a_card_that_can() -> None:
    found = recipe.resolve("gpt-oss")
    assert plan.fitting(found, 24) == {}
    assert plan.fitting(found, 8) is None
    other = fit.smallest(found)
    assert other
    assert plan.fitting(found, other.gib) is not None


def test_checkpointing_is_turned_on_before_examples_are_shortened() -> None:
    found = plan.fitting(changed("codellama", gradient_checkpointing=False), 12)
    assert found
    assert found["gradient_checkpointing"] is True
    assert "sequence_len" not in found


def test_zero3_shares_the_weights_of_a_bf16_run_and_not_those_of_a_4_bit_one() -> None:
    three = {"deepspeed": "configs/deepspeed/zero3.json"}
    plain, four = changed("qwen25", **three), changed("qwen2", **three)
    model = known.model_of(plain)
    assert memory.of(model, plain.values, 4).weights < 0.5 * memory.of(model, plain.values, 1).weights
    assert memory.of(model, four.values, 4).weights == memory.of(model, four.values, 1).weights


def test_an_epochs_tokens_are_those_of_the_models_own_tokenizer(tmp_path: Path) -> None:
    from tokenizers import Tokenizer, models, pre_tokenizers

    words = Tokenizer(models.WordLevel({"a": 0, "b": 1, "?": 2}, unk_token="?"))
    words.pre_tokenizer = pre_tokenizers.Whitespace()
    words.save(str(tmp_path / "tokenizer.json"))
    rows = [{"instruction": "a b", "input": "", "output": "a a a"}, {"instruction": "a " * 90, "output": "b"}]
    (tmp_path / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    data = [{"path": str(tmp_path / "rows.jsonl"), "ds_type": "json", "type": "alpaca"}]
    found = volume.measure({"datasets": data, "base_model": str(tmp_path), "sequence_len": 100})
    assert found
    assert (found.rows, found.too_long, found.longest) == (2, 1, 91 + volume._PER_ALPACA)
    assert found.tokens == 5 + volume._PER_ALPACA


def test_blank_lines_and_lists_are_counted_as_they_are_trained(tmp_path: Path) -> None:
    row = json.dumps({"instruction": "a", "output": "b"})
    for name, text in (("a.jsonl", f"{row}\n\n{row}\n"), ("a.json", f"[{row}, {row}]")):
        (tmp_path / name).write_text(text)
        found = volume.measure({"datasets": [{"path": str(tmp_path / name), "type": "alpaca"}], "base_model": "./none"})
        assert found is not None and found.rows == 2


def test_steps_follow_from_batch_accumulation_packing_and_cards() -> None:
    found = volume.Volume(rows=1000, too_long=0, longest=400, tokens=97_000, counted="")
    batch = {"micro_batch_size": 2, "gradient_accumulation_steps": 5, "sequence_len": 500}
    assert found.steps(batch) == 100
    assert found.steps(batch, cards=2) == 50
    assert found.steps({**batch, "sample_packing": True}) == 20


def test_an_hour_is_arithmetic_over_stated_throughput() -> None:
    found = recipe.resolve("qwen25")
    model = known.model_of(found)
    card = cards.Card("one", 80, 100.0, 1000)
    flops = cards.step_flops(model, found.values)
    assert flops > 6 * 7e9
    assert cards.hours(card, model, found.values, 10**6, 1) == pytest.approx(flops * 1e6 / 100e12 / 0.35 / 3600)


def test_the_plan_is_80_columns_and_its_json_says_the_same(tmp_path: Path, workspace: Path) -> None:
    file = tmp_path / "plan.json"
    done = run("ft", "plan", "gpt-oss", "--gpu", "24", "--json", file, cwd=workspace)
    assert done.returncode == 0, done.stderr
    assert max(map(len, done.stdout.splitlines())) <= 80
    found = json.loads(file.read_text())
    assert f"{found['vram_gib']:.1f}" in done.stdout
    assert found["model"]["parameters"] == PUBLISHED["openai/gpt-oss-20b"]
    assert found["fit"]["fits"]
    for word in ("weights", "optimizer", "logits", "tokens an epoch", "RTX 4090", "assumed", "fits as it is"):
        assert word in done.stdout


def test_what_cannot_fit_exits_with_1_and_names_a_card(workspace: Path) -> None:
    done = run("ft", "plan", "gpt-oss", "--gpu", "8", cwd=workspace)
    assert done.returncode == 1
    assert "nothing that can be changed makes it fit" in done.stdout


@pytest.mark.parametrize(
    ("values", "says"),
    [
        (["base_model=./nowhere"], "base_model './nowhere' is not there"),
        (["adapter=null"], "adapter must be lora or qlora"),
        (["micro_batch_size=0"], "micro_batch_size must be a whole number above 0, not 0"),
        (["lora_target_modules=5"], "lora_target_modules must be a list of names"),
        (["deepspeed=no.json"], "deepspeed: no file no.json"),
        (["datasets=5"], "datasets: must be a list"),
    ],
)
def test_a_recipe_that_cannot_be_planned_says_which_key(values: list[str], says: str) -> None:
    with pytest.raises(UserError, match=says):
        plan.plan("codellama", values)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "not valid JSON"),
        ("{}", "language model of its config.json"),
        ('{"model_type": "llama", "hidden_size": "x"}', "hidden_size is 'x'"),
        ('{"model_type": "llama", "hidden_size": 8}', "has no 'num_hidden_layers'|has no 'num_attention_heads'"),
    ],
)
def test_a_config_that_is_none_is_one_line(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "config.json").write_text(text)
    with pytest.raises(UserError, match=says):
        known.model_of(changed("codellama", base_model=str(tmp_path)))


def test_a_model_of_the_hub_without_a_network_is_one_line(workspace: Path) -> None:
    import os

    offline = {**os.environ, "HF_HUB_OFFLINE": "1"}
    done = run("ft", "plan", "codellama", "base_model=someone/else", cwd=workspace, env=offline)
    one_line(done, 1, "cannot download someone/else")


@pytest.mark.skipif(not torch.cuda.is_available(), reason="compares with a card's own count")
def test_on_a_card_the_peak_is_the_estimated_one(workspace: Path) -> None:
    """The tiny model in bf16 with everything else as a recipe for cards has it: Axolotl's own record of its peak."""
    values = ["bf16=true", "micro_batch_size=8", "gradient_checkpointing=true", "optimizer=adamw_torch_fused"]
    folder = "outputs/plan-card"
    done = run(
        "ft",
        "train",
        "tiny",
        *values,
        "max_steps=4",
        "eval_steps=2",
        "save_steps=4",
        f"output_dir={folder}",
        cwd=workspace,
    )
    assert done.returncode == 0, done.stderr
    seen = json.loads((workspace / folder / "run.json").read_text())["peak_vram_gib"]
    found = recipe.resolve("tiny", values)
    mine = memory.of(known.model_of(found), found.values).peak / memory.GIB
    assert 0.7 < mine / seen < 1.5


@pytest.mark.parametrize("name", [name for name in RECIPES if name != "tiny"])
def test_the_plan_is_what_readme_and_header_say(name: str) -> None:
    needed = plan.estimate(recipe.resolve(name)).vram_gib
    row = re.search(rf"^\| `{name}` .*\| (\d+) GB \| (\d+) GiB \|", (ROOT / "README.md").read_text(), flags=re.M)
    head = re.search(r"needs +one (\d+) GB card \(about (\d+) GiB", (ROOT / f"configs/{name}.yaml").read_text())
    assert row and head and row.groups() == head.groups()
    assert round(needed) == int(row[2]) < int(row[1])
