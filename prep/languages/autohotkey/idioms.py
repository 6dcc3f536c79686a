"""What AutoHotkey v1 left in a script, as its tokens show it. As in code.py, only the text is looked at."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from prep.languages.autohotkey import lexer
from prep.languages.autohotkey import units as code
from prep.languages.autohotkey.lexer import Token
from prep.languages.autohotkey.units import Item, Unit

MAX_TEXT = 80  # characters of an idiom
_ASSIGNS = frozenset({":=", "+=", "-=", "*=", "/=", "//=", ".=", "|=", "&=", "^=", "<<=", ">>=", ">>>=", "??="})


class Idiom(NamedTuple):
    """A leftover of AutoHotkey v1: what it is, and the words of the script that show it."""

    line: int
    what: str
    text: str


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
    units = code.units(tokens)
    com = any(item.word.startswith(("comobj", "comvalue")) for unit in units for item in unit.items)
    bound = frozenset(bound_names(units))
    known = _Known(frozenset(removed) - bound, bound, frozenset(_methods(units)), com)
    found = [
        Idiom(unit.items[start].line, what, _words(unit.items[start:stop]))
        for unit in units
        for rule in (_statement_idioms, _parameter_idioms, _expression_idioms)
        for what, start, stop in rule(unit, known)
    ]
    found += _hotkeys_without_braces(units)
    return sorted(found, key=lambda idiom: idiom.line)


def _words(items: Sequence[Item]) -> str:
    text = "".join(" " * item.spaced + item.text for item in items).strip()
    return text if len(text) <= MAX_TEXT else text[: MAX_TEXT - 3] + "..."


def bound_names(units: Sequence[Unit]) -> Iterator[str]:
    """Lower-case names that the script gives a meaning to."""
    for unit in units:
        yield from _declared(unit)
        items = unit.items
        for at, item in enumerate(items):
            follower = items[at + 1] if at + 1 < len(items) else None
            if not item.word or code.is_member(items, at):
                continue
            assigned = follower and follower.kind == lexer.OPERATOR and follower.text in _ASSIGNS | {"++", "--", "=>"}
            output = at > 0 and items[at - 1].text in ("&", "++", "--") and not item.spaced
            if assigned or output or (at > 0 and items[at - 1].word == "as"):
                yield item.word


def _declared(unit: Unit) -> Iterator[str]:
    """Names that the head of a class, a function, a loop or a declaration brings."""
    items = unit.items
    head = code.head(unit)
    if name := code.class_name(unit):
        yield name.lower()
    elif unit.scope == "class":
        yield from (item.word for item in items[:2])
    elif head in code.DECLARES or head == "for":
        yield from (item.word for item in items if item.word)
    definition = code.definition(unit)
    spans = dict(code.arrows(items))
    if definition is not None:
        spans[definition + 1] = code.closing(items, definition + 1)
        yield items[definition].word
    for start, stop in spans.items():
        yield from (item.word for item in items[start:stop] if item.word)
        if start and not items[start].spaced:
            yield items[start - 1].word


def _methods(units: Sequence[Unit]) -> Iterator[str]:
    for unit in units:
        if unit.scope == "class":
            yield from (item.word for item in unit.items[:2])


def _statement_idioms(unit: Unit, known: _Known) -> _Found:
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


def _removed_command(items: Sequence[Item], at: int, known: _Known) -> int:
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


def _comma_follows(items: Sequence[Item], at: int) -> bool:
    """`Name, text`: in v2 a comma right behind the first word is an error."""
    return bool(items[at].word) and at + 1 < len(items) and items[at + 1].text == "," and not items[at + 1].spaced


def _text_idioms(items: Sequence[Item], at: int) -> _Found:
    """Text without quotes: `%name%` and `% expression` as an argument, keys to send."""
    name = items[at].word
    if not name or at + 1 == len(items) or not (items[at + 1].spaced or _comma_follows(items, at)):
        return
    if name.startswith(("send", "controlsend")) and _starts_keys(items, at + 1):
        yield "keys without quotes", at, at + 2
    expression = items[at + 1].kind == lexer.OPERATOR and items[at + 1].text != "%"
    if expression or name in code.CONTROL - {"loop"} | code.DECLARES:
        return
    for index in range(at + 1, len(items)):
        start = items[index].text == "%" and (index == at + 1 or items[index - 1].text == ",")
        if start and index + 1 < len(items) and items[index + 1].spaced:
            yield "forced expression", index, index + 2
        elif start and _is_variable_in_percents(items, index):
            yield "variable in percent signs", index, index + 3


def _starts_keys(items: Sequence[Item], at: int) -> bool:
    text = items[at].text
    held = text in ("+", "!") and at + 1 < len(items) and items[at + 1].text == "{"
    return text in ("{", "^") or held or (text.startswith("#") and items[at].kind == lexer.OTHER)


def _is_variable_in_percents(items: Sequence[Item], at: int) -> bool:
    """`%name%` as a whole argument or with text behind it; as the name of a function or a part of one it is v2, too."""
    if at + 2 >= len(items) or not items[at + 1].word or items[at + 2].text != "%" or items[at + 2].spaced:
        return False
    return at + 3 == len(items) or items[at + 3].text == "," or (items[at + 3].spaced and bool(items[at + 3].word))


def _if_idioms(items: Sequence[Item], at: int) -> _Found:
    if items[at].word == "if" and at + 3 < len(items) and items[at + 1].word:
        last = at + 2 + int(items[at + 2].word == "not")
        if items[last].word in ("between", "in", "contains"):
            yield f"if var {items[last].word}", at, last + 1
    elif items[at].word == "catch" and at + 2 == len(items):
        if items[at + 1].word in ("e", "ex", "err", "exc", "exception"):
            yield "catch without as", at, at + 2


def _assigned_text(unit: Unit, at: int) -> int:
    """Behind the `=` of `name = text` or `obj.name = text`, which v2 takes for an error; 0 when there is none."""
    items = unit.items
    at += int(at < len(items) and items[at].word in code.DECLARES)
    if at >= len(items) or not items[at].word or items[at].word in code.CONTROL:
        return 0
    if any(item.text == "?" for item in items[at:]):  # `x = y ? f() : g()` is a condition
        return 0
    at += 1
    while at + 1 < len(items) and not items[at].spaced and items[at].text in (".", "["):
        at = at + 2 if items[at].text == "." else code.closing(items, at) + 1
    return at + 1 if at < len(items) and items[at].text == "=" and items[at].kind == lexer.OPERATOR else 0


def _parameter_idioms(unit: Unit, known: _Known) -> _Found:
    definition = code.definition(unit)
    if definition is None:
        return
    items, depth = unit.items, 0
    for at in range(definition + 1, code.closing(items, definition + 1)):
        depth += (items[at].text in ("(", "[", "{")) - (items[at].text in (")", "]", "}"))
        if depth == 1 and items[at].text == "=" and items[at - 1].word and items[at - 2].text in ("(", ",", "&"):
            yield "default with =", at - 1, at + 1
        if depth == 1 and items[at].word == "byref" and items[at + 1].word:
            yield "ByRef", at, at + 2


_Check = Callable[[Sequence[Item], int, _Known], int]  # how many items show it, 0 when they do not
_VARIABLES = frozenset({"clipboard", "comspec", "errorlevel", "programfiles"})  # those without the A_ of the others
_WINDOW_WORDS = frozenset({"ahk_class", "ahk_exe", "ahk_group", "ahk_id", "ahk_parent", "ahk_pid"})
_TEXT_TYPES = frozenset({"alnum", "alpha", "digit", "lower", "space", "time", "upper", "xdigit"})
_PROPERTIES = frozenset({"length", "count"})
_COM_METHODS = _PROPERTIES | {"maxindex", "minindex"}
_OLD_METHODS = frozenset({"maxindex", "minindex", "haskey", "_newenum", "getaddress", "getcapacity", "setcapacity"})


def _expression_idioms(unit: Unit, known: _Known) -> _Found:
    """What shows anywhere in a statement."""
    for at, item in enumerate(unit.items):
        if item.kind == lexer.NAME:
            checks = _MEMBER_CHECKS if code.is_member(unit.items, at) else _NAME_CHECKS
        else:
            checks = _SIGN_CHECKS if item.kind in (lexer.OPERATOR, lexer.STRING) else {}
        for what, check in checks.items():
            if count := check(unit.items, at, known):
                yield what, at, at + count


def _text(items: Sequence[Item], at: int) -> str:
    """The text of an item in lower case; nothing before the first and behind the last."""
    return items[at].text.lower() if 0 <= at < len(items) else ""


def _removed_function(items: Sequence[Item], at: int, known: _Known) -> int:
    return int(code.is_call(items, at) and items[at].word in known.removed) * 2


def _removed_variable(items: Sequence[Item], at: int, known: _Known) -> int:
    word, follows = items[at].word, _text(items, at + 1)
    key = follows == ":" and _text(items, at - 1) in ("{", ",")
    variable = word.startswith("a_") or word in _VARIABLES
    return int(variable and not key and follows != "(" and word in known.removed)


def _new(items: Sequence[Item], at: int, known: _Known) -> int:
    if items[at].word != "new" or "new" in known.bound or at + 1 == len(items):
        return 0
    before, follows = items[at - 1] if at else None, items[at + 1]
    value = not before or before.kind == lexer.OPERATOR or before.text in ("(", "[", ",") or before.word == "return"
    return 2 * int(value and bool(follows.word) and follows.spaced and follows.word not in code.WORD_OPERATORS)


def _function_by_name(items: Sequence[Item], at: int, known: _Known) -> int:
    named = items[at].word == "func" and "func" not in known.bound and code.is_call(items, at)
    return 3 * int(named and at + 2 < len(items) and items[at + 2].kind == lexer.STRING)


def _window_word(items: Sequence[Item], at: int, known: _Known) -> int:
    return int(items[at].word in _WINDOW_WORDS - known.bound and _text(items, at + 1) not in ("(", ":"))


def _text_type(items: Sequence[Item], at: int, known: _Known) -> int:
    kind = _text(items, at + 1)
    return 2 * int(at > 0 and items[at].word == "is" and (kind == "not" or kind in _TEXT_TYPES - known.bound))


def _clipboard_all(items: Sequence[Item], at: int, known: _Known) -> int:
    alone = _text(items, at - 1) in (":=", "=") and _text(items, at + 1) in ("", ",")
    return int(items[at].word == "clipboardall" and alone)


def _base_method(items: Sequence[Item], at: int, known: _Known) -> int:
    method = _text(items, at + 1) == "." and at + 2 < len(items) and code.is_call(items, at + 2)
    return 3 * int(items[at].word == "base" and "base" not in known.bound and method and not items[at + 1].spaced)


def _old_method(items: Sequence[Item], at: int, known: _Known) -> int:
    word = items[at].word
    if not code.is_call(items, at) or word in known.methods or (known.com and word in _COM_METHODS):
        return 0
    return 2 * int(word in _OLD_METHODS or (word in _PROPERTIES and _text(items, at + 2) == ")"))


def _angle_brackets(items: Sequence[Item], at: int, known: _Known) -> int:
    return int(items[at].text == "<>")


def _dot_call(items: Sequence[Item], at: int, known: _Known) -> int:
    close = at > 0 and at + 1 < len(items) and not items[at].spaced and not items[at + 1].spaced
    return 2 * int(close and items[at].text == "." and items[at + 1].text == "(" and bool(items[at - 1].word))


def _doubled_quote(items: Sequence[Item], at: int, known: _Known) -> int:
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


def _hotkeys_without_braces(units: Sequence[Unit]) -> Iterator[Idiom]:
    """A hotkey on a line of its own: in v2 a block, a function or one more hotkey must follow."""
    for unit, follows in pairwise(units):
        first = unit.items[0]
        alone = first.kind == lexer.HOTKEY and first.text.endswith("::") and len(unit.items) == 1 and not unit.block
        body = follows.items[0].kind not in (lexer.HOTKEY, lexer.HOTSTRING, lexer.DIRECTIVE)
        if alone and body and code.definition(follows) is None:
            yield Idiom(first.line, "hotkey without braces", first.text)
