"""The guard between two logs, and with several ranks: all stop together, rank 0 writes for all."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from ft.guard import Guard
from tests.conftest import ROOT


class Words:
    """A tokenizer of one word a token."""

    def decode(self, ids: list[int]) -> str:
        return " ".join(f"word{i}" for i in ids)


def guard(folder: Path, losses: list[float], rows: int = 4) -> tuple[Guard, Any]:
    """A guard over a trainer whose steps give `losses`; row i of the data file is "word(10 i) word(10 i + 1)"."""
    lines = [{"text": f"word{10 * i} word{10 * i + 1}", "metadata": {"id": f"row-{i}"}} for i in range(rows)]
    (folder / "t.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    left = iter(losses)
    trainer = SimpleNamespace(
        processing_class=Words(),
        training_step=lambda model, inputs: torch.tensor(next(left)),
        state=SimpleNamespace(global_step=0),
    )
    cfg = {"output_dir": str(folder), "datasets": [{"path": str(folder / "t.jsonl")}]}
    return Guard(cfg, trainer, lambda row: None), trainer


def batch(row: int) -> dict[str, torch.Tensor]:
    ids = torch.tensor([[10 * row, 10 * row + 1, 99]])
    return {"input_ids": ids, "attention_mask": torch.tensor([[1, 1, 0]]), "labels": ids}


ARGS = SimpleNamespace(fp16=False)


def test_the_batch_that_was_nan_is_found_among_those_since_the_last_log(tmp_path: Path) -> None:
    one, trainer = guard(tmp_path, [1.0, 1.0, float("nan"), 1.0])
    for row, step in enumerate((0, 1, 1, 2)):  # two micro-batches in the second step
        trainer.state.global_step = step
        trainer.training_step(None, batch(row))
    with pytest.raises(FloatingPointError, match="loss is nan at step 2"):
        one.on_log(ARGS, SimpleNamespace(global_step=4), None, {"loss": float("nan"), "grad_norm": 1.0})
    found = json.loads((tmp_path / "guard.json").read_text())
    assert [row["id"] for row in found["rows"]] == ["row-2"]
    assert (found["step"], found["seen_at"]) == (2, 4)


def test_a_gradient_that_is_not_finite_names_the_last_batch(tmp_path: Path) -> None:
    one, trainer = guard(tmp_path, [1.0, 1.0])
    for step in range(2):
        trainer.state.global_step = step
        trainer.training_step(None, batch(step))
    with pytest.raises(FloatingPointError, match="grad_norm is inf at step 2"):
        one.on_log(ARGS, SimpleNamespace(global_step=2), None, {"loss": 1.0, "grad_norm": float("inf")})
    assert [row["id"] for row in json.loads((tmp_path / "guard.json").read_text())["rows"]] == ["row-1"]


def test_a_loss_that_exploded_stops_the_run_and_names_its_worst_batch(tmp_path: Path) -> None:
    losses = [2.0] * 8 + [30.0, 31.0, 32.0]
    one, trainer = guard(tmp_path, losses)
    with pytest.raises(FloatingPointError, match="the loss exploded: 32, the third above 4 in a row at step 11"):
        for step, loss in enumerate(losses, 1):
            trainer.state.global_step = step - 1
            trainer.training_step(None, batch(step % 4))
            one.on_log(ARGS, SimpleNamespace(global_step=step), None, {"loss": loss, "grad_norm": 1.0})
    found = json.loads((tmp_path / "guard.json").read_text())
    assert [row["id"] for row in found["rows"]] == ["row-3"]
    assert "learning_rate is too high" in found["cause"]


def test_a_run_without_gradients_stops_although_its_loss_looks_well(tmp_path: Path) -> None:
    one, trainer = guard(tmp_path, [2.0] * 3)
    with pytest.raises(FloatingPointError, match="nothing is learnt: grad_norm is 0, the third in a row at step 3"):
        for step in (1, 2, 3):
            trainer.state.global_step = step - 1
            trainer.training_step(None, batch(step))
            one.on_log(ARGS, SimpleNamespace(global_step=step), None, {"loss": 2.0 - step / 10, "grad_norm": 0.0})
    assert "cut off from the loss" in json.loads((tmp_path / "guard.json").read_text())["cause"]


def test_the_scaler_of_fp16_may_meet_infinite_gradients(tmp_path: Path) -> None:
    one, _ = guard(tmp_path, [])
    logs = {"loss": 1.0, "grad_norm": float("inf")}
    one.on_log(SimpleNamespace(fp16=True), SimpleNamespace(global_step=2), None, logs)


@pytest.mark.parametrize(("loss", "weight"), [(float("nan"), 1.0), (1.0, float("nan"))])
def test_nothing_lost_is_saved_between_two_logs(tmp_path: Path, loss: float, weight: float) -> None:
    one, trainer = guard(tmp_path, [loss])
    trainer.training_step(None, batch(2))
    model = torch.nn.Linear(2, 2)
    torch.nn.init.constant_(model.weight, weight)
    with pytest.raises(FloatingPointError, match="before a checkpoint at step 1"):
        one.on_step_end(ARGS, SimpleNamespace(global_step=1), SimpleNamespace(should_save=True), model=model)
    one.on_step_end(ARGS, SimpleNamespace(global_step=1), SimpleNamespace(should_save=False), model=model)


def test_it_asks_nothing_of_the_card_between_two_logs(tmp_path: Path) -> None:
    """A meta tensor has no value: reading one raises."""
    one, trainer = guard(tmp_path, [])
    one._batches.clear()
    trainer.training_step = None
    values = iter([torch.empty((), device="meta")] * 3)
    trainer.training_step = lambda model, inputs: next(values)
    one._watch(trainer)
    for step in range(3):
        trainer.training_step(None, batch(step))
        one.on_step_end(ARGS, SimpleNamespace(global_step=step), SimpleNamespace(should_save=False), model=None)
    assert len(one._batches) == 3


RANK = """
import sys
import torch
import torch.distributed as dist
from types import SimpleNamespace
from pathlib import Path
from tests.ft.test_guard import ARGS, batch, guard
folder, rank = Path(sys.argv[1]), int(sys.argv[2])
dist.init_process_group("gloo", init_method=f"file://{folder}/meet", rank=rank, world_size=2)
own = folder / str(rank)
own.mkdir()
one, trainer = guard(own, [float("nan") if rank else 1.0])
trainer.training_step(None, batch(rank))
try:
    saving = SimpleNamespace(should_save=True)
    one.on_step_end(ARGS, SimpleNamespace(global_step=1), saving, model=torch.nn.Linear(1, 1))
except FloatingPointError:
    print("stopped")
"""


def test_a_bad_batch_of_one_rank_stops_all_and_rank_0_writes_it(tmp_path: Path) -> None:
    command = [sys.executable, "-c", RANK, str(tmp_path)]
    ranks = [
        subprocess.Popen([*command, str(rank)], cwd=ROOT, stdout=subprocess.PIPE, text=True, start_new_session=True)
        for rank in range(2)
    ]
    try:
        assert [rank.communicate(timeout=300)[0].strip() for rank in ranks] == ["stopped", "stopped"]
    finally:
        for rank in ranks:
            rank.kill()
    assert [row["id"] for row in json.loads((tmp_path / "0/guard.json").read_text())["rows"]] == ["row-1"]
    assert not (tmp_path / "1/guard.json").exists()
