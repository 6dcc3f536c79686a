"""A script, read once for all faults, and what several of them look for in it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from prep.languages.autohotkey import lexer
from prep.languages.autohotkey.pieces import Edit, Line, Piece, Pieces, action, closing, is_called, script_lines


class Definition(NamedTuple):
    """A function or a method: its name, its parameters in brackets, what follows them (`{` or `=>`)."""

    name: Piece
    parameters: Pieces
    follows: Piece
    line: Line


@dataclass
class Code:
    """A script, read once for all faults."""

    text: str
    lines: list[Line] = field(init=False)
    definitions: list[Definition] = field(init=False)

    def __post_init__(self) -> None:
        self.lines = script_lines(self.text)
        self.definitions = [found for line in self.lines if (found := _definition(line))]

    @property
    def statements(self) -> Iterator[tuple[Line, Pieces]]:
        """Statements on a line of their own, from their first word on and without the brace that ends them."""
        for line in self.lines:
            start = action(line.code)
            if line.single and not line.inside and start < len(line.code):
                yield line, line.code[start:]

    @property
    def pieces(self) -> Iterator[Piece]:
        for line in self.lines:
            yield from line.pieces

    def indent(self, piece: Piece) -> str:
        """The blanks that its line starts with."""
        found = _BLANKS.match(self.text, self.text.rfind("\n", 0, piece.start) + 1)
        return found.group() if found else ""

    def whole_line(self, piece: Piece) -> Edit:
        """Takes the line of a token out."""
        start = self.text.rfind("\n", 0, piece.start) + 1
        end = self.text.find("\n", piece.stop)
        return Edit(start, end + 1 if end >= 0 else len(self.text), "")


Rule = Callable[[Code], Iterator[Edit]]
_BLANKS = re.compile(r"[ \t]*")


def _definition(line: Line) -> Definition | None:
    code = line.pieces
    at = int(code[0].word == "static")
    if at + 1 >= len(code) or not is_called(code, at) or (code[at].word in _CONTROL and line.inside != "class"):
        return None
    end = closing(code, at + 1)
    if line.inside == "property" or end + 1 >= len(code) or code[end + 1].text not in ("{", "=>"):
        return None
    return Definition(code[at], code[at + 1 : end + 1], code[end + 1], line)


_CONTROL = frozenset({"if", "while", "for", "loop", "switch", "catch", "until", "return", "case", "else", "throw"})


def operators(code: Code, sign: str, wrong: str) -> Iterator[Edit]:
    for piece in code.pieces:
        if piece.kind == lexer.OPERATOR and piece.text == sign:
            yield Edit(piece.start, piece.stop, wrong)


def caught(code: Code, form: str) -> Iterator[Edit]:
    """`catch as e` and `catch Error as e` in another form."""
    for line in code.lines:
        words = [piece.word for piece in line.code]
        if "catch" in words and "as" in words and words.index("as") == len(words) - 2:
            at = words.index("catch")
            yield Edit(line.code[at + 1].start, line.code[-1].stop, form.format(line.code[-1].text))


def is_key(part: Pieces) -> bool:
    return len(part) > 2 and bool(part[0].word) and part[1].text == ":"
