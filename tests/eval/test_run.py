"""`eval run` through lm-eval's own program: real merged models, servers; stopped, gone on with; and its refusals."""

from __future__ import annotations

import json
import math
import os
import resource
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from eval import results, statistics
from eval.results import Answer
from prep.errors import UserError
from tests.conftest import command, one_line, run
from tests.eval.fake_server import FakeServer, question, serving

Rehearsed = Callable[[str], subprocess.CompletedProcess[str]]
PATIENCE = 300  # seconds: the machine may be busy


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


def of(answers: list[Answer], subject: str, task: str) -> list[Answer]:
    return [answer for answer in answers if (answer.subject, answer.task) == (subject, task)]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["codellama", "deepseek", "gpt-oss"])
def test_base_and_tuned_are_measured_on_the_same_items(
    trained: Callable[[str], str], workspace: Path, name: str
) -> None:
    """Bits per byte are recomputed from the rows, and are those that the harness itself says."""
    folder = trained(name)
    done = run("eval", "run", folder, "--tasks", "ahk_loss", "--limit", "5", cwd=workspace)
    assert done.returncode == 0, done.stderr
    target = workspace / folder / "eval/ahk_loss"
    found, answers = results.read_results(target), results.read_answers(target)
    task = found["tasks"]["ahk_loss"]
    assert task["n"] == 5
    assert "ahk_loss, bits_per_byte: " in (target / results.PAGE).read_text()
    for label in ("base", "tuned"):
        rows = of(answers, label, "ahk_loss")
        size = sum(len(row.reference.strip().encode() if name == "gpt-oss" else row.reference.encode()) for row in rows)
        size += len(rows) if name != "gpt-oss" else 0  # the line feed after "### Response:"
        bits = -sum(row.score for row in rows)
        assert task["metrics"]["bits_per_byte"][label] == pytest.approx(bits / size)
        low, high = task["intervals"]["bits_per_byte"][label]
        assert low < bits / size < high
        tokens = sum(row.scores["tokens"] for row in rows)
        assert task["metrics"]["perplexity"][label] == pytest.approx(math.exp(bits * math.log(2) / tokens))
        correct = sum(row.scores["correct"] for row in rows)
        assert task["metrics"]["token_accuracy"][label] == pytest.approx(correct / tokens)
        theirs = json.loads(next((target / "harness" / label).rglob("results_*.json")).read_text())
        assert theirs["results"]["ahk_loss"]["bits_per_byte,none"] == pytest.approx(bits / size)
        assert all(row.seconds for row in rows)
    assert task["metrics"]["bits_per_byte"]["base"] != task["metrics"]["bits_per_byte"]["tuned"]
    end = "<|channel|>final<|message|>" if name == "gpt-oss" else "### Response:\n"
    assert all(row.prompt.endswith(end) for row in answers)
    assert {(row.id, row.prompt) for row in of(answers, "base", "ahk_loss")} == {
        (row.id, row.prompt) for row in of(answers, "tuned", "ahk_loss")
    }


@pytest.mark.slow
def test_the_adapter_over_its_base_in_four_bits_is_a_subject_of_its_own(
    trained: Callable[[str], str], workspace: Path
) -> None:
    folder = trained("codellama")
    done = run("eval", "run", folder, "--of", "adapter", "--limit", "2", "--out", "outputs/adapter", cwd=workspace)
    assert done.returncode == 0, done.stderr
    found = results.read_results(workspace / "outputs/adapter")
    assert found["subjects"]["adapter"]["four_bit"] is True
    assert set(found["tasks"]["ahk_loss"]["metrics"]["bits_per_byte"]) == {"adapter"}


@pytest.mark.slow
def test_a_full_disk_is_one_line_and_no_result(trained: Callable[[str], str], workspace: Path) -> None:
    """The kernel refuses a large file, as a full disk does: the harness only warns that its samples are cut."""
    folder = trained("codellama")
    target = workspace / folder / "eval/full"

    def small_files() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (12_000, 12_000))

    arguments = ("eval", "run", folder, "--tasks", "ahk_loss", "--limit", "5", "--out", str(target))
    done = run(*arguments, cwd=workspace, preexec_fn=small_files)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert "the disk" in done.stderr
    assert not (target / "results.json").exists()


SUITE = [
    {"id": f"q{n}", "category": "ab"[n % 2], "question": f"say {n}", "checks": [{"contains": f"SAY {n % 3}"}]}
    for n in range(6)
]


