"""The model card says what is on record, names what is not with its command, and nothing else gets into it.

On small folders as a run leaves them, and on the files that were made of a rehearsed model.
"""

from __future__ import annotations

import getpass
import json
import re
import shutil
import socket
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
import yaml
from huggingface_hub import ModelCard, metadata_load
from markdown_it import MarkdownIt

from eval import results
from ft import checkpoint, export, ship
from ft.card import evaluated, modelcard, origin, proof
from ft.chain.distance import Distance
from ft.chain.hops import Hop
from prep.files import sha256_file, write_json, write_text
from tests.eval.folders import folder as results_folder
from tests.eval.folders import losses, passes

HOSTILE = [
    "---\nlicense: mit\n---\n# owned",
    "````\n</details><script>document.title = 'owned'</script>\n~~~~~~\n```js",
    "`" * 40 + "\n~~~~\n<img src=x onerror=alert(1)>\n\n| a | b |\n",
    "\x00\x1b[31m\u202eback \r\n</summary><!-- ",
    "{{ 7 * 7 }}{% raw %} &lt;b&gt; $x$ [a](javascript:b)",
]
RECIPE = {
    "base_model": "codellama/CodeLlama-7b-Instruct-hf",
    "datasets": [{"path": "data/ahk/train.chat.jsonl", "type": "chat_template"}],
    "test_datasets": [{"path": "data/ahk/val.chat.jsonl", "type": "chat_template"}],
    "adapter": "qlora",
    "load_in_4bit": True,
    "lora_r": 32,
    "lora_alpha": 64,
    "lora_target_modules": ["q_proj", "v_proj"],
    "sequence_len": 512,
    "seed": 7,
}
RECORD = {
    "status": "finished",
    "name": "mine",
    "recipe": "configs/mine.yaml",
    "recipe_sha256": "ab" * 32,
    "changes": [["lora_r", 16, 32, "given on the command line"]],
    "argv": ["accelerate", "launch", "-m", "axolotl.cli.train", "outputs/mine/recipe.yaml"],
    "git": {"commit": "c0ffee" * 6, "dirty": True},
    "data": {},
    "base": "ba5e" * 16,
    "manifests": {},
    "versions": {"axolotl": "0.19.0", "torch": "2.13.0"},
    "hardware": {"cpu": "A CPU", "cores": 2, "memory_gib": 23.5, "gpus": [{"name": "H200", "memory_gib": 139.8}] * 2},
    "started": "2026-11-30T15:00:00+0000",
    "ended": "2026-11-30T16:02:03+0000",
    "seconds": 3723.0,
    "steps": 1234,
    "resume": "python -m ft train mine lora_r=32 --resume",
    "final": {"loss": 1.23456, "eval_loss": 1.34567},
}


@pytest.fixture
def mine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """outputs/mine: the records of a run whose merged model is two GGUF files, nothing evaluated, nothing verified."""
    monkeypatch.chdir(tmp_path)
    folder = Path("outputs/mine")
    write_text(folder / "recipe.yaml", yaml.safe_dump(RECIPE))
    write_json(folder / "run.json", RECORD)
    write_json(folder / "merged/config.json", {"model_type": "llama"})
    (folder / "merged/model.safetensors").write_bytes(b"weights")
    (folder / "loss.png").write_bytes(b"\x89PNG a curve")
    (folder / "gguf").mkdir()
    entries = {}
    for form in ("bf16", "Q4_K_M"):
        path = folder / f"gguf/mine-{form}.gguf"
        path.write_bytes(form.encode() * 1000)
        entries[path.name] = {"bytes": path.stat().st_size, "sha256": sha256_file(path), "seconds": 1.0}
    merged = export.fingerprint(folder / "merged")
    write_json(folder / "gguf/export.json", {"merged": merged, "llama_cpp_python": "0.3.36", "files": entries})
    return folder


