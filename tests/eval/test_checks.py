"""Each check against answers that are right, wrong, and nearly one or the other."""

from __future__ import annotations

from pathlib import Path

import pytest

from eval.checks import judge, parse
from prep.errors import UserError

NAMES = Path(__file__).parent / "names.txt"
TORQUE = {"number": 45, "unit": "Nm", "tolerance": 0.5}
FRAMES = [{"only_names_from": "names.txt", "pattern": r"\b(?:FROM|JOIN)\s+(\w+)"}]

CASES = [
    ({"contains": "lock nut"}, "Undo the lock  nut first.", "right"),
    ({"contains": "lock nut"}, "Undo the Lock\nNut.", "right"),
    ({"contains": "lock nut"}, "Undo the lock nuts.", "wrong"),
    ({"contains": "nut"}, "A doughnut.", "wrong"),
    ({"contains": ":="}, "Use x := 1", "right"),
    ({"contains": "C++"}, "Written in C++.", "right"),
    ({"any_of": ["StrLen", "string length"]}, "Call StrLen(text).", "right"),
    ({"any_of": ["StrLen"]}, "Call StrLength(text).", "wrong"),
    ({"regex": r"^\d+$"}, "It is\n42", "right"),
    ({"regex": r"^\d+$"}, "It is 42", "wrong"),
    (TORQUE, "Tighten to 45 Nm.", "right"),
    (TORQUE, "Tighten to 45Nm", "right"),
    (TORQUE, "Tighten to 45 N\u00b7m", "right"),
    (TORQUE, "Tighten to 45.4 Nm", "right"),
    (TORQUE, "Tighten to 45,4 Nm", "right"),
    (TORQUE, "Tighten to 4.5e1 Nm", "right"),
    (TORQUE, "Tighten the 4 bolts of 8 mm to 45 Nm in 2 passes", "right"),
    (TORQUE, "Tighten to 45 lb-ft", "wrong"),
    (TORQUE, "Tighten to 45", "wrong"),
    (TORQUE, "Tighten to 45 Nmm", "wrong"),
    (TORQUE, "Tighten to 145 Nm", "wrong"),
    (TORQUE, "Tighten to 46 Nm", "wrong"),
    (TORQUE, "Tighten to -45 Nm", "wrong"),
    (TORQUE, "Tighten to 45 Nm or 60 Nm", "wrong"),
    (TORQUE, "Tighten to forty-five Nm", "wrong"),
    ({"number": 1250}, "It takes 1,250 rows.", "right"),
    ({"number": 1250}, "It takes 1 250 rows.", "right"),
    ({"number": 3}, "1. Count.\n2. There are 3.", "right"),
    ({"number": 3}, "Version 2.0.18", "wrong"),
    ({"number": 0.2, "unit": "%"}, "0.2 %", "right"),
    ({"steps": ["drain", "remove", "refill"]}, "1. Drain it.\n2. Remove the cap.\n3. Refill.", "right"),
    ({"steps": ["drain", "refill"]}, "1) Drain it.\n2) Look.\n3) Refill.", "right"),
    ({"steps": ["drain", "refill"]}, "**1.** Drain it.\n\n**2.** Refill.", "right"),
    ({"steps": ["drain", "refill"]}, "Step 1: Drain\nStep 2: Refill", "right"),
    ({"steps": ["drain", "refill"]}, "1. Refill.\n2. Drain.", "wrong"),
    ({"steps": ["drain", "refill"]}, "1. Drain.\n3. Refill.", "wrong"),
    ({"steps": ["drain", "refill"]}, "- Drain.\n- Refill.", "wrong"),
    ({"steps": ["drain", "refill"]}, "1. Drain.\n2. Done.", "wrong"),
    (FRAMES[0], "SELECT 1 FROM orders JOIN customers", "right"),
    (FRAMES[0], "SELECT 1 FROM Orders", "right"),
    (FRAMES[0], "SELECT 1 FROM invoices", "wrong"),
    ({"refuses": True}, "There is no function StrReverse in AutoHotkey v2.", "right"),
    ({"refuses": True}, "StrReverse does not exist.", "right"),
    ({"refuses": True}, "AutoHotkey v2 doesn't have a StrReverse function.", "right"),
    ({"refuses": True}, "StrReverse is not a built-in function.", "right"),
    ({"refuses": True}, "IfEqual was removed in v2.", "right"),
    ({"refuses": True}, "StrReverse(text) reverses the text.", "wrong"),
    ({"refuses": True}, "There is a function StrReverse; it has two parameters.", "wrong"),
    ({"refuses": True}, "It does not matter which case you use.", "wrong"),
    ({"refuses": True}, "StrReverse doesn\u2019t exist.", "right"),
    ({"contains": "x"}, "I don\u2019t know.", "no-answer"),
    ({"max_words": 3}, "one two three", "right"),
    ({"max_words": 3}, "one two three four", "wrong"),
    ({"contains": "x"}, "", "no-answer"),
    ({"contains": "x"}, " \n ", "no-answer"),
    ({"contains": "x"}, "I don't know.", "no-answer"),
    ({"refuses": True}, "I do not know that function.", "no-answer"),
    ({"contains": "know"}, "I don't know why, but x is known to know.", "right"),
]


@pytest.mark.parametrize(("check", "answer", "kind"), CASES)
def test_the_verdict(check: dict[str, object], answer: str, kind: str) -> None:
    found = judge(answer, parse([check], "q", NAMES.parent))
    assert found.kind == kind, found
    assert found.kind == "right" or found.reason


def test_all_checks_must_hold() -> None:
    checks = parse([{"contains": "oil"}, {"max_words": 2}], "q", NAMES.parent)
    assert judge("oil it", checks).kind == "right"
    assert judge("oil it well", checks).reason == "3 words, at most 2 were asked for"


@pytest.mark.parametrize(
    ("checks", "words"),
    [
        ([], "no checks"),
        ([{"contain": "x"}], "a check names one of contains"),
        ([{"contains": "x", "regex": "y"}], "a check names one of"),
        ([{"contains": 5}], "must be a text"),
        ([{"number": "45"}], "must be a number"),
        ([{"number": 45, "units": "Nm"}], "does not know 'units'"),
        ([{"regex": "("}], "regex: "),
        ([{"only_names_from": "none.txt"}], "no file"),
        ([{"steps": []}], "list of texts"),
        ([{"refuses": False}], "must be true"),
        ([{"max_words": 0}], "whole number"),
        (["contains"], "a check names one of"),
    ],
)
def test_a_check_that_cannot_be_read_is_named(checks: list[object], words: str) -> None:
    with pytest.raises(UserError, match=r"^suite\.jsonl:3: ") as raised:
        parse(checks, "suite.jsonl:3", NAMES.parent)  # type: ignore[arg-type]
    assert words in str(raised.value)
