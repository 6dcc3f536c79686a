"""Golden prompts: those of the dataset, or questions that it held out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ft.chain import golden
from prep.errors import UserError
from tests.conftest import ROOT

ALPACA = {"datasets": [{"path": "data/mine/train.jsonl", "type": "alpaca"}]}


def _rows(path: Path, rows: list[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")


def test_those_of_the_dataset_are_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / golden.FOLDER
    folder.mkdir(parents=True)
    (folder / "mine.yaml").write_text("- {prompt: Write it., code: python}\n- prompt: 'Why? '\n")
    assert golden.read(ALPACA) == [
        golden.Golden("Write it.", "configs/golden/mine.yaml, prompt 1", "python"),
        golden.Golden("Why?", "configs/golden/mine.yaml, prompt 2"),
    ]


def test_without_them_the_first_held_out_questions_are_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    _rows(tmp_path / "data/mine/train.jsonl", [{"instruction": "trained", "output": "x"}])
    rows = [{"instruction": f"question {n}", "input": "with this" if n else "", "output": "x"} for n in range(9)]
    _rows(tmp_path / "data/mine/val.jsonl", rows)
    values = {**ALPACA, "test_datasets": [{"path": "data/mine/val.jsonl", "type": "alpaca"}]}
    found = golden.read(values)
    assert [one.source for one in found] == [f"data/mine/val.jsonl:{n}" for n in range(1, 6)]
    assert [one.prompt for one in found[:2]] == ["question 0", "question 1\n\nwith this"]


def test_a_chat_of_several_turns_is_no_question(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    turns = [{"role": role, "content": role} for role in ("system", "user", "assistant", "user", "assistant")]
    _rows(tmp_path / "data/mine/train.jsonl", [{"messages": turns}, {"messages": turns[:3]}])
    found = golden.read({"datasets": [{"path": "data/mine/train.jsonl", "type": "chat_template"}]})
    assert found == [golden.Golden("user", "data/mine/train.jsonl:2")]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("- prompt: [", "not YAML"),
        ("prompt: x", "golden prompts are a list"),
        ("[]", "golden prompts are a list"),
        ("- x", "prompt 1: not {prompt: TEXT"),
        ("- {prompt: x, language: python}", "prompt 1: not {prompt: TEXT"),
        ("- {prompt: x}\n- {prompt: 3}", "prompt 2: not {prompt: TEXT"),
        ("- {code: python}", "prompt 1: has no prompt"),
    ],
)
def test_a_wrong_file_is_named_with_its_place(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(text)
    with pytest.raises(UserError, match=r"mine\.yaml") as error:
        golden.written(path)
    assert says in str(error.value)


def test_the_shipped_ones_name_languages_that_have_a_judge() -> None:
    from prep import languages

    for path in sorted((ROOT / golden.FOLDER).glob("*.yaml")):
        assert {languages.checker_of(one.language) for one in golden.written(path) if one.language} != {None}
