"""Slips of the hand in signs: brackets, quotes, commas and operators."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from prep.languages.autohotkey import lexer
from prep.languages.autohotkey.faults.code import Code, Rule, is_key, operators
from prep.languages.autohotkey.pieces import Edit, Line, Piece, Pieces, call, closing, is_called, split
from prep.languages.autohotkey.units import DECLARES
from prep.languages.autohotkey.v1.values import text_of


def _missing_closing_brace(code: Code) -> Iterator[Edit]:
    for line in code.lines:
        if len(line.pieces) == 1 and line.pieces[0].text == "}":
            yield code.whole_line(line.pieces[0])


def _extra_closing_brace(code: Code) -> Iterator[Edit]:
    for line in code.lines:
        if len(line.pieces) == 1 and line.pieces[0].text == "}":
            yield Edit(line.pieces[0].stop, line.pieces[0].stop, "\n" + code.indent(line.pieces[0]) + "}")


def _missing_opening_brace(code: Code) -> Iterator[Edit]:
    for line in code.lines:
        if line.opens and line.code and line.code[-1].line == line.pieces[-1].line:
            yield Edit(line.code[-1].stop, line.pieces[-1].stop, "")


def _last(line: Line, text: str) -> Piece | None:
    return next((p for p in reversed(line.code) if p.text == text and p.kind == lexer.PUNCTUATION), None)


def _missing_parenthesis(code: Code) -> Iterator[Edit]:
    for line in code.lines:
        if line.single and (piece := _last(line, ")")):
            yield Edit(piece.start, piece.stop, "")


def _extra_parenthesis(code: Code) -> Iterator[Edit]:
    for line in code.lines:
        if line.single and (piece := _last(line, ")")):
            yield Edit(piece.start, piece.stop, "))")


def _missing_opening_parenthesis(code: Code) -> Iterator[Edit]:
    """Name "x")."""
    for _, pieces in code.statements:
        if len(pieces) > 3 and is_called(pieces, 0) and closing(pieces, 1) == len(pieces) - 1:
            yield Edit(pieces[1].start, pieces[1].stop, " ")


def _missing_bracket(code: Code) -> Iterator[Edit]:
    for line in code.lines:
        if line.single and (piece := _last(line, "]")):
            yield Edit(piece.start, piece.stop, "")


def _strings(code: Code) -> Iterator[Piece]:
    """Those on lines where no other quote could close them."""
    for line in code.lines:
        quoted = [piece for piece in line.pieces if piece.kind == lexer.STRING]
        if line.single and quoted and text_of([quoted[-1]]) and not set("\"'") & set(quoted[-1].text[1:-1]):
            yield quoted[-1]


def _unclosed_quote(code: Code) -> Iterator[Edit]:
    yield from (Edit(piece.stop - 1, piece.stop, "") for piece in _strings(code))


def _unopened_quote(code: Code) -> Iterator[Edit]:
    yield from (Edit(piece.start, piece.start + 1, "") for piece in _strings(code))


def _mixed_quotes(code: Code) -> Iterator[Edit]:
    for piece in _strings(code):
        yield Edit(piece.stop - 1, piece.stop, "'" if piece.text[0] == '"' else '"')


def _missing_parameter_comma(code: Code) -> Iterator[Edit]:
    for definition in code.definitions:
        for part, following in pairwise(split(definition.parameters[1:-1])):
            if len(part) == 1 and part[0].word and following and following[0].word:
                yield Edit(part[0].stop, following[0].start, " ")


def _missing_comma(code: Code) -> Iterator[Edit]:
    """{a: 1 b: 2}."""
    for line in code.lines:
        for at, piece in enumerate(line.pieces[:-1]):
            if piece.text == "{" and piece.kind == lexer.PUNCTUATION and at:
                parts = split(line.pieces[at + 1 : closing(line.pieces, at)])
                if len(parts) > 1 and all(map(is_key, parts)):
                    yield Edit(parts[0][-1].stop, parts[1][0].start, " ")


def _thin_arrow(code: Code) -> Iterator[Edit]:
    yield from operators(code, "=>", "->")


def _wrong_assignment(sign: str) -> Rule:
    def rule(code: Code) -> Iterator[Edit]:
        yield from (Edit(piece.start, piece.stop, sign) for piece in _assignments(code))

    return rule


def _assignments(code: Code) -> Iterator[Piece]:
    """The `:=` of statements; none before a condition, which is a statement with `=`, too."""
    for line in code.lines:
        at = next((at for at, piece in enumerate(line.code) if piece.text == ":="), 0)
        target = line.code[line.code[0].word in DECLARES : at] if at and line.single else []
        named = bool(target) and all(piece.word for piece in target[::2]) and len(target) % 2
        if named and all(p.text == "." for p in target[1::2]) and not any(p.text == "?" for p in line.code):
            yield line.code[at]


def _turned_less(code: Code) -> Iterator[Edit]:
    yield from operators(code, "<=", "=<")


def _triple_equals(code: Code) -> Iterator[Edit]:
    yield from operators(code, "==", "===")


def _slashes(code: Code) -> Iterator[Edit]:
    """// comment. After a line that is no expression: elsewhere it would be a division."""
    start, before = 0, "{"
    for token in lexer.lex(code.text):
        if token.kind == lexer.COMMENT and token.text.startswith("; ") and before in ("{", "}"):
            yield Edit(start, start + 1, "//")
        elif token.kind not in (lexer.BLANK, lexer.NEWLINE, lexer.COMMENT):
            before = token.text
        start += len(token.text)


