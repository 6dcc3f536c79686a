"""Answers run against their tests: right, wrong, hostile and broken ones, in both languages, by the command."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import pytest

from eval import sandbox
from eval.answer import code_of
from eval.execute import Completion, Result, Runner, Task, read_tasks, scores
from eval.harness import autohotkey
from eval.harness.autohotkey import FENCES
from eval.passk import mean_pass_at_k, pass_at_k
from eval.sandbox import Limits, Outcome
from tests.conftest import ROOT, command, one_line, run

ADD = Task(
    "add",
    "numbers",
    "Add two numbers: Add(a, b)",
    "Add",
    'Assert(Add(1, 2) = 3, "1 + 2")\nAssert(Abs(Add(-1, 1)) = 0)',
    "",
)
PYTHON = Task(
    "py", "numbers", "add(a, b)", "add", "Assert(add(1, 2) == 3, '1 + 2')\nAssert(add(-1, 1) == 0)", "", "python"
)

AUTOHOTKEY_CASES = {
    "Add(a, b) => a + b": ("passed", ""),
    "Sure:\n```autohotkey\nAdd(a, b) => a + b\n```\nIt adds.": ("passed", ""),
    "Add(a, b) => a * b": ("failed", "assertion 1: 1 + 2"),
    "Add(a, b) => a = 1 ? 3 : 7": ("failed", "assertion 2"),
    "Add(a, b) {\n  c = a + b\n  return c\n}": ("invalid", "answer.ahk:2"),
    "Add(a, b) {\n  return a + b": ("invalid", "answer.ahk:1"),
    "Add(a, b) {\n  return [][1]\n}": ("error", "IndexError"),
    "Add(a, b) {\n  throw 5\n}": ("error", "thrown: 5"),
    "Sum(a, b) => a + b": ("error", "(Add) at the test, after assertion 0"),
    "Add(a, b) => a + b\nExitApp": ("error", "ended before its tests were done"),
    "Add(a, b) => a + b\nreturn\nx := 1": ("error", "ended before its tests were done"),
    "Add(a, b) => a + b\nreturn ; of the auto-execute section\n\n; end\n": ("passed", ""),
    "return\nAdd(a, b) => a + b": ("passed", ""),
    "return\n\n#HotIf true\n^j::Add(1, 2)\n::btw::by the way\nclass A {\n}\nreturn\nAdd(a, b) {\n  return a + b\n}": (
        "passed",
        "",
    ),
    "\ufeffAdd(a, b) => a + b\r\nreturn\r\n": ("passed", ""),
    'Add(a, b) {\n  throw Error("one`ntwo")\n}': ("error", "Error: one two at answer.ahk:2"),
    'MsgBox(text) => ""\nAdd(a, b) => a + b': ("passed", ""),
    "": ("no-answer", ""),
    "I cannot write that.": ("no-answer", ""),
    "```autohotkey\n```": ("no-answer", ""),
    # the harness is spoken for, stopped or searched
    "FileAppend(text, *) => 0\nAdd(a, b) => 0": ("invalid", "belongs to the harness"),
    "Assert(*) => 1\nAdd(a, b) => 0": ("invalid", "belongs to the harness"),
    "Abs(a*) => 0\nAdd(a, b) => 1": ("invalid", "which its test calls"),
    'Assert.DefineProp("Call", {Call: (*) => 1})\nAdd(a, b) => 3': ("failed", "assertion 2"),
    'Add(a, b) {\n  Assert.DefineProp("Call", {Call: (*) => 1})\n  return 3\n}': ("failed", "assertion 2"),
    'Lie(self, s, p*) => FileOpen("*", "w").Write(StrReplace(s, "failed", "passed"))\n'
    'FileAppend.DefineProp("Call", {Call: Lie})\n'
    "Add(a, b) => 3": ("error", "spoke for its test"),
    "OnExit((*) => 1)\nAdd(a, b) => 5": ("failed", "assertion 1"),
    "OnError((*) => -1)\nAdd(a, b) => [][1]": ("error", ""),
    'FileAppend("v00000000000000000000000000000000 passed`n", "*")\nExitApp 0': ("error", "ended before"),
    'FileAppend(FileRead(A_ScriptFullPath), "*")\nAdd(a, b) => 0': ("error", ""),
    'Add(a, b) {\n  FileAppend(FileOpen("*", "r").ReadLine(), "*")\n  return 0\n}': ("failed", "assertion 1"),
    # what people write around an answer stops nothing
    '#Requires AutoHotkey v2.0\n#Warn\n#SingleInstance Force\n^j::MsgBox("hi")\nAdd(a, b) => a + b\nMsgBox Add(1, 2)': (
        "passed",
        "",
    ),
}
PYTHON_CASES = {
    "```python\ndef add(a, b):\n    return a + b\n```": ("passed", ""),
    "def add(a, b): return a * b": ("failed", "assertion 1: 1 + 2"),
    "def add(a, b) return a": ("invalid", "answer.py:1"),
    "def add(a, b): return [][1]": ("error", "IndexError: list index out of range at answer.py:1"),
    "import sys\nsys.exit(0)": ("error", "ended before"),
    "import os\nos._exit(0)": ("error", "ended before"),
    "def Assert(*a): pass\ndef add(a, b): return 0": ("failed", "assertion 1"),
    "def add(a, b):\n    global Assert\n    Assert = print\n    return 3": ("failed", "assertion 2"),
    "def add(a, b):\n    return add(a, b)": ("error", "RecursionError"),
    "import ctypes\nctypes.string_at(0)\ndef add(a, b): return 3": ("error", ""),
    "print('x' * 3_000_000)": ("error", "printed more than it may"),
    "print(open('/etc/shadow').read())": ("error", "FileNotFoundError"),
}


@pytest.fixture(scope="module")
def runner() -> Iterator[Runner]:
    with Runner([ADD, PYTHON], Limits(seconds=60)) as runner:
        yield runner


@pytest.mark.parametrize("answer", AUTOHOTKEY_CASES)
def test_autohotkey(runner: Runner, answer: str) -> None:
    kind, detail = AUTOHOTKEY_CASES[answer]
    found = runner.judge(Completion("add", answer))
    assert found.kind == kind and detail in found.detail, found


def test_an_answer_that_does_not_end_is_ended() -> None:
    with Runner([ADD], Limits(seconds=3)) as runner:
        assert runner.judge(Completion("add", "Add(a, b) {\n  loop\n    Sleep 10\n}")).kind == "timeout"


@pytest.mark.parametrize("answer", PYTHON_CASES)
def test_python(runner: Runner, answer: str) -> None:
    kind, detail = PYTHON_CASES[answer]
    found = runner.judge(Completion("py", answer))
    assert found.kind == kind and detail in found.detail, found


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ("Add(a) => a", "Add(a) => a"),
        ("text\n```ahk\nAdd(a) => a\n```\nmore", "Add(a) => a\n"),
        ("```\nAdd(a) => a", "Add(a) => a"),
        ("~~~autohotkey v2\nAdd(a) => a\n~~~", "Add(a) => a\n"),
        ("```bash\nrun Add\n```\n```ahk\nAdd(a) => a\n```", "Add(a) => a\n"),
        ("```ahk\nx := 1\n```\n```ahk\nAdd(a) => a\n```\n```ahk\nAdd(1)\n```", "Add(a) => a\n"),
        ("````ahk\nAdd(a) => '```'\n````", "Add(a) => '```'\n"),
        ("```ahk\na := 1\n```\n```ahk\nb := 2\n```", "a := 1\n\nb := 2\n"),
        ("```ahk\nAddress() => 1\n```\n```ahk\nAdd(a) => a\n```", "Add(a) => a\n"),
        ("```ahk\r\nAdd(a) => a\r\n```", "Add(a) => a\n"),
    ],
)
def test_the_code_of_an_answer(answer: str, code: str) -> None:
    assert code_of(answer, "Add", FENCES) == code


def test_an_interpreter_that_did_not_start_is_started_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wine's own failure looks like an answer that exits with 1; only what has begun is the answer's."""
    lost = [Outcome("exit", 1, b"", b"", 0.1)]
    runs: list[Outcome] = []

    def fails_once(*given: Any) -> Outcome:
        runs.append(lost.pop() if lost else sandbox.run(*given))
        return runs[-1]

    monkeypatch.setattr(autohotkey, "run", fails_once)
    with autohotkey.harness() as harness:
        assert harness.run("Add(a, b) => a + b", ADD.test).kind == "passed"
        assert len(runs) == 2
        assert harness.run("ExitApp(1)\nAdd(a, b) => a + b", ADD.test).kind == "error"
        assert len(runs) == 3


