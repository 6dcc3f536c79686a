"""Parameters of v1's commands by their kinds, each of which says how an argument is written, or that it cannot be.

A letter for each kind; one in capitals must be given, and not be empty.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from prep.languages.autohotkey.pieces import Pieces
from prep.languages.autohotkey.v1.values import (
    TAKEN,
    Part,
    expression,
    number_of,
    parts_of,
    text_of,
    unquoted,
    variable,
    window,
)


def _text(pieces: Pieces, last: bool) -> str | None:
    """t: any text or expression."""
    parts = parts_of(pieces)
    if parts is not None:
        return unquoted(parts, last)
    written = expression(pieces)
    return None if written is None else f"% {written}"


def _listed(pieces: Pieces, last: bool) -> str | None:
    """l: text and variables, but no expression."""
    parts = parts_of(pieces)
    return number_of(pieces) if parts is None else unquoted(parts, last)


def _one_line(pieces: Pieces, last: bool) -> str | None:
    """u: text written out in which v1's FileAppend has no line ending to translate."""
    parts = parts_of(pieces)
    plain = parts and not any(part.variable or "\n" in part.text.replace("\r\n", "") for part in parts)
    return unquoted(parts, last) if parts and plain else None


def _numeric(pieces: Pieces, last: bool) -> str | None:
    """n: a number."""
    return number_of(pieces) or _text(pieces, last)


def _seconds(pieces: Pieces, last: bool) -> str | None:
    """s: a time to wait; 0 is another one in v1."""
    return None if not (number_of(pieces) or "1").strip("0.") else _numeric(pieces, last)


def integer(pieces: Pieces, last: bool) -> str | None:
    """i: a whole number that is written out."""
    number = number_of(pieces)
    return number if number and number.lstrip("-").isdigit() else None


def _word(pieces: Pieces, last: bool) -> str | None:
    """k: a text that is written out and not empty."""
    text = text_of(pieces)
    return unquoted([Part(text)], last) if text else None


def _control(pieces: Pieces, last: bool) -> str | None:
    """j: a control by its name; a position counts from another corner in v1."""
    return None if re.match(r"x\d+\s+y\d", text_of(pieces) or "", re.IGNORECASE) else _word(pieces, last)


def _change(pieces: Pieces, last: bool) -> str | None:
    """a: attributes or a style to add, remove or toggle; without a sign v1 does something else."""
    return _word(pieces, last) if (text_of(pieces) or "?")[0] in "+-^" else None


def _switch(pieces: Pieces, last: bool) -> str | None:
    """g: On, Off or Toggle, which are 1, 0 and -1 in v2."""
    return _SWITCH.get("".join(piece.text.lower() for piece in pieces)) or _word(pieces, last)


def _flag(pieces: Pieces, last: bool) -> str | None:
    """b: 0, 1 or another number."""
    written = "".join(piece.text.lower() for piece in pieces)
    return {"true": "1", "false": "0"}.get(written) or _numeric(pieces, last)


def _output(pieces: Pieces, last: bool) -> str | None:
    """o: a variable that the command sets."""
    return variable(pieces[1:]) if pieces[0].text == "&" else None


def _function(pieces: Pieces, last: bool) -> str | None:
    """f: a function by its name, where v1 takes a label."""
    return pieces[0].text if len(pieces) == 1 and pieces[0].word not in {"", *TAKEN} else None


def _input(pieces: Pieces, last: bool) -> str | None:
    """v: a variable that v1 takes by its name."""
    return variable(pieces)


def _default(pieces: Pieces, last: bool) -> str | None:
    """d: a text; an empty one is written as a blank."""
    return "%A_Space%" if text_of(pieces) == "" else _text(pieces, last)


def _nothing(pieces: Pieces, last: bool) -> str | None:
    """z: the empty text, which v1 gives anyway."""
    return "" if text_of(pieces) == "" else None


def _sum_of(values: Mapping[str, int], pieces: Pieces) -> str | None:
    """Options in words as the sum that v1 takes."""
    found = [int(word) if word.isdigit() else values.get(word) for word in (text_of(pieces) or "?").lower().split()]
    return number_of(pieces) or (None if None in found else str(sum(value or 0 for value in found)))


def _buttons(pieces: Pieces, last: bool) -> str | None:
    """m: MsgBox's options."""
    return _sum_of(_BUTTONS, pieces)


def _tip(pieces: Pieces, last: bool) -> str | None:
    """p: TrayTip's options."""
    return _sum_of(_TIPS, pieces)


def _codepage(pieces: Pieces, last: bool) -> str | None:
    """c: the encoding of FileRead, which v1 writes before the name."""
    return {"utf-8": "*P65001 ", "utf-16": "*P1200 "}.get((text_of(pieces) or "").lower())


def _encoding(pieces: Pieces, last: bool) -> str | None:
    """q: the encoding of FileAppend."""
    text = text_of(pieces) or ""
    return text if re.fullmatch(r"UTF-(?:8|16)(?:-RAW)?|CP\d+", text, re.IGNORECASE) else None


def _translated(pieces: Pieces, last: bool) -> str | None:
    """r: the options of FileAppend that ask for what v1 does anyway; what is left is the encoding."""
    text = (text_of(pieces) or "").split(" ")
    left = "".join(word for word in text if word != "\n")
    return left if "\n" in text and (not left or re.fullmatch(r"UTF-(?:8|16)(?:-RAW)?|CP\d+", left)) else None


_SWITCH = {"true": "On", "1": "On", "false": "Off", "0": "Off", "-1": "Toggle"}
_BUTTONS = {"ok": 0, "o": 0, "okcancel": 1, "oc": 1, "o/c": 1, "abortretryignore": 2, "ari": 2, "yesnocancel": 3}
_BUTTONS |= {"ync": 3, "y/n/c": 3, "yesno": 4, "yn": 4, "y/n": 4, "retrycancel": 5, "rc": 5, "r/c": 5}
_BUTTONS |= {"iconx": 16, "icon?": 32, "icon!": 48, "iconi": 64, "default2": 256, "default3": 512}
_TIPS = {"iconi": 1, "icon!": 2, "iconx": 3, "mute": 16}
_KINDS: dict[str, Callable[[Pieces, bool], str | None]] = {
    "a": _change,
    "b": _flag,
    "c": _codepage,
    "d": _default,
    "f": _function,
    "g": _switch,
    "i": integer,
    "j": _control,
    "k": _word,
    "l": _listed,
    "m": _buttons,
    "n": _numeric,
    "o": _output,
    "p": _tip,
    "q": _encoding,
    "r": _translated,
    "s": _seconds,
    "t": _text,
    "u": _one_line,
    "v": _input,
    "w": window,
    "z": _nothing,
}
_MAY_BE_EMPTY = "drz"  # these say themselves what an empty text means


def value_of(kind: str, pieces: Pieces, last: bool) -> str | None:
    if not pieces:
        return None if kind.isupper() else ""
    if kind == "x" or (kind.isupper() and kind.lower() not in _MAY_BE_EMPTY and text_of(pieces) == ""):
        return None
    return _KINDS[kind.lower()](pieces, last)
