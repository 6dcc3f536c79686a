"""What is seen of a run while it goes on: its pace, the machine's numbers, the lines, metrics.jsonl."""

from __future__ import annotations

import io
import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console

from ft import meters, view
from ft.pace import Pace, spark
from ft.runs import PROGRESS, Rows
from tests.conftest import ROOT

START = [{"time": 90.0, "stage": "loading the model"}, {"time": 100.0, "stage": "training", "step": 0, "max_steps": 40}]
CARD = {"name": "NVIDIA H200", "used_percent": 98, "vram_gib": 17.26, "vram_total_gib": 139.8}
MACHINE = {"cpu_percent": 97.1, "ram_gib": 112.4, "ram_total_gib": 1024.0, "disk_free_gib": 1234.5, "gpus": [CARD] * 8}


def step(number: int, loss: float | str = 2.5) -> dict[str, object]:
    """Two seconds and 1,000 tokens a step."""
    row = {"time": 100.0 + 2 * number, "step": number, "max_steps": 40, "loss": loss, "learning_rate": 0.0002}
    return {**row, "tokens/total": 1000.0 * number}


def paced(*rows: dict[str, object]) -> Pace:
    pace = Pace()
    for row in [*START, *rows]:
        pace.add(row)
    return pace


def screen(pace: Pace, machine: dict[str, object]) -> list[str]:
    out = Console(file=io.StringIO(), width=80, force_terminal=True, color_system=None)
    out.print(view.lines(pace, machine, 3725.0))
    return out.file.getvalue().splitlines()  # type: ignore[attr-defined]


def test_speed_and_time_left_are_those_of_the_rows() -> None:
    pace = paced(*(step(number) for number in range(1, 11)))
    assert (pace.tokens_per_second, pace.eta) == (500.0, 60.0)
    assert pace.numbers()["eta_seconds"] == 60.0


def test_the_time_of_an_evaluation_is_in_the_time_left_and_not_in_the_speed() -> None:
    late = [{**step(number), "time": 200.0 + 2 * number} for number in (3, 4)]
    pace = paced(step(1), step(2), {"time": 199.0, "step": 2, "max_steps": 40, "eval_loss": 2.0}, *late)
    assert (pace.tokens_per_second, pace.eta) == (500.0, 106.0 / 3 * 36)


def test_before_the_second_step_nothing_is_promised() -> None:
    pace = paced(step(1))
    assert (pace.tokens_per_second, pace.eta) == (None, None)
    assert "eta_seconds" not in pace.numbers()


def test_an_evaluation_is_known_with_its_step() -> None:
    pace = paced(step(1), {"time": 103.0, "step": 1, "max_steps": 40, "eval_loss": 2.25}, step(2))
    assert (pace.eval_loss, pace.eval_step, pace.step) == (2.25, 1, 2)


def test_while_it_evaluates_that_is_said_and_then_it_trains_again() -> None:
    evaluating = {"time": 103.0, "step": 1, "max_steps": 40, "stage": "evaluating"}
    assert paced(step(1), evaluating).stage == "evaluating"
    assert (
        paced(step(1), evaluating, {"time": 140.0, "step": 1, "max_steps": 40, "eval_loss": 2.25}).stage == "training"
    )


def test_a_nan_is_shown_and_left_out_of_the_curve() -> None:
    pace = paced(step(1), step(2, "nan"))
    assert "loss nan" in view.told(pace)
    assert list(pace.losses) == [2.5]


def test_the_spark_line_falls_with_the_loss() -> None:
    assert spark([8, 7, 6, 5, 4, 3, 2, 1], 8) == "█▇▆▅▄▃▂▁"
    assert len(spark(range(1000), 32)) == 32
    assert (spark([1.0], 8), spark([3.0, 3.0], 8)) == ("", "▁▁")


@pytest.mark.parametrize("machine", [{}, {**MACHINE, "gpus": []}, {**MACHINE, "gpus": [CARD]}, MACHINE])
def test_the_live_lines_fit_eighty_columns_whole(machine: dict[str, object]) -> None:
    rows = [step(number, 12.3456) for number in range(1, 40)]
    lines = screen(paced(*rows, {"time": 200.0, "step": 39, "max_steps": 40, "eval_loss": 11.1}), machine)
    text = "\n".join(lines)
    assert max(map(len, lines)) <= 80
    assert "…" not in text
    for word in (
        "training",
        "39/40",
        "1:02:05",
        "ETA 0:02",
        "loss 12.3456",
        "validation 11.1000",
        "lr 0.0002",
        "500 tok/s",
    ):
        assert word in text
    if machine:
        assert "CPU 97%" in text
        assert "1234 GiB free" in text


