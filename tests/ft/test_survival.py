"""A run that is killed, stopped, cut off from its disk and resumed ends as one that was not; and the guard.

One run goes through all of it (`survivor`), one is left alone (`untouched`); each test looks at one thing they left.
"""

from __future__ import annotations

import json
import os
import random
import resource
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import pytest

from ft import lock, runs, stop
from tests.conftest import ROOT, command, folder_like_a_clone, one_line, run
from tests.ft.faults import PLUGIN

pytestmark = pytest.mark.slow
STEPS = 24
ENV = os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Configs, 60 rows of shipped scripts and a tiny CodeLlama to train."""
    folder = folder_like_a_clone(tmp_path_factory.mktemp("survival"))
    scripts = sorted((ROOT / "prep/samples").rglob("*.ahk"), key=lambda path: (path.stat().st_size, path.name))[:60]
    lines = [json.dumps(row_of(path)) + "\n" for path in scripts]
    for name, part in (("train", lines[8:]), ("val", lines[:8])):
        (folder / f"{name}.jsonl").write_text("".join(part), encoding="utf-8")
    done = run("ft", "standin", "codellama", cwd=folder)
    assert done.returncode == 0, done.stderr
    return folder


def row_of(path: Path) -> dict[str, Any]:
    about = {"id": f"row-{path.stem}", "source": path.name, "task": "write"}
    text = path.read_text(encoding="utf-8-sig")[:160]  # short rows, of which several are packed into a batch
    return {"instruction": f"Write {path.stem}", "input": "", "output": text, "metadata": about}


def train(name: str, *more: str) -> list[str]:
    entry = "{{path: {}.jsonl, ds_type: json, type: alpaca, split: train}}"
    return [
        "train",
        "tiny",
        "base_model=outputs/standin/codellama",
        "tokenizer_type=null",
        f"datasets=[{entry.format('train')}]",
        f"test_datasets=[{entry.format('val')}]",
        f"output_dir=outputs/{name}",
        f"plugins=[{PLUGIN}]",
        f"max_steps={STEPS}",
        "save_steps=3",
        "eval_steps=8",
        "sequence_len=768",
        "micro_batch_size=1",
        *more,
    ]


@pytest.fixture(scope="module")
def untouched(place: Path) -> Path:
    done = run("ft", *train("untouched"), cwd=place, env=ENV)
    assert done.returncode == 0, done.stderr
    return place / "outputs/untouched"


def left(folder: Path) -> list[str]:
    """The processes that have this run folder in their command line."""
    found = []
    for process in psutil.process_iter(["cmdline", "status"]):
        line = " ".join(process.info["cmdline"] or [])
        if f"outputs/{folder.name}" in line and process.info["status"] != psutil.STATUS_ZOMBIE:
            found.append(line)
    return found


def wait_for(what: Callable[[], bool], process: subprocess.Popen[str] | None = None, seconds: float = 900) -> None:
    end = time.monotonic() + seconds
    while not what():
        assert process is None or process.poll() is None, process.communicate()
        assert time.monotonic() < end, "it did not come so far"
        time.sleep(0.05)


def newest_whole(folder: Path) -> int:
    found = [path for path in runs.checkpoints(folder) if runs.whole(path)]
    return int(found[-1].name.rpartition("-")[2]) if found else 0


@dataclass
class Survivor:
    """The run's folder and, by the name of each fault, what was seen."""

    folder: Path
    seen: dict[str, Any] = field(default_factory=dict)

    @property
    def place(self) -> Path:
        return self.folder.parent.parent

    def said(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return run("ft", *arguments, cwd=self.place)

    def env(self, hold: int) -> dict[str, str]:
        """The run waits at the end of this step until `go` is called."""
        self.go.unlink(missing_ok=True)
        return ENV | {"FAULT_HOLD": f"{hold}:{self.go}"}

    @property
    def go(self) -> Path:
        return self.place / "go"

    def begin(self, hold: int, *more: str, **options: Any) -> subprocess.Popen[str]:
        own = ("env", "--default-signal=HUP")  # the suite itself may run under nohup
        return subprocess.Popen(
            [*own, *command("ft", *train(self.folder.name, *more))],
            cwd=self.place,
            env=self.env(hold),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            **options,
        )

    def step(self) -> int:
        return runs.last_step(self.folder)["step"]


@pytest.fixture(scope="module")
def survivor(place: Path) -> Survivor:
    one = Survivor(place / "outputs/survivor")
    rng = random.Random()
    killed(one, rng.randint(6, 8))
    in_the_background(one, hold=5)
    with_a_full_disk(one)
    with_a_killed_process(one, rng.randint(9, 10))
    with_a_signal(one, rng.choice([signal.SIGTERM, signal.SIGHUP]), rng.randint(12, 13))
    one.seen["finish"] = run("ft", *train("survivor", "--resume"), cwd=place, env=ENV)
    return one


def killed(one: Survivor, step: int) -> None:
    """SIGKILL to the command; its newest checkpoint is then cut off in its optimizer."""
    process = one.begin(9)
    wait_for(lambda: one.step() >= step and newest_whole(one.folder) >= 6, process)
    process.kill()
    process.communicate()
    wait_for(lambda: not left(one.folder), seconds=300)
    one.seen["killed at"] = one.step()
    one.seen["killed: lock"] = lock.holder(one.folder)
    one.seen["killed: status"] = one.said("status")
    optimizer = runs.checkpoints(one.folder)[-1] / "optimizer.pt"
    one.seen["cut off"] = optimizer.parent.name
    optimizer.write_bytes(optimizer.read_bytes()[:-1000])


def in_the_background(one: Survivor, hold: int) -> None:
    env = one.env(hold)
    one.seen["detached"] = run("ft", *train("survivor", "--resume", "--detach"), cwd=one.place, env=env)
    pid = runs.read(one.folder)["pid"]
    one.seen["detached: session"] = os.getsid(pid)
    os.kill(pid, signal.SIGHUP)
    one.seen["second"] = run("ft", *train("survivor"), cwd=one.place, env=ENV)
    one.seen["merge"] = one.said("merge", "survivor")
    one.seen["status"] = one.said("status", "survivor")
    one.seen["logs"] = one.said("logs", "survivor", "-n", "3")
    asked = subprocess.Popen(command("ft", "stop", "survivor"), cwd=one.place, stdout=subprocess.PIPE, text=True)
    wait_for(lambda: stop.path_of(one.folder).exists(), asked)
    one.go.touch()
    one.seen["stop"] = subprocess.CompletedProcess([], asked.wait(600), asked.communicate()[0], "")
    one.seen["stop: left"] = left(one.folder)
    one.seen["stop: record"] = runs.read(one.folder)
    one.seen["stop: checkpoint"] = newest_whole(one.folder)
    one.seen["stop: adapter"] = (one.folder / "adapter_model.safetensors").exists()


def with_a_full_disk(one: Survivor) -> None:
    """No file may grow to what the optimizer's needs, which comes after the adapter's."""
    limit = (runs.checkpoints(one.folder)[-1] / "optimizer.pt").stat().st_size * 2 // 3
    process = one.begin(99, "--resume", preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)))
    out, error = process.communicate(timeout=600)
    one.seen["full"] = subprocess.CompletedProcess([], process.returncode, out, error)
    one.seen["full: checkpoint"] = newest_whole(one.folder)


