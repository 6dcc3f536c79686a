"""What can be read off the tokens of an AutoHotkey script: its functions, calls, statements and comments.

Only the text is looked at. A name is where it is written: what a variable holds, what an #Include brings in or what
`%name%()` calls is not known here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from prep.languages.autohotkey import lexer
from prep.languages.autohotkey.lexer import Token
from prep.languages.autohotkey.units import (
    CONTROL,
    DECLARES,
    WORD_OPERATORS,
    Item,
    Unit,
    arrows,
    class_name,
    definition,
    is_call,
    is_member,
    units,
    within_section,
)

MAX_NESTING = 20  # classes in classes that a name is given


class Function(NamedTuple):
    """A definition from its name to the line of its closing brace or, after `=>`, the end of its expression."""

    name: str  # `Class.Method` of a method
    line: int
    end: int


def functions(tokens: Sequence[Token]) -> list[Function]:
    """Functions and methods that are defined with a body in braces or after `=>`, in their order; no properties."""
    found = ((unit, definition(unit)) for unit in units(tokens))
    return [Function(_full_name(unit, at), unit.items[at].line, unit.end) for unit, at in found if at is not None]


def called(tokens: Sequence[Token]) -> list[tuple[str, int]]:
    """Names that are called and their lines: `Name(`, `.Name(`, the statements `Name arg`, `obj.Name arg`, `Name`."""
    return [(name, item.line) for unit in units(tokens) for name, item in _calls(unit)]


def header_end(tokens: Sequence[Token]) -> int:
    """The line after the comments that a script starts with, 1 when it starts with none."""
    end = 1
    for token in tokens:
        if token.kind in (lexer.COMMENT, lexer.BLOCK_COMMENT):
            end = token.line + len(re.findall(r"\r\n?|\n", token.text)) + 1
        elif token.kind not in (lexer.BLANK, lexer.NEWLINE):
            return min(end, token.line)
    return end


def without_comments(tokens: Sequence[Token]) -> str:
    """The script without its comments, those for the compiler too; its code is unchanged.

    Blanks at the ends of lines go, lines that held only a comment, and a byte order mark; of several blank lines in a
    row one stays, none at the start and the end. What stands in a section is left as it is.
    """
    kept: list[str] = []
    gap = ""
    for text, newline, commented, in_section in _lines_of_code(tokens):
        if commented and not text.strip(" \t"):
            continue
        line = text if in_section and not commented else text.rstrip(" \t")
        if line or in_section:
            kept += [gap, line, newline] if kept else [line, newline]
            gap = ""
        else:
            gap = newline
    return "".join(kept)


def _lines_of_code(tokens: Sequence[Token]) -> Iterator[tuple[str, str, bool, bool]]:
    """Each line without its comments, its newline, whether it had a comment, whether a section is open at its end."""
    line: list[str] = []
    commented = in_section = False
    for token in tokens:
        if token.kind == lexer.NEWLINE:
            yield "".join(line), token.text, commented, in_section
            line, commented = [], False
        elif token.kind in (lexer.COMMENT, lexer.BLOCK_COMMENT):
            commented = True
        elif token.kind != lexer.BLANK or token.text != "\ufeff":
            in_section = within_section(token, in_section)
            line.append(token.text)
    if line or commented:
        yield "".join(line), "", commented, in_section


def _full_name(unit: Unit, at: int) -> str:
    """The name of a definition with those of the classes around it."""
    names = [unit.items[at].text]
    block = unit.inside
    while block and block.unit and block.kind == "class" and len(names) <= MAX_NESTING:
        names.append(class_name(block.unit))
        block = block.unit.inside
    return ".".join(reversed(names))


def _calls(unit: Unit) -> Iterator[tuple[str, Item]]:
    items = unit.items
    defined, command = definition(unit), _command(unit)
    defines = arrows(items)
    for at, item in enumerate(items):
        member = is_member(items, at)
        call = at == command or (is_call(items, at) and at != defined and at + 1 not in defines)
        if call and (member or item.word not in CONTROL | WORD_OPERATORS) and (at == 0 or items[at - 1].text != "%"):
            yield "." * member + item.text, item


def _command(unit: Unit) -> int | None:
    """Where the name stands that a statement without brackets calls: `Name arg`, `Name` or `obj.Name arg`."""
    items, at = unit.items, unit.action
    if unit.scope or unit.block or at >= len(items) or not items[at].word or class_name(unit):
        return None
    if items[at].word in CONTROL | DECLARES:
        return None
    while at + 2 < len(items) and items[at + 1].text == "." and _unspaced_name(items, at + 1):
        at += 2
    if at + 1 == len(items):
        return at
    follower = items[at + 1]
    argument = follower.kind != lexer.OPERATOR or (follower.text in "-+!~&%" and at + 2 < len(items))
    return at if follower.spaced and argument and follower.word not in WORD_OPERATORS else None


def _unspaced_name(items: Sequence[Item], dot: int) -> bool:
    return items[dot + 1].kind == lexer.NAME and not items[dot].spaced and not items[dot + 1].spaced
