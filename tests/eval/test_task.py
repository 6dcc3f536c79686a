"""What a task is, and the suites that it reads: found by name or by file, broken ones named by line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from eval import suite, task
from prep.errors import UserError

ROW = {"id": "a", "question": "How tight?", "checks": [{"number": 45, "unit": "Nm"}]}


def test_the_nearest_task_is_named() -> None:
    with pytest.raises(UserError, match=r"no task 'ahk_lose': did you mean ahk_loss\?"):
        task.find("ahk_lose")


def test_every_task_says_what_eval_run_needs() -> None:
    for name in task.names():
        found = task.find(name)
        assert found.name == name and (found.headline or found.scorer == "none")
        if found.items != task.HELD_OUT:
            assert task.questions(found)


def test_held_out_rows_of_some_kinds_are_asked(tmp_path: Path) -> None:
    rows = [
        {"messages": [{"role": "user", "content": kind}, {"role": "assistant", "content": "x"}], "metadata": meta}
        for kind in ("write", "explain")
        for meta in [{"task": kind, "id": f"{kind}-1"}]
    ]
    (tmp_path / "test.chat.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    values = {"datasets": [{"path": str(tmp_path / "train.chat.jsonl"), "type": "chat_template"}]}
    from dataclasses import replace

    found = task.questions(replace(task.find("ahk_loss"), kinds=("write",)), values)
    assert [(one.id, one.messages[-1]["content"], one.reference) for one in found] == [("write-1", "write", "x")]
    with pytest.raises(UserError, match="no rows of fim: nothing to ask"):
        task.questions(replace(task.find("ahk_loss"), kinds=("fim",)), values)


@pytest.mark.parametrize("name", ["suite.jsonl", "suite.yaml", "listed.yaml"])
def test_a_suite_is_read_from_yaml_and_jsonl(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    content = {
        "suite.jsonl": json.dumps(ROW) + "\n",
        "suite.yaml": json.dumps({"questions": [ROW]}),
        "listed.yaml": json.dumps([ROW]),
    }
    path.write_text(content[name])
    found = suite.read(path)
    assert [(row.id, row.checks) for row in found] == [("a", ROW["checks"])]


BROKEN = [
    ("", ": no questions in it"),
    ("questions: []\n", ": no questions in it"),
    ("questions: 5\n", "a suite is a list of questions"),
    ("- id: a\n  question: b\n", ":1: no checks"),
    ("- {id: a, question: b, checks: []}\n", ":1: no checks"),
    ("- {id: a, question: b, checks: [{contain: x}]}\n", ":1: a check names one of"),
    ("- {id: a, question: b, checks: {contains: x}}\n", ":1: no checks"),
    ("- {question: b, checks: [{contains: x}]}\n", ":1: no 'id'"),
    ("- {id: a, question: ' ', checks: [{contains: x}]}\n", ":1: no 'question'"),
    ("- {id: a, question: b, check: [{contains: x}]}\n", ":1: does not know 'check'"),
    ("- {id: a, question: b, reference: 4, checks: [{contains: x}]}\n", ":1: 'reference' must be a text"),
    ("- {id: a, question: b, checks: [{contains: x}]}\n" * 2, ":2: the id 'a' is taken by"),
    ("- text\n", ":1: a question is a mapping"),
    ("- {id: a, id: b}\n", ":1:11: not valid YAML: the key 'id' is here twice"),
    ("- {id: a\n", "not valid YAML"),
    ("- {id: a, question: b, test: 'x = 1'}\n", ":1: its test asserts nothing"),
    ("- {id: a, question: b, test: 'Assert(1)', language: cobol}\n", ":1: no harness runs 'cobol'"),
    ("- {id: a, question: b, test: 'Assert(1)', checks: [{contains: x}]}\n", ":1: has checks and a test"),
    ("\xff".encode("latin-1"), "not UTF-8"),
]


@pytest.mark.parametrize(("content", "words"), BROKEN)
def test_a_broken_suite_is_one_line(tmp_path: Path, content: str | bytes, words: str) -> None:
    path = tmp_path / "suite.yaml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(UserError) as raised:
        suite.read(path)
    assert str(raised.value).startswith(str(path)) and words in str(raised.value) and "\n" not in str(raised.value)


def test_a_broken_line_of_jsonl_is_named(tmp_path: Path) -> None:
    path = tmp_path / "suite.jsonl"
    path.write_text(json.dumps(ROW) + "\n\n{broken\n")
    with pytest.raises(UserError, match=r"suite\.jsonl:3: not a JSON line"):
        suite.read(path)
