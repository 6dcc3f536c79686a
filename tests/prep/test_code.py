"""What is read off the tokens of a script: functions, calls, statements, comments."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given

from prep.languages.autohotkey.code import (
    Function,
    called,
    functions,
    header_end,
    without_comments,
)
from prep.languages.autohotkey.lexer import lex
from prep.languages.autohotkey.units import Statement, statements
from tests.prep.mutated import SAMPLES, fuzzed, mutated

QUIET = {"blank", "newline", "comment", "block-comment"}


@fuzzed
@given(mutated())
def test_every_line_of_code_of_any_script_is_in_one_statement(source: str) -> None:
    tokens = lex(source)
    found = statements(tokens)
    assert all(one.line <= one.end for one in found)
    assert all(one.end < other.line for one, other in pairwise(found))
    covered = {line for one in found for line in range(one.line, one.end + 1)}
    assert {token.line for token in tokens if token.kind not in QUIET} <= covered


@fuzzed
@given(mutated())
def test_any_script_can_be_read(source: str) -> None:
    tokens = lex(source)
    lines = source.count("\n") + source.count("\r") + 1
    assert all(1 <= one.line <= one.end <= lines for one in functions(tokens))
    assert all(name and 1 <= line <= lines for name, line in called(tokens))
    assert 1 <= header_end(tokens) <= lines + 1
    without_comments(tokens)


def names(source: str) -> list[str]:
    return [function.name for function in functions(lex(source))]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("f(a, b := 1) {\n}", [Function("f", 1, 2)]),
        ("\nf(a)\n\n; note\n{\n  g()\n}\n", [Function("f", 2, 7)]),
        ("f(a) => a +\n  1\ng()", [Function("f", 1, 2)]),
        ("f(\n  a,\n  b) {\n  return {x: 1}\n}", [Function("f", 1, 5)]),
        ("f() {\n  static g(x) => x\n  h() {\n  }\n}", [Function("f", 1, 5), Function("g", 2, 2), Function("h", 3, 4)]),
        ("f() {\n  if x {\n", [Function("f", 1, 2)]),
        ("f(a, *) {\n} ; end", [Function("f", 1, 2)]),
    ],
)
def test_functions(source: str, expected: list[Function]) -> None:
    assert functions(lex(source)) == expected


def test_methods_are_named_after_their_classes() -> None:
    source = """\