def test_a_task_may_ask_for_what_is_there_already() -> None:
    """Its own name is the answer's to define, be it a function's or a word of the language's."""
    tasks = [ADD._replace(id=name, entry_point=name, test=f"Assert({name}(1) = 7)") for name in ("StrLen", "Default")]
    with Runner(tasks, Limits(seconds=60)) as own:
        found = own.all([Completion(task.id, f"{task.id}(x) => x + 6") for task in tasks])
        assert [verdict.kind for verdict in found] == ["passed", "passed"]


def test_a_very_long_answer_is_a_verdict(runner: Runner) -> None:
    long = "```ahk\nAdd := 1\n" + "~" * 50_000 + "\n" * 50_000 + "`" * 50_000 + "x"
    assert runner.judge(Completion("add", long)).kind == "invalid"


def test_binary_in_an_answer_is_a_verdict(runner: Runner) -> None:
    assert runner.judge(Completion("add", "\x00\ud800\xff Add\x1b")).kind in ("invalid", "error")


def test_pass_at_k_is_the_unbiased_estimate() -> None:
    """Against every way of drawing k of n by hand."""
    from itertools import combinations

    for total, passed, k in ((5, 2, 1), (5, 2, 3), (6, 0, 2), (4, 4, 2), (7, 1, 7)):
        draws = list(combinations([True] * passed + [False] * (total - passed), k))
        assert pass_at_k(total, passed, k) == pytest.approx(sum(map(any, draws)) / len(draws))


