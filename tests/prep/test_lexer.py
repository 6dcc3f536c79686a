"""The lexer loses nothing, takes any text, and reads AutoHotkey v2 as the interpreter does.

The cases marked with the interpreter's verdict in a comment were loaded in AutoHotkey 2.0.
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prep.languages.autohotkey.lexer import KINDS, Token, lex
from tests.prep.mutated import SAMPLES, SPECIAL, fuzzed, mutated

SIGNS = [
    *SPECIAL,
    "\r\n",
    "\ufeff",
    "\x85",
    "\u2028",
    "\ud800",
    "*/",
    "\n(Join C",
    ":x:",
    "`;",
    "#",
    "\t",
    "é",
    "=>",
    "\n:",
    "0x",
    "1e",
]
QUIET = {"blank", "newline"}


def parts(source: str, *left_out: str) -> list[tuple[str, str]]:
    return [(token.kind, token.text) for token in lex(source) if token.kind not in QUIET.union(left_out)]


def kinds(source: str) -> list[str]:
    return [kind for kind, _ in parts(source)]


def assert_whole(source: str) -> None:
    tokens = lex(source)
    assert "".join(token.text for token in tokens) == source
    assert {token.kind for token in tokens} <= KINDS
    assert all(token.text for token in tokens)
    assert_lines(tokens)


def assert_lines(tokens: list[Token]) -> None:
    """A token's line is one more than the line ends before it, CRLF being one."""
    line = 1
    for token in tokens:
        assert token.line == line
        line += token.text.count("\n") + token.text.count("\r") - token.text.count("\r\n")


@fuzzed
@given(st.text(max_size=200))
def test_no_text_loses_a_character(source: str) -> None:
    assert_whole(source)


@fuzzed
@given(st.lists(st.sampled_from([*SIGNS, "a", "x:=1", " ", "if "]), max_size=60).map("".join))
def test_no_mixture_of_signs_loses_a_character(source: str) -> None:
    assert_whole(source)


@fuzzed
@given(mutated(SIGNS))
def test_no_mutated_script_loses_a_character(source: str) -> None:
    assert_whole(source)


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_the_samples_are_lexed_alike_with_every_line_end(newline: str) -> None:
    for source in SAMPLES.values():
        other = source.replace("\r\n", "\n").replace("\n", newline)
        assert_whole(other)
        assert parts(other, "block-comment") == parts(source, "block-comment")


def test_the_samples_hold_nothing_without_a_meaning() -> None:
    assert len(SAMPLES) > 30
    assert not [token for source in SAMPLES.values() for token in lex(source) if token.kind == "other"]


LARGE = {
    "double quotes": '"' * 1_000_000,
    "mixed quotes": "'\"`" * 300_000,
    "open brackets": "(\n" * 150_000,
    "brackets on one line": "([{" * 100_000,
    "sections": '"\n(\n' * 100_000,
    "closed sections": '"\n(\n)"\n' * 50_000,
    "section options": "(" + " c" * 500_000,
    "comments that open": "/*" * 500_000,
    "comments that do not close": "/*" + " \n" * 500_000,
    "comments that nearly close": "/*\n" + "*/ " * 300_000,
    "colons": ":" * 1_000_000,
    "hotstrings": ":a" * 150_000,
    "hotkeys behind braces": "}a::" * 80_000,
    "braces before a hotkey": "{ " * 150_000 + "a::b",
    "modifiers": "^" * 1_000_000 + "::",
    "a combination": "a" + " " * 1_000_000 + "& b::",
    "backticks": "`" * 1_000_000,
    "backticks in a string": '"' + "`" * 1_000_000,
    "blanks and semicolons": " ;" * 500_000,
    "a name": "a" * 1_000_000 + "::b",
    "digits": "1" * 1_000_000 + "a",
    "exponents": "1e" * 500_000,
    "decimals": "1.1" * 150_000,
    "conditions": "? : " * 80_000,
    "newlines": "\r\n" * 200_000,
    "nothing but signs": "@#$\\" * 250_000,
}


