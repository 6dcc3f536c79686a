"""Faults that AutoHotkey v2 refuses to load, each put into a script by one edit: v1 idioms, and slips of the hand.

A fault works on tokens, so that strings and comments stay as they are unless they are what it is about. The rates at
which the interpreter refused what each of them made are checked by the tests; a kind below 95 % is not kept here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from prep.languages.autohotkey import lexer
from prep.languages.autohotkey.code import called
from prep.languages.autohotkey.v1 import (
    Edit,
    Line,
    Piece,
    Pieces,
    action,
    call,
    closing,
    expression,
    in_v1,
    is_called,
    near_v1,
    script_lines,
    split,
    text_of,
)


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


def applied(text: str, edit: Edit) -> str:
    return text[: edit.start] + edit.text + text[edit.stop :]


def faults(text: str) -> tuple[dict[str, list[Edit]], dict[str, list[Edit]]]:
    """The v1 idioms and the slips that a script offers: what they are called, and the places for each."""
    code = Code(text)
    old: dict[str, list[Edit]] = {}
    for kind, edit in _commands(code):
        old.setdefault(kind, []).append(edit)
    old |= {kind: edits for kind, rule in V1.items() if (edits := list(rule(code)))}
    return old, {kind: edits for kind, rule in SLIPS.items() if (edits := list(rule(code)))}


# v1 idioms


def _commands(code: Code) -> Iterator[tuple[str, Edit]]:
    """A statement as v1's command: the tables of v1.py."""
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
    yield from _operators(code, "!=", "<>")


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
        if len(pieces) > 3 and pieces[0].word in _DECLARES and pieces[2].text == ":=":
            yield Edit(pieces[2].start, pieces[2].stop, "=")


def _old_catch(code: Code) -> Iterator[Edit]:
    """catch e."""
    yield from _caught(code, "{}")


def _quoted_keys(code: Code) -> Iterator[Edit]:
    """{"key": value}."""
    for line in code.lines:
        for at, piece in enumerate(line.pieces[:-1]):
            if piece.text == "{" and piece.kind == lexer.PUNCTUATION and at:
                keys = [part for part in split(line.pieces[at + 1 : closing(line.pieces, at)]) if _is_key(part)]
                if keys:
                    yield Edit(keys[0][0].start, keys[0][0].stop, f'"{keys[0][0].text}"')


def _is_key(part: Pieces) -> bool:
    return len(part) > 2 and bool(part[0].word) and part[1].text == ":"


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


# Slips


def _operators(code: Code, sign: str, wrong: str) -> Iterator[Edit]:
    for piece in code.pieces:
        if piece.kind == lexer.OPERATOR and piece.text == sign:
            yield Edit(piece.start, piece.stop, wrong)


def _caught(code: Code, form: str) -> Iterator[Edit]:
    """`catch as e` and `catch Error as e` in another form."""
    for line in code.lines:
        words = [piece.word for piece in line.code]
        if "catch" in words and "as" in words and words.index("as") == len(words) - 2:
            at = words.index("catch")
            yield Edit(line.code[at + 1].start, line.code[-1].stop, form.format(line.code[-1].text))


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
                if len(parts) > 1 and all(map(_is_key, parts)):
                    yield Edit(parts[0][-1].stop, parts[1][0].start, " ")


def _elseif(code: Code) -> Iterator[Edit]:
    yield from _else_if(code, "elseif")


def _elif(code: Code) -> Iterator[Edit]:
    yield from _else_if(code, "elif")


def _else_if(code: Code, word: str) -> Iterator[Edit]:
    for line in code.lines:
        for first, second in pairwise(line.pieces):
            if first.word == "else" and second.word == "if" and line.opens:
                yield Edit(first.start, second.stop, word)


def _thin_arrow(code: Code) -> Iterator[Edit]:
    yield from _operators(code, "=>", "->")


def _wrong_assignment(sign: str) -> Rule:
    def rule(code: Code) -> Iterator[Edit]:
        yield from (Edit(piece.start, piece.stop, sign) for piece in _assignments(code))

    return rule


