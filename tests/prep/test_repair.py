"""One fault, put in where it belongs and nowhere else, that the interpreter refuses to load."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest

from prep.languages.autohotkey.engine import Engine
from prep.languages.autohotkey.faults import SLIPS, V1, applied, faults
from prep.languages.autohotkey.pieces import Edit
from prep.languages.judge import Script
from prep.recipe import Repair
from prep.record import MESSAGE, Claim, Document, Example, normalised_key
from prep.tasks.header import parse
from prep.tasks.repair import choices, examples
from tests.prep.test_engine import needs_engine

SAMPLES = [
    parse(path.read_text(encoding="utf-8-sig")).body for path in sorted(Path("prep/samples/scripts").rglob("*.ahk"))
]


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with Engine() as started:
        yield started


def document(text: str, language: str = "AutoHotkey v2") -> Document:
    return Document("a.ahk", "scripts", language, "", text, key=normalised_key(text))


def made(text: str, count: int = 1) -> list[Example]:
    found = examples(document(text), Repair(), count)
    assert isinstance(found, list)
    return found


def offered(text: str) -> dict[str, list[Edit]]:
    old, slips = faults(text)
    return old | slips


FUNCTION = "Show(text, times := 1) {\n    return text\n}\n"
# kind -> a script, and what the first place for the fault makes of it
CASES = {
    "% expression": ('MsgBox("n: " n)', 'MsgBox % "n: " n'),
    "text without quotes": ('Send("{Enter}")', "Send {Enter}"),
    "ByRef": ("Swap(&a, &b) {\n}", "Swap(ByRef a, &b) {\n}"),
    "default with =": (FUNCTION, FUNCTION.replace(":=", "=")),
    "doubled quotes": ('x := "say `"hi`""', 'x := "say ""hi"""'),
    "<>": ("x := a != b", "x := a <> b"),
    "Gosub": ("Stop()\nStop() {\n}", "Gosub, Stop\nStop() {\n}"),
    "return,": (FUNCTION, FUNCTION.replace("return text", "return, text")),
    "declaration with =": ("F() {\n    static n := 0\n}", "F() {\n    static n = 0\n}"),
    "catch e": ("try F()\ncatch Error as e {\n}", "try F()\ncatch e {\n}"),
    "quoted keys": ("o := {a: 1, b: 2}", 'o := {"a": 1, b: 2}'),
    "hotkey without braces": ('^j:: {\n    Send("a")\n}', '^j::\n    Send("a")\nreturn'),
    "header line of v1": ("#SingleInstance Force\nF()", "#SingleInstance Force\n#NoEnv\nF()"),
    "#Requires v1": ("#Requires AutoHotkey v2.0", "#Requires AutoHotkey v1.1.33+"),
    "missing }": ("if a {\n    F()\n}\nG()", "if a {\n    F()\nG()"),
    "extra }": ("if a {\n    F()\n}\nG()", "if a {\n    F()\n}\n}\nG()"),
    "missing {": ("while a {\n    F()\n}", "while a\n    F()\n}"),
    "missing )": ('F(G("a"))', 'F(G("a")'),
    "extra )": ('F(G("a"))', 'F(G("a")))'),
    "missing (": ('F("a", 1)', 'F "a", 1)'),
    "missing ]": ("x := [1, 2]", "x := [1, 2"),
    "unclosed quote": ('F("a")', 'F("a)'),
    "unopened quote": ('F("a")', 'F(a")'),
    "mixed quotes": ('F("a")', "F(\"a')"),
    "missing comma of parameters": (FUNCTION, FUNCTION.replace("text, times", "text times")),
    "missing comma of an object": ("o := {a: 1, b: 2}", "o := {a: 1 b: 2}"),
    "elseif": ("if a {\n} else if b {\n}", "if a {\n} elseif b {\n}"),
    "elif": ("if a {\n} else if b {\n}", "if a {\n} elif b {\n}"),
    "->": ("Double(n) => n * 2", "Double(n) -> n * 2"),
    "=:": ("x := F()", "x =: F()"),
    "= for :=": ("this.x := F()", "this.x = F()"),
    "== for :=": ("x := F()", "x == F()"),
    ": =": ("x := F()", "x : = F()"),
    "=<": ("x := a <= b", "x := a =< b"),
    "===": ("x := a == b", "x := a === b"),
    "// comment": ("; what it does\nF()", "// what it does\nF()"),
    "semicolon": ("x := F()", "x := F();"),
    "function word": (FUNCTION, "function " + FUNCTION),
    "for of": ("for a in b\n    F(a)", "for a of b\n    F(a)"),
    "for without in": ("for a in b\n    F(a)", "for a b\n    F(a)"),
    "foreach": ("for a in b\n    F(a)", "foreach a in b\n    F(a)"),
    "case without colon": ("switch a {\ncase 1:\n    F()\n}", "switch a {\ncase 1\n    F()\n}"),
    "catch (e)": ("try F()\ncatch as e {\n}", "try F()\ncatch (e) {\n}"),
    "arrow with a block": ("F(() => G(1), 5)", "F(() => { G(1) }, 5)"),
    "...rest": ("F(a, rest*) {\n}", "F(a, ...rest) {\n}"),
    "misspelt directive": ("#Requires AutoHotkey v2.0", "#Reqiures AutoHotkey v2.0"),
    "misspelt keyword": ("while a {\n    F()\n}", "whlie a {\n    F()\n}"),
    "unknown base": (
        "class Shape {\n}\nclass Round extends Shape {\n}",
        "class Shape {\n}\nclass Round extends Shpae {\n}",
    ),
    "single colon": ('^j::Send("a")', '^j:Send("a")'),
    "spelt hotkey": ('^+j::Send("a")', 'Ctrl+Shift+j::Send("a")'),
    "duplicate function": ("F() {\n}\nG() {\n}\nG()", "F() {\n}\nF() {\n}\nG()"),
    "this->": ("this.x := 1", "this->x := 1"),
    "backslash": ('x := "a`"b"', 'x := "a\\"b"'),
    "missing :": ("x := a ? 1 : 2", "x := a ? 1 2"),
    "static outside": ("x := 1", "static x := 1"),
    "unopened comment": ("/* what\nit does\n*/\nF()", " what\nit does\n*/\nF()"),
    "typed parameter": (FUNCTION, FUNCTION.replace("(text", "(String text")),
    "semicolon between": ("F(a, b)", "F(a; b)"),
    "two dots": ("a.b := 1", "a..b := 1"),
}
COMMANDS = {
    "MsgBox": ('MsgBox("Hello")', "MsgBox, Hello"),
    "=": ('if a {\n    x := "text"\n}', "if a {\n    x = text\n}"),
    "Loop": ("Loop 5 {\n}", "Loop, 5 {\n}"),
    "Loop Parse": ('    Loop Parse s, "," {\n    }', "    Loop, Parse, s, `,\n    {\n    }"),
    "IfWinExist": ('if WinExist("A")\n    F()', "IfWinExist, A\n    F()"),
    "IfMsgBox": (
        '    if MsgBox("Go?", "T", "YesNo") = "Yes"\n        F()',
        "    MsgBox, 4, T, Go?\n    IfMsgBox, Yes\n        F()",
    ),
    "Send": ('^j::Send("a")', "^j::Send, a"),
    "SetTimer": ("SetTimer(Tick, 500)", "SetTimer, Tick, 500"),
    "StringSplit": ('parts := StrSplit(s, ",")', "StringSplit, parts, s, `,"),
    "Gui Add": ('g := Gui()\ng.Add("Text", "w200", "Hi")', "g := Gui()\nGui, Add, Text, w200, Hi"),
    "Menu Add": ('A_TrayMenu.Add("Stop", Stop)', "Menu, Tray, Add, Stop, Stop"),
    "FileAppend *": ('try FileAppend(a, "b.txt")', "try FileAppend, %a%, *b.txt"),
}


