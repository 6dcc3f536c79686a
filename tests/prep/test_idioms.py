"""What is left of v1 in a script: each idiom is found, and what v2 writes is none."""

from __future__ import annotations

import pytest
from hypothesis import given

from prep.languages.autohotkey.idioms import v1_idioms
from prep.languages.autohotkey.lexer import lex
from prep.languages.autohotkey.names import removed
from tests.prep.mutated import SAMPLES, fuzzed, mutated


@fuzzed
@given(mutated())
def test_an_idiom_of_any_script_has_a_line_and_words(source: str) -> None:
    lines = source.count("\n") + source.count("\r") + 1
    assert all(1 <= idiom.line <= lines and idiom.text for idiom in v1_idioms(lex(source), removed()))


def idioms(source: str) -> list[tuple[str, str]]:
    return [(idiom.what, idiom.text) for idiom in v1_idioms(lex(source), removed())]


@pytest.mark.parametrize(
    ("source", "what", "text"),
    [
        ("x = some text", "legacy assignment", "x ="),
        ("x.y=1", "legacy assignment", "x.y="),
        ("global x = 1", "legacy assignment", "global x ="),
        ("MsgBox, Hello", "comma after a command", "MsgBox,"),
        ("^x::Send, a", "comma after a command", "Send,"),
        ("return, x", "comma after a command", "return,"),
        ("Goto, x", "comma after a command", "Goto,"),
        ("Loop, Parse, x", "comma after a command", "Loop,"),
        ("else MsgBox, a", "comma after a command", "MsgBox,"),
        ("Send {Enter}", "keys without quotes", "Send {"),
        ("SendInput ^c", "keys without quotes", "SendInput ^"),
        ("Send !{F4}", "keys without quotes", "Send !"),
        ("MsgBox % x", "forced expression", "% x"),
        ("FileRead, x, % y", "forced expression", "% y"),
        ("MsgBox %x%", "variable in percent signs", "%x%"),
        ("Run, %x%, %y%", "variable in percent signs", "%y%"),
        ("Loop %n%", "variable in percent signs", "%n%"),
        ("#NoEnv", "removed directive", "#NoEnv"),
        ("#IfWinActive, a's title", "removed directive", "#IfWinActive"),
        ("#If x", "removed directive", "#If"),
        ("SetBatchLines -1", "removed command", "SetBatchLines"),
        ("IfEqual, x, 1", "removed command", "IfEqual"),
        ("IfWinActive Untitled", "removed command", "IfWinActive"),
        ("StringReplace, x, x, a", "removed command", "StringReplace"),
        ("EnvAdd, x, 1", "removed command", "EnvAdd"),
        ("Gosub x", "removed command", "Gosub"),
        ("Gui, Add, Text,, a", "removed command", "Gui, Add"),
        ("Gui Add, Text,, a", "removed command", "Gui Add"),
        ("x := ComObjCreate('a')", "removed function", "ComObjCreate("),
        ("throw Exception('a')", "removed function", "Exception("),
        ("if A_IsUnicode\n  f()", "removed variable", "A_IsUnicode"),
        ("x := Clipboard", "removed variable", "Clipboard"),
        ("if (ErrorLevel)\n  f()", "removed variable", "ErrorLevel"),
        ("GuiClose:", "removed label", "GuiClose:"),
        ("x := new Foo(1)", "new", "new Foo"),
        ("return new Foo", "new", "new Foo"),
        ("x := y.Length()", "method of v1 objects", "Length("),
        ("x := y.MaxIndex()", "method of v1 objects", "MaxIndex("),
        ("x := y.Count()", "method of v1 objects", "Count("),
        ("if y.HasKey(1)\n  f()", "method of v1 objects", "HasKey("),
        ('x := Func("f")', "function by its name", 'Func("f"'),
        ("if (x <> y)\n  f()", "operator <>", "<>"),
        ("x := f.(1)", "call of a value with .()", ".("),
        ('x := "say ""a"" b"', "doubled quote", '"say ""a"'),
        ("x := WinExist(ahk_class Notepad)", "window criterion without quotes", "ahk_class"),
        ("if x is digit\n  f()", "type by its v1 name", "is digit"),
        ("if x is not number\n  f()", "type by its v1 name", "is not"),
        ("if x between 1 and 2\n  f()", "if var between", "if x between"),
        ("if x not in a,b\n  f()", "if var in", "if x not in"),
        ("try f()\ncatch e {\n}", "catch without as", "catch e"),
        ("x := ClipboardAll\n", "ClipboardAll without ()", "ClipboardAll"),
        ("base.__New()", "base for super", "base.__New"),
        ("f(a, b = 1) {\n}", "default with =", "b ="),
        ("f(ByRef a) {\n}", "ByRef", "ByRef a"),
        ("^x::\nf()\nreturn", "hotkey without braces", "^x::"),
    ],
)
def test_idioms_of_v1(source: str, what: str, text: str) -> None:
    assert (what, text) in idioms(source)


@pytest.mark.parametrize(
    "source",
    [
        "x := y = z",
        "if x = y\n  f()",
        "x = 1 ? f() : g()",  # loads
        "f(a,\nb = 1)",
        "MsgBox , 'title'",
        "static a, b",
        "case a, b:",
        "for a, b in c\n  f()",
        "x := 1\n, y := 2",
        "Send '{Enter}'",
        "Send !x ? 'a' : 'b'",
        "x := %y%",
        "%x%()",
        "f %x%y",
        "f %x%.y",
        "MsgBox x '%y%'",
        "Loop Parse, x, ','",
        "Loop 3",
        "Gui.Add('Text')",
        "MyGui.Add('Text')",
        "input := 1",
        "x := {Clipboard: 1, ErrorLevel: 2}",
        "x.Clipboard := 1",
        "Clipboard := A_Clipboard\nf(Clipboard)",
        "f(clipboard) => clipboard",
        "Exception(x) {\n}\nException(1)",
        "class Process {\n}\nx := Process()",
        "new := 1\nx := new y",
        "if new and old\n  f()",
        "x.new y",
        "x := y.Length",
        "class A {\n  Count() => 1\n}\nx := A().Count()",
        "x := ComObject('a')\ny := x.Count()",
        "x := y.Count(1)",
        "x is Number",
        "x := a b",
        'x := "a" "b"',
        'x := "a`"b"',
        "x := '\"\"'",
        "WinExist('ahk_class Notepad')",
        "catch Error as e\n  f()",
        "catch TimeoutError\n  f()",
        "x := ClipboardAll()",
        "x is ClipboardAll",
        "super.__New()",
        "f(a, b := 1, &c) {\n}",
        "^x::\n^y::f()",
        "^x::\nf(key) {\n}",
        "^x::\n{\n}",
        "#HotIf x\n#Requires AutoHotkey v2.0",
        "; MsgBox, a",
        'x := "\n(\nMsgBox, a\n)"',
        "::a::new Foo, %x%",
        "x := a ? b\n  : c",
    ],
)
def test_what_is_no_idiom_of_v1(source: str) -> None:
    assert idioms(source) == []


def test_the_samples_hold_no_idiom_of_v1() -> None:
    assert len(SAMPLES) > 30
    assert {name: idioms(source) for name, source in SAMPLES.items() if idioms(source)} == {}


def test_only_names_that_are_given_count_as_removed() -> None:
    tokens = lex("#NoEnv\nSetBatchLines -1\nx := Asc(A_IsUnicode)")
    assert v1_idioms(tokens, ()) == []
    assert [idiom.line for idiom in v1_idioms(tokens, {"asc", "#noenv"})] == [1, 3]
