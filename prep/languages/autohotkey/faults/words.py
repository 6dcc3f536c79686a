"""Slips of the hand in words: keywords, directives, keys, and the names of what is defined."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from prep.languages.autohotkey import lexer
from prep.languages.autohotkey.code import called
from prep.languages.autohotkey.faults.code import Code, Rule, caught
from prep.languages.autohotkey.pieces import Edit, Piece


def _elseif(code: Code) -> Iterator[Edit]:
    yield from _else_if(code, "elseif")


def _elif(code: Code) -> Iterator[Edit]:
    yield from _else_if(code, "elif")


def _else_if(code: Code, word: str) -> Iterator[Edit]:
    for line in code.lines:
        for first, second in pairwise(line.pieces):
            if first.word == "else" and second.word == "if" and line.opens:
                yield Edit(first.start, second.stop, word)


def _function_word(code: Code) -> Iterator[Edit]:
    for definition in code.definitions:
        if definition.follows.text == "{" and not definition.line.inside:
            yield Edit(definition.name.start, definition.name.start, "function ")


def _for_of(code: Code) -> Iterator[Edit]:
    yield from (Edit(piece.start, piece.stop, "of") for piece in _ins(code))


def _for_without_in(code: Code) -> Iterator[Edit]:
    yield from (Edit(piece.start - 1, piece.stop, "") for piece in _ins(code))


def _ins(code: Code) -> Iterator[Piece]:
    for _, pieces in code.statements:
        if pieces[0].word == "for" and (found := next((piece for piece in pieces if piece.word == "in"), None)):
            yield found


def _foreach(code: Code) -> Iterator[Edit]:
    for _, pieces in code.statements:
        if pieces[0].word == "for":
            yield Edit(pieces[0].start, pieces[0].stop, "foreach")


def _catch_in_brackets(code: Code) -> Iterator[Edit]:
    yield from caught(code, "({})")


def _misspelt_directive(code: Code) -> Iterator[Edit]:
    for piece in code.pieces:
        if piece.kind == lexer.DIRECTIVE and len(piece.text) > 5:
            yield Edit(piece.start, piece.stop, _swapped(piece.text))


def _swapped(word: str) -> str:
    """Two letters in the second half change places; a word that has no such two is as it was."""
    at = next((at for at in range(len(word) // 2, len(word) - 1) if word[at].lower() != word[at + 1].lower()), None)
    return word if at is None else word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def _misspelt_keyword(code: Code) -> Iterator[Edit]:
    for line, pieces in code.statements:
        if pieces[0].word in ("while", "switch") and line.opens and len(pieces) > 1:
            yield Edit(pieces[0].start, pieces[0].stop, _swapped(pieces[0].text))


def _unknown_base(code: Code) -> Iterator[Edit]:
    classes = {line.pieces[1].word for line in code.lines if line.pieces[0].word == "class" and len(line.pieces) > 1}
    for line in code.lines:
        words = [piece.word for piece in line.pieces]
        if words[0] == "class" and words[2:3] == ["extends"] and len(words) > 3 and words[3] in classes:
            base = line.pieces[3]
            if (wrong := _swapped(base.text)).lower() not in classes:
                yield Edit(base.start, base.stop, wrong)


def _spelt_hotkey(code: Code) -> Iterator[Edit]:
    """Ctrl+j::."""
    names = {"^": "Ctrl", "!": "Alt", "+": "Shift", "#": "Win"}
    for piece in code.pieces:
        found = re.fullmatch(r"([\^!+#]+)(\w+)::", piece.text) if piece.kind == lexer.HOTKEY else None
        if found:
            keys = [*(names[sign] for sign in found[1]), found[2]]
            yield Edit(piece.start, piece.stop, "+".join(keys) + "::")


def _duplicate_function(code: Code) -> Iterator[Edit]:
    """The name of the function before; the right one is known from where it is called."""
    names = {name.lower() for name, _ in called(lexer.lex(code.text))}
    own = [
        definition
        for definition in code.definitions
        if not definition.line.inside and definition.line.statement.depth == 0
    ]
    for before, definition in pairwise(own):
        if definition.name.word in names and definition.name.word != before.name.word:
            yield Edit(definition.name.start, definition.name.stop, before.name.text)


def _static_outside(code: Code) -> Iterator[Edit]:
    for line, pieces in code.statements:
        if line.statement.depth == 0 and len(pieces) == len(line.code) > 2 and pieces[1].text == ":=":
            yield Edit(pieces[0].start, pieces[0].start, "static ")


def _typed_parameter(code: Code) -> Iterator[Edit]:
    for definition in code.definitions:
        for before, piece in pairwise(definition.parameters):
            if piece.word and before.text in ("(", ","):
                yield Edit(piece.start, piece.start, "String ")


WORDS: dict[str, Rule] = {
    "elseif": _elseif,
    "elif": _elif,
    "function word": _function_word,
    "for of": _for_of,
    "for without in": _for_without_in,
    "foreach": _foreach,
    "catch (e)": _catch_in_brackets,
    "misspelt directive": _misspelt_directive,
    "misspelt keyword": _misspelt_keyword,
    "unknown base": _unknown_base,
    "spelt hotkey": _spelt_hotkey,
    "duplicate function": _duplicate_function,
    "static outside": _static_outside,
    "typed parameter": _typed_parameter,
}