def card(folder: Path, kind: str = "gguf", place: str = "gguf") -> str:
    [path, *_] = modelcard.write(folder, kind, folder / place)
    return path.read_text(encoding="utf-8")


def change(folder: Path, name: str, **values: Any) -> None:
    """Lay values over a record of the run."""
    path = folder / name
    if path.suffix == ".yaml":
        write_text(path, yaml.safe_dump({**yaml.safe_load(path.read_text()), **values}))
    else:
        write_json(path, {**json.loads(path.read_text()), **values})


def verified(folder: Path, answers: dict[str, str] | None = None, **more: Any) -> dict[str, Any]:
    """parity.json as ft verify --all leaves it, with `answers` by form to one golden prompt."""
    far = Distance(0.0123, 0.001, 4.2e-05, 0.9876, 0.1, 0.9944)
    files = export.read(folder / "gguf")["files"]
    found = [Hop("base", "the very base"), Hop("merged", "KL 1e-09", distance=far)]
    found += [Hop(f"{export.form_of(folder, name)} logits", "near", distance=far) for name in files]
    told = {form: {"text": text, "stopped": True, "loads": True, "why": ""} for form, text in (answers or {}).items()}
    transcript = [{"prompt": "Write a script.", "source": "configs/golden/ahk.yaml:3", "answers": told}]
    result = {"hops": [asdict(hop) for hop in found], "failures": [], "examples": 80, "files": files}
    result |= {"run": RECORD["recipe_sha256"], "transcript": transcript if answers else [], **more}
    write_json(folder / proof.RESULT, result)
    return result


@pytest.mark.parametrize(
    ("kind", "place", "relation", "library"),
    [
        ("gguf", "gguf", "quantized", "gguf"),
        ("vllm", "merged", "finetune", "transformers"),
        ("adapter", "adapter", "adapter", "peft"),
    ],
)
def test_the_hub_reads_base_relation_licence_and_library(
    mine: Path, kind: str, place: str, relation: str, library: str
) -> None:
    (mine / place).mkdir(exist_ok=True)
    card(mine, kind, place)
    found = ModelCard.load(mine / place / "README.md").data
    assert (found.base_model, found.base_model_relation) == ("codellama/CodeLlama-7b-Instruct-hf", relation)
    assert (found.license, found.library_name, found.pipeline_tag) == ("llama2", library, "text-generation")
    assert {"niche-tuner", "qlora", "conversational"} <= set(found.tags)
    assert (mine / place / "loss.png").read_bytes() == (mine / "loss.png").read_bytes()


def test_what_is_told_of_the_run_is_what_its_record_has(mine: Path) -> None:
    text = card(mine)
    said = ["1.2346 of the last", "1.3457 of the validation", "1,234 steps in 1 h 2 min 3 s", "seed 7"]
    said += ["rank 32, alpha 64", "2 x H200 (139.8 GiB)", "axolotl 0.19.0, torch 2.13.0", "c0ffee" * 6, "ab" * 32]
    said += ["not committed", "ba5e" * 16, "as it was in training", RECORD["started"], "axolotl.cli.train outputs/mine"]
    said += [
        "- `lora_r`: `16` in the file, `32` as it ran: given on the command line\n",
        "python -m ft train mine lora_r=32\n",
    ]
    for entry in export.read(mine / "gguf")["files"].values():
        said += [entry["sha256"], f"{entry['bytes'] / 1e6:,.1f} MB"]
    assert [one for one in said if str(one) not in text] == []
    recipe = re.search(r"```yaml\n(.*?)\n```", text, flags=re.S)
    assert recipe and yaml.safe_load(recipe[1]) == RECIPE


