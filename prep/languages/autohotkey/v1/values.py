"""Values in v1: text without quotes where v1 takes text, expressions elsewhere."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import NamedTuple

from prep.languages.autohotkey import lexer
from prep.languages.autohotkey.pieces import KEYWORDS, Piece, Pieces, closing, is_called, split
from prep.languages.autohotkey.units import WORD_OPERATORS


def words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# The built-in variables that mean the same in both, and those that have another name in v1.
_BUILT_IN = words(
    "a_ahkpath a_ahkversion a_appdata a_appdatacommon a_comspec a_computername a_dd a_ddd a_dddd a_desktop "
    "a_desktopcommon a_endchar a_eventinfo a_hour a_index a_isadmin a_iscompiled a_lasterror a_linenumber "
    "a_loopfield a_loopfileattrib a_loopfiledir a_loopfileext a_loopfilename a_loopfilesize a_loopfilesizekb "
    "a_loopfilesizemb a_loopfiletimecreated a_loopfiletimemodified a_loopreadline a_loopregname a_loopregtype a_mday "
    "a_min a_mm a_mmm a_mmmm a_mon a_msec a_mydocuments a_now a_nowutc a_priorhotkey a_priorkey a_programfiles "
    "a_programs a_screenheight a_screenwidth a_scriptdir a_scriptfullpath a_scriptname a_sec a_space "
    "a_startmenu a_startup a_tab a_temp a_thisfunc a_thishotkey a_tickcount a_timeidle a_timeidlephysical "
    "a_timesincepriorhotkey a_timesincethishotkey a_username a_wday a_windir a_workingdir a_yday a_year a_yweek "
    "a_yyyy"
)
_OTHER_NAME = {
    "a_clipboard": "Clipboard",
    "a_loopfilefullpath": "A_LoopFileLongPath",
    "a_loopfilepath": "A_LoopFileFullPath",
}
# Words that one of the two gives a meaning of its own.
TAKEN = words("true false unset super this isset new clipboard clipboardall comspec errorlevel programfiles")
TAKEN |= KEYWORDS | WORD_OPERATORS

_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "s": " ", "b": "\b", "a": "\a", "v": "\v", "f": "\f", "0": "\0"}
_WRITTEN = {"\n": "`n", "\r": "`r", "\t": "`t", "\b": "`b", "\a": "`a", "\v": "`v", "\f": "`f", "`": "``"}
_COMMENT = re.compile(r"(?:(?<=[ \t])|^);")
NUMERIC = re.compile(r"\s*[-+]?(?:0x[0-9a-f]+|\d+\.?\d*(?:e[-+]?\d+)?|\.\d+)\s*", re.IGNORECASE)


def variable(pieces: Pieces) -> str | None:
    """The name in v1 of the plain variable that these tokens are."""
    if len(pieces) != 1 or not (word := pieces[0].word) or word in TAKEN:
        return None
    if word.startswith("a_"):
        return _OTHER_NAME.get(word) or (pieces[0].text if word in _BUILT_IN else None)
    return pieces[0].text


def text_of(pieces: Pieces) -> str | None:
    """What the one quoted string says that these tokens are."""
    if len(pieces) != 1 or pieces[0].kind != lexer.STRING:
        return None
    quoted = pieces[0].text
    if len(quoted) < 2 or quoted[0] != quoted[-1]:  # a piece of one that a section interrupts
        return None
    return re.sub(r"`(.)", lambda found: _ESCAPES.get(found[1], found[1]), quoted[1:-1], flags=re.DOTALL)


class Part(NamedTuple):
    text: str
    variable: bool = False


def parts_of(pieces: Pieces) -> list[Part] | None:
    """Strings, plain variables and whole numbers that are joined to one text; None when there is anything else."""
    operands = [piece for piece in pieces if piece.text != "." or piece.kind != lexer.OPERATOR]
    for before, piece in pairwise(pieces):
        operators = [part for part in (before, piece) if part not in operands]
        if before.stop == piece.start or len(operators) > 1:  # `a.b` is a property, `a""` nothing at all
            return None
    if not operands or pieces[0] != operands[0] or pieces[-1] != operands[-1]:
        return None
    parts = [_part(piece) for piece in operands]
    return None if None in parts else [part for part in parts if part]


def _part(piece: Piece) -> Part | None:
    if piece.kind == lexer.NUMBER:
        return Part(piece.text) if re.fullmatch(r"0|[1-9]\d*", piece.text) else None
    if (text := text_of([piece])) is not None:
        return Part(text)
    name = variable([piece])
    return Part(name, True) if name else None


def unquoted(parts: list[Part], last: bool = False) -> str | None:
    """The text as v1 takes it; `last`: as the parameter whose commas need no escape."""
    written = "".join(f"%{part.text}%" if part.variable else _escaped(part.text, last) for part in parts)
    if "::" in written or "\0" in written:  # v1 would read a hotkey; no text holds the other
        return None
    lead, trail = len(written) - len(written.lstrip(" ")), len(written) - len(written.rstrip(" "))
    if lead == len(written):
        return "%A_Space%" * lead
    written = "%A_Space%" * lead + written.strip(" ") + "%A_Space%" * trail  # v1 takes blanks off both ends
    return _COMMENT.sub("`;", written)


def _escaped(text: str, last: bool) -> str:
    written = "".join(_WRITTEN.get(char, "`%" if char == "%" else char) for char in text)
    return written if last else written.replace(",", "`,")


def expression(pieces: Pieces) -> str | None:
    """The expression in v1; None for what v1 does not have, or takes for something else."""
    terms = [_term(pieces, at) for at in range(len(pieces))]
    if not terms or None in terms or len(split(pieces)) > 1:
        return None
    gaps = [""] + [" " * (before.stop < piece.start) for before, piece in pairwise(pieces)]
    written = "".join(gap + (term or "") for gap, term in zip(gaps, terms, strict=True))
    return None if "::" in written else written


def _term(pieces: Pieces, at: int) -> str | None:
    piece = pieces[at]
    if piece.kind == lexer.STRING:
        text = text_of([piece])
        return None if text is None or "\0" in text else _quoted(text)
    if piece.kind == lexer.NUMBER:
        return piece.text if piece.text.isdigit() else None
    if piece.kind == lexer.OPERATOR:
        return piece.text if _same_operator(pieces, at) else None
    if piece.kind != lexer.NAME:
        touches = at > 0 and pieces[at - 1].stop == piece.start and pieces[at - 1].kind in (lexer.STRING, lexer.NUMBER)
        twice = at > 0 and pieces[at - 1].text == ")"
        return piece.text if piece.text in (")", ",") or (piece.text == "(" and not touches and not twice) else None
    if is_called(pieces, at):
        return piece.text if _same_function(pieces, at) else None
    return piece.text if piece.word in ("and", "or", "not", "true", "false") else variable([piece])


def _quoted(text: str) -> str:
    written = "".join(_WRITTEN.get(char, '""' if char == '"' else char) for char in text)
    return f'"{_COMMENT.sub("`;", written)}"'


_OPERATORS = frozenset({"+", "-", "*", ".", "<", ">", "<=", ">=", "&&", "||", "!", "?", ":", "=", "==", "!="})


def _same_operator(pieces: Pieces, at: int) -> bool:
    """v1 compares two numeric texts as numbers where v2 compares them as texts: one side must be written out."""
    piece = pieces[at]
    if piece.text not in _OPERATORS or at + 1 == len(pieces) or (at == 0 and piece.text not in "!-"):
        return False
    if piece.text == ".":
        return pieces[at - 1].stop < piece.start and piece.stop < pieces[at + 1].start
    if piece.text in ("=", "==", "!="):
        return _is_literal(pieces[at - 1]) or _is_literal(pieces[at + 1])
    return True


def _is_literal(piece: Piece) -> bool:
    """A number, or a text that is none."""
    text = text_of([piece])
    return piece.kind == lexer.NUMBER if text is None else not NUMERIC.fullmatch(text)


# Functions that both have and that give the same for so many arguments.
_FUNCTIONS = dict.fromkeys(words("strlen chr ord abs round floor ceil fileexist"), 1)
_FUNCTIONS |= dict.fromkeys(words("instr mod winexist winactive getkeystate trim ltrim rtrim"), 2)
_FUNCTIONS |= {"substr": 3, "strreplace": 3, "min": 9, "max": 9, "format": 9}


def _same_function(pieces: Pieces, at: int) -> bool:
    name, end = pieces[at].word, closing(pieces, at + 1)
    arguments = split(pieces[at + 2 : end])
    if not 0 < len(arguments) <= _FUNCTIONS.get(name, 0) or not all(arguments):
        return False
    if name == "substr":  # 0 and less counts from the end, and not the same way
        return len(arguments) > 1 and (number_of(arguments[1]) or "0")[0] in "123456789"
    return name not in ("winexist", "winactive") or window(arguments[0], False) is not None


def number_of(pieces: Pieces) -> str | None:
    """A number as it is written, with its sign."""
    text = "".join(piece.text for piece in pieces)
    return text if re.fullmatch(r"-?(?:0[xX][0-9a-fA-F]+|\d+(?:\.\d+)?)", text) else None


def window(pieces: Pieces, last: bool) -> str | None:
    """w: a window's title. A number is a handle in v2 and a title in v1, so it must be a text for sure."""
    parts = parts_of(pieces) or []
    sure = any(not part.variable and part.text and not NUMERIC.fullmatch(part.text) for part in parts)
    return unquoted(parts, last) if sure else None
