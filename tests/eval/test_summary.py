"""Rows and numbers of results.json from what was answered: nothing that was not measured has a number."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pytest

from eval import prompts, summary, task
from eval.asked import Asked
from eval.journal import Entry, Key
from eval.lm import Work
from eval.results import Answer
from eval.subjects import Subject
from eval.task import Question
from prep.errors import UserError

LOSS = task.find("ahk_loss")
QUESTIONS = [Question(f"q{n}", "ab"[n % 2], [{"role": "user", "content": "?"}], "x" * (n + 1)) for n in range(4)]


def judged(likelihoods: list[float]) -> list[Answer]:
    asked = Asked(LOSS, QUESTIONS, 1, 0.0, 0)
    entries = [
        Entry(Key("ahk_loss", f"q{n}", 0, ""), [value, False], 0.5, 2 * (n + 1), n)
        for n, value in enumerate(likelihoods)
    ]
    work = Work(Subject("base", "hf", "m"), [asked], prompts.without_tokenizer(), Path("out"))
    return summary.rows(work, asked, summary.found_answers({entry.key: entry for entry in entries}))


def test_a_likelihood_is_in_bits_over_the_bytes_that_were_scored() -> None:
    rows = judged([-1.0, -2.0, -3.0, -4.0])
    assert [row.weight for row in rows] == [2, 3, 4, 5]  # the line feed before the answer counts
    assert [row.score for row in rows] == pytest.approx([-n / math.log(2) for n in range(1, 5)])
    asked = [Asked(LOSS, QUESTIONS, 1, 0.0, 0)]
    found = summary.tasks(asked, rows)["ahk_loss"]
    bits = 10 / math.log(2) / 14
    assert found["metrics"]["bits_per_byte"]["base"] == pytest.approx(bits)
    assert found["metrics"]["perplexity"]["base"] == pytest.approx(math.exp(10 / 20))
    assert found["metrics"]["token_accuracy"]["base"] == 6 / 20
    low, high = found["intervals"]["bits_per_byte"]["base"]
    assert low < bits < high
    assert found["categories"]["a"]["metrics"]["bits_per_byte"]["base"] == pytest.approx(4 / math.log(2) / 6)


def test_what_was_not_answered_or_is_no_number_has_no_result() -> None:
    with pytest.raises(UserError, match="has not answered all of 'ahk_loss'"):
        judged([-1.0, -2.0, -3.0])
    with pytest.raises(UserError, match="the likelihood of 'q1' is nan"):
        judged([-1.0, math.nan, -3.0, -4.0])


def test_one_item_has_no_interval_and_neither_has_what_nothing_judged() -> None:
    rows = judged([-1.0, -2.0, -3.0, -4.0])
    assert summary.interval(LOSS, rows[:1]) is None
    unjudged = [replace(row, verdict="unjudged", score=0) for row in rows]
    assert summary.interval(task.find("ahk_write"), unjudged) is None


def test_several_answers_to_an_item_are_its_mean() -> None:
    row = judged([-1.0, -2.0, -3.0, -4.0])[0]
    passed = [replace(row, id=id_, score=score, verdict="passed") for id_, score in (("a", 1), ("a", 0), ("b", 1))]
    low, high = summary.interval(task.find("ahk_exec"), passed) or (0, 0)
    assert low <= 0.75 <= high


def test_tokens_a_second_are_of_what_was_written_and_not_of_what_was_scored() -> None:
    rows = judged([-1.0, -2.0, -3.0, -4.0])
    assert summary.speed(rows) == {"answers": 4, "seconds": 2.0, "tokens": None, "tokens_per_second": None}
    written = [
        replace(rows[0], verdict="passed", tokens=30, seconds=2.0),
        replace(rows[0], verdict="wrong", tokens=None),
    ]
    found = summary.speed([*rows, *written])
    assert (found["answers"], found["tokens"], found["tokens_per_second"]) == (6, 30, 15.0)