def test_what_is_missing_is_named_with_the_command_that_makes_it(mine: Path) -> None:
    (mine / "loss.png").unlink()
    text = card(mine)
    assert "**Not evaluated**" in text and "python -m eval run mine --tasks ahk_loss,general" in text
    assert "**Not measured**: nobody compared these files" in text and "python -m ft verify mine --all" in text
    assert "No answers of these files are on record" in text
    assert "names no manifest" in text and "python -m prep build" in text
    assert "There is no loss curve" in text and "loss.png" not in text.replace("loss.png`", "")
    assert "python -m ft export mine --to ollama" in text
    (mine / "run.json").unlink()
    assert "it has no run.json. `python -m ft train` writes one" in card(mine)


def test_a_curve_that_is_missing_is_drawn_of_what_was_logged(mine: Path) -> None:
    (mine / "loss.png").unlink()
    write_text(mine / "progress.jsonl", '{"step": 1, "loss": 2.0}\n{"step": 2, "loss": 1.0}\n')
    assert "](loss.png)" in card(mine)
    assert (mine / "gguf/loss.png").read_bytes().startswith(b"\x89PNG")


def test_the_parity_table_has_the_numbers_of_the_chain(mine: Path) -> None:
    verified(mine)
    text = card(mine)
    assert "over 80 examples of the run's own data, and is within its limit" in text
    assert "| Q4\\_K\\_M | 0.012 | 4.2e-05 | 98.8% | 99.4% |" in text
    assert "| base | the very base |" in text
    verified(mine, failures=["bf16 logits: too far; likely cause: x"])
    assert "**The chain is broken.** bf16 logits: too far" in card(mine)


def test_a_chain_of_other_files_is_told_and_not_shown(mine: Path) -> None:
    verified(mine, answers={"Q4_K_M": "the answer of another file"})
    record = export.read(mine / "gguf")
    record["files"]["mine-Q4_K_M.gguf"]["sha256"] = "0" * 64
    write_json(mine / "gguf/export.json", record)
    text = card(mine)
    assert "`parity.json` is not of these files: `Q4_K_M`. `python -m ft verify mine --all`" in text
    assert "| bf16 | 0.012 |" in text and "| Q4\\_K\\_M |" not in text and "another file" not in text
    for entry in record["files"].values():
        entry["sha256"] = "0" * 64
    write_json(mine / "gguf/export.json", record)
    text = card(mine)
    assert "**Of other files**: `parity.json` is not of these files: `bf16`, `Q4_K_M`" in text and "0.012" not in text


def test_the_merged_models_card_has_its_own_hops_and_answers(mine: Path) -> None:
    verified(mine, answers={"merged": "MsgBox 1", "bf16": "MsgBox 2"})
    text = card(mine, "vllm", "merged")
    assert "as the merged model answers them" in text and "MsgBox 1" in text and "MsgBox 2" not in text
    assert "| merged | 0.012 |" in text and "bf16 logits" not in text
    (mine / "adapter").mkdir()
    assert "What is here, the adapter, was not asked itself" in card(mine, "adapter", "adapter")
    (mine / "merged/model.safetensors").write_bytes(b"merged again")
    assert "is not of the merged model that is here" in card(mine, "vllm", "merged")


def test_a_card_in_the_merged_folder_changes_no_fingerprint(mine: Path) -> None:
    before = export.fingerprint(mine / "merged")
    card(mine, "vllm", "merged")
    assert export.fingerprint(mine / "merged") == before


def test_files_that_answer_alike_share_an_answer_with_its_marks(mine: Path) -> None:
    told = verified(mine, answers={"bf16": "one", "Q4_K_M": "one", "base": "of the base"})["transcript"]
    text = card(mine)
    assert "bf16, Q4\\_K\\_M: ended by itself; its code loads" in text and text.count("```text\none\n```") == 1
    assert "of the base" not in text and "| `Q4_K_M` | 1 | 1 | 1 | 0 | 0 |" in text
    told[0]["answers"]["Q4_K_M"] |= {"stopped": False, "loads": False, "why": "line 3: /tmp/x y/answer.ahk: Missing )"}
    told[0]["answers"]["bf16"] |= {"text": "word " * 300, "loads": None, "why": "no code"}
    verified(mine, transcript=told)
    text = card(mine)
    assert (
        "Q4\\_K\\_M: DID NOT END by itself; its code DOES NOT LOAD: line 3:" in text and "answer.ahk: Missing )" in text
    )
    assert "<details>\n<summary>bf16: ended by itself; no code</summary>\n\n```text\nword word" in text


