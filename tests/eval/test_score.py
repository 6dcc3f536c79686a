"""Scorers of the tasks: verdicts in the order of the answers, and numbers that leave out what was not measured."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from typing import Any

import pytest

from eval import score, task, written
from eval.score import Scored
from eval.task import Question
from prep import languages
from prep.languages.autohotkey.lexer import lex


@dataclass
class Row:
    id: str
    verdict: str
    score: float
    weight: float = 1
    scores: dict[str, float] = field(default_factory=dict)


def asked(name: str, text: str, **payload: Any) -> Question:
    return Question(name, "c", [{"role": "user", "content": text}], payload.pop("reference", ""), payload)


def test_code_is_run_in_the_order_of_the_answers() -> None:
    test = {"test": "Assert(f(1) == 2)", "language": "python", "entry_point": "f"}
    questions = [asked("a", "Write f.", **test), asked("b", "Write f.", **test)]
    right, wrong = "def f(x): return x + 1", "def f(x): return x"
    found = score.score(task.find("ahk_exec"), questions, [[wrong, right, ""], [right]])
    assert [[one.verdict for one in few] for few in found] == [["failed", "passed", "no-answer"], ["passed"]]
    assert [one.score for one in found[0]] == [0, 1, 0] and found[0][0].reason.startswith("assertion 1")


def test_questions_with_checks_and_with_a_test_keep_their_order() -> None:
    python = {"test": "Assert(f() == 1)", "language": "python", "entry_point": "f"}
    by_checks = {"checks": [{"contains": "yes"}], "where": "suite.yaml:1", "test": ""}
    questions = [asked("a", "?", **by_checks), asked("b", "f", **python), asked("c", "?", **by_checks)]
    answers = [["yes", "no", ""], ["def f(): return 1", "def f(): return 2", ""], ["yes"]]
    found = score.score(task.find("qa"), questions, answers)
    kinds = [[one.verdict for one in few] for few in found]
    assert kinds == [["right", "wrong", "no-answer"], ["right", "wrong", "no-answer"], ["right"]]
    assert found[1][1].reason == "failed: assertion 1"


SCRIPT = 'MsgBox("hello")\n'
PROMPT = """Continue this AutoHotkey v2 script where it breaks off. Answer with the rest only.