@pytest.mark.parametrize("source", LARGE.values(), ids=LARGE.keys())
def test_a_large_text_of_one_pattern_is_lexed(source: str) -> None:
    """Where the time grew with the square of the length, these would run for hours."""
    assert "".join(token.text for token in lex(source)) == source


@pytest.mark.parametrize(
    ("source", "comment"),
    [
        ("; whole line", "; whole line"),
        ("\t; after blanks", "; after blanks"),
        ("x := 1 ; behind", "; behind"),
        ("x := 1\t;; twice", ";; twice"),
        ("Send 'a ; b'", "; b'"),  # does not load: missing '
        ("#Include a.ahk ; behind a directive", "; behind a directive"),
        ("::a::b ; behind a hotstring", "; behind a hotstring"),
        ("x := '`` ;'", ";'"),
    ],
)
def test_a_semicolon_after_a_blank_is_a_comment(source: str, comment: str) -> None:
    assert parts(source)[-1] == ("comment", comment)


@pytest.mark.parametrize("source", ["x := 'a;b'", "Send('`;')", "`;::x := 1", "x := ';'", "*/;x"])
def test_a_semicolon_without_a_blank_before_is_none(source: str) -> None:
    assert "comment" not in kinds(source)


@pytest.mark.parametrize(
    ("source", "comment", "rest"),
    [
        ("/* a\nb\n*/\nx", "/* a\nb\n*/", ["name"]),
        ("  /* one line */\nx", "/* one line */", ["name"]),
        ("/*\nends behind text */\nx", "/*\nends behind text */", ["name"]),
        ("/*\n  */ x", "/*\n  */", ["name"]),
        ("/*\n*/ ; more", "/*\n*/", ["comment"]),
        ("/* a ; b */\nx((\n*/\ny", "/* a ; b */\nx((\n*/", ["name"]),  # loads: the first line ends at the semicolon
        ("/*\r a */ b\r*/x", "/*\r a */ b\r*/", ["name"]),
        ("/*/\nx", "/*/", ["name"]),  # loads
        ("/* never closed\nx", "/* never closed\nx", []),
    ],
)
def test_block_comments(source: str, comment: str, rest: list[str]) -> None:
    assert parts(source)[0] == ("block-comment", comment)
    assert kinds(source)[1:] == rest


@pytest.mark.parametrize("source", ["x /* y */", "x := 1 */", '"\n(\n/* text\n*/\n)"'])
def test_no_block_comment_starts_behind_code_or_in_a_section(source: str) -> None:
    assert "block-comment" not in kinds(source)


@pytest.mark.parametrize(
    ("source", "strings"),
    [
        ('"a" "b"', ['"a"', '"b"']),
        ("'a \"b\" c'", ["'a \"b\" c'"]),
        ('"a`"b"', ['"a`"b"']),
        ('"a``" "b"', ['"a``"', '"b"']),
        ('"a""b"', ['"a"', '"b"']),  # doubled quotes escape nothing
        ('"open, x)', ['"open, x)']),
        ('"open\nx', ['"open']),
        ('"`', ['"`']),
        ('"it\'s"', ['"it\'s"']),
    ],
)
def test_strings(source: str, strings: list[str]) -> None:
    assert [text for kind, text in parts(source) if kind == "string"] == strings


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (
            'x := "\n(LTrim Join`s\n  a "b" ; c\n\n/* d */\n  ) e" f',
            [
                ("string", '"'),
                ("section", "(LTrim Join`s"),
                ("section", '  a "b" ; c'),
                ("section", "/* d */"),
                ("section", ")"),
                ("string", ' e"'),
                ("name", "f"),
            ],
        ),
        (
            "x := '\n(Comments\n a ; note\n ; all of it\n)'",
            [
                ("string", "'"),
                ("section", "(Comments"),
                ("section", " a"),
                ("comment", "; note"),
                ("comment", "; all of it"),
                ("section", ")"),
                ("string", "'"),
            ],
        ),
        (
            'x :=\n(\n"a\n b" . y\n) z',  # loads: inside the brackets a string runs over lines
            [
                ("section", "("),
                ("string", '"a'),
                ("string", ' b"'),
                ("operator", "."),
                ("name", "y"),
                ("section", ")"),
                ("name", "z"),
            ],
        ),
        (
            "::sig::\n(\nDear (you)\n)",
            [("hotstring", "::sig::"), ("section", "("), ("section", "Dear (you)"), ("section", ")")],
        ),
        ('"a\n; between\n\n(\nb\n)"', [("string", '"a'), ("comment", "; between")]),
        ('"a\n(\nnever closed', [("string", '"a'), ("section", "("), ("section", "never closed")]),
    ],
)
def test_sections(source: str, expected: list[tuple[str, str]]) -> None:
    found = parts(source)
    found = found[next(at for at, part in enumerate(found) if part == expected[0]) :]
    assert found[: len(expected)] == expected