def _semicolon(code: Code) -> Iterator[Edit]:
    for line, pieces in code.statements:
        if not line.opens and (
            call(pieces, statement=False) or pieces[0].word == "return" or (pieces[1:2] and pieces[1].text == ":=")
        ):
            yield Edit(pieces[-1].stop, pieces[-1].stop, ";")


def _case_without_colon(code: Code) -> Iterator[Edit]:
    for line in code.lines:
        if line.pieces[0].word == "case" and line.pieces[-1].text == ":":
            yield Edit(line.pieces[-1].start, line.pieces[-1].stop, "")


def _arrow_with_block(code: Code) -> Iterator[Edit]:
    """() => { Name() }."""
    for line in code.lines:
        for at, piece in enumerate(line.pieces):
            values = split(line.pieces[at + 1 : _end_of_value(line.pieces, at + 1)]) if piece.text == "=>" else []
            if values and len(values[0]) > 2 and values[0][0].line == values[0][-1].line:
                start, stop = values[0][0].start, values[0][-1].stop
                yield Edit(start, stop, f"{{ {code.text[start:stop]} }}")


def _end_of_value(pieces: Pieces, at: int) -> int:
    """Before the bracket that closes what the value stands in."""
    depth = 0
    for end in range(at, len(pieces)):
        if pieces[end].kind == lexer.PUNCTUATION:
            depth += (pieces[end].text in "([{") - (pieces[end].text in ")]}")
        if depth < 0:
            return end
    return len(pieces)


def _rest_parameter(code: Code) -> Iterator[Edit]:
    for definition in code.definitions:
        for name, star in pairwise(definition.parameters):
            if star.text == "*" and name.word:
                yield Edit(name.start, star.stop, "..." + name.text)


def _single_colon(code: Code) -> Iterator[Edit]:
    for piece in code.pieces:
        if piece.kind == lexer.HOTKEY and piece.text.endswith("::"):
            yield Edit(piece.stop - 1, piece.stop, "")


def _pointer(code: Code) -> Iterator[Edit]:
    """this->x."""
    for _, pieces in code.statements:
        if len(pieces) > 2 and pieces[0].word == "this" and pieces[1].text == ".":
            yield Edit(pieces[1].start, pieces[1].stop, "->")


def _backslash(code: Code) -> Iterator[Edit]:
    for piece in code.pieces:
        if piece.kind == lexer.STRING and text_of([piece]) and piece.text[0] == '"':
            written = re.sub(r"`(.)", lambda found: '\\"' if found[1] == '"' else found[0], piece.text, flags=re.DOTALL)
            if written != piece.text:
                yield Edit(piece.start, piece.stop, written)


def _missing_colon(code: Code) -> Iterator[Edit]:
    """a ? b c."""
    for line in code.lines:
        for at in range(1, len(line.pieces) - 3):
            mark, first, colon = line.pieces[at : at + 3]
            if mark.text == "?" and colon.text == ":" and first.kind in (lexer.NAME, lexer.NUMBER, lexer.STRING):
                yield Edit(colon.start, colon.stop + 1, "")


def _unopened_comment(code: Code) -> Iterator[Edit]:
    start = 0
    for token in lexer.lex(code.text):
        if token.kind == lexer.BLOCK_COMMENT and token.text.endswith("*/"):
            yield Edit(start, start + 2, "")
        start += len(token.text)


def _semicolon_between(code: Code) -> Iterator[Edit]:
    """Name(a; b)."""
    for _, pieces in code.statements:
        found = call(pieces, statement=False)
        if found and len(found.arguments) > 1 and found.arguments[0]:
            comma = next(p for p in pieces if p.start >= found.arguments[0][-1].stop)
            yield Edit(comma.start, comma.stop, ";")


def _two_dots(code: Code) -> Iterator[Edit]:
    for _, pieces in code.statements:
        if len(pieces) > 2 and pieces[1].text == "." and pieces[2].word and pieces[1].start == pieces[0].stop:
            yield Edit(pieces[1].start, pieces[1].stop, "..")


SIGNS: dict[str, Rule] = {
    "missing }": _missing_closing_brace,
    "extra }": _extra_closing_brace,
    "missing {": _missing_opening_brace,
    "missing )": _missing_parenthesis,
    "extra )": _extra_parenthesis,
    "missing (": _missing_opening_parenthesis,
    "missing ]": _missing_bracket,
    "unclosed quote": _unclosed_quote,
    "unopened quote": _unopened_quote,
    "mixed quotes": _mixed_quotes,
    "missing comma of parameters": _missing_parameter_comma,
    "missing comma of an object": _missing_comma,
    "->": _thin_arrow,
    "=:": _wrong_assignment("=:"),
    "= for :=": _wrong_assignment("="),
    "== for :=": _wrong_assignment("=="),
    ": =": _wrong_assignment(": ="),
    "=<": _turned_less,
    "===": _triple_equals,
    "// comment": _slashes,
    "semicolon": _semicolon,
    "case without colon": _case_without_colon,
    "arrow with a block": _arrow_with_block,
    "...rest": _rest_parameter,
    "single colon": _single_colon,
    "this->": _pointer,
    "backslash": _backslash,
    "missing :": _missing_colon,
    "unopened comment": _unopened_comment,
    "semicolon between": _semicolon_between,
    "two dots": _two_dots,
}
