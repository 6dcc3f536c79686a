"""Logical lines of a script, read off its tokens: which physical lines belong together, and what each line is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from prep.languages.autohotkey import lexer
from prep.languages.autohotkey.lexer import Token

_WITH_BODY = frozenset({"if", "else", "loop", "for", "while", "try", "catch", "finally", "switch"})
# Words that are no calls at the start of a statement, and not the names of functions outside of classes.
CONTROL = _WITH_BODY | {"until", "break", "continue", "goto", "return", "throw", "case"}
_LEADS = frozenset({"else", "try", "finally"})  # a statement may follow on their line
DECLARES = frozenset({"global", "local", "static"})
WORD_OPERATORS = frozenset({"and", "or", "not", "is", "in", "contains", "as"})
_GOES_ON = WORD_OPERATORS - {"not"}  # these continue the line before, when a blank follows them


class Statement(NamedTuple):
    """Whole lines that belong together: a script can be cut before the first and after the last of them.

    A header and its brace are one statement, what stands in the block are others; a line of a `}` is one, too.
    `depth` is the number of blocks that are open before its first character.
    """

    line: int
    end: int
    depth: int


class Item(NamedTuple):
    """A token of code; `spaced` when something stands between it and the token of code before it."""

    kind: str
    text: str
    line: int
    spaced: bool

    @property
    def word(self) -> str:
        """The lower-case name, or nothing when it is none."""
        return self.text.lower() if self.kind == lexer.NAME else ""


@dataclass
class Unit:
    """A logical line, or the part of one between two braces of blocks."""

    inside: _Block | None
    items: list[Item] = field(default_factory=list)
    action: int = 0  # where the statement starts: behind a hotkey, `else`, `try`, `finally` and `case x:`
    block: bool = False  # a block in braces belongs to it
    end: int = 0

    @property
    def scope(self) -> str:
        return self.inside.kind if self.inside else ""


class _Block(NamedTuple):
    kind: str  # class, property, or nothing: in these two no statements stand
    unit: Unit | None  # the header


class _Walk:
    """Joins physical lines to logical ones as AutoHotkey does, and tells the braces of blocks from those of objects."""

    def __init__(self) -> None:
        self.units: list[Unit] = []
        self.statements: list[Statement] = []
        self.blocks: list[_Block] = []
        self.unit: Unit | None = None  # the one that the next line may continue
        self.brackets: list[str] = []
        self.conditions = 0  # `?` without their `:`
        self.condition = False  # the last `:` belonged to one
        self.in_section = False

    def line(self, items: Sequence[Item]) -> None:
        """A physical line with code on it."""
        body = self._is_body(items[0])
        joins = body or self._continues(items)
        if not joins:
            self.unit = None
            self.brackets.clear()
        if joins and self.statements:
            first = self.statements.pop()
            self.statements.append(first._replace(end=items[-1].line))
        else:
            self.statements.append(Statement(items[0].line, items[-1].line, len(self.blocks)))
        if body:
            self._open(items[0])
        for at in range(int(body), len(items)):
            self._take(items, at)

    def finish(self, last: int) -> None:
        """The end of the script: blocks that are still open end here."""
        for block in self.blocks:
            if block.unit:
                block.unit.end = last

    def _take(self, items: Sequence[Item], at: int) -> None:
        item = items[at]
        self.in_section = within_section(item, self.in_section)
        if item.kind == lexer.PUNCTUATION:
            if item.text == "{" and not self.brackets and self._opens_block(items, at):
                self._open(item)
                return
            if item.text == "}" and self.brackets[-1:] != ["{"]:
                self._close(item)
                return
            self._bracket(item.text)
        if self.unit is None:
            self.unit = Unit(self.blocks[-1] if self.blocks else None)
            self.units.append(self.unit)
            self.conditions = 0
        self._append(self.unit, item)

    def _append(self, unit: Unit, item: Item) -> None:
        leads = item.word in _LEADS or item.kind in (lexer.HOTKEY, lexer.HOTSTRING)
        if item.kind == lexer.OPERATOR and not self.brackets:
            self._condition(item.text)
            leads = item.text == ":" and not self.condition and head(unit) in ("case", "default")
        if leads and (unit.action == len(unit.items) or item.text == ":"):
            unit.action = len(unit.items) + 1
        unit.items.append(item)
        unit.end = item.line

    def _bracket(self, text: str) -> None:
        if text in ("(", "[", "{"):
            self.brackets.append(text)
        elif text != "," and self.brackets:
            self.brackets.pop()

    def _condition(self, text: str) -> None:
        if text == "?":
            self.conditions += 1
        elif text == ":":
            self.condition = self.conditions > 0
            self.conditions -= int(self.condition)

    def _open(self, brace: Item) -> None:
        unit = self.unit
        if unit:
            unit.block, unit.end = True, brace.line
        self.blocks.append(_Block(_block_kind(unit), unit))
        self.unit = None

    def _close(self, brace: Item) -> None:
        """A brace that closes a block; brackets that are still open then were never meant to be closed."""
        self.brackets.clear()
        if self.blocks and (unit := self.blocks.pop().unit):
            unit.end = brace.line
        self.unit = None

    def _is_body(self, item: Item) -> bool:
        """A line starts with the brace of the header on the line before."""
        if item.text != "{" or item.kind != lexer.PUNCTUATION or self.brackets or not self.unit:
            return False
        first, last = self.unit.items[0], self.unit.items[-1]
        if last.text == ")" or last.word in _LEADS:
            return True
        if first.kind in (lexer.HOTKEY, lexer.HOTSTRING) or class_name(self.unit):
            return True
        return self.unit.scope != "" or (head(self.unit) in _WITH_BODY and not self._ends_with_operator(self.unit))

    def _opens_block(self, items: Sequence[Item], at: int) -> bool:
        """Whether a brace outside of all brackets opens a block; if not, it opens an object."""
        if self.unit is None:
            return True
        last = self.unit.items[-1]
        if last.text in (")", "]") or last.kind in (lexer.HOTKEY, lexer.HOTSTRING):
            return True
        if last.word in _LEADS | {"catch", "loop", "switch"} and head(self.unit) in ("", last.word):
            return True
        if at + 1 < len(items):
            return False
        if class_name(self.unit) or (self.unit.scope and len(self.unit.items) < 3 and last.word):
            return True
        return head(self.unit) in _WITH_BODY and not self._ends_with_operator(self.unit)

    def _continues(self, items: Sequence[Item]) -> bool:
        """Whether a line belongs to the one before it."""
        first = items[0]
        if self.in_section or (first.kind == lexer.SECTION and self.unit):
            return True
        if self.unit is None or first.kind in (lexer.HOTKEY, lexer.HOTSTRING, lexer.DIRECTIVE, lexer.LABEL):
            return False
        if self.brackets:
            return True
        if not _may_continue(self.unit):
            return False
        if self._ends_with_operator(self.unit):
            return first.word not in CONTROL
        return _starts_with_operator(items)

    def _ends_with_operator(self, unit: Unit) -> bool:
        last = unit.items[-1]
        if last.kind == lexer.OPERATOR:
            if last.text in (".", ":"):  # `2.` is a number, and a case ends with a colon
                return last.spaced if last.text == "." else self.condition
            return last.text not in ("++", "--", "%")
        member = len(unit.items) > 1 and unit.items[-2].text == "." and not last.spaced
        return last.text == "," or (last.word in WORD_OPERATORS and not member)


def statements(tokens: Sequence[Token]) -> list[Statement]:
    """The logical lines: with their continuation lines and sections, up to the end of every bracket they open."""
    return _walk(tokens).statements


def units(tokens: Sequence[Token]) -> list[Unit]:
    """The logical lines with their code; where braces of blocks stand in one, its parts."""
    return _walk(tokens).units


def _walk(tokens: Sequence[Token]) -> _Walk:
    walk = _Walk()
    items: list[Item] = []
    spaced = True
    for token in tokens:
        if token.kind == lexer.NEWLINE and items:
            walk.line(items)
            items = []
        if token.kind in (lexer.BLANK, lexer.NEWLINE, lexer.COMMENT, lexer.BLOCK_COMMENT):
            spaced = True
        else:
            items.append(Item(*token, spaced))
            spaced = False
    if items:
        walk.line(items)
    if tokens:
        walk.finish(tokens[-1].line)
    return walk


def _may_continue(unit: Unit) -> bool:
    """Whether operators can carry a line on into the next; text, labels and headers end with their line."""
    first = unit.items[0]
    if first.kind == lexer.DIRECTIVE:
        return first.text.lower() == "#hotif"
    if first.kind in (lexer.HOTKEY, lexer.HOTSTRING):
        return len(unit.items) > 1 and unit.items[1].kind != lexer.HOTSTRING_TEXT
    return first.kind != lexer.LABEL and not class_name(unit)


def _starts_with_operator(items: Sequence[Item]) -> bool:
    first = items[0]
    if first.kind == lexer.OPERATOR:
        return first.text not in ("++", "--", "%")
    return first.text == "," or (first.word in _GOES_ON and len(items) > 1 and items[1].spaced)


def _block_kind(unit: Unit | None) -> str:
    if unit is None:
        return ""
    if class_name(unit):
        return "class"
    return "property" if unit.scope == "class" and definition(unit) is None else ""


def class_name(unit: Unit) -> str:
    """The name after `class`, when the unit is the head of a class, else nothing."""
    items = unit.items
    if len(items) > 1 and items[0].word == "class" and items[1].kind == lexer.NAME and items[1].spaced:
        return items[1].text if len(items) == 2 or items[2].word == "extends" else ""
    return ""


def definition(unit: Unit) -> int | None:
    """Where the name stands, when the unit is the head of a function or a method, or the whole of one with `=>`."""
    items = unit.items
    at = int(len(items) > 1 and items[0].word == "static" and items[1].kind == lexer.NAME)
    if not is_call(items, at) or unit.scope == "property" or (items[at].word in CONTROL and unit.scope != "class"):
        return None
    after = closing(items, at + 1) + 1
    defined = items[after].text == "=>" if after < len(items) else unit.block
    return at if defined else None


def is_call(items: Sequence[Item], at: int) -> bool:
    """A name with `(` right behind it."""
    follows = items[at + 1] if at + 1 < len(items) else None
    return items[at].kind == lexer.NAME and follows is not None and follows.text == "(" and not follows.spaced


def is_member(items: Sequence[Item], at: int) -> bool:
    """Right behind a dot."""
    return at > 0 and items[at - 1].text == "." and not items[at].spaced


def closing(items: Sequence[Item], opening: int) -> int:
    """Where the bracket of this one stands, or the last item."""
    depth = 0
    for at in range(opening, len(items)):
        if items[at].kind == lexer.PUNCTUATION:
            depth += (items[at].text in "([{") - (items[at].text in ")]}")
            if depth == 0:
                return at
    return len(items) - 1


def head(unit: Unit) -> str:
    """The lower-case first word of the statement."""
    return unit.items[unit.action].word if unit.action < len(unit.items) else ""


def arrows(items: Sequence[Item]) -> dict[int, int]:
    """The `(` of parameters before `=>`, with their `)`."""
    opened: list[int] = []
    found: dict[int, int] = {}
    for at, item in enumerate(items):
        if item.kind == lexer.PUNCTUATION and item.text in "([{":
            opened.append(at)
        elif item.kind == lexer.PUNCTUATION and item.text in ")]}" and opened:
            start = opened.pop()
            if at + 1 < len(items) and items[at + 1].text == "=>":
                found[start] = at
    return found


def within_section(token: Token | Item, before: bool) -> bool:
    """Whether a section is open after this token; no line inside one starts with `)`."""
    if token.kind != lexer.SECTION:
        return before
    return token.text != ")"