@pytest.fixture
def server() -> Iterator[FakeServer]:
    with serving() as found:
        yield found


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with a suite."""
    (tmp_path / "suite.jsonl").write_text("".join(json.dumps(row) + "\n" for row in SUITE))
    return tmp_path


@pytest.mark.slow
def test_what_ctrl_c_stops_goes_on_asks_nothing_twice_and_is_whole_once(server: FakeServer, place: Path) -> None:
    """The server stops answering after three questions; later it answers again."""
    answered: list[str] = []

    def three(payload: dict[str, Any]) -> str:
        if "say" in question(payload):
            answered.append(question(payload))
            if len(answered) > 3 and server.mode != "again":
                server.over.wait(PATIENCE)
        return question(payload).upper()

    server.answer = three
    arguments = ("eval", "run", server.url, "--tasks", "suite.jsonl", "--out", "out", "--at-once", "1")
    process = subprocess.Popen(
        command(*arguments), cwd=place, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    end = time.monotonic() + PATIENCE
    while len(answered) < 4 and process.poll() is None and time.monotonic() < end:
        time.sleep(0.05)
    os.kill(process.pid, signal.SIGINT)
    told, error = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130, error
    assert "3 of 6 answers are kept: the same command goes on" in told
    assert "Traceback" not in error
    assert not (place / "out/results.json").exists()
    lines = [path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline") if path.exists()]
    assert not [line for line in lines if str(server.server_port).encode() in line]
    with pytest.raises(UserError, match="unfinished"):
        results.read_results(place / "out")
    one_line(run(*arguments, "--samples", "2", cwd=place), 2, "holds another evaluation", "samples: 1 there, 2 now")

    server.mode = "again"
    before = len(answered)
    done = run(*arguments, cwd=place)
    assert done.returncode == 0, done.stderr
    assert "going on: 3 of 6 answers are there" in done.stdout
    assert sorted(answered[:3] + answered[before:]) == [f"say {n}" for n in range(6)]
    _recomputed(place / "out")
    again = run(*arguments, cwd=place)
    assert "whole" in again.stdout
    assert len(answered) == before + 3
    server.models = ["another"]
    one_line(run(*arguments, cwd=place), 2, "model_name: fake there, another now", "--fresh")


def _recomputed(folder: Path) -> None:
    """results.json says what follows from answers.jsonl."""
    found, answers = results.read_results(folder), results.read_answers(folder)
    task = found["tasks"]["suite"]
    assert [row.id for row in answers] == [row["id"] for row in SUITE]
    assert [row.answer for row in answers] == [f"SAY {n}" for n in range(6)]
    right = [row for row in answers if row.verdict == "right"]
    assert task["metrics"]["accuracy"]["model"] == len(right) / 6 == 0.5
    assert task["intervals"]["accuracy"]["model"] == pytest.approx(list(statistics.proportion(3, 6)[1:]))
    assert task["verdicts"]["model"] == {"right": 3, "wrong": 3}
    assert {name: part["n"] for name, part in task["categories"].items()} == {"a": 3, "b": 3}
    assert found["settings"]["temperature"] == 0
    assert found["speed"]["model"]["answers"] == 6
    assert found["speed"]["model"]["tokens"] == sum(row.tokens or 0 for row in answers) == 12


@pytest.mark.parametrize(
    ("mode", "words"),
    [("500", "answers 500: out of cards"), ("html", "something else than JSON"), ("hang", "no answer in 1 s")],
)
def test_a_server_that_cannot_answer_is_one_line_before_anything_begins(
    server: FakeServer, place: Path, mode: str, words: str
) -> None:
    server.mode = mode
    done = run("eval", "run", server.url, "--tasks", "suite.jsonl", "--timeout", "1", "--out", "out", cwd=place)
    one_line(done, 1, words)
    assert not (place / "out").exists()


def test_nothing_at_an_address_is_one_line(place: Path) -> None:
    done = run("eval", "run", "http://127.0.0.1:1/v1", "--tasks", "suite.jsonl", cwd=place)
    one_line(done, 2, "nothing listens there", "is a server there?")


def test_chat_has_no_likelihoods(server: FakeServer, workspace: Path) -> None:
    one_line(run("eval", "run", server.url, cwd=workspace), 2, "chat gives no likelihoods", "/v1/completions")


def test_an_unknown_task_is_named_with_those_that_there_are(workspace: Path) -> None:
    one_line(run("eval", "run", "tiny", "--tasks", "ahk_lose", cwd=workspace), 2, "no task 'ahk_lose'", "ahk_loss")


@pytest.mark.parametrize(
    ("option", "value"),
    [("limit", "0"), ("samples", "0"), ("max-tokens", "0"), ("temperature", "nan"), ("timeout", "0"), ("at-once", "0")],
)
def test_numbers_that_measure_nothing_are_refused(workspace: Path, option: str, value: str) -> None:
    one_line(run("eval", "run", "tiny", f"--{option}", value, cwd=workspace), 2, f"--{option} must be")


def test_a_model_that_was_not_trained_is_one_line(workspace: Path) -> None:
    one_line(run("eval", "run", "mistral", cwd=workspace), 2, "no run of 'mistral'")


def test_a_run_that_was_not_merged_is_one_line(workspace: Path) -> None:
    folder = workspace / "outputs/unmerged"
    folder.mkdir(parents=True)
    (folder / "recipe.yaml").write_text("base_model: x\n")
    one_line(run("eval", "run", "outputs/unmerged", cwd=workspace), 2, "no merged model to judge")