class Outer extends Base {
    static shared := Map("a", () => 1)
    class Inner {
        static Make() => Outer.Inner()
    }
    Value {
        get => this._value
        set {
            this._value := value
        }
    }
    Item[key] => this.items[key]
    Catch(e) {
        retry() => 1
    }
    __New(a,
        b)
    {
    }
}
"""
    assert names(source) == ["Outer.Inner.Make", "Outer.Catch", "retry", "Outer.__New"]


@pytest.mark.parametrize(
    "source",
    ["f()", "if (x) {\n}", "while(x)\n{\n}", "x := (a) => a", "x.f() {\n}", "f(a)\ng()", "switch f(x) {\n}", '"f() {"'],
)
def test_what_only_looks_like_a_function(source: str) -> None:
    assert names(source) == []


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("f(g(1), x.h(2))", ["f", "g", ".h"]),
        ("MsgBox 'a'", ["MsgBox"]),
        ("Reload", ["Reload"]),
        ("MsgBox , 'title'", ["MsgBox"]),
        ("obj.list.Push x", [".Push"]),
        ("this.Clear", [".Clear"]),
        ("^x::Send 'a'", ["Send"]),
        (":X:a::f 1", ["f"]),
        ("if x\n  Sleep -1\nelse Reload", ["Sleep", "Reload"]),
        ("switch x {\ncase f(1): g 2\ndefault: Exit\n}", ["f", "g", "Exit"]),
        ("try f 1\ncatch Error as e\n  throw Error('x')", ["f", "Error"]),
        ("class A {\n  x := B()\n  f() {\n    Send 'c'\n  }\n}", ["B", "Send"]),
        ("{ f 1\n} g 2", ["f", "g"]),
        ("x := a\n  . b.c()\n", [".c"]),
        ("#HotIf WinActive('a')", ["WinActive"]),
        ("x ? f() : g()", ["f", "g"]),
        ('x := "\n(\nnot(called)\n)" f()', ["f"]),
        ("x :=\n(\nf()\n)", ["f"]),
        ("%x%()", []),
    ],
)
def test_calls(source: str, expected: list[str]) -> None:
    assert [name for name, _ in called(lex(source))] == expected


@pytest.mark.parametrize(
    "source",
    [
        "x := 1",
        "x.y := 1",
        "x++",
        "x ??= 1",
        "x[1] := 2",
        "global x",
        "return x",
        "if (x)\n  return",
        "while(x)\n  break",
        "f(a) {\n}",
        "f(a) => a",
        "x := tick() => 1",
        "a::b",
        "::a::text b",
        "Again:",
        "class A extends B {\n  static x := 1\n  y {\n    get => 1\n  }\n}",
        "for a, b in c\n  continue",
        "x := a and (b) or not(c)",
        "x := 1\n  and y",
        "; f()",
        "x = 1",
    ],
)
def test_what_is_no_call(source: str) -> None:
    assert called(lex(source)) == []


def test_a_call_has_the_line_of_its_name() -> None:
    assert called(lex("x := [\n  f(),\n\n  g()]\nh 1")) == [("f", 2), ("g", 4), ("h", 5)]


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("x := 1\ny := 2", [(1, 1), (2, 2)]),
        ("x := [\n1,\n\n; note\n2]\ny", [(1, 5), (6, 6)]),
        ("x := a\n  . b\n, c()\ny", [(1, 3), (4, 4)]),
        ("x := a +\nb\ny", [(1, 2), (3, 3)]),
        ("x := a\n  and b\nand(c)", [(1, 2), (3, 3)]),
        ("x := y ? a :\nb", [(1, 2)]),
        ("case a:\nb", [(1, 1), (2, 2)]),
        ("x++\ny--\n++z\n--z", [(1, 1), (2, 2), (3, 3), (4, 4)]),
        ("x := a ,\nif b\nc", [(1, 1), (2, 2), (3, 3)]),  # AutoHotkey joins no control flow
        ('x := "\n(\n\ny\n)"\nz', [(1, 5), (6, 6)]),
        ("x :=\n(\ny\n)\nz", [(1, 4), (5, 5)]),
        ("::a::\n(\ntext\n)\nz", [(1, 4), (5, 5)]),
        ("if x\n{\n  y\n}", [(1, 2), (3, 3), (4, 4)]),
        ("if x {\n  y\n} else {\n}", [(1, 1), (2, 2), (3, 3), (4, 4)]),
        ("else\n{\n}", [(1, 2), (3, 3)]),
        ("^x::\n^y::\n{\n}", [(1, 1), (2, 3), (4, 4)]),
        ("^x::f(\n1)\ny", [(1, 2), (3, 3)]),
        ("/* a\nb */\nx", [(3, 3)]),
        ("class A\n{\nB\n{\nget => 1\n}\n}", [(1, 2), (3, 4), (5, 5), (6, 6), (7, 7)]),
        ("return {\na: 1\n}\nx", [(1, 3), (4, 4)]),
        ("x := 2.\n-y", [(1, 2)]),
        ("Again:\n-y", [(1, 1), (2, 2)]),
        ("", []),
        ("; only\n", []),
    ],
)
def test_statements(source: str, lines: list[tuple[int, int]]) -> None:
    assert [(one.line, one.end) for one in statements(lex(source))] == lines


def test_the_depth_of_a_statement_is_the_number_of_open_blocks_before_it() -> None:
    source = "f() {\n  x := {a: 1}\n  if x {\n    y\n  } else\n    z\n}\nw"
    depths = [(1, 0), (2, 1), (3, 1), (4, 2), (5, 2), (6, 1), (7, 1), (8, 0)]
    assert statements(lex(source)) == [Statement(line, line, depth) for line, depth in depths]


def test_the_samples_end_outside_of_all_blocks() -> None:
    for name, source in SAMPLES.items():
        assert statements(lex(source + "\nafter := 1"))[-1].depth == 0, name


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("; a\n; b\n\nx", 3),
        ("\n\n; a\n\n/*\n b\n*/\n\nx", 8),
        ("/*\na\n*/ x", 3),
        ("#Requires AutoHotkey v2.0\n; a", 1),
        ("x ; a", 1),
        ("; a", 2),
        ("", 1),
    ],
)
def test_where_the_header_ends(source: str, line: int) -> None:
    assert header_end(lex(source)) == line


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("; a\n\nx ; b\n", "x\n"),
        ("x\n\n; a\n\ny", "x\n\ny"),
        ("x\n\n\n\ny\n\n", "x\n\ny\n"),
        ("  x  \ny\t", "  x\ny"),
        (";@Ahk2Exe-ConsoleApp\nx", "x"),
        ("x\n/*\na\n*/\ny", "x\ny"),
        ("/*\na\n*/ x", " x"),
        ("x\r\n; a\r\ny\r\n", "x\r\ny\r\n"),
        ('x := "\n(\n ; a\n\n\n b  \n)"', 'x := "\n(\n ; a\n\n\n b  \n)"'),
        ('x := "\n(C\n ; a\n b ; c\n)"', 'x := "\n(C\n b\n)"'),
        ("x := ';'", "x := ';'"),
        ("\ufeff; a\nx", "x"),
        ("; a", ""),
    ],
)
def test_comments_are_taken_away(source: str, expected: str) -> None:
    assert without_comments(lex(source)) == expected


def test_the_code_of_the_samples_is_the_same_without_comments() -> None:
    for source in SAMPLES.values():
        bare = without_comments(lex(source))
        assert ";" not in bare.split()
        assert code(bare) == code(source)
        assert without_comments(lex(bare)) == bare


def code(source: str) -> list[tuple[str, str]]:
    return [(token.kind, token.text) for token in lex(source) if token.kind not in QUIET]
