"""A sweep that runs: one cell trains, one fails; the same command again finds the first one done."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ft.view import METRICS
from tests.conftest import run

pytestmark = pytest.mark.slow
AXES = ["base_model=outputs/standin/sweeping,outputs/none", "max_steps=4", "save_steps=4", "eval_steps=4"]
HELD = "test_datasets=[{path: outputs/few.jsonl, ds_type: json, split: train, type: alpaca}]"
SMALL = ["sequence_len=256", "use_tensorboard=true", HELD]


@pytest.fixture(scope="module")
def swept(workspace: Path) -> Path:
    """The workspace after the sweep's first run; the folder of the cell that trained is under outputs/sweeps/tiny."""
    few = (workspace / "data/ahk/val.alpaca.jsonl").read_text().splitlines(keepends=True)
    (workspace / "outputs").mkdir(exist_ok=True)
    (workspace / "outputs/few.jsonl").write_text("".join(sorted(few, key=len)[:16]))
    made = run("ft", "standin", "codellama", "--out", "outputs/standin/sweeping", cwd=workspace)
    assert made.returncode == 0, made.stderr
    listed = run("ft", "sweep", "tiny", *AXES, *SMALL, "--dry-run", cwd=workspace)
    assert listed.stdout.count("open") == 2, listed.stdout + listed.stderr
    assert not (workspace / "outputs/sweeps").exists()
    done = run("ft", "sweep", "tiny", *AXES, *SMALL, cwd=workspace)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "failed: base_model=outputs/none" in done.stdout
    return workspace


def cell(workspace: Path) -> Path:
    return next((workspace / "outputs/sweeps/tiny").glob("base_model-outputs_standin_sweeping*"))


def test_a_failed_cell_is_told_and_the_others_go_on(swept: Path) -> None:
    cells = json.loads((swept / "outputs/sweeps/tiny/sweep.json").read_text())["cells"]
    assert [one["state"] for one in cells] == ["done", "failed"]
    assert cells[0]["result"]["status"] == "finished"
    assert "base_model 'outputs/none' is not there" in cells[1]["problem"]
    assert (swept / "outputs/sweeps/tiny/sweep.png").read_bytes().startswith(b"\x89PNG")


def test_what_is_done_is_skipped(swept: Path) -> None:
    before = (cell(swept) / "run.json").stat().st_mtime_ns
    done = run("ft", "sweep", "tiny", *AXES, *SMALL, cwd=swept)
    assert done.returncode == 1
    assert (cell(swept) / "run.json").stat().st_mtime_ns == before
    assert len(list((swept / "outputs/sweeps/tiny").glob("base_model-outputs_standin_sweeping*"))) == 1


def test_a_real_run_has_losses_accuracy_speed_and_memory_in_one_line(swept: Path) -> None:
    done = run("ft", "runs", str(cell(swept)), "--json", "outputs/swept.json", cwd=swept)
    assert done.returncode == 0, done.stderr
    line = json.loads((swept / "outputs/swept.json").read_text())[0]
    assert 0 <= line["eval_accuracy"] < 0.5  # a random model
    for key in ("loss", "eval_loss", "seconds", "tokens_per_second", "ram_gib"):
        assert line[key] > 0, key


def test_a_real_run_says_how_many_examples_it_left_out(swept: Path) -> None:
    record = json.loads((cell(swept) / "run.json").read_text())
    assert any("training examples are left out: longer than sequence_len (256)" in said for said in record["warnings"])


def test_the_numbers_of_a_real_run_are_kept_as_json_lines(swept: Path) -> None:
    rows = [json.loads(line) for line in (cell(swept) / METRICS).read_text().splitlines()]
    assert [row["seconds"] for row in rows] == sorted(row["seconds"] for row in rows)
    assert max(row["ram_gib"] for row in rows) > 0.3  # the training process, not the launcher
    assert {row["stage"] for row in rows} & {"tokenising the data", "loading the model", "training"}


def test_axolotls_own_key_reaches_tensorboard(swept: Path) -> None:
    assert list(cell(swept).rglob("events.out.tfevents.*"))
