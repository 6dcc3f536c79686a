"""`eval run` on a real merged model, through lm-eval's own program; and its refusals."""

from __future__ import annotations

import json
import math
import os
import resource
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import command, one_line, run

Rehearsed = Callable[[str], subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def trained(rehearsed: Rehearsed, workspace: Path) -> Callable[[str], str]:
    """Name -> the folder of its rehearsal, with the first rows of the test split beside the training file."""

    def prepare(name: str) -> str:
        assert rehearsed(name).returncode == 0
        folder = f"outputs/{name}-rehearsal"
        kind = "chat" if name == "gpt-oss" else "alpaca"
        shutil.copy(workspace / f"data/ahk/test.{kind}.jsonl", workspace / folder / "data/datasets-0")
        return folder

    return prepare


@pytest.mark.slow
@pytest.mark.parametrize("name", ["codellama", "deepseek", "gpt-oss"])
def test_base_and_tuned_are_measured_on_the_same_items(
    trained: Callable[[str], str], workspace: Path, name: str
) -> None:
    """The harness's bits per byte are recomputed from the samples that it wrote."""
    folder = trained(name)
    done = run("eval", "run", folder, "--tasks", "ahk_loss", "--limit", "5", cwd=workspace)
    assert done.returncode == 0, done.stderr
    target = workspace / folder / "eval/ahk_loss"
    found = json.loads((target / "results.json").read_text())["tasks"]["ahk_loss"]
    assert found["n"] == 5
    for label in ("base", "tuned"):
        samples = [
            json.loads(line) for line in next((target / label).rglob("samples_*.jsonl")).read_text().splitlines()
        ]
        nats = -sum(float(sample["filtered_resps"][0][0]) for sample in samples)
        size = sum(len(sample["doc"]["answer"].encode()) for sample in samples)
        size += len(samples) if name != "gpt-oss" else 0  # the line feed after "### Response:"
        assert found["metrics"]["bits_per_byte"][label] == pytest.approx(nats / math.log(2) / size)
    assert found["metrics"]["bits_per_byte"]["base"] != found["metrics"]["bits_per_byte"]["tuned"]
    items = [json.loads(line) for line in (target / "items.jsonl").read_text().splitlines()]
    end = "<|channel|>final<|message|>" if name == "gpt-oss" else "### Response:\n"
    assert all(item["prompt"].endswith(end) for item in items)


@pytest.mark.slow
def test_ctrl_c_leaves_no_result_and_no_process(trained: Callable[[str], str], workspace: Path) -> None:
    folder = trained("codellama")
    target = workspace / folder / "eval/stopped"
    argv = command("eval", "run", folder, "--tasks", "ahk_samples", "--out", target)
    process = subprocess.Popen(argv, cwd=workspace, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
    end = time.monotonic() + 60
    while not (target / "base.log").is_file() and time.monotonic() < end:
        time.sleep(0.05)
    os.kill(process.pid, signal.SIGINT)
    _, error = process.communicate(timeout=60)
    assert process.returncode == 130, error
    assert "Traceback" not in error
    assert not (target / "results.json").exists()
    lines = [path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline") if path.exists()]
    assert not [line for line in lines if str(target).encode() in line]


@pytest.mark.slow
def test_a_full_disk_is_one_line_and_no_result(trained: Callable[[str], str], workspace: Path) -> None:
    """The kernel refuses a large file, as a full disk does: the harness only warns that its samples are cut."""
    folder = trained("codellama")
    target = workspace / folder / "eval/full"

    def small_files() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (12_000, 12_000))

    arguments = ("eval", "run", folder, "--tasks", "ahk_loss", "--limit", "5", "--out", str(target))
    done = run(*arguments, cwd=workspace, preexec_fn=small_files)
    one_line(done, 1, "lm-eval failed on base: the disk is full", "base.log")
    assert not (target / "results.json").exists()


def test_an_unknown_task_is_named_with_those_that_there_are(workspace: Path) -> None:
    one_line(run("eval", "run", "tiny", "--tasks", "ahk_lose", cwd=workspace), 2, "no task 'ahk_lose'", "ahk_loss")


def test_zero_items_are_refused(workspace: Path) -> None:
    one_line(run("eval", "run", "tiny", "--limit", "0", cwd=workspace), 2, "--limit must be at least 1")


def test_a_model_that_was_not_trained_is_one_line(workspace: Path) -> None:
    one_line(run("eval", "run", "mistral", cwd=workspace), 2, "no run of 'mistral'")


def test_a_run_that_was_not_merged_is_one_line(workspace: Path) -> None:
    folder = workspace / "outputs/unmerged"
    folder.mkdir(parents=True)
    (folder / "recipe.yaml").write_text("base_model: x\n")
    one_line(run("eval", "run", "outputs/unmerged", cwd=workspace), 2, "no merged model to judge")
