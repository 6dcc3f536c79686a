"""Idioms of v1, put in the place of what v2 has for them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from prep.languages.autohotkey import lexer
from prep.languages.autohotkey.faults.code import Code, Rule, caught, is_key, operators
from prep.languages.autohotkey.pieces import Edit, Line, call, closing, split
from prep.languages.autohotkey.units import DECLARES
from prep.languages.autohotkey.v1.statements import in_v1, near_v1
from prep.languages.autohotkey.v1.values import expression, text_of


def commands(code: Code) -> Iterator[tuple[str, Edit]]:
    """A statement as v1's command: the tables of v1/commands.py."""
    objects = dict(_objects(code))
    for line, pieces in code.statements:
        old = in_v1(pieces)
        old = old if old and old.refused else near_v1(pieces, objects)
        if not old or (len(pieces) < len(line.code) and "\n" in old.text):
            continue
        stop, text = pieces[-1].stop, old.text
        if line.opens and not old.takes_brace:
            stop, text = line.pieces[-1].stop, text + "\n{"
        yield old.kind, Edit(pieces[0].start, stop, text.replace("\n", "\n" + code.indent(pieces[0])))


def _objects(code: Code) -> Iterator[tuple[str, str]]:
    """Variables that hold a window or a menu."""
    yield "a_traymenu", "Menu"
    for _, pieces in code.statements:
        if len(pieces) > 4 and pieces[1].text == ":=" and pieces[2].word in ("gui", "menu"):
            yield pieces[0].word, pieces[2].text.title()


def _forced_expression(code: Code) -> Iterator[Edit]:
    """MsgBox % text."""
    for _, pieces in code.statements:
        found = call(pieces)
        if not found or found.name.word not in _TAKES_TEXT or len(found.arguments) != 1 or not found.arguments[0]:
            continue
        written = expression(found.arguments[0])
        if written and "%" not in written:
            yield Edit(pieces[0].stop, pieces[-1].stop, f" % {written}")


_TAKES_TEXT = frozenset({"msgbox", "send", "sendinput", "tooltip", "run", "sleep", "filedelete", "outputdebug"})


def _bare_text(code: Code) -> Iterator[Edit]:
    """Send {Enter}."""
    for _, pieces in code.statements:
        found = call(pieces)
        text = text_of(found.arguments[0]) if found and len(found.arguments) == 1 else None
        if (
            found
            and text
            and found.name.word in _TAKES_TEXT
            and re.match(r"[{^]|\w:\\|[\w ]+!$", text)
            and "%" not in text
        ):
            yield Edit(pieces[0].stop, pieces[-1].stop, " " + text.replace("\n", "`n").replace("\t", "`t"))


def _by_ref(code: Code) -> Iterator[Edit]:
    for definition in code.definitions:
        for before, piece in pairwise(definition.parameters):
            if piece.text == "&" and before.text in ("(", ","):
                yield Edit(piece.start, piece.stop, "ByRef ")


def _default_with_equals(code: Code) -> Iterator[Edit]:
    for definition in code.definitions:
        yield from (Edit(p.start, p.stop, "=") for p in definition.parameters if p.text == ":=")


def _doubled_quotes(code: Code) -> Iterator[Edit]:
    for piece in code.pieces:
        text = text_of([piece])
        if text and '"' in text and "`" not in piece.text.replace('`"', "") and not text.isspace():
            yield Edit(piece.start, piece.stop, '"' + text.replace('"', '""') + '"')


def _old_unequal(code: Code) -> Iterator[Edit]:
    yield from operators(code, "!=", "<>")


def _gosub(code: Code) -> Iterator[Edit]:
    names = {definition.name.word for definition in code.definitions if not definition.line.inside}
    for _, pieces in code.statements:
        found = call(pieces)
        if found and not found.arguments and found.name.word in names and len(pieces) > 1:
            yield Edit(pieces[0].start, pieces[-1].stop, f"Gosub, {found.name.text}")