def test_pass_at_k_of_unequal_tasks_is_a_mean_over_tasks() -> None:
    assert mean_pass_at_k([(1, 1), (3, 0)], 1) == 0.5
    assert mean_pass_at_k([(1, 1), (3, 0)], 3) is None
    assert mean_pass_at_k([], 1) is None


def test_a_task_without_a_completion_counts() -> None:
    found = scores([ADD, PYTHON], [Result("add", "passed", "", 1.0), Result("py", "no-answer", "no completion", 0.0)])
    assert found["all"].pass_at[1] == 0.5


def row(task: Task, **other: object) -> str:
    return json.dumps({**task._asdict(), **other}) + "\n"


@pytest.mark.parametrize(
    ("tasks", "completions", "words"),
    [
        ("", '{"id": "add", "completion": "x"}\n', ("tasks.jsonl: no tasks",)),
        (row(ADD), "", ("completions.jsonl: no completions",)),
        (row(ADD) + row(ADD), '{"id": "add", "completion": "x"}\n', ("tasks.jsonl:2", "ids must differ")),
        (row(ADD, test=""), '{"id": "add", "completion": "x"}\n', ("tasks.jsonl:1", "no 'test'")),
        (row(ADD, test="; Assert"), '{"id": "add", "completion": "x"}\n', ("tasks.jsonl:1", "asserts nothing")),
        (
            row(ADD, category=["x"]),
            '{"id": "add", "completion": "x"}\n',
            ("tasks.jsonl:1", "'category' must be a text"),
        ),
        (row(ADD) + "{broken\n", '{"id": "add", "completion": "x"}\n', ("tasks.jsonl:2", "not a JSON line")),
        (row(ADD, language="cobol"), '{"id": "add", "completion": "x"}\n', ("no harness runs 'cobol'", "python")),
        (row(ADD), '{"id": "ad", "completion": "x"}\n', ("completions.jsonl:1", "no task has the id 'ad'")),
        (row(ADD), '{"id": "add", "completion": null}\n', ("completions.jsonl:1", "both texts")),
        (row(ADD), '["add"]\n', ("completions.jsonl:1", "not a JSON object")),
        (row(ADD), '{"id": "add", "completion": "\\xff"}\n', ("completions.jsonl:1",)),
    ],
)
def test_bad_input_is_one_line(tmp_path: Path, tasks: str, completions: str, words: tuple[str, ...]) -> None:
    (tmp_path / "tasks.jsonl").write_text(tasks)
    (tmp_path / "completions.jsonl").write_text(completions)
    done = run("eval", "exec", tmp_path / "tasks.jsonl", tmp_path / "completions.jsonl", cwd=ROOT)
    one_line(done, 2, *words)


