"""Convert lines of AutoHotkey v1 to v2: made backwards, from the statements of a script that v1 can say exactly."""

from __future__ import annotations

import random
import re
import textwrap
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from prep.languages.autohotkey import lexer
from prep.languages.autohotkey.code import functions
from prep.languages.autohotkey.pieces import Edit, Line, Pieces, action, call, script_lines
from prep.languages.autohotkey.v1.rules import Old
from prep.languages.autohotkey.v1.statements import in_v1
from prep.languages.autohotkey.v1.values import expression
from prep.quality import Drop
from prep.recipe import Convert
from prep.record import Claim, Document, Example, make_example
from prep.tasks.cuts import draw
from prep.tasks.fence import fenced, tag
from prep.tasks.header import parse

MAX_STATEMENTS = 6
MAX_LINES = 20
PHRASINGS = (
    "Convert these AutoHotkey v1 lines to v2:\n\n{old}",
    "This is AutoHotkey v1 code. Rewrite it for AutoHotkey v2.\n\n{old}",
    "{old}\n\nThese lines are written in AutoHotkey v1 command syntax. What are they in AutoHotkey v2?",
    "Port this snippet from AutoHotkey v1.1 to v2.0:\n\n{old}",
    "I have this from an old AutoHotkey v1 script:\n\n{old}\n\nHow do I write it in AutoHotkey v2?",
    "Translate the following from AutoHotkey v1 to AutoHotkey v2, and change nothing else.\n\n{old}",
)
_COMMON = frozenset({"", "=", "if ="})  # of these every script has enough


class Node(NamedTuple):
    """A statement with all that belongs to it: from the line `first` to before `stop`, and how v1 writes it."""

    first: int
    stop: int
    edits: tuple[Edit, ...]
    kinds: frozenset[str]
    refused: bool


def examples(document: Document, options: Convert, count: int) -> list[Example] | Drop:
    """The pieces of the script that show the most, `count` of them at most; none when nothing can be said in v1."""
    if not document.language.lower().startswith("autohotkey"):
        return []
    drawn = random.Random(f"convert {document.key}")  # noqa: S311 - a choice that must be the same next time
    found = pieces(parse(document.text, document.syntax).body, drawn)
    first = draw(document, "convert", len(PHRASINGS))
    made = []
    for number, (old, new) in enumerate(found[:count], start=1):
        asked = PHRASINGS[(first + number) % len(PHRASINGS)].format(old=fenced(old, tag(document.language)))
        made.append(make_example(document, "convert", number, asked, new, (Claim(new, True), Claim(old, False))))
    return made


def pieces(script: str, drawn: random.Random) -> list[tuple[str, str]]:
    """Lines in v1 and in v2, those that show the most commands first."""
    reader = _Reader(script)
    found: dict[str, tuple[int, str]] = {}
    for run in reader.runs():
        for part in _parts(run, drawn):
            kinds = frozenset[str]().union(*(node.kinds for node in part)) - _COMMON
            old, new = reader.texts(part)
            trivial = len(part) == 1 and old.endswith("=")  # `x =`, which every script has
            if not trivial and new.count("\n") < MAX_LINES:
                found.setdefault(old, (min(len(kinds), 3), new))
    order = list(found)
    drawn.shuffle(order)
    order.sort(key=lambda old: -found[old][0])
    return [(old, found[old][1]) for old in order]


def _parts(run: Sequence[Node], drawn: random.Random) -> Iterator[Sequence[Node]]:
    """Cut into parts of some statements; each starts and ends with one that v1 writes in its own way."""
    at = 0
    while at < len(run):
        part = run[at : at + drawn.randint(1, MAX_STATEMENTS)]
        at += len(part)
        changed = [index for index, node in enumerate(part) if node.kinds - {""}]
        part = part[changed[0] : changed[-1] + 1] if changed else []
        if any(node.refused for node in part):
            yield part