def _return_comma(code: Code) -> Iterator[Edit]:
    for _, pieces in code.statements:
        if pieces[0].word == "return" and len(pieces) > 1 and pieces[0].stop < pieces[1].start:
            yield Edit(pieces[0].stop, pieces[0].stop, ",")


def _old_declaration(code: Code) -> Iterator[Edit]:
    """static x = 0."""
    for _, pieces in code.statements:
        if len(pieces) > 3 and pieces[0].word in DECLARES and pieces[2].text == ":=":
            yield Edit(pieces[2].start, pieces[2].stop, "=")


def _old_catch(code: Code) -> Iterator[Edit]:
    """catch e."""
    yield from caught(code, "{}")


def _quoted_keys(code: Code) -> Iterator[Edit]:
    """{"key": value}."""
    for line in code.lines:
        for at, piece in enumerate(line.pieces[:-1]):
            if piece.text == "{" and piece.kind == lexer.PUNCTUATION and at:
                keys = [part for part in split(line.pieces[at + 1 : closing(line.pieces, at)]) if is_key(part)]
                if keys:
                    yield Edit(keys[0][0].start, keys[0][0].stop, f'"{keys[0][0].text}"')


def _hotkey_without_braces(code: Code) -> Iterator[Edit]:
    for at, line in enumerate(code.lines):
        if line.opens and len(line.code) == 1 and line.code[0].kind == lexer.HOTKEY:
            depth = line.statement.depth
            end = next(
                (one for one in code.lines[at + 1 :] if one.statement.depth == depth + 1 and one.pieces[0].text == "}"),
                None,
            )
            if end and len(end.pieces) == 1 and at + 1 < len(code.lines) and code.lines[at + 1] is not end:
                body = code.text[line.pieces[-1].stop : end.pieces[0].start]
                yield Edit(line.code[0].stop, end.pieces[0].stop, f"{body}return")


def _old_header(code: Code) -> Iterator[Edit]:
    """A line that most v1 scripts start with."""
    at, _ = _after_directives(code)
    yield from (Edit(at, at, f"{line}\n") for line in _OLD_HEADERS)


_OLD_HEADERS = ("#NoEnv", "SetBatchLines, -1", "#Persistent", "AutoTrim, Off", "StringCaseSense, On", "#MaxMem 256")


def _after_directives(code: Code) -> tuple[int, Line | None]:
    """Where the line starts after the directives at the top, and the last of these."""
    last = None
    for line in code.lines:
        if line.pieces[0].kind != lexer.DIRECTIVE or line.pieces[0].text.lower() not in _AT_TOP:
            break
        last = line
    if last is None:
        return 0, None
    end = code.text.find("\n", last.pieces[-1].stop)
    return (end + 1 if end >= 0 else len(code.text)), last


_AT_TOP = frozenset({"#requires", "#singleinstance", "#warn", "#notrayicon"})


def _requires_v1(code: Code) -> Iterator[Edit]:
    for line in code.lines:
        first, last = line.pieces[0], line.pieces[-1]
        if first.text.lower() == "#requires" and len(line.pieces) == 2 and (found := re.search(r"v2\S*", last.text)):
            yield Edit(last.start + found.start(), last.start + found.end(), "v1.1.33+")


V1: dict[str, Rule] = {
    "% expression": _forced_expression,
    "text without quotes": _bare_text,
    "ByRef": _by_ref,
    "default with =": _default_with_equals,
    "doubled quotes": _doubled_quotes,
    "<>": _old_unequal,
    "Gosub": _gosub,
    "return,": _return_comma,
    "declaration with =": _old_declaration,
    "catch e": _old_catch,
    "quoted keys": _quoted_keys,
    "hotkey without braces": _hotkey_without_braces,
    "header line of v1": _old_header,
    "#Requires v1": _requires_v1,
}