def test_what_the_cards_take_is_in_the_line() -> None:
    fuller = {**CARD, "vram_gib": 100.0, "used_percent": 50}
    assert view.taken({**MACHINE, "gpus": [CARD, fuller]}).startswith("2 GPUs 74%  VRAM 100/140 GiB")
    no_sensor = {key: value for key, value in CARD.items() if key != "used_percent"}
    assert view.taken({**MACHINE, "gpus": [no_sensor]}).startswith("GPU  VRAM 17.3/140 GiB")


def test_without_a_terminal_there_are_plain_lines_and_the_same_numbers_as_json(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    warning = {"time": 181.0, "step": 40, "warning": "the loss is flat"}
    rows = [
        *START,
        step(1),
        {"time": 103.0, "step": 1, "max_steps": 40, "eval_loss": 2.25},
        step(39),
        step(40),
        warning,
    ]
    with view.View(tmp_path / "training.log", Rows(tmp_path), meters.Meters(tmp_path)) as seen:
        (tmp_path / PROGRESS).write_text("".join(json.dumps(row) + "\n" for row in rows))
        seen.update()
        seen.update()
    said = capfd.readouterr().err
    assert "\x1b" not in said
    assert max(map(len, said.splitlines()[1:])) <= 80
    for line in (
        "training ...",
        "step 1: validation loss 2.2500",
        "step 40/40  loss 2.5000",
        "step 40: the loss is flat",
    ):
        assert line in said
    kept = [json.loads(line) for line in (tmp_path / view.METRICS).read_text().splitlines()]
    assert len(kept) == 1  # one reading in a few seconds, however often it is asked
    assert {"time", "seconds", "step", "loss", "eval_loss", "learning_rate", "tokens_per_second", "eta_seconds"} < {
        *kept[0]
    }
    assert {"cpu_percent", "ram_gib", "ram_total_gib", "disk_free_gib", "gpus"} < {*kept[0]}


def test_numbers_that_cannot_be_written_do_not_end_the_run(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / view.METRICS).mkdir()
    with view.View(tmp_path / "training.log", Rows(tmp_path), meters.Meters(tmp_path)) as seen:
        seen.update()
    assert f"no more numbers are written to {view.METRICS}: Is a directory" in capfd.readouterr().err


def test_a_terminal_that_is_gone_does_not_hide_how_a_run_ends(tmp_path: Path) -> None:
    code = """
import sys
from pathlib import Path
from ft.runs import Rows
from ft.view import View
try:
    with View(Path("training.log"), Rows(Path())) as seen:
        print("up", file=sys.__stdout__, flush=True)  # not through the live lines
        sys.stdin.read()
        Path("progress.jsonl").write_text('{"step": 1, "eval_loss": 2.0}\\n')
        seen.update()
        raise KeyboardInterrupt
except KeyboardInterrupt:
    Path("ended").touch()
"""
    terminal, its = pty.openpty()
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm"}
    child = subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=its,
    )
    os.close(its)
    assert child.stdout
    child.stdout.readline()
    os.close(terminal)
    child.communicate()
    assert (tmp_path / "ended").exists()


def test_the_meters_see_what_children_take_and_forget_those_that_end(tmp_path: Path) -> None:
    code = "import sys; held = bytearray(300 * 2**20); print('up', flush=True); sys.stdin.read()"
    seen = meters.Meters(tmp_path)
    before = seen.read()["ram_gib"]
    child = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert child.stdout
    child.stdout.readline()
    during = seen.read()["ram_gib"]
    child.communicate()
    assert during - before > 0.28
    assert seen.read()["ram_gib"] - before < 0.05


@pytest.mark.parametrize(
    ("visible", "left"), [(None, ["0", "1"]), ("1", ["1"]), ("", []), ("-1", []), ("GPU-ab, 0", ["GPU-ab", "0"])]
)
def test_only_the_cards_that_the_run_sees_are_read(visible: str | None, left: list[str]) -> None:
    assert meters.chosen(["0", "1"], visible) == left
