"""The ladder: examples, reference entries, and what is said of fine-tuning."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from eval import reference, report, rungs, shots
from eval import task as tasks
from eval.sides import find
from eval.task import Question
from eval.training import Example, examples
from prep.errors import UserError
from tests.conftest import ROOT
from tests.eval.folders import folder, losses, passes


def words(text: str) -> int:
    return len(text.split())


def pool(kind: str, count: int, size: int = 4) -> list[Example]:
    return [Example(f"train:{n}", kind, f"{kind} question {n}", " ".join([f"{kind}{n}"] * size)) for n in range(count)]


def question(text: str, id: str = "a", category: str = "") -> Question:
    return Question(id, category, [{"role": "user", "content": text}])


def test_examples_are_drawn_by_the_seed_and_of_the_kind() -> None:
    rows = pool("write", 30) + pool("reference", 30)
    chosen = shots.choose(rows, shots.CODE, 4, 1000, words, seed=1)
    assert len({one.place for one in chosen}) == 4 and {one.kind for one in chosen} == {"write"}
    assert chosen == shots.choose(rows, shots.CODE, 4, 1000, words, seed=1)
    assert chosen != shots.choose(rows, shots.CODE, 4, 1000, words, seed=2)


def test_examples_fit_the_budget_together() -> None:
    rows = pool("write", 10, size=200) + pool("write", 10, size=10)
    chosen = shots.choose(rows, shots.CODE, 4, 100, words, seed=1)
    assert len(chosen) == 4
    assert sum(words(one.question) + words(one.answer) for one in chosen) <= 100
    with pytest.raises(UserError, match="fits in 2 tokens: raise --budget or lower --shots"):
        shots.choose(rows, shots.CODE, 4, 8, words, seed=1)


def test_where_no_example_is_of_the_kind_any_will_do() -> None:
    assert {one.kind for one in shots.choose(pool("explain", 9), shots.FACTS, 3, 1000, words, seed=1)} == {"explain"}


def test_an_example_near_a_question_is_never_shown() -> None:
    """Neither what asks the same, nor what holds the answer."""
    asked = Question(
        "a", "", [{"role": "user", "content": "Sort the names of the files in a folder"}], "Loop Files dir"
    )
    rows = [
        Example("1", "write", "sort the names of the files in a folder!", "x"),
        Example("2", "write", "something else", "loop files dir"),
        Example("3", "write", "read a file", "y"),
    ]
    assert [one.place for one in shots.without_questions(rows, [asked])] == ["3"]


def test_examples_are_turns_before_the_question() -> None:
    assert shots.lead([Example("1", "", "q", "a"), Example("2", "", "r", "b")]) == [
        {"role": "user", "content": "q"},
        {"role": "assistant", "content": "a"},
        {"role": "user", "content": "r"},
        {"role": "assistant", "content": "b"},
    ]


@pytest.mark.parametrize(
    ("name", "category", "expected"),
    [("ahk_exec", "strings", shots.CODE), ("ahk_reference", "x", shots.FACTS), ("ahk_loss", "repair", ("repair",))],
)
def test_the_kind_follows_the_task(name: str, category: str, expected: tuple[str, ...]) -> None:
    assert shots.kinds(tasks.find(name), question("?", category=category)) == expected


def test_both_formats_are_read_and_what_is_no_row_is_passed_over(tmp_path: Path) -> None:
    rows = [
        {"instruction": "q", "input": "more", "output": "a", "metadata": {"task": "write"}},
        {
            "messages": [
                {"role": "system", "content": "s"},
                {"role": "user", "content": "r"},
                {"role": "assistant", "content": "b"},
            ]
        },
        {"instruction": "q", "output": None},
        {"messages": ["x", "y"]},
        [],
    ]
    path = tmp_path / "train.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows) + "{\n")
    assert list(examples(path)) == [
        Example(f"{path}:1", "write", "q\n\nmore", "a"),
        Example(f"{path}:2", "", "r", "b"),
    ]


def test_bm25_by_hand() -> None:
    """Three entries whose second lines have 3, 2 and 4 words, mean 3; `abs` is in two: ln(1 + 1.5 / 2.5)."""
    ranking = reference.Ranking(["\nAbs of number", "\nabs abs", "\nSin of an angle"])
    rarity = 0.470004  # ln(1.6)
    found = ranking.best("ABS?")
    assert [entry for _, entry in found] == ["\nabs abs", "\nAbs of number"]
    assert found[0][0] == pytest.approx(rarity * 2 * 2.5 / (2 + 1.5 * (0.25 + 0.75 * 2 / 3)), abs=1e-5)
    assert found[1][0] == pytest.approx(rarity * 2.5 / (1 + 1.5), abs=1e-5)
    assert ranking.best("xyz") == []


def test_a_name_counts_more_and_what_most_questions_say_nothing() -> None:
    entries = ["Sin\nof an angle, unlike Abs", "Abs\nof a number, unlike Sin and Cos and Tan", "Lua\na language"]
    assert reference.Ranking(entries).best("Abs")[0][1] == entries[1]
    asked = [f"{name} in Lua" for name in ("Sin", "Abs", "Tan", "Cos")]
    assert [entry for _, entry in reference.Ranking(entries).best(asked[0])][0] == entries[2]
    assert reference.Ranking(entries, asked).best(asked[0])[0][1] == entries[0]


def test_the_entry_of_the_name_that_is_asked_comes_first_within_the_budget() -> None:
    names = ("DllCall", "StrSplit", "FileRead", "Sort", "SetTimer", "MsgBox")
    asked = [f"What does the function {name} do in AutoHotkey v2?" for name in names]
    ranking = reference.Ranking(reference.read(ROOT / "configs/data/ahk.yaml"), asked)
    for name, text in zip(names, asked, strict=True):
        told = reference.lead(ranking, text, 120, words)
        assert [message["role"] for message in told] == ["system"]
        assert told[0]["content"].split("\n\n")[1].startswith(f"name: {name}\n")
        assert words(told[0]["content"]) <= 120
    assert reference.lead(ranking, "zzz", 120, words) == []


@pytest.mark.parametrize(
    ("text", "why"), [(None, "no file"), (b"\n \n", "no entries"), (b"\xff\xfe", "not UTF-8 text")]
)
def test_a_reference_that_is_none_is_one_line(tmp_path: Path, text: bytes | None, why: str) -> None:
    path = tmp_path / "reference.txt"
    if text is not None:
        path.write_bytes(text)
    with pytest.raises(UserError, match=why):
        reference.read(path)


def climbed(path: Path, *marks: str) -> list[rungs.Answer]:
    labels = (rungs.BASE, rungs.SHOTS, rungs.REFERENCE, rungs.TUNED)
    rows = [row for label, mark in zip(labels, marks, strict=True) for row in passes(label, mark)]
    return rungs.answers(rungs.climb(find([str(folder(path, rows))])))


@pytest.mark.parametrize(
    ("marks", "word", "said"),
    [
        (("-" * 40, "-" * 38 + "++", "-" * 36 + "++++", "+" * 40), "yes", "better than every rung"),
        (("-" * 40, "-" * 40, "+" * 40, "-" * 10 + "+" * 30), "no", "base + reference is better than tuned"),
        (
            ("-" * 40, "-" * 40, "-" * 5 + "+" * 35, "+" * 2 + "-" * 3 + "+" * 35),
            "open",
            "better than base + reference",
        ),
        (("+-" * 20, "+-" * 20, "+-" * 20, "+-" * 20), "open", "base, base + examples and base + reference"),
    ],
)
def test_the_answer_in_words(tmp_path: Path, marks: tuple[str, ...], word: str, said: str) -> None:
    found = climbed(tmp_path / "x", *marks)[0]
    assert found.word == word and said in found.text, found


def test_of_a_loss_the_best_rung_is_the_lowest(tmp_path: Path) -> None:
    rows = (
        losses(rungs.BASE, [200, 210] * 9) + losses(rungs.SHOTS, [150, 160] * 9) + losses(rungs.TUNED, [100, 110] * 9)
    )
    found = rungs.answers(rungs.climb(find([str(folder(tmp_path / "x", rows))])))[0]
    assert found.word == "yes" and "1.550 of base + examples, 1.050 of tuned" in found.text


def test_the_page_of_a_ladder_answers_first(tmp_path: Path) -> None:
    climbed(tmp_path / "tiny", "-" * 40, "-" * 40, "-" * 40, "+" * 40)
    text = report.write_results(tmp_path / "tiny").read_text()
    assert "tiny: does one need to fine-tune?" in text
    assert "ahk_exec: yes, fine-tuning pays" in text
    assert "tuned against base + reference" in text