@pytest.mark.parametrize(
    "source", ["(a ? b : c).d()", "(x)", "((", "(LTrim (x)", "(::x := 1", "f(\n  a)", "(a, b) => a"]
)
def test_a_bracket_with_more_than_options_behind_it_opens_no_section(source: str) -> None:
    assert "section" not in kinds(source)


@pytest.mark.parametrize(
    ("source", "label"),
    [
        ("^!x::Send('a')", "^!x::"),
        ("a & b::", "a & b::"),
        ("~LButton Up::f()", "~LButton Up::"),
        ("$F1::f()", "$F1::"),
        ("<^>!m::f()", "<^>!m::"),
        ("#h:: {", "#h::"),
        (":::f()", ":::"),
        ("`;::f()", "`;::"),
        ('"::f()', '"::'),  # loads: the quote key
        ("} x::f()", "x::"),
        ("é::f()", "é::"),
        ("Joy1::f()", "Joy1::"),
        ("^+::f()", "^+::"),
        ("a::b", "a::b"),  # a remap is one token
        ("CapsLock:: Ctrl", "CapsLock:: Ctrl"),
        ("x::!{", "x::!{"),
        ("x::`{", "x::`{"),
        ("x::Sleep", "x::Sleep"),  # loads: the Sleep key, not the function
        ("LAlt & Tab::ShiftAltTab", "LAlt & Tab::ShiftAltTab"),
    ],
)
def test_hotkeys(source: str, label: str) -> None:
    assert ("hotkey", label) in parts(source)


@pytest.mark.parametrize(
    "source",
    [
        'x := "a::b"',
        "a ::f()",  # does not load: invalid hotkey
        "x := y ? z::1",
        "f(a::b)",
        '[\n"::btw",\n1]',  # loads
        'x :=\n"::btw"',  # loads
        "; a::b",
        "/*\na::b\n*/",
        '"\n(\na::b\n)"',
        "::",
    ],
)
def test_what_only_looks_like_a_hotkey(source: str) -> None:
    assert "hotkey" not in kinds(source)


def test_pause_alone_is_the_function_and_no_remap() -> None:
    assert parts("x::Pause") == [("hotkey", "x::"), ("name", "Pause")]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("::btw::by the way", [("hotstring", "::btw::"), ("hotstring-text", "by the way")]),
        (":*?c:a b:: x", [("hotstring", ":*?c:a b::"), ("hotstring-text", " x")]),
        ("::a`:::b", [("hotstring", "::a`:::"), ("hotstring-text", "b")]),
        ("::a:::b", [("hotstring", "::a::"), ("hotstring-text", ":b")]),  # the first `::` ends the trigger
        (":*:x::{", [("hotstring", ":*:x::"), ("punctuation", "{")]),
        (":T:x::{", [("hotstring", ":T:x::"), ("hotstring-text", "{")]),
        (":X:x::f", [("hotstring", ":X:x::"), ("name", "f")]),
        (":X0:x::f", [("hotstring", ":X0:x::"), ("hotstring-text", "f")]),
        ("::a::\nb", [("hotstring", "::a::"), ("name", "b")]),
        ("#Hotstring X\n::a::b", [("directive", "#Hotstring"), ("text", "X"), ("hotstring", "::a::"), ("name", "b")]),
        (": & a::b", [("hotkey", ": & a::b")]),
        ("::a:b", [("operator", ":"), ("operator", ":"), ("name", "a"), ("operator", ":"), ("name", "b")]),
    ],
)
def test_hotstrings(source: str, expected: list[tuple[str, str]]) -> None:
    assert parts(source) == expected


