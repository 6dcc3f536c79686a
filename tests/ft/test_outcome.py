"""How a run ended, in words that say what to do."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ft import base, outcome
from ft.guard import cause
from ft.plugin import Record
from ft.recipe import Recipe, parse_override, resolve
from ft.runs import later, progress
from prep.errors import UserError
from tests.conftest import ROOT, one_line, run


@pytest.fixture
def recipe(tmp_path: Path) -> Recipe:
    return Recipe("x", tmp_path / "x.yaml", {"output_dir": str(tmp_path), "base_model": "some/base"})


def ended(recipe: Recipe, log: str, out_of_memory: bool = False, offset: int = 0) -> outcome.Outcome:
    path = recipe.output_dir / "training.log"
    path.write_text(log)
    return outcome.failed(recipe, outcome.Left(1, path, offset, out_of_memory), "ft train x --resume")


KILLED = "subprocess.CalledProcessError: Command '[...]' died with <Signals.SIGKILL: 9>.\n"
SEVERAL = "torch.distributed.elastic.multiprocessing.errors.ChildFailedError:\n exitcode  : -9 (pid: 7)\n"


@pytest.mark.parametrize("log", [KILLED, SEVERAL])
def test_a_process_that_the_kernel_ended_for_want_of_memory_is_told_so(recipe: Recipe, log: str) -> None:
    assert "the machine's memory is full" in ended(recipe, log, out_of_memory=True).words
    assert "killed from outside" in ended(recipe, log).words


def test_what_an_earlier_go_wrote_is_no_cause(recipe: Recipe) -> None:
    """A resumed run goes on in the same log."""
    before = "OSError: [Errno 28] No space left on device\n" + KILLED
    assert "ValueError: now" in ended(recipe, before + "ValueError: now\n", offset=len(before)).words


def test_a_launcher_that_was_killed_is_told_too(recipe: Recipe) -> None:
    (recipe.output_dir / "training.log").write_text("")
    left = outcome.Left(-9, recipe.output_dir / "training.log")
    assert "killed from outside" in outcome.failed(recipe, left, "ft train x --resume").words


def test_what_the_guard_found_comes_before_what_the_log_says(recipe: Recipe) -> None:
    rows = [{"file": "t.jsonl", "line": 3, "id": "row-3"}, {"file": "t.jsonl", "line": 4}]
    found = {"step": 7, "what": "loss is nan", "cause": "a damaged row", "rows": rows, "rows_in_all": 2}
    (recipe.output_dir / outcome.GUARD).write_text(json.dumps(found))
    words = ended(recipe, "ValueError: other\n").words
    assert "loss is nan at step 7" in words and "row-3, t.jsonl:4" in words and "other" not in words


def test_a_failed_run_names_its_newest_whole_checkpoint(recipe: Recipe) -> None:
    for step, files in ((5, ["trainer_state.json"]), (10, [])):
        (recipe.output_dir / f"checkpoint-{step}").mkdir()
        for name in files:
            (recipe.output_dir / f"checkpoint-{step}" / name).write_text("{}")
    words = ended(recipe, "ValueError: x\n").words
    assert "checkpoint-5 is whole: mend it, then go on with ft train x --resume" in words


def test_a_recipe_that_axolotl_refuses_is_the_users_to_mend(recipe: Recipe) -> None:
    log = "1 validation error for Config\nlora_r\n  bad value\n  For further information visit x\n"
    assert ended(recipe, log).code == 2
    assert ended(recipe, "ValueError: x\n").code == 1


@pytest.mark.parametrize("gib", [8.0, 80.0])
def test_a_full_card_is_answered_with_what_the_plan_proposes(gib: float) -> None:
    """Also on a card that the plan holds for large enough: it was not."""
    big = resolve(str(ROOT / "configs/codellama.yaml"), ["sequence_len=4096"])
    found = dict(parse_override(text) for text in outcome.smaller(big, gib, 1) or [])
    assert found and found.keys() & {"micro_batch_size", "sequence_len", "gradient_checkpointing", "optimizer"}


@pytest.mark.parametrize(
    ("what", "norms", "masked", "fp16", "says"),
    [
        ("loss is nan", [1.0] * 9, True, False, "no trained token"),
        ("loss is nan", [1.0] * 9, False, True, "bf16=true"),
        ("loss is nan", [1.0] * 6 + [30.0, 90.0, 5.0], False, False, "the gradients grew first"),
        ("loss is nan", [1.0], False, False, "from the first step on"),
        ("the loss exploded: 9", [1.0] * 9, False, True, "learning_rate is too high"),
        ("loss is nan", [1.0] * 9, False, False, "named in guard.json is damaged"),
    ],
)
def test_the_usual_cause_is_named(what: str, norms: list[float], masked: bool, fp16: bool, says: str) -> None:
    logged = [{"step": i, "loss": 1.0, "grad_norm": norm} for i, norm in enumerate(norms)]
    assert says in cause(what, len(norms), logged, masked, fp16)


def test_a_clock_that_jumps_moves_neither_rows_nor_records(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The wall clock is set back a day, and forward a year, between rows."""
    real = time.time
    record = Record(tmp_path / "progress.jsonl")
    for shift in (0, -86_400, 3e7):
        monkeypatch.setattr(time, "time", lambda shift=shift: real() + shift)
        record.write({"step": shift})
    times = [row["time"] for row in progress(tmp_path)]
    assert times == sorted(times) and times[-1] - times[0] < 60
    assert later("2026-03-28T23:59:50+0100", 20.5) == "2026-03-29T00:00:10+0100"


@pytest.mark.parametrize("network", [{"HF_ENDPOINT": "http://127.0.0.1:9"}, {"HF_HUB_OFFLINE": "1"}])
def test_a_base_of_the_hub_without_a_network_is_one_line(tmp_path: Path, network: dict[str, str]) -> None:
    code = (
        "from ft import base\nfrom prep.errors import run_cli\nrun_cli(lambda **_: base.download('some/model'), 'ft')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"HF_HOME": str(tmp_path)} | network,
        capture_output=True,
        text=True,
        check=False,
    )
    one_line(done, 1, "cannot download some/model", "no network?")


@pytest.mark.parametrize("name", ["a b", "x/y/z"])
def test_a_base_that_is_neither_a_folder_nor_a_name_is_one_line(name: str) -> None:
    with pytest.raises(UserError, match="no folder here and no name of the Hub"):
        base.download(name)


def test_a_base_that_is_not_there_is_refused_before_anything_starts(workspace: Path) -> None:
    args = ["base_model=./nowhere", "output_dir=outputs/nobase"]
    one_line(run("ft", "train", "tiny", *args, cwd=workspace), 2, "base_model './nowhere' is not there")
    assert not (workspace / "outputs/nobase").exists()
