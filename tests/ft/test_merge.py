"""What is refused before a merge writes its first byte."""

from __future__ import annotations

import shutil
from collections import namedtuple
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from ft import checkpoint, merge, runs
from prep.errors import UserError


@pytest.fixture
def trained(tmp_path: Path) -> Path:
    """The folder of a finished run, beside its base."""
    base, folder = tmp_path / "base", tmp_path / "run"
    for path in (base, folder):
        path.mkdir()
    save_file({"w": torch.zeros(64)}, base / "model.safetensors")
    (folder / "recipe.yaml").write_text(f"base_model: {base}\n")
    (folder / "adapter_model.safetensors").write_text("")
    runs.write(folder, {"status": "finished"})
    return folder


def test_too_small_a_disk_is_refused(trained: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(10**9, 10**9, 100))
    with pytest.raises(UserError, match="the merged model needs") as caught:
        merge.merge(str(trained))
    assert caught.value.code == 1
    assert not list(trained.glob("*merged*"))


@pytest.mark.parametrize("half", ["A", "B"])
def test_an_adapter_of_which_a_half_is_missing_is_one_line(trained: Path, half: str) -> None:
    path = trained / "adapter_model.safetensors"
    name = f"base_model.model.w.lora_{half}.weight"
    save_file({name: torch.zeros(4, 4)}, path)
    with pytest.raises(UserError, match=f"{name} has no other half"):
        checkpoint.lora_pairs(trained)
    path.write_bytes(path.read_bytes()[:-8])
    with pytest.raises(UserError, match="cut off or damaged"):
        checkpoint.lora_pairs(trained)


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("model.safetensors", "", "model.safetensors: cut off or damaged"),
        ("model.safetensors.index.json", "{", "not valid JSON"),
        ("model.safetensors.index.json", "{}", "names no files"),
    ],
)
def test_weights_that_are_damaged_are_one_line(tmp_path: Path, name: str, text: str, says: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(UserError, match=says):
        checkpoint.weight_map(tmp_path)


@pytest.mark.parametrize(
    ("text", "says"), [("{", "not valid JSON"), ("[]", "no object"), ('{"eos_token_id": "x"}', "no token's number")]
)
def test_stop_tokens_that_cannot_be_read_are_one_line(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "config.json").write_text('{"eos_token_id": 2}')
    assert checkpoint.ends(tmp_path) == [2]
    (tmp_path / "generation_config.json").write_text(text)
    with pytest.raises(UserError, match=says):
        checkpoint.ends(tmp_path)


def test_a_base_that_changed_since_training_is_refused(trained: Path) -> None:
    runs.write(trained, {"status": "finished", "base": "another"})
    with pytest.raises(UserError, match="is not what it was"):
        merge.merge(str(trained))


def test_the_merged_model_has_the_template_that_was_trained(trained: Path) -> None:
    merged = trained / "merged"
    merged.mkdir()
    (trained / "chat_template.jinja").write_text("the recipe's")
    (merged / "chat_template.jinja").write_text("the base's")
    merge._keep_template(merged, trained)
    assert (merged / "chat_template.jinja").read_text() == "the recipe's"
