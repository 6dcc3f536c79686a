"""What can be read off the tokens of an AutoHotkey script: its functions, calls, statements, and what is left of v1.

Only the text is looked at. A name is where it is written: what a variable holds, what an #Include brings in or what
`%name%()` calls is not known here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from prep.languages.autohotkey import lexer
from prep.languages.autohotkey.lexer import Token

MAX_TEXT = 80  # characters of an idiom
MAX_NESTING = 20  # classes in classes that a name is given


class Function(NamedTuple):
    """A definition from its name to the line of its closing brace or, after `=>`, the end of its expression."""

    name: str  # `Class.Method` of a method
    line: int
    end: int


class Statement(NamedTuple):
    """Whole lines that belong together: a script can be cut before the first and after the last of them.

    A header and its brace are one statement, what stands in the block are others; a line of a `}` is one, too.
    `depth` is the number of blocks that are open before its first character.
    """

    line: int
    end: int
    depth: int


class Idiom(NamedTuple):
    """A leftover of AutoHotkey v1: what it is, and the words of the script that show it."""

    line: int
    what: str
    text: str


def functions(tokens: Sequence[Token]) -> list[Function]:
    """Functions and methods that are defined with a body in braces or after `=>`, in their order; no properties."""
    found = ((unit, _definition(unit)) for unit in _walk(tokens).units)
    return [Function(_full_name(unit, at), unit.items[at].line, unit.end) for unit, at in found if at is not None]


def called(tokens: Sequence[Token]) -> list[tuple[str, int]]:
    """Names that are called and their lines: `Name(`, `.Name(`, the statements `Name arg`, `obj.Name arg`, `Name`."""
    return [(name, item.line) for unit in _walk(tokens).units for name, item in _calls(unit)]


def statements(tokens: Sequence[Token]) -> list[Statement]:
    """The logical lines: with their continuation lines and sections, up to the end of every bracket they open."""
    return _walk(tokens).statements


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
            in_section = _in_section(token, in_section)
            line.append(token.text)
    if line or commented:
        yield "".join(line), "", commented, in_section


def _in_section(token: Token | _Item, before: bool) -> bool:
    """Whether a section is open after this token; no line inside one starts with `)`."""
    if token.kind != lexer.SECTION:
        return before
    return token.text != ")"


_WITH_BODY = frozenset({"if", "else", "loop", "for", "while", "try", "catch", "finally", "switch"})
# Words that are no calls at the start of a statement, and not the names of functions outside of classes.
_CONTROL = _WITH_BODY | {"until", "break", "continue", "goto", "return", "throw", "case"}
_LEADS = frozenset({"else", "try", "finally"})  # a statement may follow on their line
_DECLARES = frozenset({"global", "local", "static"})
_WORD_OPERATORS = frozenset({"and", "or", "not", "is", "in", "contains", "as"})
_GOES_ON = _WORD_OPERATORS - {"not"}  # these continue the line before, when a blank follows them
_ASSIGNS = frozenset({":=", "+=", "-=", "*=", "/=", "//=", ".=", "|=", "&=", "^=", "<<=", ">>=", ">>>=", "??="})


class _Item(NamedTuple):
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
class _Unit:
    """A logical line, or the part of one between two braces of blocks."""

    inside: _Block | None
    items: list[_Item] = field(default_factory=list)
    action: int = 0  # where the statement starts: behind a hotkey, `else`, `try`, `finally` and `case x:`
    block: bool = False  # a block in braces belongs to it
    end: int = 0

    @property
    def scope(self) -> str:
        return self.inside.kind if self.inside else ""


class _Block(NamedTuple):
    kind: str  # class, property, or nothing: in these two no statements stand
    unit: _Unit | None  # the header


class _Walk:
    """Joins physical lines to logical ones as AutoHotkey does, and tells the braces of blocks from those of objects."""

    def __init__(self) -> None:
        self.units: list[_Unit] = []
        self.statements: list[Statement] = []
        self.blocks: list[_Block] = []
        self.unit: _Unit | None = None  # the one that the next line may continue
        self.brackets: list[str] = []
        self.conditions = 0  # `?` without their `:`
        self.condition = False  # the last `:` belonged to one
        self.in_section = False

    def line(self, items: Sequence[_Item]) -> None:
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

    def _take(self, items: Sequence[_Item], at: int) -> None:
        item = items[at]
        self.in_section = _in_section(item, self.in_section)
        if item.kind == lexer.PUNCTUATION:
            if item.text == "{" and not self.brackets and self._opens_block(items, at):
                self._open(item)
                return
            if item.text == "}" and self.brackets[-1:] != ["{"]:
                self._close(item)
                return
            self._bracket(item.text)
        if self.unit is None:
            self.unit = _Unit(self.blocks[-1] if self.blocks else None)
            self.units.append(self.unit)
            self.conditions = 0
        self._append(self.unit, item)

    def _append(self, unit: _Unit, item: _Item) -> None:
        leads = item.word in _LEADS or item.kind in (lexer.HOTKEY, lexer.HOTSTRING)
        if item.kind == lexer.OPERATOR and not self.brackets:
            self._condition(item.text)
            leads = item.text == ":" and not self.condition and _head(unit) in ("case", "default")
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

    def _open(self, brace: _Item) -> None:
        unit = self.unit
        if unit:
            unit.block, unit.end = True, brace.line
        self.blocks.append(_Block(_block_kind(unit), unit))
        self.unit = None

    def _close(self, brace: _Item) -> None:
        """A brace that closes a block; brackets that are still open then were never meant to be closed."""
        self.brackets.clear()
        if self.blocks and (unit := self.blocks.pop().unit):
            unit.end = brace.line
        self.unit = None

    def _is_body(self, item: _Item) -> bool:
        """A line starts with the brace of the header on the line before."""
        if item.text != "{" or item.kind != lexer.PUNCTUATION or self.brackets or not self.unit:
            return False
        first, last = self.unit.items[0], self.unit.items[-1]
        if last.text == ")" or last.word in _LEADS:
            return True
        if first.kind in (lexer.HOTKEY, lexer.HOTSTRING) or _class_name(self.unit):
            return True
        return self.unit.scope != "" or (_head(self.unit) in _WITH_BODY and not self._ends_with_operator(self.unit))

    def _opens_block(self, items: Sequence[_Item], at: int) -> bool:
        """Whether a brace outside of all brackets opens a block; if not, it opens an object."""
        if self.unit is None:
            return True
        last = self.unit.items[-1]
        if last.text in (")", "]") or last.kind in (lexer.HOTKEY, lexer.HOTSTRING):
            return True
        if last.word in _LEADS | {"catch", "loop", "switch"} and _head(self.unit) in ("", last.word):
            return True
        if at + 1 < len(items):
            return False
        if _class_name(self.unit) or (self.unit.scope and len(self.unit.items) < 3 and last.word):
            return True
        return _head(self.unit) in _WITH_BODY and not self._ends_with_operator(self.unit)

    def _continues(self, items: Sequence[_Item]) -> bool:
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
            return first.word not in _CONTROL
        return _starts_with_operator(items)

    def _ends_with_operator(self, unit: _Unit) -> bool:
        last = unit.items[-1]
        if last.kind == lexer.OPERATOR:
            if last.text in (".", ":"):  # `2.` is a number, and a case ends with a colon
                return last.spaced if last.text == "." else self.condition
            return last.text not in ("++", "--", "%")
        member = len(unit.items) > 1 and unit.items[-2].text == "." and not last.spaced
        return last.text == "," or (last.word in _WORD_OPERATORS and not member)


def _walk(tokens: Sequence[Token]) -> _Walk:
    walk = _Walk()
    items: list[_Item] = []
    spaced = True
    for token in tokens:
        if token.kind == lexer.NEWLINE and items:
            walk.line(items)
            items = []
        if token.kind in (lexer.BLANK, lexer.NEWLINE, lexer.COMMENT, lexer.BLOCK_COMMENT):
            spaced = True
        else:
            items.append(_Item(*token, spaced))
            spaced = False
    if items:
        walk.line(items)
    if tokens:
        walk.finish(tokens[-1].line)
    return walk


def _may_continue(unit: _Unit) -> bool:
    """Whether operators can carry a line on into the next; text, labels and headers end with their line."""
    first = unit.items[0]
    if first.kind == lexer.DIRECTIVE:
        return first.text.lower() == "#hotif"
    if first.kind in (lexer.HOTKEY, lexer.HOTSTRING):
        return len(unit.items) > 1 and unit.items[1].kind != lexer.HOTSTRING_TEXT
    return first.kind != lexer.LABEL and not _class_name(unit)


def _starts_with_operator(items: Sequence[_Item]) -> bool:
    first = items[0]
    if first.kind == lexer.OPERATOR:
        return first.text not in ("++", "--", "%")
    return first.text == "," or (first.word in _GOES_ON and len(items) > 1 and items[1].spaced)


def _block_kind(unit: _Unit | None) -> str:
    if unit is None:
        return ""
    if _class_name(unit):
        return "class"
    return "property" if unit.scope == "class" and _definition(unit) is None else ""


def _class_name(unit: _Unit) -> str:
    items = unit.items
    if len(items) > 1 and items[0].word == "class" and items[1].kind == lexer.NAME and items[1].spaced:
        return items[1].text if len(items) == 2 or items[2].word == "extends" else ""
    return ""


def _full_name(unit: _Unit, at: int) -> str:
    """The name of a definition with those of the classes around it."""
    names = [unit.items[at].text]
    block = unit.inside
    while block and block.unit and block.kind == "class" and len(names) <= MAX_NESTING:
        names.append(_class_name(block.unit))
        block = block.unit.inside
    return ".".join(reversed(names))


def _definition(unit: _Unit) -> int | None:
    """Where the name stands, when the unit is the head of a function or a method, or the whole of one with `=>`."""
    items = unit.items
    at = int(len(items) > 1 and items[0].word == "static" and items[1].kind == lexer.NAME)
    if not _is_call(items, at) or unit.scope == "property" or (items[at].word in _CONTROL and unit.scope != "class"):
        return None
    after = _closing(items, at + 1) + 1
    defined = items[after].text == "=>" if after < len(items) else unit.block
    return at if defined else None


def _is_call(items: Sequence[_Item], at: int) -> bool:
    """A name with `(` right behind it."""
    follows = items[at + 1] if at + 1 < len(items) else None
    return items[at].kind == lexer.NAME and follows is not None and follows.text == "(" and not follows.spaced


def _is_member(items: Sequence[_Item], at: int) -> bool:
    return at > 0 and items[at - 1].text == "." and not items[at].spaced


def _closing(items: Sequence[_Item], opening: int) -> int:
    """Where the bracket of this one stands, or the last item."""
    depth = 0
    for at in range(opening, len(items)):
        if items[at].kind == lexer.PUNCTUATION:
            depth += (items[at].text in "([{") - (items[at].text in ")]}")
            if depth == 0:
                return at
    return len(items) - 1


def _head(unit: _Unit) -> str:
    """The lower-case first word of the statement."""
    return unit.items[unit.action].word if unit.action < len(unit.items) else ""


def _calls(unit: _Unit) -> Iterator[tuple[str, _Item]]:
    items = unit.items
    definition, command = _definition(unit), _command(unit)
    defines = _arrows(items)
    for at, item in enumerate(items):
        member = _is_member(items, at)
        call = at == command or (_is_call(items, at) and at != definition and at + 1 not in defines)
        if call and (member or item.word not in _CONTROL | _WORD_OPERATORS) and (at == 0 or items[at - 1].text != "%"):
            yield "." * member + item.text, item


def _arrows(items: Sequence[_Item]) -> dict[int, int]:
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


def _command(unit: _Unit) -> int | None:
    """Where the name stands that a statement without brackets calls: `Name arg`, `Name` or `obj.Name arg`."""
    items, at = unit.items, unit.action
    if unit.scope or unit.block or at >= len(items) or not items[at].word or _class_name(unit):
        return None
    if items[at].word in _CONTROL | _DECLARES:
        return None
    while at + 2 < len(items) and items[at + 1].text == "." and _unspaced_name(items, at + 1):
        at += 2
    if at + 1 == len(items):
        return at
    follower = items[at + 1]
    argument = follower.kind != lexer.OPERATOR or (follower.text in "-+!~&%" and at + 2 < len(items))
    return at if follower.spaced and argument and follower.word not in _WORD_OPERATORS else None


def _unspaced_name(items: Sequence[_Item], dot: int) -> bool:
    return items[dot + 1].kind == lexer.NAME and not items[dot].spaced and not items[dot + 1].spaced


class _Known(NamedTuple):
    removed: frozenset[str]  # without those that are bound
    bound: frozenset[str]  # what the script itself defines or assigns is no leftover, whatever its name
    methods: frozenset[str]
    com: bool  # objects of other programs are at work, which may have any method


_Found = Iterator[tuple[str, int, int]]  # what it is, and from which item to before which


def v1_idioms(tokens: Sequence[Token], removed: Collection[str]) -> list[Idiom]:
    """Leftovers of AutoHotkey v1, most of them errors in v2; `removed` are lower-case names that v2 no longer has.

    Such a name may also be a directive, a label with its colon or a command with its sub-command (`gui, add`). A name
    counts only in the place that it had in v1, and only when the script does not define it: silence is no proof of v2.
    """
    units = _walk(tokens).units
    com = any(item.word.startswith(("comobj", "comvalue")) for unit in units for item in unit.items)
    bound = frozenset(_bound(units))
    known = _Known(frozenset(removed) - bound, bound, frozenset(_methods(units)), com)
    found = [
        Idiom(unit.items[start].line, what, _words(unit.items[start:stop]))
        for unit in units
        for rule in (_statement_idioms, _parameter_idioms, _expression_idioms)
        for what, start, stop in rule(unit, known)
    ]
    found += _hotkeys_without_braces(units)
    return sorted(found, key=lambda idiom: idiom.line)


def _words(items: Sequence[_Item]) -> str:
    text = "".join(" " * item.spaced + item.text for item in items).strip()
    return text if len(text) <= MAX_TEXT else text[: MAX_TEXT - 3] + "..."


def _bound(units: Sequence[_Unit]) -> Iterator[str]:
    """Lower-case names that the script gives a meaning to."""
    for unit in units:
        yield from _declared(unit)
        items = unit.items
        for at, item in enumerate(items):
            follower = items[at + 1] if at + 1 < len(items) else None
            if not item.word or _is_member(items, at):
                continue
            assigned = follower and follower.kind == lexer.OPERATOR and follower.text in _ASSIGNS | {"++", "--", "=>"}
            output = at > 0 and items[at - 1].text in ("&", "++", "--") and not item.spaced
            if assigned or output or (at > 0 and items[at - 1].word == "as"):
                yield item.word


def _declared(unit: _Unit) -> Iterator[str]:
    """Names that the head of a class, a function, a loop or a declaration brings."""
    items = unit.items
    head = _head(unit)
    if name := _class_name(unit):
        yield name.lower()
    elif unit.scope == "class":
        yield from (item.word for item in items[:2])
    elif head in _DECLARES or head == "for":
        yield from (item.word for item in items if item.word)
    definition = _definition(unit)
    spans = dict(_arrows(items))
    if definition is not None:
        spans[definition + 1] = _closing(items, definition + 1)
        yield items[definition].word
    for start, stop in spans.items():
        yield from (item.word for item in items[start:stop] if item.word)
        if start and not items[start].spaced:
            yield items[start - 1].word


def _methods(units: Sequence[_Unit]) -> Iterator[str]:
    for unit in units:
        if unit.scope == "class":
            yield from (item.word for item in unit.items[:2])


def _statement_idioms(unit: _Unit, known: _Known) -> _Found:
    """What shows at the start of a statement."""
    items, at = unit.items, unit.action
    first = items[0]
    if first.kind in (lexer.DIRECTIVE, lexer.LABEL):
        if first.text.lower() in known.removed:
            yield f"removed {first.kind}", 0, 1
    elif at < len(items) and not unit.scope:
        if name := _removed_command(items, at, known):
            yield "removed command", at, at + name
        elif _comma_follows(items, at):
            yield "comma after a command", at, at + 2
        yield from _text_idioms(items, at)
        yield from _if_idioms(items, at)
    if end := _assigned_text(unit, at):
        yield "legacy assignment", at, end


def _removed_command(items: Sequence[_Item], at: int, known: _Known) -> int:
    """How many words name a removed command, with its sub-command or alone; 0 when it is none."""
    name = items[at].word
    argument = at + 1 == len(items) or items[at + 1].spaced or items[at + 1].text == ","
    if not name or name in known.bound or not argument:
        return 0
    sub = at + 1 + int(_comma_follows(items, at))
    if sub < len(items) and f"{name}, {items[sub].word}" in known.removed and items[sub].word:
        return sub + 1 - at if sub + 1 == len(items) or items[sub + 1].text == "," else 0
    follows = items[at + 1] if at + 1 < len(items) else None
    expression = follows and follows.kind == lexer.OPERATOR and follows.text not in "%-"
    return int(name in known.removed and not expression and (not follows or follows.text != "("))


def _comma_follows(items: Sequence[_Item], at: int) -> bool:
    """`Name, text`: in v2 a comma right behind the first word is an error."""
    return bool(items[at].word) and at + 1 < len(items) and items[at + 1].text == "," and not items[at + 1].spaced


def _text_idioms(items: Sequence[_Item], at: int) -> _Found:
    """Text without quotes: `%name%` and `% expression` as an argument, keys to send."""
    name = items[at].word
    if not name or at + 1 == len(items) or not (items[at + 1].spaced or _comma_follows(items, at)):
        return
    if name.startswith(("send", "controlsend")) and _starts_keys(items, at + 1):
        yield "keys without quotes", at, at + 2
    expression = items[at + 1].kind == lexer.OPERATOR and items[at + 1].text != "%"
    if expression or name in _CONTROL - {"loop"} | _DECLARES:
        return
    for index in range(at + 1, len(items)):
        start = items[index].text == "%" and (index == at + 1 or items[index - 1].text == ",")
        if start and index + 1 < len(items) and items[index + 1].spaced:
            yield "forced expression", index, index + 2
        elif start and _is_variable_in_percents(items, index):
            yield "variable in percent signs", index, index + 3


def _starts_keys(items: Sequence[_Item], at: int) -> bool:
    text = items[at].text
    held = text in ("+", "!") and at + 1 < len(items) and items[at + 1].text == "{"
    return text in ("{", "^") or held or (text.startswith("#") and items[at].kind == lexer.OTHER)


def _is_variable_in_percents(items: Sequence[_Item], at: int) -> bool:
    """`%name%` as a whole argument or with text behind it; as the name of a function or a part of one it is v2, too."""
    if at + 2 >= len(items) or not items[at + 1].word or items[at + 2].text != "%" or items[at + 2].spaced:
        return False
    return at + 3 == len(items) or items[at + 3].text == "," or (items[at + 3].spaced and bool(items[at + 3].word))


def _if_idioms(items: Sequence[_Item], at: int) -> _Found:
    if items[at].word == "if" and at + 3 < len(items) and items[at + 1].word:
        last = at + 2 + int(items[at + 2].word == "not")
        if items[last].word in ("between", "in", "contains"):
            yield f"if var {items[last].word}", at, last + 1
    elif items[at].word == "catch" and at + 2 == len(items):
        if items[at + 1].word in ("e", "ex", "err", "exc", "exception"):
            yield "catch without as", at, at + 2


def _assigned_text(unit: _Unit, at: int) -> int:
    """Behind the `=` of `name = text` or `obj.name = text`, which v2 takes for an error; 0 when there is none."""
    items = unit.items
    at += int(at < len(items) and items[at].word in _DECLARES)
    if at >= len(items) or not items[at].word or items[at].word in _CONTROL:
        return 0
    if any(item.text == "?" for item in items[at:]):  # `x = y ? f() : g()` is a condition
        return 0
    at += 1
    while at + 1 < len(items) and not items[at].spaced and items[at].text in (".", "["):
        at = at + 2 if items[at].text == "." else _closing(items, at) + 1
    return at + 1 if at < len(items) and items[at].text == "=" and items[at].kind == lexer.OPERATOR else 0


def _parameter_idioms(unit: _Unit, known: _Known) -> _Found:
    definition = _definition(unit)
    if definition is None:
        return
    items, depth = unit.items, 0
    for at in range(definition + 1, _closing(items, definition + 1)):
        depth += (items[at].text in ("(", "[", "{")) - (items[at].text in (")", "]", "}"))
        if depth == 1 and items[at].text == "=" and items[at - 1].word and items[at - 2].text in ("(", ",", "&"):
            yield "default with =", at - 1, at + 1
        if depth == 1 and items[at].word == "byref" and items[at + 1].word:
            yield "ByRef", at, at + 2


_Check = Callable[[Sequence[_Item], int, _Known], int]  # how many items show it, 0 when they do not
_VARIABLES = frozenset({"clipboard", "comspec", "errorlevel", "programfiles"})  # those without the A_ of the others
_WINDOW_WORDS = frozenset({"ahk_class", "ahk_exe", "ahk_group", "ahk_id", "ahk_parent", "ahk_pid"})
_TEXT_TYPES = frozenset({"alnum", "alpha", "digit", "lower", "space", "time", "upper", "xdigit"})
_PROPERTIES = frozenset({"length", "count"})
_COM_METHODS = _PROPERTIES | {"maxindex", "minindex"}
_OLD_METHODS = frozenset({"maxindex", "minindex", "haskey", "_newenum", "getaddress", "getcapacity", "setcapacity"})


def _expression_idioms(unit: _Unit, known: _Known) -> _Found:
    """What shows anywhere in a statement."""
    for at, item in enumerate(unit.items):
        if item.kind == lexer.NAME:
            checks = _MEMBER_CHECKS if _is_member(unit.items, at) else _NAME_CHECKS
        else:
            checks = _SIGN_CHECKS if item.kind in (lexer.OPERATOR, lexer.STRING) else {}
        for what, check in checks.items():
            if count := check(unit.items, at, known):
                yield what, at, at + count


def _text(items: Sequence[_Item], at: int) -> str:
    """The text of an item in lower case; nothing before the first and behind the last."""
    return items[at].text.lower() if 0 <= at < len(items) else ""


def _removed_function(items: Sequence[_Item], at: int, known: _Known) -> int:
    return int(_is_call(items, at) and items[at].word in known.removed) * 2


def _removed_variable(items: Sequence[_Item], at: int, known: _Known) -> int:
    word, follows = items[at].word, _text(items, at + 1)
    key = follows == ":" and _text(items, at - 1) in ("{", ",")
    variable = word.startswith("a_") or word in _VARIABLES
    return int(variable and not key and follows != "(" and word in known.removed)


def _new(items: Sequence[_Item], at: int, known: _Known) -> int:
    if items[at].word != "new" or "new" in known.bound or at + 1 == len(items):
        return 0
    before, follows = items[at - 1] if at else None, items[at + 1]
    value = not before or before.kind == lexer.OPERATOR or before.text in ("(", "[", ",") or before.word == "return"
    return 2 * int(value and bool(follows.word) and follows.spaced and follows.word not in _WORD_OPERATORS)


def _function_by_name(items: Sequence[_Item], at: int, known: _Known) -> int:
    named = items[at].word == "func" and "func" not in known.bound and _is_call(items, at)
    return 3 * int(named and at + 2 < len(items) and items[at + 2].kind == lexer.STRING)


def _window_word(items: Sequence[_Item], at: int, known: _Known) -> int:
    return int(items[at].word in _WINDOW_WORDS - known.bound and _text(items, at + 1) not in ("(", ":"))


def _text_type(items: Sequence[_Item], at: int, known: _Known) -> int:
    kind = _text(items, at + 1)
    return 2 * int(at > 0 and items[at].word == "is" and (kind == "not" or kind in _TEXT_TYPES - known.bound))


def _clipboard_all(items: Sequence[_Item], at: int, known: _Known) -> int:
    alone = _text(items, at - 1) in (":=", "=") and _text(items, at + 1) in ("", ",")
    return int(items[at].word == "clipboardall" and alone)


def _base_method(items: Sequence[_Item], at: int, known: _Known) -> int:
    method = _text(items, at + 1) == "." and at + 2 < len(items) and _is_call(items, at + 2)
    return 3 * int(items[at].word == "base" and "base" not in known.bound and method and not items[at + 1].spaced)


def _old_method(items: Sequence[_Item], at: int, known: _Known) -> int:
    word = items[at].word
    if not _is_call(items, at) or word in known.methods or (known.com and word in _COM_METHODS):
        return 0
    return 2 * int(word in _OLD_METHODS or (word in _PROPERTIES and _text(items, at + 2) == ")"))


def _angle_brackets(items: Sequence[_Item], at: int, known: _Known) -> int:
    return int(items[at].text == "<>")


def _dot_call(items: Sequence[_Item], at: int, known: _Known) -> int:
    close = at > 0 and at + 1 < len(items) and not items[at].spaced and not items[at + 1].spaced
    return 2 * int(close and items[at].text == "." and items[at + 1].text == "(" and bool(items[at - 1].word))


def _doubled_quote(items: Sequence[_Item], at: int, known: _Known) -> int:
    """Two strings without a blank between them: v1 wrote a quote in a string that way."""
    if items[at].kind != lexer.STRING or at + 1 == len(items) or items[at + 1].spaced:
        return 0
    return 2 * int(items[at + 1].kind == lexer.STRING and items[at].text[-1] == items[at + 1].text[0] == '"')


_NAME_CHECKS: dict[str, _Check] = {
    "removed function": _removed_function,
    "removed variable": _removed_variable,
    "new": _new,
    "function by its name": _function_by_name,
    "window criterion without quotes": _window_word,
    "type by its v1 name": _text_type,
    "ClipboardAll without ()": _clipboard_all,
    "base for super": _base_method,
}
_MEMBER_CHECKS: dict[str, _Check] = {"method of v1 objects": _old_method}
_SIGN_CHECKS: dict[str, _Check] = {
    "operator <>": _angle_brackets,
    "call of a value with .()": _dot_call,
    "doubled quote": _doubled_quote,
}


def _hotkeys_without_braces(units: Sequence[_Unit]) -> Iterator[Idiom]:
    """A hotkey on a line of its own: in v2 a block, a function or one more hotkey must follow."""
    for unit, follows in pairwise(units):
        first = unit.items[0]
        alone = first.kind == lexer.HOTKEY and first.text.endswith("::") and len(unit.items) == 1 and not unit.block
        body = follows.items[0].kind not in (lexer.HOTKEY, lexer.HOTSTRING, lexer.DIRECTIVE)
        if alone and body and _definition(follows) is None:
            yield Idiom(first.line, "hotkey without braces", first.text)