@pytest.mark.parametrize(("kind", "script", "broken"), [(kind, *case) for kind, case in (CASES | COMMANDS).items()])
def test_a_fault_is_put_in(kind: str, script: str, broken: str) -> None:
    assert applied(script, offered(script)[kind][0]) == broken


def test_every_kind_has_a_case() -> None:
    assert set(CASES) == {*V1, *SLIPS}


@pytest.mark.parametrize(
    "script",
    [
        "; MsgBox(1) this.x := a != b => {c: 1} ? 1 : 2 [3]",
        "/*\nfor a in b {\n}\n#NoTrayIcon\n*/",
        'x := "for a in b, c != d, e <= f, (g) => [h], i := 1"',
        ":*:btw::by := the way, for a in b",
        'x := "\n(\nif a != b {\n    Send("c")\n}\n)"',
    ],
)
def test_nothing_in_a_string_or_a_comment_is_touched(script: str) -> None:
    allowed = {
        "header line of v1",
        "=:",
        "= for :=",
        "== for :=",
        ": =",
        "static outside",
        "semicolon",
        "=",
        "// comment",
    }
    allowed |= {"unclosed quote", "unopened quote", "mixed quotes", "unopened comment"}
    assert set(offered(script)) <= allowed


def test_what_is_no_such_thing_is_left_alone() -> None:
    assert "ByRef" not in offered("F(&a)")  # a call
    assert "Gosub" not in offered("F()")  # not a function of this script
    assert "Gui Add" not in offered('list.Add("Text", "a", "b")')
    assert "unknown base" not in offered("class A extends Error {\n}")
    assert "unknown base" not in offered("class B {\n}\nclass C extends B {\n}")  # too short to be misspelt
    assert "== for :=" not in offered("x := a ? 1 : 2")  # loads: a condition
    assert "// comment" not in offered("x := 1\n; half of it")  # loads: a division
    assert "duplicate function" not in offered("F() {\n}\nG() {\n}")  # nobody could tell the right name
    assert not {"=", "declaration with ="} & set(offered('class A {\n    x := "text"\n}'))