class _Reader:
    """Reads statements with their blocks, as far as v1 has all that is in them."""

    def __init__(self, script: str) -> None:
        self.script = script
        self.lines = script_lines(script)
        self.limit = 0  # no statement reaches as far as this line: a longer one is not taken
        self.starts = [0, *(found.end() for found in re.finditer("\n", script))]
        # A function is a value in v2, and in v1 none.
        self.defined = {function.name.lower() for function in functions(lexer.lex(script))}

    def runs(self) -> Iterator[list[Node]]:
        """Statements that follow each other in one block."""
        run: list[Node] = []
        at = 0
        while at < len(self.lines):
            self.limit = at + MAX_LINES
            if node := self._node(at):
                run.append(node)
                at = node.stop
                continue
            yield run
            run = []
            at += 2 if self._has_next_line(self.lines[at]) else 1
        yield run

    def texts(self, part: Sequence[Node]) -> tuple[str, str]:
        """The lines of these statements in v1 and in v2, without their indentation."""
        start = self.starts[self.lines[part[0].first].statement.line - 1]
        end = self.lines[part[-1].stop - 1].statement.end
        stop = self.starts[end] if end < len(self.starts) else len(self.script)
        old, at = "", start
        for edit in (edit for node in part for edit in node.edits):
            old += self.script[at : edit.start] + edit.text
            at = edit.stop
        return _dedented(old + self.script[at:stop]), _dedented(self.script[start:stop])

    def _has_next_line(self, line: Line) -> bool:
        """Whether the next statement is the body of this one, without braces."""
        last = line.code[-1].word if line.code else ""
        heads = ("if", "else", "loop", "for", "while", "try", "catch", "finally")
        return not line.opens and (line.pieces[0].word in heads or last in ("else", "try", "finally"))

    def _node(self, at: int, looped: bool = False, braced: bool = True) -> Node | None:
        """The statement that starts at a line; `braced`: more than one may take its place."""
        line = self.lines[at]
        if (
            at == self.limit
            or not line.single
            or line.inside
            or line.pieces[0].word in ("else", "catch", "finally", "until")
        ):
            return None
        if line.code[0].kind == lexer.HOTKEY:
            return self._hotkey(at)
        if line.code[0].word in ("if", "loop", "for", "while"):
            return self._header(at, looped, braced)
        if line.code[0].word in ("break", "continue") and not looped:
            return None
        return None if line.opens else self._simple(at, braced)

    def _simple(self, at: int, braced: bool) -> Node | None:
        code = self.lines[at].code
        start = action(code)
        old = self._old(code[start:])
        several = old and "\n" in old.text
        if not old or (several and (start or not braced)) or (start and self._continues(at + 1)):
            return None
        return Node(at, at + 1, (self._edit(code[start:], old),), frozenset({old.kind}), old.refused)

    def _continues(self, at: int) -> bool:
        """Whether a line goes on with what stands before it."""
        words = ("else", "catch", "finally", "until")
        return at < len(self.lines) and self.lines[at].pieces[0].word in words

    def _old(self, code: Pieces) -> Old | None:
        """In v1; a call of the script's own functions is the same there, their names as values are not."""
        own = call(code, statement=False)
        if own and own.name.word in self.defined:
            arguments = [expression(argument) for argument in own.arguments]
            written = ", ".join(argument or "" for argument in arguments)
            return None if None in arguments else Old("", f"{own.name.text}({written})")
        return in_v1(code) if code and not any(piece.word in self.defined for piece in code) else None

    def _hotkey(self, at: int) -> Node | None:
        """`key::call`, or one with a block: in v1 `return` ends it. Variables are local in v2, so none may be set."""
        line = self.lines[at]
        if not line.opens:
            node = self._simple(at, braced=False)
            return node if node and len(line.code) > 1 and not _assigns(line) else None
        body = self._block(at + 1, looped=False)
        if len(line.code) > 1 or body is None or body.stop == at + 1:
            return None
        inner = self.lines[at + 1 : body.stop]
        end = self.lines[body.stop]
        if any(map(_assigns, inner)) or len(end.pieces) > 1:
            return None
        key, brace = line.code[0], line.pieces[-1]
        edits = (Edit(key.stop, brace.stop, ""), *body.edits, Edit(end.pieces[0].start, end.pieces[0].stop, "return"))
        return Node(at, body.stop + 1, edits, body.kinds | {"hotkey"}, True)

    def _header(self, at: int, looped: bool, braced: bool) -> Node | None:
        line = self.lines[at]
        old = self._old(line.code)
        if not old or ("\n" in old.text and not braced):
            return None
        loops = looped or line.code[0].word != "if"
        body = self._block(at + 1, loops) if line.opens else self._single(at + 1, loops)
        if body is None:
            return None
        node = Node(
            at, body.stop, (self._head(line, old), *body.edits), body.kinds | {old.kind}, body.refused or old.refused
        )
        return self._with_else(node, line, loops)

    def _with_else(self, node: Node, line: Line, looped: bool) -> Node | None:
        """A header and its body, with the `}` and the `else` that follow."""
        stop = node.stop
        if line.opens:
            if stop == len(self.lines):
                return None
            words = [piece.text.lower() for piece in self.lines[stop].pieces]
            if words == ["}", "else", "{"] and line.code[0].word == "if":
                return self._joined(node, self._block(stop + 1, looped), close=True)
            if words != ["}"]:
                return None
            node = node._replace(stop=stop + 1)
        if not self._continues(node.stop):
            return node
        words = [piece.text.lower() for piece in self.lines[node.stop].pieces]
        if line.code[0].word != "if" or words not in (["else"], ["else", "{"]):
            return None
        other = self._block(node.stop + 1, looped) if len(words) > 1 else self._single(node.stop + 1, looped)
        return self._joined(node, other, close=len(words) > 1)

    def _joined(self, node: Node, other: Node | None, close: bool) -> Node | None:
        """With its other branch; `close`: the line of a `}` ends that, and it must be alone."""
        if other is None or (close and (other.stop == len(self.lines) or len(self.lines[other.stop].pieces) > 1)):
            return None
        refused = node.refused or other.refused
        return Node(node.first, other.stop + close, node.edits + other.edits, node.kinds | other.kinds, refused)

    def _single(self, at: int, looped: bool) -> Node | None:
        return self._node(at, looped, braced=False) if at < len(self.lines) else None

    def _block(self, at: int, looped: bool) -> Node | None:
        """All statements up to the line of the `}`, which is left to the caller."""
        block = Node(at, at, (), frozenset(), False)
        while at < len(self.lines) and self.lines[at].pieces[0].text != "}":
            node = self._node(at, looped)
            if node is None:
                return None
            at = node.stop
            block = Node(
                block.first, at, block.edits + node.edits, block.kinds | node.kinds, block.refused or node.refused
            )
        return block if at < len(self.lines) else None

    def _edit(self, code: Pieces, old: Old) -> Edit:
        return Edit(code[0].start, code[-1].stop, old.text.replace("\n", "\n" + self._indent(code[0].line)))

    def _head(self, line: Line, old: Old) -> Edit:
        edit = self._edit(line.code, old)
        if not line.opens or old.takes_brace:
            return edit
        return Edit(edit.start, line.pieces[-1].stop, f"{edit.text}\n{self._indent(line.code[0].line)}{{")

    def _indent(self, line: int) -> str:
        found = re.compile(r"[ \t]*").match(self.script, self.starts[line - 1])
        return found.group() if found else ""


def _assigns(line: Line) -> bool:
    """Whether it sets a variable, also by reference."""
    return any(piece.text in (":=", ".=", "+=", "-=", "*=", "++", "--", "&") for piece in line.pieces)


def _dedented(text: str) -> str:
    return textwrap.dedent(text).strip("\n").rstrip()