def test_a_chain_from_before_the_run_went_on_is_told(mine: Path) -> None:
    verified(mine)
    change(mine, "run.json", recipe_sha256="cd" * 32)
    text = card(mine)
    assert "**Of other files**" in text and "0.012" not in text
    (mine / "adapter").mkdir()
    assert "is not of the merged model that is here" in card(mine, "adapter", "adapter")


@pytest.mark.parametrize("text", HOSTILE)
def test_no_answer_leaves_its_block(mine: Path, text: str) -> None:
    transcript = verified(mine, answers={"bf16": text, "Q4_K_M": text * 40})["transcript"]
    transcript[0] |= {"prompt": text, "source": text}
    transcript[0]["answers"]["bf16"] |= {"loads": False, "why": text}
    transcript[0]["answers"]["Q4_K_M"] |= {"loads": False, "why": text}
    verified(mine, transcript=transcript)
    plain = card(mine)
    assert metadata_load(mine / "gguf/README.md") == yaml.safe_load(plain.split("\n---\n")[0])
    assert metadata_load(mine / "gguf/README.md")["license"] == "llama2"  # type: ignore[index]
    tokens = MarkdownIt("commonmark", {"html": True}).enable("table").parse(plain.split("\n---\n", 1)[1])
    tokens += [child for token in tokens for child in token.children or []]
    blocks = [token.content for token in tokens if token.type == "fence"]
    start = text[:3].replace("\x00", "\u2400").replace("\x1b", "\u241b")
    assert sum(block.startswith(start) for block in blocks) >= 3
    own = re.compile(r"(</?details>|<summary>[^<>]*</summary>|\s)*")
    assert [t.content for t in tokens if t.type.startswith("html") and not own.fullmatch(t.content)] == []
    assert [t.content for t in tokens if t.type == "inline" and "owned" in t.content and "Prompt" not in t.content] == [
        t.content for t in tokens if t.type == "inline" and t.content.startswith("bf16: ") and "owned" in t.content
    ]
    assert not [t for t in tokens if t.type in ("link_open", "image") and "javascript" in str(t.attrs)]
    assert not [t for t in tokens if t.type == "hr"]


def test_no_place_no_person_and_no_secret_gets_into_it(mine: Path, tmp_path: Path) -> None:
    token = "hf_" + "oHwLMeaZqo9DZDNjN1GTPdVKsb1DS2S5yX"
    private = {"base_model": "/home/jane/models/CodeLlama-7b-Instruct-hf", "wandb_entity": "jane-doe", "note": token}
    change(mine, "recipe.yaml", **private, output_dir=str(tmp_path / "outputs/mine"))
    argv = ["/home/jane/.venv/bin/python", f"--config={tmp_path}/configs/x.yaml", "/srv/data/x.yaml", f"token={token}"]
    changes = [["base_model", "codellama/CodeLlama-7b-Instruct-hf", "/home/jane/models/CodeLlama-7b-Instruct-hf", "x"]]
    change(
        mine, "run.json", argv=argv, changes=changes, data={"/home/jane/d.jsonl": "ab" * 32}, recipe="/home/jane/m.yaml"
    )
    verified(
        mine, answers={"bf16": "x"}, hops=[asdict(Hop("base", f"{tmp_path}/base, /home/jane/base, as in training"))]
    )
    text = card(mine)
    for gone in (str(tmp_path), "/home/", "jane", "/srv/", token[3:], socket.gethostname()):
        assert gone not in text
    user = getpass.getuser()
    assert not re.search(rf"/{re.escape(user)}\b", text)
    assert "python --config=configs/x.yaml x.yaml" in text and "base, base, as in training" in text
    assert "Left out, because they name accounts: `wandb_entity`." in text
    assert metadata_load(mine / "gguf/README.md")["base_model"] == "codellama/CodeLlama-7b-Instruct-hf"  # type: ignore[index]


