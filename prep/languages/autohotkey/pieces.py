"""A script's statements and the tokens they are made of: what edits of a script are planned on."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from prep.languages.autohotkey import lexer
from prep.languages.autohotkey.units import CONTROL, DECLARES, WORD_OPERATORS, Statement, statements

KEYWORDS = CONTROL | DECLARES | {"class", "default"}


class Piece(NamedTuple):
    """A token of code and where it stands in the script."""

    kind: str
    text: str
    start: int
    line: int

    @property
    def stop(self) -> int:
        return self.start + len(self.text)

    @property
    def word(self) -> str:
        return self.text.lower() if self.kind == lexer.NAME else ""


Pieces = Sequence[Piece]


class Edit(NamedTuple):
    """What the characters from `start` to before `stop` become."""

    start: int
    stop: int
    text: str


class Line(NamedTuple):
    """A statement and its tokens without blanks and comments.

    `inside` is `class` or `property` directly in one of these, where no statements stand, else empty.
    """

    statement: Statement
    pieces: Pieces
    inside: str

    @property
    def code(self) -> Pieces:
        """The tokens without the brace that ends it."""
        return self.pieces[:-1] if self.opens else self.pieces

    @property
    def opens(self) -> bool:
        return self.pieces[-1].text == "{"

    @property
    def single(self) -> bool:
        """On one line, but for the brace that ends it."""
        return bool(self.code) and self.code[0].line == self.code[-1].line


def script_lines(source: str) -> list[Line]:
    """The statements of a script with their tokens."""
    tokens = lexer.lex(source)
    pieces: list[Piece] = []
    at = 0
    for token in tokens:
        if token.kind not in (lexer.BLANK, lexer.NEWLINE, lexer.COMMENT, lexer.BLOCK_COMMENT):
            pieces.append(Piece(token.kind, token.text, at, token.line))
        at += len(token.text)
    found: list[Line] = []
    headers: list[Line] = []  # of the blocks around
    start = 0
    for statement in statements(tokens):
        stop = start
        while stop < len(pieces) and pieces[stop].line <= statement.end:
            stop += 1
        own, start = pieces[start:stop], stop
        if own:
            del headers[statement.depth :]
            found.append(Line(statement, own, _kind_of_block(headers[-1]) if headers else ""))
            headers.append(found[-1])
    return found


def _kind_of_block(header: Line) -> str:
    if len(header.pieces) > 1 and header.pieces[0].word == "class" and header.pieces[1].word:
        return "class"
    method = any(one.word and other.text == "(" and one.stop == other.start for one, other in pairwise(header.pieces))
    return "property" if header.inside == "class" and not method else ""


def action(pieces: Pieces) -> int:
    """Where the statement itself starts: after a hotkey, `else` and `try`."""
    at = 0
    while at < len(pieces) and (_is_hotkey(pieces[at]) or pieces[at].word in ("else", "try")):
        at += 1
    return at


def _is_hotkey(piece: Piece) -> bool:
    return piece.kind == lexer.HOTKEY and piece.text.endswith("::")


def split(pieces: Pieces) -> list[Pieces]:
    """What stands between the commas outside of all brackets; nothing for no tokens."""
    parts: list[Pieces] = []
    start = depth = 0
    for at, piece in enumerate(pieces):
        depth += _nests(piece)
        if piece.text == "," and depth == 0:
            parts.append(pieces[start:at])
            start = at + 1
    return [*parts, pieces[start:]] if pieces else []


def _nests(piece: Piece) -> int:
    if piece.kind != lexer.PUNCTUATION:
        return 0
    return (piece.text in ("(", "[", "{")) - (piece.text in (")", "]", "}"))


def closing(pieces: Pieces, opening: int) -> int:
    """Where the bracket of this one stands; the number of tokens when it is never closed."""
    depth = 0
    for at in range(opening, len(pieces)):
        depth += _nests(pieces[at])
        if depth == 0:
            return at
    return len(pieces)


class Call(NamedTuple):
    name: Piece
    arguments: list[Pieces]


def is_called(pieces: Pieces, at: int) -> bool:
    """A name with `(` right behind it."""
    follows = pieces[at + 1] if at + 1 < len(pieces) else None
    return bool(pieces[at].word and follows and follows.text == "(" and follows.start == pieces[at].stop)


def call(pieces: Pieces, statement: bool = True) -> Call | None:
    """The one call that these tokens are, `Name(a, b)`; a `statement` also without its brackets."""
    if not pieces or not pieces[0].word or pieces[0].word in KEYWORDS:
        return None
    if is_called(pieces, 0):
        return Call(pieces[0], split(pieces[2:-1])) if closing(pieces, 1) == len(pieces) - 1 else None
    if not statement or (len(pieces) > 1 and not _starts_argument(pieces)):
        return None
    return Call(pieces[0], split(pieces[1:]))


def _starts_argument(pieces: Pieces) -> bool:
    """`Name x` and `Name -1` are calls, `Name - 1` and `Name.x` are not."""
    first = pieces[1]
    unary = first.text in ("-", "!", "&") and len(pieces) > 2 and pieces[2].start == first.stop
    value = unary if first.kind == lexer.OPERATOR else first.word not in WORD_OPERATORS
    return value and first.start > pieces[0].stop
