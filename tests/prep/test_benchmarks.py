"""What models are judged by is kept out of the dataset: as it is, under other names, inside something larger."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from prep import benchmarks
from prep.languages.autohotkey import lexer
from prep.quality import Drop
from prep.recipe import Quality
from prep.record import Document, Example
from tests.conftest import ROOT, one_line
from tests.prep.conftest import Run, contents, jsonl

FILE = ROOT / "eval/benchmark/ahk.jsonl"
TASKS = benchmarks.read(FILE)
QUALITY = Quality(benchmarks=[FILE])
AROUND = """\
; Opens the folder of the day and tells how many reports lie in it.
#Requires AutoHotkey v2.0

ShowReports(folder) {
    count := 0
    Loop Files folder "\\\\*.csv"
        count += A_LoopFileSize > 0
    MsgBox(count " reports in " folder, "Reports", "Iconi")
}
"""


def near(text: str, asked: str = "") -> Drop | None:
    document = Document("a.ahk", "scripts", "AutoHotkey v2", "c", text, "", "", "utf-8", 1, {})
    examples = [Example("a", "write", asked, "", text, {})] if asked else []
    return benchmarks.near(document, examples, QUALITY)


def renamed(code: str) -> str:
    """The same code: its own names are others, each line has a comment."""
    tokens = lexer.lex(code)
    found = []
    for at, token in enumerate(tokens):
        member = at > 0 and tokens[at - 1].text == "."
        call = at + 1 < len(tokens) and tokens[at + 1].text == "(" and not code.lower().startswith(token.text.lower())
        own = token.kind == lexer.NAME and not member and not call and token.text.lower() not in benchmarks._KEPT
        found.append(f"{token.text}_2" if own and not token.text.lower().startswith("a_") else token.text)
    return "".join(found).replace("\n", " ; next\n")


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.id)
def test_a_solution_is_found(task: benchmarks.Task) -> None:
    assert near(task.solution)


def test_solutions_are_found_inside_a_script_under_other_names() -> None:
    missed = {task.id for task in TASKS if not near(f"{AROUND}\n{renamed(task.solution)}")}
    assert len(missed) <= 13, missed  # those that are a line of what anybody writes
    assert not near(AROUND)


def test_a_request_that_is_a_tasks_prompt_is_found() -> None:
    for task in TASKS:
        found = near(AROUND, f"Please write a script.\n\n{task.prompt}")
        assert found and found.reason == "benchmark" and "its request is" in found.detail


def test_no_shipped_source_is_near_a_task(workspace: Path) -> None:
    stats = json.loads((workspace / "data/ahk/stats.json").read_text())
    assert stats["rejected"]["benchmark"] == 0
    card = (workspace / "data/ahk/README.md").read_text()
    assert f"Compared with the {len(TASKS)} tasks of eval/benchmark/ahk.jsonl" in card and "None is near." in card


def task_row(**other: object) -> str:
    row = {
        "id": "own/snap",
        "prompt": "Snap a window to the right half of the second screen.",
        "language": "autohotkey",
    }
    return json.dumps({**row, "canonical_solution": "Snap(n) {\n    return n * 2 + 1\n}\n", **other}) + "\n"


@pytest.fixture
def judged(project: Path) -> Path:
    """The project with a benchmark that none of its sources is near."""
    recipe = (project / "demo.yaml").read_text().replace("quality: {", "quality: {benchmarks: [bench.jsonl], ")
    (project / "demo.yaml").write_text(recipe)
    (project / "bench.jsonl").write_text(task_row())
    return project


def test_what_is_near_is_rejected_counted_and_named(judged: Path, prep: Run) -> None:
    """Also by a second build, after the benchmark alone has changed."""
    assert prep("build", "demo.yaml").returncode == 0
    first = contents(judged / "data/demo")
    assert prep("build", "demo.yaml").returncode == 0
    assert contents(judged / "data/demo") == first
    solution = (judged / "scripts/keys/deep/tool_4.ahk").read_text()
    (judged / "bench.jsonl").write_text(task_row(canonical_solution=solution))
    done = prep("build", "demo.yaml")
    assert done.returncode == 0 and "benchmark" in done.stdout, done.stderr
    rows = [row for row in jsonl(judged / "data/demo/rejected.jsonl") if row["reason"] == "benchmark"]
    assert "scripts/keys/deep/tool_4.ahk" in [row["source"] for row in rows]
    assert all("alike to the task own/snap" in row["detail"] for row in rows)
    text = (judged / "data/demo/README.md").read_text()
    assert f"Documents nearly the same as one of them: {len(rows)}, left out." in text
    kept = b"".join((judged / f"data/demo/{split}.chat.jsonl").read_bytes() for split in ("train", "val", "test"))
    assert b"tool_4.ahk" not in kept
    manifest = json.loads((judged / "data/demo/manifest.json").read_text())
    assert list(manifest["benchmarks"]) == ["bench.jsonl"]


def test_tasks_of_another_language_and_of_a_suite_are_read(tmp_path: Path) -> None:
    path = tmp_path / "suite.jsonl"
    rows = [
        {"id": "a", "question": "How tight?", "checks": [{"contains": "x"}]},
        {"id": "b", "question": "Write f.", "reference": "def f():\n    return 1\n", "test": "Assert(f())"},
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert [(task.id, task.autohotkey) for task in benchmarks.read(path)] == [("b", False)]
    document = Document("a.py", "scripts", "Python", "c", "def f():\n    return 1", "", "", "utf-8", 1, {})
    assert benchmarks.near(document, [], Quality(benchmarks=[path]))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "bench.jsonl: cannot be read"),
        ("", "bench.jsonl: no tasks of code in it"),
        ("{broken\n", "bench.jsonl:1: not a JSON line"),
        ("\n[]\n", "bench.jsonl:2: not a JSON object"),
        (task_row(prompt=""), "bench.jsonl:1: a task has id, prompt and canonical_solution"),
        (task_row(canonical_solution=5), "bench.jsonl:1: a task has id, prompt"),
    ],
)
def test_a_benchmark_that_cannot_be_read_is_one_line(judged: Path, prep: Run, content: str | None, words: str) -> None:
    (judged / "bench.jsonl").unlink()
    if content is not None:
        (judged / "bench.jsonl").write_text(content)
    one_line(prep("build", "demo.yaml"), 2, words)
    assert not (judged / "data/demo").exists()