def test_results_of_this_merged_model_are_shown_with_their_intervals(mine: Path) -> None:
    tuned = {"kind": "hf", "path": "x", "hash": checkpoint.fingerprint(mine / "merged")}
    subjects = {"base": {"kind": "hf", "path": "y"}, "tuned": tuned}
    both = passes("base", "+---") + passes("tuned", "+++-") + losses("base", [200, 220]) + losses("tuned", [150, 160])
    place = results_folder(mine / "eval/both", both, subjects=subjects)
    told = json.loads((place / "results.json").read_text())
    told["tasks"]["ahk_exec"]["intervals"] = {"pass@1": {"base": [0.0456, 0.6994], "tuned": [0.3006, 0.9544]}}
    told["settings"]["limit"] = 4
    write_json(place / "results.json", told)
    text = card(mine)
    exec_ = "| ahk\\_exec: pass@1, 4 items, more is better | 0.2500 (0.04560 to 0.6994) | 0.7500 (0.3006 to 0.9544) |"
    loss = "| ahk\\_loss: bits\\_per\\_byte, 2 items, less is better | 2.100 | 1.550 |"
    assert exec_ in text and loss in text
    assert "Only a part of the items of `ahk_exec`, `ahk_loss` was asked" in text
    assert "python -m eval compare mine" in text and "--tasks general" in text and "Not evaluated" not in text
    [index] = metadata_load(mine / "gguf/README.md")["model-index"]  # type: ignore[index]
    values = {one["dataset"]["type"]: one["metrics"][0]["value"] for one in index["results"]}
    assert values == {"ahk_exec": 0.75, "ahk_loss": 1.55}
    (mine / "merged/model.safetensors").write_bytes(b"merged again")
    text = card(mine)
    assert "Results of `ahk_exec`, `ahk_loss` are of another merged model" in text and "0.7500" not in text


def test_evaluations_are_read_in_the_form_that_eval_writes() -> None:
    """ft does not import eval: the name of its file and its version stand in both."""
    assert (evaluated.RESULTS, evaluated.VERSION) == (results.RESULTS, results.VERSION)


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"version": 1}', '{"version": 1, "subjects": {"base": 1}, "tasks": {}}']
)
def test_damaged_results_are_none(mine: Path, text: str) -> None:
    write_text(mine / "eval/x/results.json", text)
    assert "**Not evaluated**" in card(mine)


@pytest.mark.parametrize(
    ("name", "licence", "named"),
    [
        ("openai/gpt-oss-20b", "apache-2.0", ""),
        ("codellama/CodeLlama-7b-hf", "llama2", ""),
        ("meta-llama/Llama-3.2-3B-Instruct", "llama3.2", ""),
        ("deepseek-ai/deepseek-coder-6.7b-base", "other", "deepseek"),
        ("deepseek-ai/DeepSeek-Coder-V2-Lite-Instruct", "other", "deepseek"),
        ("mistralai/Mistral-7B-Instruct-v0.3", "apache-2.0", ""),
        ("Qwen/Qwen2-7B-Instruct", "apache-2.0", ""),
        ("Qwen/Qwen2.5-7B-Instruct", "apache-2.0", ""),
    ],
)
def test_every_shipped_recipes_base_has_its_licence(name: str, licence: str, named: str) -> None:
    found = origin.licence(name, None)
    assert found and (found.id, found.name, bool(found.link)) == (licence, named, bool(named))


