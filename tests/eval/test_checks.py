"""Each check against answers that are right, wrong, and nearly one or the other."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eval.checklist import KINDS, parse
from eval.checks import judge
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


LITRES = {"number": 0.5, "unit": ["l", "litres"], "tolerance": 0.001}
RPM = {"number": 1450, "unit": ["rpm", "revolutions per minute"]}
PLAIN = {"number": 100}
SUM = {"number": 42, "repeated": [6, 4, 9]}
REFUSES = {"refuses": True}
BACKTICKS = {"only_names_from": "names.txt"}

NEAR_MISSES = [
    # numbers: another size, another unit, a unit of its own, case
    (TORQUE, "4.5 Nm", "wrong"),
    (TORQUE, "450 Nm", "wrong"),
    (TORQUE, "0.45 Nm", "wrong"),
    (TORQUE, "45 nm", "wrong"),
    (TORQUE, "45 NM", "wrong"),
    (TORQUE, "45 mNm", "wrong"),
    (TORQUE, "45 Nm/s", "wrong"),
    (TORQUE, "45 Nm^2", "wrong"),
    (TORQUE, "45 Nm\u00b2", "wrong"),
    ({"number": 45, "unit": "N"}, "45 N\u00b7m", "wrong"),
    ({"number": 45, "unit": "N"}, "45 N", "right"),
    (TORQUE, "M45 Nm", "wrong"),
    (TORQUE, "v1.45 Nm", "wrong"),
    (TORQUE, "Nm 45", "wrong"),
    (TORQUE, "45.6 Nm", "wrong"),
    (TORQUE, "44.6 Nm", "right"),
    (TORQUE, "45.0 Nm (33 lb-ft)", "right"),
    (TORQUE, "33 lb-ft (45 Nm)", "right"),
    (TORQUE, "45\u00a0Nm", "right"),
    (TORQUE, "45 N\u22c5m", "right"),
    (TORQUE, "**45** Nm", "right"),
    (TORQUE, "**45 Nm**", "right"),
    (TORQUE, "`45` Nm", "right"),
    (TORQUE, r"\\(45\\,\\text{Nm}\\)".replace("\\\\", "\\"), "right"),
    (TORQUE, "\uff14\uff15 Nm", "right"),  # full-width digits
    (TORQUE, "~45 Nm", "right"),
    (TORQUE, "45-Nm bolts", "right"),
    (TORQUE, "45 Nm, that is 45 Nm", "right"),
    # ranges, margins, hedges, denials
    (TORQUE, "40-45 Nm", "wrong"),
    (TORQUE, "40\u201345 Nm", "wrong"),
    (TORQUE, "40\u221245 Nm", "wrong"),
    (TORQUE, "40 to 45 Nm", "wrong"),
    (TORQUE, "45 to 50 Nm", "wrong"),
    (TORQUE, "between 45 and 50 Nm", "wrong"),
    (TORQUE, "between 40 and 45 Nm", "wrong"),
    (TORQUE, "40 or 45 Nm", "wrong"),
    (TORQUE, "60/45 Nm", "wrong"),
    (TORQUE, "45 Nm or 60 Nm", "wrong"),
    (TORQUE, "45 \u00b1 5 Nm", "right"),
    (TORQUE, "45 Nm \u00b1 5 Nm", "right"),
    (TORQUE, "45 Nm +/- 2 Nm", "right"),
    (TORQUE, "60 \u00b1 45 Nm", "wrong"),
    (TORQUE, "not 45 Nm", "wrong"),
    (TORQUE, "never 45 Nm, it would break", "wrong"),
    (TORQUE, "not 60 Nm but 45 Nm", "right"),
    (TORQUE, "45 Nm instead of 60 Nm", "right"),
    (TORQUE, "Step 2 - 45 Nm", "right"),
    (TORQUE, "Bolts M8: 45 Nm", "right"),
    (TORQUE, "2. 45 Nm", "right"),
    # thousands, decimals, fractions, powers
    (RPM, "1,450 rpm", "right"),
    (RPM, "1 450 rpm", "right"),
    (RPM, "1'450 rpm", "right"),
    (RPM, "1\u202f450 rpm", "right"),
    (RPM, "1.450,0 rpm", "right"),
    (RPM, "1.45e3 rpm", "right"),
    (RPM, "1.45 x 10^3 rpm", "right"),
    (RPM, "1450 RPM", "wrong"),
    (RPM, "1450 Revolutions per minute", "right"),
    (RPM, "1.450 rpm", "wrong"),  # a point is a decimal point
    (RPM, "1,45 rpm", "wrong"),
    (RPM, "1,4500 rpm", "wrong"),
    (RPM, "14,50 rpm", "wrong"),
    (RPM, "11,450 rpm", "wrong"),
    (LITRES, "0,5 l", "right"),
    (LITRES, "1/2 l", "right"),
    (LITRES, "\u00bd l", "right"),
    (LITRES, ".5 litres", "right"),
    (LITRES, "0.50 Litres", "right"),
    (LITRES, "0.5 lb", "wrong"),
    (LITRES, "1 1/2 l", "wrong"),
    (LITRES, "5 l", "wrong"),
    (LITRES, "2/0 l", "wrong"),
    ({"number": 1.5, "unit": "l"}, "1 1/2 l", "right"),
    ({"number": 20, "unit": "$"}, "$20", "right"),
    ({"number": 20, "unit": "$"}, "20 $", "right"),
    ({"number": 20, "unit": "$"}, "$200", "wrong"),
    ({"number": -5, "unit": "\u00b0C"}, "-5 \u00b0C", "right"),
    ({"number": -5, "unit": "\u00b0C"}, "\u22125\u00b0C", "right"),
    ({"number": -5, "unit": "\u00b0C"}, "5 \u00b0C", "wrong"),
    # without a unit
    (PLAIN, "100", "right"),
    (PLAIN, "The default is 100.", "right"),
    (PLAIN, "100ms", "right"),
    (PLAIN, "100 or 200", "wrong"),
    (PLAIN, "x100", "wrong"),
    (PLAIN, "1000", "wrong"),
    (PLAIN, "100.5", "wrong"),
    (SUM, "42", "right"),
    (SUM, "6 + 4 * 9 = 42", "right"),
    (SUM, "6 + 4 \u00d7 9 = 6 + 36 = 42", "right"),
    (SUM, r"\boxed{42}", "right"),
    (SUM, "6 plus 4 times 9 is 42.", "right"),
    (SUM, "6 + 4 * 9 = 90", "wrong"),
    (SUM, "It is 42 or 90.", "wrong"),
    (SUM, "6, 4, 9", "wrong"),
    ({"number": 6, "repeated": [6, 4]}, "6", "right"),
    # words
    ({"contains": "#If"}, "Use #IfWinActive", "wrong"),
    ({"contains": "#HotIf"}, "Use `#HotIf`.", "right"),
    ({"contains": "="}, "x := 1", "wrong"),
    ({"contains": "="}, "if x = 1", "right"),
    ({"contains": "C++"}, "OpenC++", "wrong"),
    ({"contains": "Push"}, "_Push_", "right"),
    ({"contains": "Push"}, "list.Push(x)", "right"),
    ({"contains": "Push"}, "PushAll", "wrong"),
    ({"contains": "caf\u00e9"}, "cafe\u0301", "right"),
    ({"contains": "lock nut"}, "lock\u200b nut", "right"),
    ({"contains": "lock nut"}, "nut lock", "wrong"),
    ({"any_of": ["two", "2"]}, "22", "wrong"),
    # steps
    ({"steps": ["drain", "refill"]}, "1. Refill, then drain.\n2. Done.", "wrong"),
    ({"steps": ["drain", "refill"]}, "1. Drain, then refill.\n2. Done.", "right"),
    ({"steps": ["drain", "refill"]}, "### 1. Drain\n### 2. Refill", "right"),
    ({"steps": ["drain", "refill"]}, "**Step 1:** Drain\n**Step 2:** Refill", "right"),
    ({"steps": ["drain", "refill"]}, "First:\n1. Drain\n   1.5 litres\n2. Refill\nThat is all.", "right"),
    ({"steps": ["drain", "refill"]}, "1. Drain\n2. Refill\n\n1. Drain\n2. Refill", "wrong"),
    ({"steps": ["drain", "refill"]}, "2. Drain\n3. Refill", "wrong"),
    ({"steps": ["drain", "refill"]}, "1. Drain\n1. Refill", "wrong"),
    ({"steps": ["drain", "refill"]}, "Drain, then refill.", "wrong"),
    ({"steps": ["drain", "refill"]}, "1. Drain and refill.", "wrong"),
    # names
    (BACKTICKS, "`orders` and `customers`", "right"),
    (BACKTICKS, "`orders` and `invoices`", "wrong"),
    (BACKTICKS, "`orders(id)`", "right"),
    (BACKTICKS, "```sql\nSELECT 1 FROM invoices\n```", "right"),  # a pattern of the suite's own looks into fences
    (FRAMES[0], "```sql\nSELECT 1 FROM invoices\n```", "wrong"),
    (BACKTICKS, "no names", "right"),
    (BACKTICKS, "`:=` and `1`", "right"),
    # refusing, hedging, speaking of something else
    (REFUSES, "StrReverse might not exist.", "wrong"),
    (REFUSES, "It is possible that StrReverse does not exist.", "right"),
    (REFUSES, "If StrReverse does not exist, define it.", "wrong"),
    (REFUSES, "Perhaps there is no such function; try StrReverse(text).", "wrong"),
    (REFUSES, "I am not sure whether it exists.", "no-answer"),
    (REFUSES, "It probably does not exist.", "wrong"),
    (REFUSES, "StrReverse does not exist in v1, but v2 has it.", "wrong"),
    (REFUSES, "StrReverse does not exist in v1 or v2.", "right"),
    (REFUSES, "StrReverse does not have any parameters.", "wrong"),
    (REFUSES, "It has no effect on the text.", "wrong"),
    (REFUSES, "There is no need to quote the text.", "wrong"),
    (REFUSES, "There is no difference.", "wrong"),
    (REFUSES, "It doesn't return a value.", "wrong"),
    (REFUSES, "Do not use it in loops.", "wrong"),
    (REFUSES, "You should not call it twice.", "wrong"),
    (REFUSES, "It returns no value.", "wrong"),
    (REFUSES, "Yes.", "wrong"),
    (REFUSES, "No.", "right"),
    (REFUSES, "No, it takes two parameters.", "wrong"),
    (REFUSES, "AutoHotkey v2 has no `StrReverse`.", "right"),
    (REFUSES, "AutoHotkey v2 has no #NoEnv directive.", "right"),
    (REFUSES, "AutoHotkey v2 has no Exception; use Error.", "right"),
    (REFUSES, "There's no function StrReverse.", "right"),
    (REFUSES, "There isn't a built-in function for that.", "right"),
    (REFUSES, "The pump does not have a reverse gear.", "right"),
    (REFUSES, "There is no part HK-150.", "right"),
    (REFUSES, "StringLeft was removed; use SubStr.", "right"),
    (REFUSES, "StringLeft has been replaced by SubStr.", "right"),
    (REFUSES, "`StringLeft` is no longer available.", "right"),
    (REFUSES, "It only existed in v1.", "right"),
    (REFUSES, "It is not available in v2.", "right"),
    (REFUSES, "It\u2019s not a function of AutoHotkey.", "right"),
    (REFUSES, "StringLeft(text, 3) returns the first three characters.", "wrong"),
    # none, or thoughts alone
    (REFUSES, "I don't have enough information.", "no-answer"),
    (REFUSES, "N/A", "no-answer"),
    (PLAIN, "<think>It is 100.</think>", "no-answer"),
    (PLAIN, "<think>It is 100.", "no-answer"),
    (PLAIN, "<think>200? No.</think>100", "right"),
    (PLAIN, "\u200b\ufeff \0", "no-answer"),
    (PLAIN, "\x00\x01\ud800\xff", "wrong"),
]


@pytest.mark.parametrize(("check", "answer", "kind"), [*CASES, *NEAR_MISSES])
def test_the_verdict(check: dict[str, object], answer: str, kind: str) -> None:
    found = judge(answer, parse([check], "q", NAMES.parent))
    assert found.kind == kind, found
    assert found.kind == "right" or found.reason


HOSTILE = [
    "1",
    "111 ",
    "1,",
    "*",
    "_a",
    "*a ",
    "\n",
    "step ",
    "1. a\n",
    "is not ",
    "if it does not exist ",
    "`a",
    "\\text{",
    "1=",
]
HOSTILE += [
    "45 Nm ",
    "1-",
    "\u00b15 ",
    "1/",
    "\u00bd",
    "e\u0301",
    "\ud800",
    "\0",
    "<think>",
    "has no any ",
    "i don't know ",
]


def test_no_answer_takes_long_to_judge() -> None:
    """100,000 characters of what makes a careless pattern try every way: one that did would not end."""
    every = [{"contains": "lock nut"}, TORQUE, PLAIN, {"steps": ["drain", "refill"]}, BACKTICKS, REFUSES]
    for check in every:
        parsed = parse([check], "q", NAMES.parent)
        for piece in HOSTILE:
            text = piece * (100_000 // len(piece))
            assert judge(text + "x", parsed).kind in ("right", "wrong", "no-answer")


PIECES = st.sampled_from(
    ["45", "Nm", ",", ".", "-", "\u2013", "1", "0", "/", "\u00bd", "e", "x10^", "\n", " ", "1. ", "no ", "`", "**"]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES | st.text(max_size=6), max_size=30).map("".join))
def test_any_text_has_a_verdict(text: str) -> None:
    every = [{"contains": "a b"}, TORQUE, PLAIN, {"number": 2, "unit": "$"}, {"steps": ["a"]}, BACKTICKS, REFUSES]
    for check in every:
        assert judge(text, parse([check], "q", NAMES.parent)).kind in ("right", "wrong", "no-answer")


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(sorted(KINDS)), VALUES, st.dictionaries(st.sampled_from(["unit", "tolerance", "x"]), VALUES))
def test_any_value_of_a_check_is_taken_or_one_line(kind: str, value: object, more: dict[str, object]) -> None:
    try:
        (check,) = parse([{kind: value, **more}], "q", NAMES.parent)
    except UserError as error:
        assert str(error).startswith("q: ") and "\n" not in str(error)
    else:
        assert judge("45 Nm", [check]).kind in ("right", "wrong")


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
        ([{"contains": "\u200b"}], "must be a text"),
        ([{"number": float("nan")}], "finite number"),
        ([{"number": 1, "tolerance": -1}], "not be below 0"),
        ([{"number": 1, "unit": 5}], "list of texts"),
        ([{"number": 1, "repeated": 5}], "list of numbers"),
        ([{"only_names_from": "empty.txt"}], "no names in"),
        ([{"max_words": 0}], "whole number"),
        (["contains"], "a check names one of"),
    ],
)
def test_a_check_that_cannot_be_read_is_named(checks: list[object], words: str) -> None:
    with pytest.raises(UserError, match=r"^suite\.jsonl:3: ") as raised:
        parse(checks, "suite.jsonl:3", NAMES.parent)  # type: ignore[arg-type]
    assert words in str(raised.value)