def with_a_killed_process(one: Survivor, step: int) -> None:
    """SIGKILL to the training process, as the kernel does when memory is full; the command lives."""
    process = one.begin(11, "--resume")
    wait_for(lambda: one.step() >= step and newest_whole(one.folder) >= 9, process)
    tree = psutil.Process(process.pid).children(recursive=True)
    [one for one in tree if "axolotl.cli.train" in one.cmdline()][-1].kill()  # the first is accelerate
    out, error = process.communicate(timeout=300)
    one.seen["process"] = subprocess.CompletedProcess([], process.returncode, out, error)


def with_a_signal(one: Survivor, number: int, step: int) -> None:
    process = one.begin(14, "--resume")
    wait_for(lambda: one.step() >= step and newest_whole(one.folder) >= 12, process)
    process.send_signal(number)
    out, error = process.communicate(timeout=300)
    one.seen["signal"] = subprocess.CompletedProcess([], process.returncode, out, error)
    one.seen["signal: left"] = left(one.folder)


def test_a_killed_command_leaves_no_process_and_no_lock(survivor: Survivor) -> None:
    assert survivor.seen["killed: lock"] is None


def test_status_names_a_run_that_died_and_how_to_go_on(survivor: Survivor) -> None:
    assert f"died at step {survivor.seen['killed at']}: resume with python -m ft train tiny" in " ".join(
        survivor.seen["killed: status"].stdout.split()
    )


def test_a_checkpoint_that_was_cut_off_is_set_aside(survivor: Survivor) -> None:
    console = (survivor.folder / "console.log").read_text()
    assert f"{survivor.seen['cut off']} is not whole (optimizer.pt is cut off" in console
    assert (survivor.folder / f"broken-{survivor.seen['cut off']}").is_dir()


def test_a_detached_run_has_a_session_of_its_own(survivor: Survivor) -> None:
    began = survivor.seen["detached"]
    assert began.returncode == 0, began.stderr
    assert "in the background, process" in began.stdout
    assert survivor.seen["detached: session"] not in (0, os.getsid(0))