def test_an_edit_touches_only_its_own_place() -> None:
    for script in SAMPLES[::10]:
        for edits in offered(script).values():
            for edit in edits:
                broken = applied(script, edit)
                end = len(broken) - (len(script) - edit.stop)
                assert broken != script
                assert applied(broken, Edit(edit.start, end, script[edit.start : edit.stop])) == script


@pytest.mark.parametrize("script", SAMPLES[::20])
def test_a_script_that_is_torn_anywhere_raises_nothing(script: str) -> None:
    drawn = random.Random(1)
    for _ in range(20):
        start = drawn.randrange(len(script))
        offered(script[start : start + drawn.randrange(300)])


def test_an_example_asks_with_the_broken_script_and_the_message_and_answers_with_the_whole() -> None:
    text = '; Says hello to the user on start\n#Requires AutoHotkey v2.0\nMsgBox("Hello")\n'
    [example] = made(text)
    broken, fixed = example.claims
    assert fixed == Claim('#Requires AutoHotkey v2.0\nMsgBox("Hello")', True)
    assert (example.output, broken.loads) == (fixed.code, False)
    assert f"```autohotkey\n{broken.code}\n```" in example.instruction
    assert example.instruction.count(MESSAGE) == 1
    assert broken.code != fixed.code


def test_examples_are_of_different_faults_and_the_same_each_time() -> None:
    found = made(SAMPLES[0], 4)
    assert len({example.claims[0].code for example in found}) == len({example.id for example in found}) == 4
    assert found == made(SAMPLES[0], 4)


def test_a_script_without_a_place_for_a_fault_and_other_languages_give_nothing() -> None:
    assert len(made("F()", 99)) < 99
    assert examples(document("x := 1", "Python"), Repair(), 1) == []


def test_over_a_corpus_two_in_three_faults_are_of_v1_and_most_kinds_occur() -> None:
    drawn = Counter(kind for script in SAMPLES for kind, _ in islice(choices(script, random.Random(script)), 3))
    slips = sum(count for kind, count in drawn.items() if kind in SLIPS)
    assert 0.25 < slips / drawn.total() < 0.42
    assert len(set(SLIPS) & set(drawn)) > 0.8 * len(SLIPS)
    assert len(set(V1) & set(drawn)) > 0.8 * len(V1)


@needs_engine
def test_every_fault_is_refused_with_a_message(engine: Engine) -> None:
    broken = [case[1] for case in (CASES | COMMANDS).values()]
    for code, verdict in zip(broken, engine.check(Script(Path("a.ahk"), code) for code in broken), strict=True):
        assert not verdict.loads, code
        assert verdict.reason in ("syntax", "other-version"), code
        assert verdict.message, code


@needs_engine
def test_of_the_samples_at_least_19_in_20_faults_are_refused(engine: Engine) -> None:
    drawn = random.Random(1)
    places: dict[str, list[str]] = {}
    for script in SAMPLES:
        for kind, edits in offered(script).items():
            places.setdefault(kind, []).append(applied(script, drawn.choice(edits)))
    broken = [code for found in places.values() for code in drawn.sample(found, 1)]
    verdicts = list(engine.check(Script(Path("a.ahk"), code) for code in broken))
    refused = [verdict for verdict in verdicts if not verdict.loads and verdict.message]
    assert len(refused) >= 0.95 * len(broken)
    whole = [Script(Path("a.ahk"), script) for script in SAMPLES[::5]]
    assert all(verdict.loads for verdict in engine.check(whole))
