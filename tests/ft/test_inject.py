"""What an adapter learnt on a base is carried onto its sibling: exactly, wholly, and onto nothing else."""

from __future__ import annotations

import errno
import json
import resource
import shutil
import signal
import subprocess
import sys
from collections import namedtuple
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
import yaml
from safetensors.torch import load_file, save_file
from typer.testing import CliRunner

from ft import export, runs, verify
from ft.checkpoint import Tensors, fingerprint
from ft.cli import app
from ft.transfer import chats, deltas
from ft.transfer.inject import Options, inject
from prep.errors import UserError

TEMPLATE = (
    "{{ bos_token }}{% for m in messages %}{% if m.role == 'user' %}[INST] {{ m.content }} [/INST]"
    "{% else %}{{ m.content }}{{ eos_token }}{% endif %}{% endfor %}"
)
PATTERNS = {"rank_pattern": {"q_proj": 8}, "alpha_pattern": {"layers.1.self_attn.v_proj": 3}, "use_rslora": True}
Make = Callable[..., Path]


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A base of two layers, its instruct sibling (1 % away, with a chat template), and a run's data."""
    from transformers import LlamaConfig, LlamaForCausalLM

    folder = tmp_path_factory.mktemp("models")
    size = write_tokenizer(folder / "base")
    shapes = {"hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 2, "num_attention_heads": 4}
    config = LlamaConfig(**shapes, num_key_value_heads=2, vocab_size=size, bos_token_id=0, eos_token_id=1)
    torch.manual_seed(0)
    model = LlamaForCausalLM(config).to(torch.bfloat16)
    model.save_pretrained(folder / "base")
    write_tokenizer(folder / "sibling")
    (folder / "sibling/chat_template.jinja").write_text(TEMPLATE)
    with torch.no_grad():
        for weight in model.parameters():
            weight.add_(0.01 * weight.float().std() * torch.randn(weight.shape))
    model.save_pretrained(folder / "sibling")
    for split in ("train", "val", "test"):
        rows = [{"instruction": f"Write {split} {n}", "input": "", "output": f"MsgBox({n})\nreturn"} for n in range(12)]
        (folder / f"{split}.alpaca.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return folder


def write_tokenizer(folder: Path) -> int:
    from tokenizers import Tokenizer, decoders, pre_tokenizers
    from tokenizers.models import BPE

    folder.mkdir()
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {token: number for number, token in enumerate(["<s>", "</s>", *letters])}
    tokenizer = Tokenizer(BPE(vocab=vocabulary, merges=[]))
    tokenizer.add_special_tokens(["<s>", "</s>"])
    tokenizer.pre_tokenizer, tokenizer.decoder = pre_tokenizers.ByteLevel(add_prefix_space=False), decoders.ByteLevel()
    tokenizer.save(str(folder / "tokenizer.json"))
    named = {"tokenizer_class": "PreTrainedTokenizerFast", "bos_token": "<s>", "eos_token": "</s>"}
    (folder / "tokenizer_config.json").write_text(json.dumps(named))
    return len(vocabulary)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Models this small need no second thread, and leave nothing to free."""
    monkeypatch.setattr(verify, "free_memory", lambda: None)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture
def run(models: Path, tmp_path: Path) -> Make:
    """Make the folder of a finished run on the base; options are those of a LoraConfig."""

    def make(size: float = 0.1, **options: Any) -> Path:
        from peft import LoraConfig, get_peft_model
        from transformers import AutoModelForCausalLM

        folder = tmp_path / "run"
        base = AutoModelForCausalLM.from_pretrained(models / "base", dtype=torch.float32)
        config = {"r": 4, "lora_alpha": 8, "target_modules": ["q_proj", "v_proj", "down_proj"], **options}
        torch.manual_seed(1)
        model = get_peft_model(base, LoraConfig(task_type="CAUSAL_LM", **config))
        for name, weight in model.named_parameters():
            if "lora_B" in name:
                torch.nn.init.normal_(weight, std=size)
        model.save_pretrained(folder)
        entry = {"ds_type": "json", "type": "alpaca"}
        values = {
            "base_model": str(models / "base"),
            "datasets": [{"path": str(models / "train.alpaca.jsonl"), **entry}],
            "test_datasets": [{"path": str(models / "val.alpaca.jsonl"), **entry}],
        }
        (folder / "recipe.yaml").write_text(yaml.safe_dump(values))
        runs.write(folder, {"status": "finished", "base": fingerprint(models / "base")})
        return folder

    return make


@pytest.fixture
def sibling(models: Path, tmp_path: Path) -> Path:
    """A copy of the sibling, to be changed."""
    return Path(shutil.copytree(models / "sibling", tmp_path / "sibling"))


def carry(adapter: Path, onto: Path, weight: float = 1.0, force: bool = False) -> Path:
    """Inject; returns the folder that was written."""
    out = adapter.parent / "out"
    result = inject(str(adapter), str(onto), Options(weight, out, force), say=lambda line: None)
    assert result["failures"] == []
    return out


def refused(adapter: Path, onto: Path, **options: Any) -> UserError:
    """Why nothing was written: nothing is left but the lock."""
    before = {path.name for path in adapter.parent.iterdir()}
    with pytest.raises(UserError) as caught:
        carry(adapter, onto, **options)
    assert {path.name for path in adapter.parent.iterdir()} - before <= {".out.lock"}
    assert "\n" not in str(caught.value)
    return caught.value


def stored(folder: Path) -> dict[str, torch.Tensor]:
    with Tensors(folder) as tensors:
        return {name: tensors[name].clone() for name in tensors}


def edit(folder: Path, change: Callable[[dict[str, torch.Tensor]], object]) -> None:
    tensors = load_file(folder / "model.safetensors")
    change(tensors)
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})


def configure(path: Path, **values: Any) -> None:
    path.write_text(json.dumps({**json.loads(path.read_text()), **values}))


@pytest.mark.parametrize("weight", [1.0, 0.5, -1.0])
@pytest.mark.parametrize("options", [{}, PATTERNS], ids=["plain", "patterns"])
def test_it_is_the_merge_of_peft_in_fp32_rounded_once(
    run: Make, models: Path, options: dict[str, Any], weight: float
) -> None:
    from peft import PeftModel
    from transformers import AutoModelForCausalLM

    out = carry(run(**options), models / "sibling", weight)
    plain = AutoModelForCausalLM.from_pretrained(models / "sibling", dtype=torch.float32)
    tuned: Any = PeftModel.from_pretrained(plain, out.parent / "run")
    for module in tuned.modules():
        if isinstance(getattr(module, "scaling", None), dict):
            module.scaling["default"] *= weight
    wanted = tuned.merge_and_unload(safe_merge=True).state_dict()
    found = stored(out / "merged")
    assert set(found) == set(wanted)
    assert [name for name in found if not torch.equal(found[name], wanted[name].to(torch.bfloat16))] == []


def test_what_has_no_adapter_keeps_the_siblings_bytes(run: Make, models: Path) -> None:
    out = carry(run(), models / "sibling")
    before, after = stored(models / "sibling"), stored(out / "merged")
    changed = {name.split(".")[-2] for name in before if not torch.equal(before[name], after[name])}
    assert changed == {"q_proj", "v_proj", "down_proj"}
    assert (out / "merged/model.safetensors").stat().st_mode & 0o777 == 0o644  # as the container's user reads it
    for name in ("config.json", "generation_config.json", "chat_template.jinja", "tokenizer.json"):
        assert (out / "merged" / name).read_bytes() == (models / "sibling" / name).read_bytes()


def test_shards_stay_shards(run: Make, models: Path, tmp_path: Path) -> None:
    from transformers import AutoModelForCausalLM

    sharded = Path(shutil.copytree(models / "sibling", tmp_path / "sharded"))
    (sharded / "model.safetensors").unlink()
    AutoModelForCausalLM.from_pretrained(models / "sibling").save_pretrained(sharded, max_shard_size="20KB")
    adapter = run()
    out = carry(adapter, sharded)
    files = {path.name for path in (out / "merged").glob("*.safetensors")}
    assert files == {path.name for path in sharded.glob("*.safetensors")} and len(files) > 2
    whole = stored(out / "merged")
    shutil.rmtree(out)
    one = stored(carry(adapter, models / "sibling") / "merged")
    assert all(torch.equal(whole[name], one[name]) for name in one) and set(whole) == set(one)


def test_the_folder_is_a_run_whose_base_is_the_sibling(run: Make, models: Path) -> None:
    """With the weight in its adapter: what verify, export and eval compare is sibling + adapter."""
    out = carry(run(**PATTERNS), models / "sibling", 0.5)
    assert export.merged_folder(out) == out / "merged"
    found = verify.compare_weights(models / "sibling", out / "merged", out)
    assert (found.changed, found.off, found.unexpected, found.unchanged) == (6, [], [], [])
    values = yaml.safe_load((out / "recipe.yaml").read_text())
    assert values["base_model"] == str(models / "sibling") and not values["load_in_4bit"]
    assert runs.is_finished(out) and runs.read(out)["base"] == fingerprint(models / "sibling")
    record = json.loads((out / "inject.json").read_text())
    assert record["base"] == {"model": str(models / "base"), "fingerprint": fingerprint(models / "base")}
    assert record["weight"] == 0.5 and record["added"]["q_proj"]["mean"] > 0
    assert record["onto"]["fingerprint"] == fingerprint(models / "sibling") and record["carried"]["kl"] > 0


def test_its_examples_are_the_runs_as_chats(run: Make, models: Path) -> None:
    out = carry(run(), models / "sibling")
    for split, key in (("train", "datasets"), ("val", "test_datasets"), ("test", None)):
        path = out / "data" / models.name / f"{split}.chat.jsonl"
        first = json.loads(path.read_text().splitlines()[0])["messages"]
        assert [turn["content"] for turn in first] == [f"Write {split} 0", "MsgBox(0)\nreturn"]
        if key:
            assert yaml.safe_load((out / "recipe.yaml").read_text())[key][0]["path"] == str(path)


def test_data_that_is_gone_is_made_up_for_by_shipped_scripts(models: Path) -> None:
    entry = {"path": str(models / "val.alpaca.jsonl"), "type": "alpaca"}
    assert chats.of_recipe({"datasets": [{**entry, "path": "gone.jsonl"}], "test_datasets": [entry]}) == {}
    assert len(chats.samples()["train"]) > 20


def test_a_bare_adapter_is_looked_at_with_shipped_scripts(run: Make, models: Path) -> None:
    adapter = run()
    (adapter / "recipe.yaml").unlink()
    configure(adapter / "adapter_config.json", base_model_name_or_path=str(models / "base"))
    out = carry(adapter, models / "sibling")
    record = json.loads((out / "inject.json").read_text())
    assert "shipped scripts" in record["checks"]["examples"] and not record["carried"]["held_out"]
    named = json.loads((out / "merged/tokenizer_config.json").read_text())["tokenizer_class"]
    assert yaml.safe_load((out / "recipe.yaml").read_text())["tokenizer_type"] == named  # one class for all hops


MORE: dict[str, tuple[dict[str, Any], str]] = {
    "modules_to_save": ({"modules_to_save": ["lm_head"]}, "modules_to_save: ['lm_head']"),
    "dora": ({"use_dora": True}, "use_dora: True"),
    "biases": ({"bias": "lora_only"}, "bias: lora_only"),
    "biases of its own": ({"lora_bias": True}, "lora_bias: True"),
    "embeddings": ({"target_modules": ["embed_tokens"]}, "embeddings"),
}


@pytest.mark.parametrize("what", MORE)
def test_an_adapter_that_is_more_than_deltas_is_refused_by_name(run: Make, models: Path, what: str) -> None:
    options, says = MORE[what]
    assert says in str(refused(run(**options), models / "sibling"))


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"init_lora_weights": "pissa_niter_4"}, "of a base that it changed"),
        ({"peft_type": "LOHA"}, "a LOHA adapter, not LoRA"),
        ({"fan_in_fan_out": True}, "fan_in_fan_out"),
    ],
)
def test_an_adapter_of_another_kind_is_refused(run: Make, models: Path, values: dict[str, Any], says: str) -> None:
    adapter = run()
    configure(adapter / "adapter_config.json", **values)
    assert says in str(refused(adapter, models / "sibling"))


def test_a_damaged_adapter_is_one_line(run: Make, models: Path) -> None:
    file = run() / "adapter_model.safetensors"
    file.write_bytes(file.read_bytes()[:-100])
    assert "its adapter cannot be read" in str(refused(file.parent, models / "sibling"))


def test_an_adapter_of_zeros_changes_nothing(run: Make, models: Path) -> None:
    found = refused(run(size=0.0), models / "sibling")
    assert found.code == 1 and "changes nothing" in str(found)


def test_deltas_below_every_rounding_change_nothing(run: Make, models: Path) -> None:
    adapter = run()
    result = inject(str(adapter), str(models / "sibling"), Options(1e-9, adapter.parent / "out"), say=lambda line: None)
    assert "byte for byte" in result["failures"][0]
    assert not (adapter.parent / "out").exists()


@pytest.mark.parametrize("weight", [0.0, float("nan")])
def test_a_weight_that_is_none_is_refused(run: Make, models: Path, weight: float) -> None:
    assert refused(run(), models / "sibling", weight=weight).code == 2


def test_a_weight_that_leaves_the_numbers_is_refused(run: Make, models: Path) -> None:
    assert "not finite" in str(refused(run(), models / "sibling", weight=1e39))


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"architectures": ["MistralForCausalLM"]}, "its architectures is MistralForCausalLM, there LlamaForCausalLM"),
        ({"hidden_size": 64}, "its hidden_size is 64, there 32"),
        ({"quantization_config": {"quant_method": "gptq"}}, "stored in gptq"),
    ],
)
def test_a_model_of_another_kind_is_refused(run: Make, sibling: Path, values: dict[str, Any], says: str) -> None:
    configure(sibling / "config.json", **values)
    assert says in str(refused(run(), sibling))


Q = "model.layers.1.self_attn.q_proj.weight"
STORED: dict[str, tuple[Callable[[dict[str, torch.Tensor]], object], str]] = {
    "missing": (lambda t: t.pop(Q), f"1 of 6 adapted weights are not in it, or in another form: {Q}"),
    "another shape": (lambda t: t.update({Q: t[Q][:16].clone()}), f"{Q} is [16, 32], and was trained as [32, 32]"),
    "quantised": (lambda t: t.update({Q: t[Q].to(torch.uint8)}), "is stored as U8"),
}


@pytest.mark.parametrize("fault", STORED)
def test_an_adapted_weight_that_is_not_there_as_trained_is_refused(run: Make, sibling: Path, fault: str) -> None:
    change, says = STORED[fault]
    edit(sibling, change)
    assert says in str(refused(run(), sibling))


def shuffled(tensors: dict[str, torch.Tensor]) -> None:
    """Values of the same size that have nothing to do with what was there."""
    for name, weight in tensors.items():
        generator = torch.Generator().manual_seed(len(name))
        tensors[name] = weight.flatten()[torch.randperm(weight.numel(), generator=generator)].view_as(weight).clone()


def test_unrelated_weights_are_refused_unless_forced(run: Make, sibling: Path) -> None:
    edit(sibling, shuffled)
    adapter = run()
    assert "no descendant of" in str(refused(adapter, sibling))
    distance = json.loads((carry(adapter, sibling, force=True) / "inject.json").read_text())["distance"]
    assert 1.3 < distance < 1.5  # of unrelated values: the square root of 2


def test_the_base_itself_is_refused(run: Make, models: Path, sibling: Path) -> None:
    shutil.copyfile(models / "base/model.safetensors", sibling / "model.safetensors")
    assert "python -m ft merge" in str(refused(run(), sibling))


def test_other_token_ids_are_refused_with_the_first(run: Make, sibling: Path) -> None:
    path = sibling / "tokenizer.json"
    tokens = json.loads(path.read_text())
    vocabulary = tokens["model"]["vocab"]
    vocabulary["r"], vocabulary["q"] = vocabulary["q"], vocabulary["r"]
    path.write_text(json.dumps(tokens))
    said = str(refused(run(), sibling))
    assert "other token ids than in training" in said and f"token 1 is {vocabulary['r']} 'r'" in said


def test_more_tokens_than_the_base_has_are_told(run: Make, sibling: Path) -> None:
    path = sibling / "tokenizer.json"
    tokens = json.loads(path.read_text())
    tokens["added_tokens"].append({**tokens["added_tokens"][0], "id": 300, "content": "<|im_end|>"})
    path.write_text(json.dumps(tokens))
    configure(sibling / "config.json", vocab_size=264)
    edit(sibling, lambda t: t.update({n: torch.cat([t[n], t[n][:6]]) for n in t if "embed" in n or "lm_head" in n}))
    checks = json.loads((carry(run(), sibling) / "inject.json").read_text())["checks"]
    assert "1 tokens only here: <|im_end|>" in checks["token ids"]
    assert "vocabulary 264, 258" in checks["architecture"]


def test_a_model_without_a_chat_template_is_no_instruct_model(run: Make, sibling: Path) -> None:
    (sibling / "chat_template.jinja").unlink()
    assert "no chat template" in str(refused(run(), sibling))


def test_what_needs_a_base_that_is_not_here_is_told_as_not_checked(run: Make, models: Path) -> None:
    adapter = run()
    values = yaml.safe_load((adapter / "recipe.yaml").read_text())
    (adapter / "recipe.yaml").write_text(yaml.safe_dump({**values, "base_model": "./nowhere"}))
    checks = json.loads((carry(adapter, models / "sibling") / "inject.json").read_text())["checks"]
    assert {name for name, found in checks.items() if found.startswith("not checked: ")} == {
        "architecture",
        "token ids",
        "values",
    }


def test_a_base_that_changed_since_training_proves_nothing(run: Make, models: Path) -> None:
    adapter = run()
    runs.write(adapter, {"status": "finished", "base": "another"})
    record = json.loads((carry(adapter, models / "sibling") / "inject.json").read_text())
    assert "is not what it was in training" in record["checks"]["values"] and record["distance"] is None


def test_what_is_there_is_not_overwritten(run: Make, models: Path) -> None:
    adapter = run()
    (adapter.parent / "out").mkdir()
    assert "is there already" in str(refused(adapter, models / "sibling"))


def test_too_small_a_disk_is_refused_before_the_first_byte(
    run: Make, models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(10**9, 10**9, 100))
    found = refused(run(), models / "sibling")
    assert found.code == 1 and "0.0 GB free" in str(found)


def test_a_write_that_fails_leaves_nothing(run: Make, models: Path) -> None:
    adapter = run()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, limits[1]))
    try:
        with pytest.raises(OSError) as caught:
            carry(adapter, models / "sibling")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert caught.value.errno == errno.EFBIG  # as a full disk is: the command line says so in one line
    assert [path.name for path in adapter.parent.glob("*out*")] == [".out.lock"]


def test_ctrl_c_leaves_nothing(run: Make, models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    adapter = run()
    monkeypatch.setattr(deltas, "_save", interrupted)
    with pytest.raises(KeyboardInterrupt):
        carry(adapter, models / "sibling")
    assert [path.name for path in adapter.parent.glob("*out*")] == [".out.lock"]


def test_after_a_kill_nothing_has_the_final_name_and_the_next_cleans_up(run: Make, models: Path) -> None:
    adapter = run()
    code = (
        "import os, signal, sys\nfrom pathlib import Path\n"
        "from ft.transfer import deltas\nfrom ft.transfer.inject import Options, inject\n"
        "deltas._save = lambda *_: os.kill(os.getpid(), signal.SIGKILL)\n"
        "inject(sys.argv[1], sys.argv[2], Options(out=Path(sys.argv[3])))\n"
    )
    out = adapter.parent / "out"
    killed = subprocess.run([sys.executable, "-c", code, adapter, models / "sibling", out], check=False)
    assert killed.returncode == -signal.SIGKILL and not out.exists()
    assert len([path for path in adapter.parent.glob(".out.*") if path.is_dir()]) == 1
    assert (carry(adapter, models / "sibling") / "inject.json").is_file()
    assert [path.name for path in adapter.parent.glob(".out*")] == [".out.lock"]


def test_a_sum_that_is_not_right_is_found_and_not_kept(
    run: Make, models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deltas, "_sum", lambda name, stored, delta: ((stored.float() - delta).to(stored.dtype), 0.1))
    adapter = run()
    result = inject(str(adapter), str(models / "sibling"), Options(out=adapter.parent / "out"), say=lambda line: None)
    assert any("6 merged tensors are not base + adapter" in line for line in result["failures"])
    assert any("of the adapter's effect" in line for line in result["failures"])
    assert not (adapter.parent / "out").exists()


def test_where_memory_does_not_hold_fp32_it_is_verified_in_bf16(
    run: Make, models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert verify.load(models / "sibling").dtype == torch.float32
    memory = namedtuple("memory", "available")
    monkeypatch.setattr("psutil.virtual_memory", lambda: memory(1000))
    assert verify.load(models / "sibling").dtype == torch.bfloat16
    carry(run(), models / "sibling")


def test_the_command_says_what_was_checked_and_what_is_next(
    run: Make, models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    adapter = run()
    monkeypatch.chdir(adapter.parent)
    done = CliRunner().invoke(app, ["inject", "--adapter", "run", "--onto", str(models / "sibling")])
    assert done.exit_code == 0, done.output
    assert "token ids: the same for" in done.output and "6 of 6 LoRA tensors added" in done.output
    assert "next    python -m eval run run-onto-sibling --tasks ahk_exec" in done.output
    assert (adapter.parent / "outputs/run-onto-sibling/inject.json").is_file()


def test_a_model_folder_that_is_none_and_an_adapter_that_is_none_are_one_line(run: Make, tmp_path: Path) -> None:
    assert "no model folder" in str(refused(run(), tmp_path / "nowhere"))
    assert "neither a run's name or folder" in str(refused(tmp_path / "nothing", tmp_path))


def test_rows_of_any_names_become_chats() -> None:
    entry = {
        "type": "chat_template",
        "field_messages": "conversations",
        "message_property_mappings": {"role": "from", "content": "value"},
    }
    row = {"conversations": [{"from": "human", "value": "a"}, {"from": "gpt", "value": "b"}], "metadata": {"id": "1"}}
    assert chats.as_chat(row, entry) == {
        "messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}],
        "metadata": {"id": "1"},
    }
    assert chats.as_chat({"text": "a"}, {"type": "completion"}) is None
    made = chats.as_chat({"instruction": "a", "input": "b", "output": "c"}, {"type": "alpaca"})
    assert made and made["messages"][0]["content"] == "a\n\nb"
