"""Which checkpoint a run goes on from, what is set aside, and what differs."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from ft import recipe, resume, runs
from prep.errors import UserError


@pytest.fixture
def checkpoint(tmp_path: Path) -> Callable[[int], Path]:
    """Makes checkpoint-N as the trainer leaves it: real tensors, a real optimizer file."""

    def make(step: int) -> Path:
        folder = tmp_path / f"checkpoint-{step}"
        folder.mkdir()
        weights = {"base_model.model.q_proj.lora_A.weight": torch.randn(8, 64)}
        save_file(weights, folder / "adapter_model.safetensors", metadata={"format": "pt"})
        (folder / "adapter_config.json").write_text('{"r": 8}')
        torch.save({"state": {0: torch.randn(8, 64)}}, folder / "optimizer.pt")
        for name in ("scheduler.pt", "rng_state.pth"):
            torch.save({"seed": 1}, folder / name)
        (folder / "trainer_state.json").write_text(json.dumps({"global_step": step}))
        return folder

    return make


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


def zeroed(path: Path) -> None:
    path.write_bytes(b"\0" * path.stat().st_size)


def flipped(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(data)


def test_a_whole_checkpoint_has_no_flaw(checkpoint: Callable[[int], Path]) -> None:
    assert resume.flaw(checkpoint(9)) is None


@pytest.mark.parametrize(
    ("name", "harm", "says"),
    [
        ("adapter_model.safetensors", cut, "bytes of"),
        ("adapter_model.safetensors", zeroed, "cut off in its header"),
        ("adapter_model.safetensors", Path.unlink, "no adapter_model.safetensors"),
        ("optimizer.pt", cut, "cut off or damaged"),
        ("optimizer.pt", zeroed, "cut off or damaged"),
        ("optimizer.pt", flipped, "damaged"),
        ("optimizer.pt", Path.unlink, "no optimizer.pt"),
        ("rng_state.pth", cut, "rng_state.pth is cut off"),
        ("trainer_state.json", Path.unlink, "it was being written"),
        ("trainer_state.json", cut, "no JSON of a trainer"),
        ("trainer_state.json", lambda path: path.write_text('{"global_step": 8}'), "says step 8"),
        ("adapter_config.json", cut, "adapter_config.json is no JSON"),
    ],
)
def test_a_damaged_checkpoint_is_set_aside_and_named(
    checkpoint: Callable[[int], Path],
    capsys: pytest.CaptureFixture[str],
    name: str,
    harm: Callable[[Path], object],
    says: str,
) -> None:
    older, newer = checkpoint(9), checkpoint(10)
    harm(newer / name)
    assert resume.newest_checkpoint(newer.parent) == older
    said = capsys.readouterr().err
    assert says in said and "broken-checkpoint-10" in said
    assert [path.name for path in runs.checkpoints(newer.parent)] == ["checkpoint-9"]
    assert (newer.parent / "broken-checkpoint-10").is_dir(), "it was deleted"


def test_without_a_whole_checkpoint_nothing_is_resumed(checkpoint: Callable[[int], Path]) -> None:
    folder = checkpoint(3)
    cut(folder / "optimizer.pt")
    with pytest.raises(UserError, match="no whole checkpoint to resume from"):
        resume.newest_checkpoint(folder.parent)


def test_the_optimizer_of_several_cards_may_lie_in_folders(checkpoint: Callable[[int], Path]) -> None:
    folder = checkpoint(3)
    (folder / "optimizer.pt").unlink()
    (folder / "global_step3").mkdir()
    assert resume.flaw(folder) is None


def test_what_differs_from_the_beginning_is_named(tmp_path: Path) -> None:
    rows = tmp_path / "rows.jsonl"
    rows.write_text("{}\n")
    (tmp_path / "recipe.yaml").write_text("lora_r: 8\nseed: 1\n")
    record = {"data": {str(rows): "of other rows"}, "versions": runs.versions() | {"torch": "2.0.0"}}
    now = recipe.Recipe("x", tmp_path / "x.yaml", {"lora_r": 16, "seed": 1, "output_dir": str(tmp_path)})
    found = "\n".join(resume.differences(now, record))
    for words in ("lora_r: 8 -> 16", "rows.jsonl: other rows", "torch: 2.0.0 -> "):
        assert words in found
    assert "seed" not in found and "peft" not in found


def test_rows_of_steps_that_are_done_again_are_taken_out(tmp_path: Path) -> None:
    rows = [{"stage": "training", "step": 0}, {"step": 4, "loss": 1}, {"step": 5, "loss": 1}, {"stage": "loading"}]
    text = "".join(json.dumps(row) + "\n" for row in rows) + '{"step": 6, "lo'
    (tmp_path / runs.PROGRESS).write_text(text)
    resume.rewind(tmp_path, 4)
    assert runs.progress(tmp_path) == [rows[0], rows[1], rows[3]]