def test_the_colon_of_a_condition_starts_no_hotstring_inside_brackets() -> None:
    assert "hotstring" not in kinds('x := (a ? b\n: c : d "::"\n)')


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("#Requires AutoHotkey v2.0+", [("directive", "#Requires"), ("text", "AutoHotkey v2.0+")]),
        ("#Include <Lib 'x'>", [("directive", "#Include"), ("text", "<Lib 'x'>")]),
        ("#HotIf", [("directive", "#HotIf")]),
        ("#HotIf x('a')", [("directive", "#HotIf"), ("name", "x"), ("punctuation", "("), ("string", "'a'")]),
        ("#MaxThreads 3", [("directive", "#MaxThreads"), ("number", "3")]),
        ("#NoEnv", [("directive", "#NoEnv")]),
        ("} #Warn All, Off", [("punctuation", "}"), ("directive", "#Warn"), ("text", "All, Off")]),
    ],
)
def test_directives(source: str, expected: list[tuple[str, str]]) -> None:
    assert parts(source)[: len(expected)] == expected


def test_a_directive_or_a_hotkey_ends_a_bracket_that_was_never_closed() -> None:
    assert kinds("f(\n#Warn\na:\n^x::b(")[3:] == ["label", "hotkey", "name", "punctuation"]


@pytest.mark.parametrize("source", ["Again:", "  x1:  ; note", "{ é:"])
def test_labels(source: str) -> None:
    assert "label" in kinds(source)


@pytest.mark.parametrize("source", ["default:", "Default:", "case x:", "x: y", "a.b:", "f(\na:\n1)", "x ?\na:", "x :"])
def test_what_only_looks_like_a_label(source: str) -> None:
    assert "label" not in kinds(source)


@pytest.mark.parametrize("source", ["0", "0x1F", "1.5", ".5", "1e3", "1.5E-3", "0X0", "10"])
def test_numbers(source: str) -> None:
    assert parts(f"x := {source}")[2:] == [("number", source)]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a.5", ["name", "operator", "number"]),
        ("x.7zip", ["name", "operator", "name"]),
        ("1.x", ["number", "operator", "name"]),
        ("0xG", ["name"]),
        ("1-1", ["number", "operator", "number"]),
    ],
)
def test_near_numbers(source: str, expected: list[str]) -> None:
    assert kinds(source) == expected


OPERATORS = ">>>= <<= >>= //= !== := += -= *= /= .= |= &= ^= == != ~= <= >= => && || ++ -- ** // >>> << >> ??"


@pytest.mark.parametrize("operator", [*OPERATORS.split(), *"+-*/.<>=!~&|^?:%"])
def test_operators(operator: str) -> None:
    assert parts(f"x {operator} y") == [("name", "x"), ("operator", operator), ("name", "y")]


def test_signs_around_names() -> None:
    source = "%x%.y?.z([a, *], {b: &c})"
    assert " ".join(text for _, text in parts(source)) == "% x % . y ? . z ( [ a , * ] , { b : & c } )"
    assert kinds("a@b$#c") == ["name", "other", "name", "other", "name"]
    assert parts("_größe2 := is") == [("name", "_größe2"), ("operator", ":="), ("name", "is")]


def test_a_byte_order_mark_is_blank_and_the_line_behind_it_a_line() -> None:
    assert [token.kind for token in lex("\ufeff#Warn")] == ["blank", "directive"]


def test_every_line_end_is_a_token_of_its_own() -> None:
    assert [token.text for token in lex("\r\n\n\r\r\n")] == ["\r\n", "\n", "\r", "\r\n"]