def test_a_base_of_the_hub_is_pinned_by_what_its_cache_has(
    mine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "hub"))
    place = tmp_path / "hub/models--codellama--CodeLlama-7b-Instruct-hf"
    write_json(place / f"snapshots/{'5a' * 20}/config.json", {})
    write_text(place / "refs/main", "5a" * 20)
    (place / f"snapshots/{'5a' * 20}/model.safetensors").write_bytes(b"weights")
    change(mine, "run.json", base=None)
    print_ = checkpoint.fingerprint(place / f"snapshots/{'5a' * 20}")
    text = card(mine)
    assert f"revision `{'5a' * 20}`, fingerprint `{print_}`, as it was when this card was written" in text
    (mine / "adapter").mkdir()
    text = card(mine, "adapter", "adapter")
    assert f'from_pretrained("codellama/CodeLlama-7b-Instruct-hf", revision="{"5a" * 20}")' in text
    assert f"vllm serve codellama/CodeLlama-7b-Instruct-hf --revision {'5a' * 20} --enable-lora" in text


def test_a_standin_is_no_published_model(mine: Path) -> None:
    changes = [["base_model", "codellama/CodeLlama-7b-hf", "outputs/standin/codellama", "a rehearsal"]]
    change(mine, "recipe.yaml", base_model="outputs/standin/codellama")
    change(mine, "run.json", changes=changes)
    text = card(mine)
    assert "This is no model to use" in text and "a stand-in for `codellama/CodeLlama-7b-hf`" in text
    assert not {"base_model", "license"} & set(metadata_load(mine / "gguf/README.md") or {})


def test_an_unknown_base_has_no_licence_made_up(mine: Path) -> None:
    change(mine, "recipe.yaml", base_model="someone/a-model")
    text = card(mine)
    assert "unknown: look at the base's page" in text
    assert metadata_load(mine / "gguf/README.md")["license"] == "unknown"  # type: ignore[index]


def test_a_bases_own_readme_names_its_licence_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("---\nlicense: other\nlicense_name: mine\nlicense_link: https://x.y/z\n---\n")
    assert origin.licence("codellama/CodeLlama-7b-hf", tmp_path) == origin.Licence("other", "mine", "https://x.y/z")
    (tmp_path / "README.md").write_text("---\nlicense: 'mit --- x'\n---\n")
    assert origin.licence("codellama/CodeLlama-7b-hf", tmp_path) == origin.Licence("llama2")
    (tmp_path / "README.md").write_text("---\nlicense: [\n---\n")
    assert origin.licence("codellama/CodeLlama-7b-hf", tmp_path) == origin.Licence("llama2")


def test_cards_of_all_exports_are_written_again(mine: Path) -> None:
    (mine / "adapter").mkdir()
    place = mine / "lmstudio/niche-tuner/mine"
    place.mkdir(parents=True)
    shutil.copyfile(mine / "gguf/mine-Q4_K_M.gguf", place / "mine-Q4_K_M.gguf")
    write_text(place / "README.md", "old")
    written = modelcard.refresh("mine")
    assert sorted(path.parent.name for path in written) == ["adapter", "gguf", "mine"]
    text = (place / "README.md").read_text()
    assert "Copy the folder niche-tuner to LM Studio's models" in text and "mine-bf16" not in text


def test_a_model_that_was_injected_is_not_said_to_be_trained_on_its_base(mine: Path) -> None:
    change(mine, "run.json", injected={"adapter": "outputs/bare", "weight": 0.5}, steps=0, resume=None)
    text = card(mine)
    assert "the adapter of `outputs/bare` was carried onto it with weight 0.5" in text and "0 steps" not in text
    assert "as it was when the adapter was carried onto it" in text and "as it was in training" not in text
    assert "python -m ft inject --adapter outputs/bare --onto codellama/CodeLlama-7b-Instruct-hf --weight 0.5\n" in text


