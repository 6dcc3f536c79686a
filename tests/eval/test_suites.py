"""The shipped suites: every answer is verified by what it is taken from, or by running it."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from eval import score, suite, task
from prep.languages.autohotkey.names import removed
from tests.conftest import ROOT

SUITES = ROOT / "eval/suites"
REFERENCE = [json.loads(line) for line in (SUITES / "ahk_reference.jsonl").read_text(encoding="utf-8").splitlines()]
GENERAL = [json.loads(line) for line in (SUITES / "general.jsonl").read_text(encoding="utf-8").splitlines()]
WRONG: dict[str, str] = json.loads((ROOT / "tests/eval/general_wrong.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def elements() -> dict[str, str]:
    """Lower-case name -> all that prep/samples/elements.csv says of it."""
    with (ROOT / "prep/samples/elements.csv").open(encoding="utf-8", newline="") as file:
        return {row["Name"].lower(): " | ".join(row.values()) for row in csv.DictReader(file)}


def words(row: dict[str, Any]) -> Iterator[list[str]]:
    """For each check of a row the texts of which one must stand in its source."""
    for check in row["checks"]:
        if "contains" in check:
            yield [check["contains"]]
        elif "any_of" in check:
            yield check["any_of"]
        elif "number" in check:
            yield [f"{check['number']:g}"]


def test_a_third_of_the_reference_does_not_exist() -> None:
    found = Counter(any("refuses" in check for check in row["checks"]) for row in REFERENCE)
    assert 120 <= found.total() <= 160 and found.total() * 0.3 <= found[True] <= found.total() * 0.4


@pytest.mark.parametrize(
    "row", [r for r in REFERENCE if r["category"] not in ("removed", "made-up")], ids=lambda r: r["id"]
)
def test_what_exists_stands_in_the_reference(row: dict[str, Any], elements: dict[str, str]) -> None:
    entry = elements[row["source"].lower()]
    for wanted in words(row):
        assert any(re.search(rf"(?<![\w-]){re.escape(one)}(?!\w)", entry, re.IGNORECASE) for one in wanted), entry


@pytest.mark.parametrize("row", [r for r in REFERENCE if r["category"] == "removed"], ids=lambda r: r["id"])
def test_what_was_removed_is_replaced_by_what_exists(row: dict[str, Any], elements: dict[str, str]) -> None:
    gone = row["source"].lower()
    instead = removed()[gone]
    assert gone not in elements and {"refuses": True} in row["checks"]
    given = [one for wanted in words(row) for one in wanted]
    assert bool(given) == bool(instead)
    assert all(one.lower() in instead.lower() for one in given if one != "control object")


@pytest.mark.parametrize("row", [r for r in REFERENCE if r["category"] == "made-up"], ids=lambda r: r["id"])
def test_what_never_was_is_nowhere(row: dict[str, Any], elements: dict[str, str]) -> None:
    (name,) = re.findall(r"`([^`]+)`", row["question"])
    assert name.lower() not in elements and name.lower() not in removed() and row["checks"] == [{"refuses": True}]


@pytest.mark.parametrize("name", ["ahk_reference", "qa", "general"])
def test_the_reference_answers_are_right_and_others_are_not(name: str) -> None:
    """Each question's own reference passes its checks; the answer to another question does not."""
    found = task.find(name)
    asked = [one for one in task.questions(found) if not one.payload["test"]]
    answers = [[one.reference or one.payload["checks"][0]["contains"]] for one in asked]
    assert not [
        one.id for one, (by,) in zip(asked, score.score(found, asked, answers), strict=True) if by.verdict != "right"
    ]
    other = [["It depends on the version; see the manual for details."] for _ in asked]
    assert {by.verdict for (by,) in score.score(found, asked, other)} == {"wrong"}


def test_the_python_functions_pass_and_wrong_ones_fail() -> None:
    """In the sandbox, as a model's would."""
    found = task.find("general")
    asked = [one for one in task.questions(found) if one.payload["test"]]
    judged = score.score(found, asked, [[one.reference, WRONG[one.id]] for one in asked])
    right, wrong = zip(*judged, strict=True)
    assert {by.verdict for by in right} == {"right"}, right
    assert {by.verdict for by in wrong} == {"wrong"}, wrong
    assert all(by.reason.startswith(("failed: ", "error: ")) for by in wrong)


def test_the_sums_are_right() -> None:
    """Those that are written as sums, reckoned anew."""
    reckoned = 0
    for row in GENERAL:
        if found := re.fullmatch(r"What is ([-\d ,.+*/()]+)(?:, as a decimal)?\? .*", row["question"]):
            reckoned += 1
            assert eval(found[1].replace(",", "")) == pytest.approx(row["checks"][0]["number"]), row["id"]  # noqa: S307
    assert reckoned >= 12


def test_the_general_set_is_of_three_kinds() -> None:
    assert Counter(row["category"] for row in GENERAL) == {"arithmetic": 40, "python": 30, "reading": 30}


def test_the_example_has_every_kind_of_check() -> None:
    rows = suite.read(SUITES / "pump.yaml")
    kinds = {key for row in rows for check in row.checks for key in check}
    assert kinds >= {"contains", "any_of", "regex", "number", "steps", "only_names_from", "refuses", "max_words"}
    assert any(row.test for row in rows)
