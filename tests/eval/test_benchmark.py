"""The shipped benchmark: each task's own solution passes, a plausible wrong one fails, a v1 one does not load."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from eval.execute import Completion, Runner, read_tasks
from eval.sandbox import Limits
from tests.conftest import ROOT

FILE = ROOT / "eval/benchmark/ahk.jsonl"
ROWS: list[dict[str, Any]] = [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines()]
KINDS = {
    "canonical_solution": {"passed"},
    "wrong_solution": {"failed", "error"},
    "v1_solution": {"invalid"},
}


@pytest.fixture(scope="module")
def verdicts() -> Iterator[dict[tuple[str, str], tuple[str, str]]]:
    """(id, kind of solution) -> (verdict, detail), all run once."""
    asked = [(row["id"], kind) for row in ROWS for kind in KINDS]
    with Runner(read_tasks(FILE), Limits(seconds=60)) as runner:
        solutions = {row["id"]: row for row in ROWS}
        found = runner.all(Completion(id_, solutions[id_][kind]) for id_, kind in asked)
        yield {one: (verdict.kind, verdict.detail) for one, verdict in zip(asked, found, strict=True)}


@pytest.mark.parametrize("kind", KINDS)
def test_each_solution_gets_its_verdict(verdicts: dict[tuple[str, str], tuple[str, str]], kind: str) -> None:
    other = {id_: found for (id_, which), found in verdicts.items() if which == kind and found[0] not in KINDS[kind]}
    assert not other


def test_there_are_160_tasks_over_all_that_users_do() -> None:
    assert len(ROWS) == 160
    categories = Counter(row["category"] for row in ROWS)
    assert len(categories) >= 16 and min(categories.values()) >= 4, categories
    assert {row["difficulty"] for row in ROWS} == {1, 2, 3}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
def test_a_task_says_what_its_test_asks(row: dict[str, Any]) -> None:
    assert set(row) == {"id", "category", "difficulty", "prompt", "entry_point", "test", *KINDS}
    assert len(re.findall(r"^\s*Assert\(", row["test"], flags=re.MULTILINE)) >= 5
    assert row["entry_point"] in row["prompt"] and row["entry_point"] in row["test"]
    assert "ExitApp" not in row["test"]
