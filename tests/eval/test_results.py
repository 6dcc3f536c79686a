"""A results folder written and read back; each way in which it can be missing, half or broken is one line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from eval.results import ANSWERS, RESULTS, Answer, read_answers, read_results, write_answers, write_results
from prep.errors import UserError

WHOLE = {"settings": {}, "subjects": {"base": {}}, "tasks": {}, "speed": {}}
ANSWER = Answer(
    "base", "ahk_exec", "a/1", "a", 0, "p", "q", "ünïcode \u2028 text", "", "passed", "", 1, scores={"x": 1}
)


def test_what_was_written_is_read_back(tmp_path: Path) -> None:
    write_answers(tmp_path, [ANSWER, ANSWER])
    write_results(tmp_path, WHOLE)
    assert read_answers(tmp_path) == [ANSWER, ANSWER]
    assert read_results(tmp_path)["version"] == 1


def test_a_folder_without_results_is_unfinished(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no results of an evaluation"):
        read_results(tmp_path / "nowhere")
    write_answers(tmp_path, [ANSWER])
    with pytest.raises(UserError, match="unfinished"):
        read_answers(tmp_path)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "broken"),
        ("[]", "version"),
        ('{"version": 0}', "version"),
        ('{"version": 1}', "lacks settings"),
        ("", "broken"),
    ],
)
def test_a_broken_results_file_is_one_line(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / RESULTS).write_text(text)
    with pytest.raises(UserError, match=words):
        read_results(tmp_path)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"verdict": "great"}, "no verdict 'great'"),
        ({"score": None}, "score is no number"),
        ({"score": float("nan")}, "score is no number"),
        ({"scores": {"x": "1"}}, "x is no number"),
        ({"answer": None}, "answer is no text"),
    ],
)
def test_a_broken_row_is_named_with_its_line(tmp_path: Path, change: dict[str, object], words: str) -> None:
    write_answers(tmp_path, [ANSWER, ANSWER])
    write_results(tmp_path, WHOLE)
    rows = [json.loads(line) for line in (tmp_path / ANSWERS).read_bytes().splitlines()]
    (tmp_path / ANSWERS).write_text("".join(json.dumps(row) + "\n" for row in [rows[0], {**rows[1], **change}]))
    with pytest.raises(UserError, match=rf"{ANSWERS}:2: .*{words}"):
        read_answers(tmp_path)


def test_half_a_row_is_named_with_its_line(tmp_path: Path) -> None:
    write_answers(tmp_path, [ANSWER, ANSWER])
    write_results(tmp_path, WHOLE)
    (tmp_path / ANSWERS).write_bytes((tmp_path / ANSWERS).read_bytes()[:-20])
    with pytest.raises(UserError, match=rf"{ANSWERS}:2: "):
        read_answers(tmp_path)