def _assignments(code: Code) -> Iterator[Piece]:
    """The `:=` of statements; none before a condition, which is a statement with `=`, too."""
    for line in code.lines:
        at = next((at for at, piece in enumerate(line.code) if piece.text == ":="), 0)
        target = line.code[line.code[0].word in _DECLARES : at] if at and line.single else []
        named = bool(target) and all(piece.word for piece in target[::2]) and len(target) % 2
        if named and all(p.text == "." for p in target[1::2]) and not any(p.text == "?" for p in line.code):
            yield line.code[at]


_DECLARES = frozenset({"static", "local", "global"})


def _turned_less(code: Code) -> Iterator[Edit]:
    yield from _operators(code, "<=", "=<")


def _triple_equals(code: Code) -> Iterator[Edit]:
    yield from _operators(code, "==", "===")


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


def _case_without_colon(code: Code) -> Iterator[Edit]:
    for line in code.lines:
        if line.pieces[0].word == "case" and line.pieces[-1].text == ":":
            yield Edit(line.pieces[-1].start, line.pieces[-1].stop, "")


def _catch_in_brackets(code: Code) -> Iterator[Edit]:
    yield from _caught(code, "({})")


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


def _misspelt_directive(code: Code) -> Iterator[Edit]:
    for piece in code.pieces:
        if piece.kind == lexer.DIRECTIVE and len(piece.text) > 5:
            yield Edit(piece.start, piece.stop, _swapped(piece.text))


def _swapped(word: str) -> str:
    """Two letters in the middle change places."""
    at = next((at for at in range(len(word) // 2, len(word) - 1) if word[at].lower() != word[at + 1].lower()), 1)
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


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


def _single_colon(code: Code) -> Iterator[Edit]:
    for piece in code.pieces:
        if piece.kind == lexer.HOTKEY and piece.text.endswith("::"):
            yield Edit(piece.stop - 1, piece.stop, "")


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


def _static_outside(code: Code) -> Iterator[Edit]:
    for line, pieces in code.statements:
        if line.statement.depth == 0 and len(pieces) == len(line.code) > 2 and pieces[1].text == ":=":
            yield Edit(pieces[0].start, pieces[0].start, "static ")


def _unopened_comment(code: Code) -> Iterator[Edit]:
    start = 0
    for token in lexer.lex(code.text):
        if token.kind == lexer.BLOCK_COMMENT and token.text.endswith("*/"):
            yield Edit(start, start + 2, "")
        start += len(token.text)


def _typed_parameter(code: Code) -> Iterator[Edit]:
    for definition in code.definitions:
        for before, piece in pairwise(definition.parameters):
            if piece.word and before.text in ("(", ","):
                yield Edit(piece.start, piece.start, "String ")


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


SLIPS: dict[str, Rule] = {
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
    "elseif": _elseif,
    "elif": _elif,
    "->": _thin_arrow,
    "=:": _wrong_assignment("=:"),
    "= for :=": _wrong_assignment("="),
    "== for :=": _wrong_assignment("=="),
    ": =": _wrong_assignment(": ="),
    "=<": _turned_less,
    "===": _triple_equals,
    "// comment": _slashes,
    "semicolon": _semicolon,
    "function word": _function_word,
    "for of": _for_of,
    "for without in": _for_without_in,
    "foreach": _foreach,
    "case without colon": _case_without_colon,
    "catch (e)": _catch_in_brackets,
    "arrow with a block": _arrow_with_block,
    "...rest": _rest_parameter,
    "misspelt directive": _misspelt_directive,
    "misspelt keyword": _misspelt_keyword,
    "unknown base": _unknown_base,
    "single colon": _single_colon,
    "spelt hotkey": _spelt_hotkey,
    "duplicate function": _duplicate_function,
    "this->": _pointer,
    "backslash": _backslash,
    "missing :": _missing_colon,
    "static outside": _static_outside,
    "unopened comment": _unopened_comment,
    "typed parameter": _typed_parameter,
    "semicolon between": _semicolon_between,
    "two dots": _two_dots,
}