def test_a_second_run_and_a_merge_are_refused_while_one_goes_on(survivor: Survivor) -> None:
    for name in ("second", "merge"):
        one_line(survivor.seen[name], 2, "`train`, process", "is at work there")


def test_status_and_logs_tell_how_far_it_is(survivor: Survivor) -> None:
    said = survivor.seen["status"].stdout
    assert "train" in said and f"/{STEPS}" in said and "time left" in said
    assert len(survivor.seen["logs"].stdout.splitlines()) >= 1


def test_stop_writes_a_checkpoint_first_and_leaves_nothing(survivor: Survivor) -> None:
    said, record = survivor.seen["stop"], survivor.seen["stop: record"]
    assert said.returncode == 0, said.stderr
    assert record["status"] == "stopped" and record["steps"] == survivor.seen["stop: checkpoint"] < STEPS
    assert f"checkpoint-{record['steps']} is whole: go on with" in said.stdout
    assert survivor.seen["stop: left"] == [] and not survivor.seen["stop: adapter"]


def test_a_disk_that_fills_in_the_middle_of_a_checkpoint_costs_only_that_checkpoint(survivor: Survivor) -> None:
    one_line(survivor.seen["full"], 1, "training failed: the disk is full", "is whole: mend it, then go on with")
    assert survivor.seen["full: checkpoint"] == survivor.seen["stop: checkpoint"]


def test_a_training_process_that_is_killed_is_told_in_plain_words(survivor: Survivor) -> None:
    one_line(survivor.seen["process"], 1, "killed from outside (SIGKILL)", "is whole: mend it, then go on with")


def test_a_hang_up_or_sigterm_ends_it_cleanly(survivor: Survivor) -> None:
    one_line(survivor.seen["signal"], 130, "interrupted;", "is whole: go on with python -m ft train tiny")
    assert survivor.seen["signal: left"] == []


def curve(folder: Path, key: str) -> list[tuple[int, float]]:
    return sorted(set(runs.losses(runs.progress(folder), key)))


@pytest.mark.parametrize("key", ["loss", "grad_norm"])
def test_a_run_killed_and_resumed_has_the_curve_of_one_that_was_not(
    survivor: Survivor, untouched: Path, key: str
) -> None:
    assert survivor.seen["finish"].returncode == 0, survivor.seen["finish"].stderr
    assert curve(survivor.folder, key) == curve(untouched, key)
    assert len(curve(untouched, key)) == STEPS


def test_its_validation_is_the_same_at_the_same_steps(survivor: Survivor, untouched: Path) -> None:
    """Each go validates once more, at the step that it begins with."""
    assert set(curve(untouched, "eval_loss")) <= set(curve(survivor.folder, "eval_loss"))
    assert len(curve(untouched, "eval_loss")) == 1 + STEPS // 8


def test_a_run_killed_and_resumed_ends_in_the_same_adapter(survivor: Survivor, untouched: Path) -> None:
    name = "adapter_model.safetensors"
    assert (survivor.folder / name).read_bytes() == (untouched / name).read_bytes()


def test_each_go_of_a_resumed_run_is_on_record(survivor: Survivor) -> None:
    record = runs.read(survivor.folder)
    how = [one["status"] for one in record["attempts"]]
    assert how == ["running", "stopped", "failed", "failed", "interrupted"]
    assert record["status"] == "finished" and record["ended"] >= record["started"]


def test_a_detached_run_that_fails_early_says_why(place: Path) -> None:
    done = run("ft", *train("early", "base_model=./nowhere"), "--detach", cwd=place, env=ENV)
    one_line(done, 2, "it ended before it trained (exit code 2)", "base_model './nowhere' is not there")
    assert [path.name for path in (place / "outputs").glob("*early*")] == [".early.lock"]


def test_nan_stops_the_run_and_names_the_rows_of_its_batch(place: Path) -> None:
    """Packed: all rows of the batch are named, and the cause; every checkpoint is from before."""
    rows = [json.loads(line) for line in (place / "train.jsonl").read_text().splitlines()]
    bad = rows[0]["metadata"]["id"]
    env = ENV | {"FAULT_NAN": rows[0]["instruction"] + "\n"}
    done = run("ft", *train("nan", "eval_steps=null"), cwd=place, env=env)
    one_line(done, 1, "loss is nan", "usual cause:", bad, "guard.json")
    found = json.loads((place / "outputs/nan/guard.json").read_text())
    named = [row["id"] for row in found["rows"]]
    assert bad in named and 1 < len(named) < 40, "packed rows, and not all there are"
    assert {"file", "line", "source"} <= set(found["rows"][0])
    assert found["logged"][-1] == {**found["logged"][-1], "step": found["step"], "loss": "nan"}
    assert newest_whole(place / "outputs/nan") < found["step"]
    assert not (place / "outputs/nan/adapter_model.safetensors").exists()