```autohotkey
Add(a, b) {
```"""


def test_scripts_are_loaded_measured_and_told_apart() -> None:
    questions = [
        asked("write", "Write a script.", reference=SCRIPT),
        asked("complete", PROMPT, reference="    return a + b\n}\n"),
    ]
    answers = [
        [
            f"```autohotkey\n{SCRIPT}```",
            "MsgBox, hello\nx = 1",
            "StrFlip(1)\nMsgBox StrFlip(2)",
            "```autohotkey\n; nothing\nreturn\n```",
        ],
        ["    return a + b\n}", "```ahk\nAdd(a, b) {\n    return a - b\n}\n```", "    return a + b"],
    ]
    found = score.score(task.find("ahk_write"), questions, answers)
    kinds = [[one.verdict for one in few] for few in found]
    assert kinds == [["loads", "does-not-load", "loads", "no-answer"], ["loads", "loads", "does-not-load"]]
    assert found[0][0].scores == {"clean": 1.0, "chrf": 1.0, "unknown_names": 0, "v1_idioms": 0}
    assert found[0][1].scores["v1_idioms"] >= 2 and found[0][1].reason.startswith("line 1: ")
    assert [one.scores["clean"] for one in found[0]] == [1, 0, 0, 0]
    assert found[0][2].scores["unknown_names"] == 1 and found[0][2].reason == "made up: StrFlip"
    assert 0 < found[1][1].scores["chrf"] < 1


def test_without_an_interpreter_nothing_is_said_of_loading(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(languages, "missing", lambda checker: ["wine64 is missing: apt-get install wine64"])
    (found,) = written.judge([("Write it.", SCRIPT, SCRIPT)])
    assert (found.verdict, found.scores["chrf"]) == ("unjudged", 1.0) and "wine64" in found.reason
    rows = [Row("a", *found[::2][:1], found.score, scores=dict(found.scores)), Row("b", "loads", 1, scores={})]
    assert score.metrics(task.find("ahk_write"), rows[:1]) == {
        "chrf": 1.0,
        "unknown_names": 0,
        "v1_idioms": 0,
        "unjudged": 1.0,
    }
    assert score.metrics(task.find("ahk_write"), rows)["load_rate"] == 1.0


@pytest.mark.parametrize(
    ("script", "names"),
    [
        ("MsgBox StrReverse(1)", ["StrReverse"]),
        ("StrReverse(x) => x\nMsgBox StrReverse(1)", []),
        ("f := (x) => x\nf(1)", []),
        ("Do(call) {\n    call(1)\n}", []),
        ("for fn in [StrLen]\n    fn('x')", []),
        ("[1].Push(2).Sort()", ["Sort"]),
        ("class A {\n    Go() => 1\n}\nA().Go()\nA().Fly()", ["Fly"]),
        ("o := {run: (*) => 1}\no.run()\no.walk()", ["walk"]),
        ("o := {}\no.fly := (*) => 1\no.fly()", []),
        ('ComObject("Excel.Application").Workbooks.Open("x")', []),
        ("class A {\n    __Call(name, args) => 1\n}\nA().Anything()", []),
        ("; StrReverse(1)\nMsgBox 'StrReverse(1)'", []),
        ("strlen('a')", []),
        ("if (x and (y))\n    return\nwhile (x)\n    break", []),
    ],
)
def test_a_made_up_name_is_one_that_nobody_defines(script: str, names: list[str]) -> None:
    assert written.made_up(lex(script)) == names


def test_pass_at_k_is_over_questions() -> None:
    rows = [Row("a", verdict, verdict == "passed") for verdict in ["passed", *["failed"] * 4]]
    rows += [Row("b", "error", 0)] * 5
    assert score.metrics(task.find("ahk_exec"), rows) == pytest.approx({"pass@1": 0.1, "pass@5": 0.5})


def test_bits_are_per_byte_of_the_whole() -> None:
    rows = [
        Row("a", "measured", -30, 10, {"tokens": 4, "correct": 1}),
        Row("b", "measured", -2, 6, {"tokens": 4, "correct": 3}),
    ]
    found = score.metrics(task.find("ahk_loss"), rows)
    assert found == pytest.approx(
        {"bits_per_byte": 2.0, "perplexity": math.exp(4 * math.log(2)), "token_accuracy": 0.5}
    )
    assert set(score.metrics(task.find("ahk_loss"), [Row("a", "measured", -30, 10)])) == {"bits_per_byte"}


def test_no_answer_is_apart_from_wrong() -> None:
    rows = [Row("a", "right", 1), Row("b", "wrong", 0), Row("c", "no-answer", 0), Row("d", "no-answer", 0)]
    assert score.metrics(task.find("qa"), rows) == {"accuracy": 0.25, "no_answer": 0.5}


def test_nothing_asked_is_no_number() -> None:
    assert all(score.metrics(task.find(name), []) == {} for name in task.names())


def test_an_answer_that_is_only_written_is_not_judged() -> None:
    found = score.score(task.find("ahk_samples"), [asked("a", "?")], [["x", " "]])
    assert [one.verdict for one in found[0]] == ["unjudged", "no-answer"] and isinstance(found[0][0], Scored)


def test_lm_evals_own_program_counts_the_same() -> None:
    """What its YAML names: a pair of each item, judged together in the aggregation."""
    from eval.tasks import plain

    asked_ = task.questions(task.find("qa"))[:3]
    docs = [{"id": one.id, "item": json.dumps(one._asdict())} for one in asked_]
    pairs = [plain.checked(doc, [text])["accuracy"] for doc, text in zip(docs, ["45 Nm", "5 Nm", ""], strict=True)]
    assert plain.accuracy(pairs) == pytest.approx(1 / 3)
    python = {"id": "a", "category": "c", "prompt": "Write f.", "test": "Assert(f() == 1)", "entry_point": "f"}
    answers = ["def f(): return 1", "def f(): return 2"]
    ran = [plain.executed({**python, "language": "python", "id": text}, [text])["pass@1"] for text in answers]
    assert plain.pass_at_1(ran) == 0.5
    doc = {"instruction": "Write it.", "output": SCRIPT, "metadata": {"id": "a", "task": "write"}}
    wrote = [plain.wrote(doc, [text]) for text in (SCRIPT, "MsgBox, x")]
    assert plain.load_rate([one["load_rate"] for one in wrote]) == 0.5
    assert wrote[0]["chrf"] == 1.0 and wrote[1]["v1_idioms"] == 1
