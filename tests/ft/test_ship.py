"""What Ollama, LM Studio, vLLM and the Hub get of a rehearsed model; nothing that is not verified is uploaded."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ft import export, modelfile, ship
from ft.chain import beside, parity
from ft.cli import app
from prep.errors import UserError
from prep.files import write_json

slow = pytest.mark.slow  # of the files that were made of a rehearsed model


@pytest.fixture
def copied(exported: Path, workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the exported run; the workspace is the current folder, where its recipe's paths begin."""
    monkeypatch.chdir(workspace)
    return Path(shutil.copytree(exported, tmp_path / "exported"))


@slow
def test_ollama_gets_the_trained_template_stop_token_and_length(copied: Path) -> None:
    said = ship.ship(str(copied), "ollama", "Q8_0", say=lambda line: None)
    text = (copied / "gguf/Modelfile").read_text(encoding="utf-8")
    assert "ollama create exported" in said
    lines = text.splitlines()
    assert lines[0] == "FROM ./exported-Q8_0.gguf" and (copied / "gguf/exported-Q8_0.gguf").is_file()
    assert 'PARAMETER stop "</s>"' in lines and "PARAMETER num_ctx 512" in lines
    assert "[INST] {{ if .System }}" not in text  # no BOS, and the first piece begins the template
    assert "[INST] {{ end }}{{ $first := true }}{{ range .Messages }}" in text
    assert "</s><s>[INST] {{ end }}{{ .Content }}" in text and ' [/INST]"""' in text


@slow
def test_lm_studio_gets_publisher_model_file(copied: Path) -> None:
    ship.ship(str(copied), "lmstudio", "Q8_0", say=lambda line: None)
    place = copied / "lmstudio/niche-tuner/exported"
    assert sorted(path.name for path in place.iterdir()) == ["README.md", "exported-Q8_0.gguf", "loss.png"]
    assert (place / "exported-Q8_0.gguf").stat().st_ino == (copied / "gguf/exported-Q8_0.gguf").stat().st_ino
    card = (place / "README.md").read_text()
    assert "Copy the folder niche-tuner" in card and "lms import exported-Q8_0.gguf" in card and "harmony" not in card
    assert "exported-bf16" not in card


@slow
def test_vllm_gets_a_folder_that_was_looked_through_and_its_line(copied: Path) -> None:
    ship.ship(str(copied), "vllm", "")
    told = json.loads((copied / "vllm.json").read_text())
    assert told["ends"] == ["</s>"] and told["tensors"] == 21
    assert told["serve"].startswith(f"vllm serve {copied}/merged ") and "--max-model-len 512" in told["serve"]
    (copied / "merged/chat_template.jinja").unlink()
    with pytest.raises(UserError, match="no chat template"):
        ship.ship(str(copied), "vllm", "")


@slow
def test_the_adapter_goes_with_its_base_named_and_no_other(copied: Path) -> None:
    ship.ship(str(copied), "adapter", "")
    out = copied / "adapter"
    config, base = (json.loads((out / name).read_text()) for name in ("adapter_config.json", "base.json"))
    assert config["base_model_name_or_path"] == base["base"] == "outputs/standin/codellama-instruct"
    assert base["fingerprint"] and (out / "adapter_model.safetensors").stat().st_size > 1000
    record = json.loads((copied / "run.json").read_text())
    write_json(copied / "run.json", {**record, "base": "another"})
    with pytest.raises(UserError, match="is not what it was when"):
        ship.adapter(copied)


@slow
def test_only_verified_files_go_to_the_hub(copied: Path) -> None:
    record = export.read(copied / "gguf")
    with pytest.raises(UserError, match="not verified"):
        ship.hub(str(copied), "me/model", private=True, dry_run=True)
    write_json(copied / parity.RESULT, {"files": record["files"], "failures": ["template: chat 1"]})
    with pytest.raises(UserError, match="the chain is broken: template: chat 1"):
        ship.hub(str(copied), "me/model", private=True, dry_run=True)
    hops = [{"name": f"{form} answers", "found": "", "problem": ""} for form in ("bf16", "Q8_0", "Q4_K_M")]
    for made_up in ([], hops[:2], [*hops[:2], hops[2] | {"problem": "other"}], 7):
        write_json(copied / parity.RESULT, {"files": record["files"], "failures": [], "hops": made_up})
        with pytest.raises(UserError, match="not verified"):
            ship.hub(str(copied), "me/model", private=True, dry_run=True)
    write_json(copied / parity.RESULT, {"files": record["files"], "failures": [], "hops": hops})
    lines: list[str] = []
    said = ship.hub(str(copied), "me/model", private=True, dry_run=True, say=lines.append)
    assert said == "would go to me/model: 7 files; nothing was sent"
    names = [Path(line.split()[-1]).name for line in lines]
    assert names == ["README.md", "loss.png", *record["files"], "export.json", "parity.json"]
    assert "ollama run hf.co/me/model:Q4_K_M" in (copied / "gguf/README.md").read_text()
    with pytest.raises(UserError, match="whose"):
        ship.hub(str(copied), "model", private=True, dry_run=True)


@slow
@pytest.mark.parametrize("name", ["exported-Q8_0.gguf", "Modelfile"])
def test_what_was_changed_after_it_was_verified_does_not_go_to_the_hub(copied: Path, name: str) -> None:
    hops = [{"name": f"{form} answers", "found": "", "problem": ""} for form in ("bf16", "Q8_0", "Q4_K_M")]
    path, files = copied / "gguf" / name, export.read(copied / "gguf")["files"]
    (copied / "gguf/Modelfile").write_text("FROM ./exported-Q8_0.gguf\n")
    told = {"files": files, "failures": [], "hops": hops, "beside": beside.hashes(copied)}
    write_json(copied / parity.RESULT, told)
    assert path in ship.hub_files(copied)
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(UserError, match=f"{name} is not what was verified"):
        ship.hub_files(copied)


@slow
def test_axolotls_alpaca_prompt_has_pieces() -> None:
    found = modelfile.pieces(modelfile.alpaca)
    assert found and found.begin.startswith("Below is an instruction") and found.end == "\n\n### Response:\n"
    chat = [{"role": "user", "content": "Write f."}]
    assert found.write(chat) == modelfile.alpaca(chat)


@pytest.mark.parametrize(("name", "says"), [("olama", r"did you mean ollama\?"), ("zip", "there are gguf, ollama")])
def test_an_unknown_target_is_answered_with_one(name: str, says: str) -> None:
    with pytest.raises(UserError, match=says):
        ship.target(name)


@pytest.mark.parametrize(
    ("to", "quant", "of_hub"), [("ollama", "", True), ("vllm", "Q8_0", False), ("adapter", "x", False)]
)
def test_an_option_that_would_be_passed_over_is_refused(to: str, quant: str, of_hub: bool) -> None:
    with pytest.raises(UserError, match=f"--to {to}"):
        ship.check_options(to, quant, of_hub)
    ship.check_options("hub", "", True)
    ship.check_options("lmstudio", "Q8_0", False)


@pytest.mark.parametrize("arguments", [["--to", "hub"], ["me/model", "--to", "ollama"]])
def test_a_repository_goes_with_the_hub_alone(arguments: list[str]) -> None:
    done = CliRunner().invoke(app, ["export", "tiny", *arguments])
    assert done.exit_code == 2
