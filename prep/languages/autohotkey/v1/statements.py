"""A statement of v2 in v1: what means the same (`in_v1`), and what only shows the old way (`near_v1`)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from prep.languages.autohotkey import lexer
from prep.languages.autohotkey.pieces import Call, Pieces, call, closing, is_called, split
from prep.languages.autohotkey.v1.commands import (
    CONDITIONS,
    DIRECTIVES,
    LOOPS,
    METHODS,
    NEAR,
    NEAR_RESULTS,
    OWN,
    OWN_RESULTS,
    RESULTS,
    STATEMENTS,
)
from prep.languages.autohotkey.v1.parameters import integer
from prep.languages.autohotkey.v1.rules import Old, applied
from prep.languages.autohotkey.v1.values import NUMERIC, Part, expression, parts_of, text_of, unquoted, variable


def in_v1(pieces: Pieces) -> Old | None:
    """The statement in v1, without the brace that ends it; None when it has no exact counterpart."""
    if pieces[0].kind == lexer.DIRECTIVE:
        return _directive(pieces)
    if control := _CONTROL.get(pieces[0].word):
        return control(pieces)
    if len(pieces) > 1 and pieces[1].text in _ASSIGNS:
        return _assignment(pieces)
    found = call(pieces)
    return applied(STATEMENTS, found.name.text, found.arguments) if found else None


def _alone(pieces: Pieces) -> Old | None:
    """A word and nothing else: v1 lets no value be returned outside of functions."""
    return Old("", pieces[0].text) if len(pieces) == 1 else None


def _while(pieces: Pieces) -> Old | None:
    written = expression(pieces[1:])
    return None if written is None else Old("", f"{pieces[0].text} {written}")


def _for(pieces: Pieces) -> Old | None:
    """With two variables; a single one is the value in v2, the key in v1."""
    if len(pieces) != 6 or pieces[2].text != "," or pieces[4].word != "in":
        return None
    names = [variable([pieces[at]]) for at in (1, 3, 5)]
    return None if None in names else Old("", f"{pieces[0].text} {names[0]}, {names[1]} in {names[2]}")


def _directive(pieces: Pieces) -> Old | None:
    if pieces[0].text.lower() != "#hotif":
        return None
    if len(pieces) == 1:
        return Old("#If", "#If", True)
    written = expression(pieces[1:])
    denied, found = _denied(pieces[1:])
    old = found and applied(DIRECTIVES, "!" * denied + found.name.text, found.arguments)
    return old or (None if written is None else Old("#If", f"#If {written}", True))


def _denied(pieces: Pieces) -> tuple[bool, Call | None]:
    """Whether a call is denied, and the call."""
    denied = bool(pieces) and (pieces[0].text == "!" or pieces[0].word == "not")
    return denied, call(pieces[int(denied) :], statement=False)


def _loop(pieces: Pieces) -> Old | None:
    if len(pieces) == 1:
        return Old("", pieces[0].text)
    if pieces[1].word not in ("files", "parse", "read", "reg") or is_called(pieces, 1):
        return applied(LOOPS, "Loop", [pieces[1:]])
    return applied(LOOPS, pieces[1].text, split(pieces[2 + (pieces[2].text == ",") :])) if len(pieces) > 2 else None


def _condition(pieces: Pieces) -> Old | None:
    pieces = pieces[1:]
    while pieces and pieces[0].text == "(" and closing(pieces, 0) == len(pieces) - 1:
        pieces = pieces[1:-1]
    if not pieces:
        return None
    denied, found = _denied(pieces)
    old = found and applied(CONDITIONS, "!" * denied + found.name.text, found.arguments)
    old = old or _answered(pieces) or _compared(pieces) or _one_of(pieces) or _between(pieces)
    written = expression(pieces)
    return old or (None if written is None else Old("", f"if ({written})"))


def _answered(pieces: Pieces) -> Old | None:
    """MsgBox(...) = "Yes"."""
    if len(pieces) < 3 or pieces[-2].text not in ("=", "==") or not (answer := text_of(pieces[-1:])):
        return None
    asked = call(pieces[:-2], statement=False)
    old = asked and asked.name.word == "msgbox" and applied(STATEMENTS, "MsgBox", asked.arguments)
    return Old("IfMsgBox", f"{old.text}\nIfMsgBox, {answer}", True) if old else None


def _compared(pieces: Pieces) -> Old | None:
    """x = "text" and x != "text"."""
    text = text_of(pieces[2:])
    name = variable(pieces[:1])
    if text is None or name is None or pieces[1].text not in ("=", "!="):
        return None
    written = unquoted([Part(text)], last=True)
    if written is None or NUMERIC.fullmatch(text) or not re.match(r"[A-Za-z]|\Z", text):
        return None
    sign = "=" if pieces[1].text == "=" else "<>"
    return Old(f"if {sign}", f"if {name} {sign} {written}".rstrip(), sign == "<>")


def _one_of(pieces: Pieces) -> Old | None:
    """x = "a" || x = "b"."""
    tests = [pieces[at : at + 3] for at in range(0, len(pieces), 4)]
    joints = pieces[3::4]
    names = {variable(test[:1]) for test in tests}
    texts = [text_of(test[2:]) for test in tests]
    same = len(tests) > 1 and len(names) == 1 and None not in names and all(test[1:2] for test in tests)
    if not same or any(joint.text != "||" and joint.word != "or" for joint in joints):
        return None
    if any(test[1].text != "=" for test in tests) or not all(
        re.fullmatch(r"[A-Za-z][\w.-]*", text or "") for text in texts
    ):
        return None
    return Old("if in", f"if {names.pop()} in {','.join(text or '' for text in texts)}", True)


def _between(pieces: Pieces) -> Old | None:
    """x >= 1 && x <= 9."""
    if [piece.text for piece in pieces[1::2]] != [">=", "&&", "<="] or len(pieces) != 7:
        return None
    low, high, name = integer(pieces[2:3], False), integer(pieces[6:], False), variable(pieces[:1])
    same = name and name == variable(pieces[4:5]) and low and high
    return Old("if between", f"if {name} between {low} and {high}") if same else None


_CONTROL: dict[str, Callable[[Pieces], Old | None]] = {
    "break": _alone,
    "continue": _alone,
    "for": _for,
    "if": _condition,
    "loop": _loop,
    "return": _alone,
    "while": _while,
}
_ASSIGNS = frozenset({":=", ".=", "+=", "-=", "*=", "++", "--"})


def _assignment(pieces: Pieces) -> Old | None:
    target, sign, value = pieces[0], pieces[1].text, pieces[2:]
    if sign == ":=" and (old := applied(STATEMENTS, target.word or "?", [value] if value else [])):
        return old if target.word.startswith("a_") else None
    name = variable([target])
    if name is None or (target.word.startswith("a_") and target.word != "a_clipboard"):
        return None
    if sign in ("++", "--"):
        return Old("", f"{name}{sign}") if not value else None
    written = expression(value)
    if sign == ":=":
        return _result(name, value) or _literal(name, value) or (Old("", f"{name} := {written}") if written else None)
    return Old("", f"{name} {sign} {written}") if written else None


def _result(name: str, value: Pieces) -> Old | None:
    found = call(value, statement=False)
    if found is None:
        return None
    if found.name.word == "substr" and (old := _part_of(name, found.arguments)):
        return old
    own = bool(found.arguments) and variable(found.arguments[0]) == name
    if own and found.name.word in OWN:
        return applied(OWN_RESULTS, found.name.text, found.arguments, name)
    return applied(RESULTS, found.name.text, found.arguments, name)


def _part_of(name: str, arguments: list[Pieces]) -> Old | None:
    """SubStr as the command that v1 has for its kind of numbers."""
    source = variable(arguments[0])
    start, *length = [integer(argument, False) for argument in arguments[1:]]
    if source is None or start in (None, "0") or None in length or "0" in length:
        return None
    first, count = int(start or 0), int((length or ["0"])[0] or 0)
    if first < 0:
        return None if length else Old("StringRight", f"StringRight, {name}, {source}, {-first}", True)
    if not length:
        return Old("StringTrimLeft", f"StringTrimLeft, {name}, {source}, {first - 1}", True) if first > 1 else None
    if count < 0:
        trimmed = Old("StringTrimRight", f"StringTrimRight, {name}, {source}, {-count}", True)
        return trimmed if first == 1 else None
    if first == 1:
        return Old("StringLeft", f"StringLeft, {name}, {source}, {count}", True)
    return Old("StringMid", f"StringMid, {name}, {source}, {first}, {count}", True)


def _literal(name: str, value: Pieces) -> Old | None:
    """x := "text" as x = text. v1 trims what it assigns: the text must start and end with no blank, nor a variable."""
    parts = parts_of(value)
    if parts is None:
        return None
    text = "".join(" " if part.variable else part.text for part in parts)
    written = unquoted(parts, last=True)
    if written is None or text != text.strip() or NUMERIC.fullmatch(text):
        return None
    return Old("=", f"{name} = {written}".rstrip(), True)


def near_v1(pieces: Pieces, objects: Mapping[str, str]) -> Old | None:
    """The command that v1 had for a statement, where what came of it was another: a label, an array, one window.

    `objects`: the lower-case names of variables that hold a window or a menu, and which (`Gui`, `Menu`).
    """
    if len(pieces) > 4 and pieces[1].text == "." and (holds := objects.get(pieces[0].word)):
        called = call(pieces[2:], statement=False)
        name = "Tray" if pieces[0].word == "a_traymenu" else pieces[0].text
        return applied(METHODS, f"{holds}.{called.name.text}", called.arguments, name) if called else None
    if len(pieces) > 2 and pieces[1].text == ":=":
        called, result = call(pieces[2:], statement=False), variable(pieces[:1])
        return applied(NEAR_RESULTS, called.name.text, called.arguments, result) if called and result else None
    called = call(pieces)
    return applied(NEAR, called.name.text, called.arguments) if called else None