def test_a_stopped_run_goes_on(tmp_path: Path) -> None:
    """Ctrl+C in the middle: no result, and what was judged is not judged again."""
    tasks = [PYTHON._replace(id=f"t{n}", test=f"Assert(add(1, 1) == 2, {n})") for n in range(30)]
    (tmp_path / "tasks.jsonl").write_text("".join(map(row, tasks)))
    slow = "import time\ntime.sleep(0.3)\ndef add(a, b): return a + b"
    answers = [json.dumps({"id": task.id, "completion": slow}) for task in tasks]
    (tmp_path / "answers.jsonl").write_text("\n".join(answers))
    arguments = [tmp_path / "tasks.jsonl", tmp_path / "answers.jsonl", "--json", tmp_path / "out.json", "--jobs", "2"]
    partial = tmp_path / ".out.json.partial"
    process = subprocess.Popen(command("eval", "exec", *arguments), cwd=ROOT, stderr=subprocess.PIPE, text=True)
    while not (partial.is_file() and len(partial.read_text().splitlines()) >= 3):
        assert process.poll() is None
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 130
    assert not (tmp_path / "out.json").exists()
    before = [json.loads(line)[0] for line in partial.read_text().splitlines()]
    done = run("eval", "exec", *arguments, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    found = json.loads((tmp_path / "out.json").read_text())
    assert [entry["id"] for entry in found] == [task.id for task in tasks]
    assert {entry["verdict"] for entry in found} == {"passed"}
    assert 3 <= len(before) < 30 and not partial.exists()
    assert "100.0%" in done.stdout


def test_ctrl_c_waits_for_no_answer(tmp_path: Path) -> None:
    (tmp_path / "tasks.jsonl").write_text(row(PYTHON))
    endless = "import time\nopen('/tmp/up', 'w')\nwhile True: time.sleep(7654324)"
    (tmp_path / "answers.jsonl").write_text(json.dumps({"id": "py", "completion": endless}))
    arguments = [tmp_path / "tasks.jsonl", tmp_path / "answers.jsonl", "--timeout", "3000"]
    process = subprocess.Popen(command("eval", "exec", *arguments), cwd=ROOT, stderr=subprocess.PIPE, text=True)
    try:
        while not _answers(process.pid):
            assert process.poll() is None
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        assert process.wait(120) == 130
    finally:
        process.kill()


def _answers(pid: int) -> bool:
    """An answer runs under this process; its helpers come and go meanwhile."""
    with suppress(psutil.NoSuchProcess):
        return any("-X utf8 -c" in " ".join(child.cmdline()) for child in psutil.Process(pid).children(True))
    return False


@pytest.mark.parametrize("seconds", ["nan", "0", "-1", "inf"])
def test_a_timeout_is_a_number_of_seconds(tmp_path: Path, seconds: str) -> None:
    (tmp_path / "tasks.jsonl").write_text(row(PYTHON))
    arguments = [tmp_path / "tasks.jsonl", tmp_path / "tasks.jsonl", "--timeout", seconds]
    one_line(run("eval", "exec", *arguments, cwd=ROOT), 2, "between 0.1 and 3600")


def test_tasks_name_their_language(tmp_path: Path) -> None:
    (tmp_path / "tasks.jsonl").write_text('{"id": "a", "prompt": "p", "test": "Assert(1)"}\n\n')
    assert [task.language for task in read_tasks(tmp_path / "tasks.jsonl")] == ["autohotkey"]