def test_gpt_oss_keeps_the_note_on_harmony(mine: Path) -> None:
    change(mine, "merged/config.json", model_type="gpt_oss")
    assert "answers in harmony" in card(mine)


@pytest.mark.slow
def test_the_card_of_a_rehearsed_model(exported: Path, workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As the export of the fixture left it: a stand-in is called one, and every number is the record's."""
    monkeypatch.chdir(workspace)
    path = exported / "gguf/README.md"
    data, text = ModelCard.load(path).data.to_dict(), path.read_text(encoding="utf-8")
    assert "base_model" not in data and "license" not in data and data["library_name"] == "gguf"
    assert "This is no model to use" in text and "codellama/CodeLlama-7b-Instruct-hf" in text
    record = json.loads((exported / "run.json").read_text())
    assert f"{record['final']['loss']:.4f} of the last" in text and record["base"] in text
    assert f"{record['steps']:,} steps" in text and record["recipe_sha256"] in text
    assert all(sha in text for sha in record["data"].values())
    assert "64 rows" in text and "the 64 shortest rows of the same file, `data/ahk/train.chat.jsonl`" in text
    assert all(entry["sha256"] in text for entry in export.read(exported / "gguf")["files"].values())
    assert "--quant Q8_0,Q4_K_M" in text
    for place in (str(workspace), str(Path.home()), "/home/"):
        assert place not in text


@pytest.mark.slow
def test_a_built_dataset_is_told_by_its_manifest(
    exported: Path, workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(workspace)
    folder = Path(shutil.copytree(exported, tmp_path / "exported", ignore=shutil.ignore_patterns("checkpoint-*")))
    manifest, train = Path("data/ahk/manifest.json"), Path("data/ahk/train.chat.jsonl")
    change(folder, "run.json", manifests={str(manifest): sha256_file(manifest)}, data={str(train): sha256_file(train)})
    text = card(folder)
    stats = json.loads(Path("data/ahk/stats.json").read_text())
    total = sum(splits["train"] for splits in stats["examples"].values())
    assert sha256_file(manifest) in text and f"{total:,} examples about AutoHotkey v2" in text
    write = stats["examples"]["write"]
    assert f"| write a script from a description | {write['train']:,} | {write['val']:,} | {write['test']:,} |" in text
    assert f"none named ({stats['licences']['none named']:,} scripts)" in text
    assert "python -m prep build configs/data/ahk.yaml" in text and "`data/ahk/README.md`" in text
    assert {"en", "code"} <= set(metadata_load(folder / "gguf/README.md")["language"])  # type: ignore[index]
    change(folder, "run.json", manifests={str(manifest): "0" * 64})
    assert "it was built anew since" in card(folder)


@pytest.mark.parametrize("text", ["{}", "[]", "no JSON", '{"builder": "another"}'])
def test_another_tools_manifest_tells_nothing(mine: Path, text: str) -> None:
    write_text(Path("data/x/manifest.json"), text)
    change(mine, "run.json", manifests={"data/x/manifest.json": sha256_file(Path("data/x/manifest.json"))})
    assert "it is no manifest of this kit" in card(mine)


@pytest.mark.slow
@pytest.mark.parametrize(("to", "place"), [("adapter", "adapter"), ("vllm", "merged")])
def test_the_folder_that_ships_has_its_card(
    exported: Path, tmp_path: Path, workspace: Path, monkeypatch: pytest.MonkeyPatch, to: str, place: str
) -> None:
    monkeypatch.chdir(workspace)
    folder = Path(shutil.copytree(exported, tmp_path / "exported", ignore=shutil.ignore_patterns("checkpoint-*")))
    ship.ship(str(folder), to, "")
    found = ModelCard.load(folder / place / "README.md")
    assert found.data.library_name == {"adapter": "peft", "vllm": "transformers"}[to]
    assert str(tmp_path) not in found.text and (folder / place / "loss.png").is_file()
