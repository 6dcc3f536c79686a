"""Statements of AutoHotkey v2 as AutoHotkey v1.1 writes them, for the tasks that show the old way: repair and convert.

Only what means the same in both is taken, from the tables below (v1 parameters as its documentation orders them).
Settings of a whole script have other defaults in v1 (SendMode, CoordMode, SetTitleMatchMode); they are
left to the script. v1 has no exceptions for what v2 throws: it goes on, with ErrorLevel set.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from prep.languages.autohotkey import lexer
from prep.languages.autohotkey.code import Statement, statements


class Piece(NamedTuple):
    """A token of code and where it stands in the script."""

    kind: str
    text: str
    start: int
    line: int

    @property
    def stop(self) -> int:
        return self.start + len(self.text)

    @property
    def word(self) -> str:
        return self.text.lower() if self.kind == lexer.NAME else ""


Pieces = Sequence[Piece]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


class Edit(NamedTuple):
    """What the characters from `start` to before `stop` become."""

    start: int
    stop: int
    text: str


class Line(NamedTuple):
    """A statement and its tokens without blanks and comments.

    `inside` is `class` or `property` directly in one of these, where no statements stand, else empty.
    """

    statement: Statement
    pieces: Pieces
    inside: str

    @property
    def code(self) -> Pieces:
        """The tokens without the brace that ends it."""
        return self.pieces[:-1] if self.opens else self.pieces

    @property
    def opens(self) -> bool:
        return self.pieces[-1].text == "{"

    @property
    def single(self) -> bool:
        """On one line, but for the brace that ends it."""
        return bool(self.code) and self.code[0].line == self.code[-1].line


class Old(NamedTuple):
    """A statement in v1 without the brace of its block: what it shows, and whether v2 surely refuses to load it."""

    kind: str
    text: str
    refused: bool = False

    @property
    def takes_brace(self) -> bool:
        """v1 lets a brace stand at the end of an expression or a count, not of text."""
        return self.kind in ("", "Loop")


def script_lines(source: str) -> list[Line]:
    """The statements of a script with their tokens."""
    tokens = lexer.lex(source)
    pieces: list[Piece] = []
    at = 0
    for token in tokens:
        if token.kind not in (lexer.BLANK, lexer.NEWLINE, lexer.COMMENT, lexer.BLOCK_COMMENT):
            pieces.append(Piece(token.kind, token.text, at, token.line))
        at += len(token.text)
    found: list[Line] = []
    headers: list[Line] = []  # of the blocks around
    start = 0
    for statement in statements(tokens):
        stop = start
        while stop < len(pieces) and pieces[stop].line <= statement.end:
            stop += 1
        own, start = pieces[start:stop], stop
        if own:
            del headers[statement.depth :]
            found.append(Line(statement, own, _kind_of_block(headers[-1]) if headers else ""))
            headers.append(found[-1])
    return found


def _kind_of_block(header: Line) -> str:
    if len(header.pieces) > 1 and header.pieces[0].word == "class" and header.pieces[1].word:
        return "class"
    method = any(one.word and other.text == "(" and one.stop == other.start for one, other in pairwise(header.pieces))
    return "property" if header.inside == "class" and not method else ""


def action(pieces: Pieces) -> int:
    """Where the statement itself starts: after a hotkey, `else` and `try`."""
    at = 0
    while at < len(pieces) and (_is_hotkey(pieces[at]) or pieces[at].word in ("else", "try")):
        at += 1
    return at


def _is_hotkey(piece: Piece) -> bool:
    return piece.kind == lexer.HOTKEY and piece.text.endswith("::")


def split(pieces: Pieces) -> list[Pieces]:
    """What stands between the commas outside of all brackets; nothing for no tokens."""
    parts: list[Pieces] = []
    start = depth = 0
    for at, piece in enumerate(pieces):
        depth += _nests(piece)
        if piece.text == "," and depth == 0:
            parts.append(pieces[start:at])
            start = at + 1
    return [*parts, pieces[start:]] if pieces else []


def _nests(piece: Piece) -> int:
    if piece.kind != lexer.PUNCTUATION:
        return 0
    return (piece.text in ("(", "[", "{")) - (piece.text in (")", "]", "}"))


def closing(pieces: Pieces, opening: int) -> int:
    """Where the bracket of this one stands; the number of tokens when it is never closed."""
    depth = 0
    for at in range(opening, len(pieces)):
        depth += _nests(pieces[at])
        if depth == 0:
            return at
    return len(pieces)


class Call(NamedTuple):
    name: Piece
    arguments: list[Pieces]


def is_called(pieces: Pieces, at: int) -> bool:
    """A name with `(` right behind it."""
    follows = pieces[at + 1] if at + 1 < len(pieces) else None
    return bool(pieces[at].word and follows and follows.text == "(" and follows.start == pieces[at].stop)


def call(pieces: Pieces, statement: bool = True) -> Call | None:
    """The one call that these tokens are, `Name(a, b)`; a `statement` also without its brackets."""
    if not pieces or not pieces[0].word or pieces[0].word in _KEYWORDS:
        return None
    if is_called(pieces, 0):
        return Call(pieces[0], split(pieces[2:-1])) if closing(pieces, 1) == len(pieces) - 1 else None
    if not statement or (len(pieces) > 1 and not _starts_argument(pieces)):
        return None
    return Call(pieces[0], split(pieces[1:]))


def _starts_argument(pieces: Pieces) -> bool:
    """`Name x` and `Name -1` are calls, `Name - 1` and `Name.x` are not."""
    first = pieces[1]
    unary = first.text in ("-", "!", "&") and len(pieces) > 2 and pieces[2].start == first.stop
    value = unary if first.kind == lexer.OPERATOR else first.word not in _WORD_OPERATORS
    return value and first.start > pieces[0].stop


_KEYWORDS = _words(
    "if else loop for while until break continue goto return try catch finally throw switch case default "
    "global local static class"
)
_WORD_OPERATORS = frozenset({"and", "or", "not", "is", "in", "contains", "as"})


# Values: text without quotes where v1 takes text, expressions elsewhere.

# The built-in variables that mean the same in both, and those that have another name in v1.
_BUILT_IN = _words(
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
_TAKEN = _words("true false unset super this isset new clipboard clipboardall comspec errorlevel programfiles")
_TAKEN |= _KEYWORDS | _WORD_OPERATORS

_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "s": " ", "b": "\b", "a": "\a", "v": "\v", "f": "\f", "0": "\0"}
_WRITTEN = {"\n": "`n", "\r": "`r", "\t": "`t", "\b": "`b", "\a": "`a", "\v": "`v", "\f": "`f", "`": "``"}
_COMMENT = re.compile(r"(?:(?<=[ \t])|^);")
_NUMERIC = re.compile(r"\s*[-+]?(?:0x[0-9a-f]+|\d+\.?\d*(?:e[-+]?\d+)?|\.\d+)\s*", re.IGNORECASE)


def variable(pieces: Pieces) -> str | None:
    """The name in v1 of the plain variable that these tokens are."""
    if len(pieces) != 1 or not (word := pieces[0].word) or word in _TAKEN:
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


class _Part(NamedTuple):
    text: str
    variable: bool = False


def _parts(pieces: Pieces) -> list[_Part] | None:
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


def _part(piece: Piece) -> _Part | None:
    if piece.kind == lexer.NUMBER:
        return _Part(piece.text) if re.fullmatch(r"0|[1-9]\d*", piece.text) else None
    if (text := text_of([piece])) is not None:
        return _Part(text)
    name = variable([piece])
    return _Part(name, True) if name else None


def _unquoted(parts: list[_Part], last: bool = False) -> str | None:
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
    return piece.kind == lexer.NUMBER if text is None else not _NUMERIC.fullmatch(text)


# Functions that both have and that give the same for so many arguments.
_FUNCTIONS = dict.fromkeys(_words("strlen chr ord abs round floor ceil fileexist"), 1)
_FUNCTIONS |= dict.fromkeys(_words("instr mod winexist winactive getkeystate trim ltrim rtrim"), 2)
_FUNCTIONS |= {"substr": 3, "strreplace": 3, "min": 9, "max": 9, "format": 9}


def _same_function(pieces: Pieces, at: int) -> bool:
    name, end = pieces[at].word, closing(pieces, at + 1)
    arguments = split(pieces[at + 2 : end])
    if not 0 < len(arguments) <= _FUNCTIONS.get(name, 0) or not all(arguments):
        return False
    if name == "substr":  # 0 and less counts from the end, and not the same way
        return len(arguments) > 1 and (_number(arguments[1]) or "0")[0] in "123456789"
    return name not in ("winexist", "winactive") or _window(arguments[0], False) is not None


# Parameters: a letter for each kind; one in capitals must be given, and not be empty.


def _text(pieces: Pieces, last: bool) -> str | None:
    """t: any text or expression."""
    parts = _parts(pieces)
    if parts is not None:
        return _unquoted(parts, last)
    written = expression(pieces)
    return None if written is None else f"% {written}"


def _listed(pieces: Pieces, last: bool) -> str | None:
    """l: text and variables, but no expression."""
    parts = _parts(pieces)
    return _number(pieces) if parts is None else _unquoted(parts, last)


def _one_line(pieces: Pieces, last: bool) -> str | None:
    """u: text written out in which v1's FileAppend has no line ending to translate."""
    parts = _parts(pieces)
    plain = parts and not any(part.variable or "\n" in part.text.replace("\r\n", "") for part in parts)
    return _unquoted(parts, last) if parts and plain else None


def _number(pieces: Pieces) -> str | None:
    """A number as it is written, with its sign."""
    text = "".join(piece.text for piece in pieces)
    return text if re.fullmatch(r"-?(?:0[xX][0-9a-fA-F]+|\d+(?:\.\d+)?)", text) else None


def _numeric(pieces: Pieces, last: bool) -> str | None:
    """n: a number."""
    return _number(pieces) or _text(pieces, last)


def _seconds(pieces: Pieces, last: bool) -> str | None:
    """s: a time to wait; 0 is another one in v1."""
    return None if not (_number(pieces) or "1").strip("0.") else _numeric(pieces, last)


def _integer(pieces: Pieces, last: bool) -> str | None:
    """i: a whole number that is written out."""
    number = _number(pieces)
    return number if number and number.lstrip("-").isdigit() else None


def _window(pieces: Pieces, last: bool) -> str | None:
    """w: a window's title. A number is a handle in v2 and a title in v1, so it must be a text for sure."""
    parts = _parts(pieces) or []
    sure = any(not part.variable and part.text and not _NUMERIC.fullmatch(part.text) for part in parts)
    return _unquoted(parts, last) if sure else None


def _word(pieces: Pieces, last: bool) -> str | None:
    """k: a text that is written out and not empty."""
    text = text_of(pieces)
    return _unquoted([_Part(text)], last) if text else None


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
    return pieces[0].text if len(pieces) == 1 and pieces[0].word not in {"", *_TAKEN} else None


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
    return _number(pieces) or (None if None in found else str(sum(value or 0 for value in found)))


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
    "i": _integer,
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
    "w": _window,
    "z": _nothing,
}
_MAY_BE_EMPTY = "drz"  # these say themselves what an empty text means


# The tables: the kinds of v2's parameters, and the command in v1, where `$1` is the first argument.


class _Rule(NamedTuple):
    name: str
    kinds: str
    pattern: str  # `$0`: the variable that the result goes to

    @property
    def kind(self) -> str:
        """The words of the command that are not parameters."""
        return " ".join(
            word for word in re.split(r"[, ]+|\$\d", self.pattern.partition("\n")[0]) if word and word != "0"
        )


def _in_order(names_of: Mapping[str, str]) -> Iterator[_Rule]:
    """Commands with the name and the parameters of the function, in its order."""
    for kinds, names in names_of.items():
        for name in names.split():
            yield _Rule(name.lower(), kinds, ", ".join([name, *(f"${at + 1}" for at in range(len(kinds)))]))


def _rules(table: str) -> Iterator[_Rule]:
    """Lines of `Name kinds: pattern`; `|` in a pattern ends a line."""
    for line in filter(None, map(str.strip, table.splitlines())):
        head, _, pattern = line.partition(": ")
        name, _, kinds = head.partition(" ")
        yield _Rule(name.lower(), kinds, pattern.replace(" | ", "\n"))


_STATEMENTS = [
    *_in_order(
        {
            "": "ListVars ListHotkeys WinMinimizeAll WinMinimizeAllUndo Reload",
            "g": "Critical Suspend",
            "G": "BlockInput DetectHiddenText DetectHiddenWindows ListLines SetCapsLockState SetNumLockState "
            "SetScrollLockState SetStoreCapsLockMode",
            "k": "FileRecycleEmpty",
            "K": "SendMode",
            "Kk": "CoordMode",
            "n": "Exit ExitApp",
            "N": "SendLevel SetControlDelay SetDefaultMouseSpeed SetWinDelay Shutdown Sleep",
            "nn": "SoundBeep",
            "T": "FileDelete FileEncoding FileRecycle OutputDebug Send SendEvent SendInput SendPlay SetRegView "
            "SetTitleMatchMode SetWorkingDir",
            "Tb": "SoundPlay",
            "TTb": "FileCopy FileMove",
            "Tt": "KeyWait",
            "TT": "EnvSet",
            "sb": "ClipWait",
            "wttt": "WinActivate WinActivateBottom WinHide WinMaximize WinMinimize WinRestore WinShow",
            "wtstt": "WinClose WinKill WinWait WinWaitActive WinWaitClose WinWaitNotActive",
            "AT": "FileSetAttrib",
            "Jwtknt": "ControlClick",
            "Jwttt": "ControlFocus",
            "Kt": "GroupActivate GroupClose",
            "Kwt": "GroupAdd",
            "Knn": "Thread",
            "nnk": "SetKeyDelay",
            "Nk": "SetMouseDelay",
            "NNnk": "MouseMove",
            "Nnnjwt": "PostMessage SendMessage",
            "OONNNNT": "ImageSearch",
            "oooo": "MouseGetPos",
            "oooowttt": "WinGetPos",
            "tnnn": "ToolTip",
            "knnnnkk": "MouseClick",
            "KNNNNnk": "MouseClickDrag",
            "TTt": "FileSetTime IniDelete",
            "TTttttknn": "FileCreateShortcut",
            "TTTK": "IniWrite",
            "TK": "RegDelete",
            "Ttko": "Run RunWait",
            "Vooooo": "SplitPath",
            "llll": "Click",
        }
    ),
    *_rules("""
        ControlHide Jwttt: Control, Hide, , $1, $2, $3, $4, $5
        ControlSend TJwttt: ControlSend, $2, $1, $3, $4, $5, $6
        ControlSetText TJwttt: ControlSetText, $2, $1, $3, $4, $5, $6
        ControlShow Jwttt: Control, Show, , $1, $2, $3, $4, $5
        DirCopy TTb: FileCopyDir, $1, $2, $3
        DirCreate T: FileCreateDir, $1
        DirDelete Tb: FileRemoveDir, $1, $2
        DirMove TTb: FileMoveDir, $1, $2, $3
        Download TT: UrlDownloadToFile, $1, $2
        FileAppend UTq: FileAppend, $1, $2, $3
        FileAppend TTR: FileAppend, $1, $2, $3
        FileAppend TTq: FileAppend, $1, *$2, $3
        InstallKeybdHook : #InstallKeybdHook
        InstallMouseHook : #InstallMouseHook
        MenuSelect WtTtttt: WinMenuSelectItem, $1, $2, $3, $4, $5, $6, $7
        MsgBox T: MsgBox, $1
        MsgBox TT: MsgBox, 0, $2, $1
        MsgBox TTM: MsgBox, $3, $2, $1
        MsgBox TxM: MsgBox, $3, , $1
        Persistent : #Persistent
        ProcessClose T: Process, Close, $1
        ProcessSetPriority Kt: Process, Priority, $2, $1
        ProcessWait Ts: Process, Wait, $1, $2
        ProcessWaitClose Ts: Process, WaitClose, $1, $2
        RegDeleteKey T: RegDelete, $1
        RegWrite TKTt: RegWrite, $2, $3, $4, $1
        SendText T: Send, {Text}$1
        SoundSetMute I: SoundSet, $1, , Mute
        SoundSetVolume T: SoundSet, $1
        TraySetIcon Ti: Menu, Tray, Icon, $1, $2
        TrayTip Ttp: TrayTip, $2, $1, , $3
        WinMove nnnnWttt: WinMove, $5, $6, $1, $2, $3, $4, $7, $8
        WinMoveBottom Wttt: WinSet, Bottom, , $1, $2, $3, $4
        WinMoveTop Wttt: WinSet, Top, , $1, $2, $3, $4
        WinRedraw Wttt: WinSet, Redraw, , $1, $2, $3, $4
        WinSetAlwaysOnTop Gwttt: WinSet, AlwaysOnTop, $1, $2, $3, $4, $5
        WinSetExStyle Awttt: WinSet, ExStyle, $1, $2, $3, $4, $5
        WinSetStyle Awttt: WinSet, Style, $1, $2, $3, $4, $5
        WinSetTitle TWttt: WinSetTitle, $2, $3, $1, $4, $5
        WinSetTransColor Kwttt: WinSet, TransColor, $1, $2, $3, $4, $5
        WinSetTransparent Twttt: WinSet, Transparent, $1, $2, $3, $4, $5
        A_CoordModeMouse K: CoordMode, Mouse, $1
        A_CoordModePixel K: CoordMode, Pixel, $1
        A_CoordModeToolTip K: CoordMode, ToolTip, $1
        A_DetectHiddenWindows G: DetectHiddenWindows, $1
        A_FileEncoding K: FileEncoding, $1
        A_HotkeyInterval I: #HotkeyInterval $1
        A_IconTip T: Menu, Tray, Tip, $1
        A_MaxHotkeysPerInterval I: #MaxHotkeysPerInterval $1
        A_MenuMaskKey K: #MenuMaskKey $1
        A_SendMode K: SendMode, $1
        A_TitleMatchMode N: SetTitleMatchMode, $1
        A_WinDelay N: SetWinDelay, $1
        A_WorkingDir T: SetWorkingDir, $1
    """),
]
_RESULTS = list(
    _rules("""
        ControlGetText Jwttt: ControlGetText, $0, $1, $2, $3, $4, $5
        DirSelect tit: FileSelectFolder, $0, $1, $2, $3
        DriveGetCapacity T: DriveGet, $0, Capacity, $1
        DriveGetFileSystem T: DriveGet, $0, FileSystem, $1
        DriveGetLabel T: DriveGet, $0, Label, $1
        DriveGetList k: DriveGet, $0, List, $1
        DriveGetSerial T: DriveGet, $0, Serial, $1
        DriveGetSpaceFree T: DriveSpaceFree, $0, $1
        DriveGetStatus T: DriveGet, $0, Status, $1
        DriveGetType T: DriveGet, $0, Type, $1
        EnvGet T: EnvGet, $0, $1
        FileGetAttrib T: FileGetAttrib, $0, $1
        FileGetSize Tk: FileGetSize, $0, $1, $2
        FileGetTime Tk: FileGetTime, $0, $1, $2
        FileGetVersion T: FileGetVersion, $0, $1
        FileRead T: FileRead, $0, $1
        FileRead TC: FileRead, $0, $2$1
        FileSelect ittT: FileSelectFile, $0, $1, $2, $3, $4
        FormatTime tT: FormatTime, $0, $1, $2
        IniRead TTTD: IniRead, $0, $1, $2, $3, $4
        MonitorGetCount : SysGet, $0, MonitorCount
        MonitorGetName n: SysGet, $0, MonitorName, $1
        MonitorGetPrimary : SysGet, $0, MonitorPrimary
        PixelGetColor NN: PixelGetColor, $0, $1, $2, RGB
        ProcessClose T: Process, Close, $1 | $0 := ErrorLevel
        ProcessExist T: Process, Exist, $1 | $0 := ErrorLevel
        ProcessWait Ts: Process, Wait, $1, $2 | $0 := ErrorLevel
        Random II: Random, $0, $1, $2
        RegRead TKZ: RegRead, $0, $1, $2
        RunWait Ttk: RunWait, $1, $2, $3 | $0 := ErrorLevel
        StatusBarGetText nwttt: StatusBarGetText, $0, $1, $2, $3, $4, $5
        StrLen V: StringLen, $0, $1
        StrLower V: StringLower, $0, $1
        StrReplace VTt: StringReplace, $0, $1, $2, $3, All
        StrTitle V: StringUpper, $0, $1, T
        StrUpper V: StringUpper, $0, $1
        SysGet N: SysGet, $0, $1
        WinGetClass wttt: WinGetClass, $0, $1, $2, $3, $4
        WinGetCount wttt: WinGet, $0, Count, $1, $2, $3, $4
        WinGetID wttt: WinGet, $0, ID, $1, $2, $3, $4
        WinGetIDLast wttt: WinGet, $0, IDLast, $1, $2, $3, $4
        WinGetMinMax wttt: WinGet, $0, MinMax, $1, $2, $3, $4
        WinGetPID wttt: WinGet, $0, PID, $1, $2, $3, $4
        WinGetProcessName wttt: WinGet, $0, ProcessName, $1, $2, $3, $4
        WinGetProcessPath wttt: WinGet, $0, ProcessPath, $1, $2, $3, $4
        WinGetText wttt: WinGetText, $0, $1, $2, $3, $4
        WinGetTitle wttt: WinGetTitle, $0, $1, $2, $3, $4
        WinGetTransparent wttt: WinGet, $0, Transparent, $1, $2, $3, $4
    """)
)
# Of a condition; `!` before a name: where it is denied.
_CONDITIONS = list(
    _rules("""
        FileExist T: IfExist, $1
        !FileExist T: IfNotExist, $1
        InStr VT: IfInString, $1, $2
        !InStr VT: IfNotInString, $1, $2
        WinActive Wttt: IfWinActive, $1, $2, $3, $4
        !WinActive Wttt: IfWinNotActive, $1, $2, $3, $4
        WinExist Wttt: IfWinExist, $1, $2, $3, $4
        !WinExist Wttt: IfWinNotExist, $1, $2, $3, $4
        !ClipWait S: ClipWait, $1 | if ErrorLevel
        ClipWait S: ClipWait, $1 | if !ErrorLevel
        !KeyWait TK: KeyWait, $1, $2 | if ErrorLevel
        KeyWait TK: KeyWait, $1, $2 | if !ErrorLevel
        ProcessExist T: Process, Exist, $1 | if ErrorLevel
        !ProcessExist T: Process, Exist, $1 | if !ErrorLevel
        !WinWait WtS: WinWait, $1, $2, $3 | if ErrorLevel
        WinWait WtS: WinWait, $1, $2, $3 | if !ErrorLevel
        !WinWaitActive WtS: WinWaitActive, $1, $2, $3 | if ErrorLevel
        WinWaitActive WtS: WinWaitActive, $1, $2, $3 | if !ErrorLevel
        !WinWaitClose WtS: WinWaitClose, $1, $2, $3 | if ErrorLevel
        WinWaitClose WtS: WinWaitClose, $1, $2, $3 | if !ErrorLevel
        IsAlnum V: if $1 is alnum
        IsAlpha V: if $1 is alpha
        IsDigit V: if $1 is digit
        IsFloat V: if $1 is float
        IsInteger V: if $1 is integer
        !IsInteger V: if $1 is not integer
        IsNumber V: if $1 is number
        !IsNumber V: if $1 is not number
        IsSpace V: if $1 is space
        IsTime V: if $1 is time
        IsXDigit V: if $1 is xdigit
    """)
)
_LOOPS = list(
    _rules("""
        Loop N: Loop, $1
        Files Tk: Loop, Files, $1, $2
        Parse Vtt: Loop, Parse, $1, $2, $3
        Read Tt: Loop, Read, $1, $2
        Reg Tk: Loop, Reg, $1, $2
    """)
)
_DIRECTIVES = list(
    _rules("""
        WinActive Wt: #IfWinActive, $1, $2
        !WinActive Wt: #IfWinNotActive, $1, $2
        WinExist Wt: #IfWinExist, $1, $2
        !WinExist Wt: #IfWinNotExist, $1, $2
    """)
)
# The only parameter of these takes its commas as they are, and so does the last one of FormatTime.
_LITERAL_COMMAS = frozenset({"Send", "SendEvent", "SendInput", "SendPlay", "OutputDebug", "FormatTime"})


def _applied(rules: Sequence[_Rule], name: str, arguments: list[Pieces], result: str = "") -> Old | None:
    """The first rule of this name that takes all the arguments."""
    found = (_filled(rule, arguments, result) for rule in rules if rule.name == name.lower())
    return next((old for old in found if old), None)


def _filled(rule: _Rule, arguments: list[Pieces], result: str) -> Old | None:
    if len(arguments) > len(rule.kinds):
        return None
    first, _, rest = rule.pattern.partition("\n")
    command, *parameters = first.split(", ")
    values = {"$0": result}
    for at, kind in enumerate(rule.kinds):
        last = command in _LITERAL_COMMAS and bool(parameters) and parameters[-1].endswith(f"${at + 1}")
        value = _value(kind, arguments[at] if at < len(arguments) else [], last)
        if value is None:
            return None
        values[f"${at + 1}"] = value
    if any(_is_torn(parameter, values) for parameter in parameters):
        return None
    written = [_with(values, parameter) for parameter in [command, *parameters]]
    while not written[-1]:
        written.pop()
    text = ", ".join(written) + ("\n" + _with(values, rest)) * bool(rest)
    return Old(rule.kind, text, len(written) > 1 or command.startswith("#"))


def _with(values: Mapping[str, str], pattern: str) -> str:
    return re.sub(r"\$\d", lambda found: values[found[0]], pattern)


def _value(kind: str, pieces: Pieces, last: bool) -> str | None:
    if not pieces:
        return None if kind.isupper() else ""
    if kind == "x" or (kind.isupper() and kind.lower() not in _MAY_BE_EMPTY and text_of(pieces) == ""):
        return None
    return _KINDS[kind.lower()](pieces, last)


def _is_torn(parameter: str, values: Mapping[str, str]) -> bool:
    """Something is written right before a value that is an expression, or that has a sign of its own."""
    value = values.get(parameter[-2:], "")
    return len(parameter) > 2 and parameter[-2] == "$" and value.startswith(("% ", "*"))


def in_v1(pieces: Pieces) -> Old | None:
    """The statement in v1, without the brace that ends it; None when it has no exact counterpart."""
    if pieces[0].kind == lexer.DIRECTIVE:
        return _directive(pieces)
    if control := _CONTROL.get(pieces[0].word):
        return control(pieces)
    if len(pieces) > 1 and pieces[1].text in _ASSIGNS:
        return _assignment(pieces)
    found = call(pieces)
    return _applied(_STATEMENTS, found.name.text, found.arguments) if found else None


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
    old = found and _applied(_DIRECTIVES, "!" * denied + found.name.text, found.arguments)
    return old or (None if written is None else Old("#If", f"#If {written}", True))


def _denied(pieces: Pieces) -> tuple[bool, Call | None]:
    """Whether a call is denied, and the call."""
    denied = bool(pieces) and (pieces[0].text == "!" or pieces[0].word == "not")
    return denied, call(pieces[int(denied) :], statement=False)


def _loop(pieces: Pieces) -> Old | None:
    if len(pieces) == 1:
        return Old("", pieces[0].text)
    if pieces[1].word not in ("files", "parse", "read", "reg") or is_called(pieces, 1):
        return _applied(_LOOPS, "Loop", [pieces[1:]])
    return _applied(_LOOPS, pieces[1].text, split(pieces[2 + (pieces[2].text == ",") :])) if len(pieces) > 2 else None


def _condition(pieces: Pieces) -> Old | None:
    pieces = pieces[1:]
    while pieces and pieces[0].text == "(" and closing(pieces, 0) == len(pieces) - 1:
        pieces = pieces[1:-1]
    if not pieces:
        return None
    denied, found = _denied(pieces)
    old = found and _applied(_CONDITIONS, "!" * denied + found.name.text, found.arguments)
    old = old or _answered(pieces) or _compared(pieces) or _one_of(pieces) or _between(pieces)
    written = expression(pieces)
    return old or (None if written is None else Old("", f"if ({written})"))


def _answered(pieces: Pieces) -> Old | None:
    """MsgBox(...) = "Yes"."""
    if len(pieces) < 3 or pieces[-2].text not in ("=", "==") or not (answer := text_of(pieces[-1:])):
        return None
    asked = call(pieces[:-2], statement=False)
    old = asked and asked.name.word == "msgbox" and _applied(_STATEMENTS, "MsgBox", asked.arguments)
    return Old("IfMsgBox", f"{old.text}\nIfMsgBox, {answer}", True) if old else None


def _compared(pieces: Pieces) -> Old | None:
    """x = "text" and x != "text"."""
    text = text_of(pieces[2:])
    name = variable(pieces[:1])
    if text is None or name is None or pieces[1].text not in ("=", "!="):
        return None
    written = _unquoted([_Part(text)], last=True)
    if written is None or _NUMERIC.fullmatch(text) or not re.match(r"[A-Za-z]|\Z", text):
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
    low, high, name = _integer(pieces[2:3], False), _integer(pieces[6:], False), variable(pieces[:1])
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
    if sign == ":=" and (old := _applied(_STATEMENTS, target.word or "?", [value] if value else [])):
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
    if own and found.name.word in _OWN:
        return _applied(_OWN_RESULTS, found.name.text, found.arguments, name)
    return _applied(_RESULTS, found.name.text, found.arguments, name)


# Commands that change a variable: the result goes to the first argument.
_OWN_RESULTS = list(
    _rules("""
        DateAdd VNK: EnvAdd, $1, $2, $3
        DateDiff VTK: EnvSub, $1, $2, $3
        Sort Vk: Sort, $1, $2
    """)
)
_OWN = frozenset(rule.name for rule in _OWN_RESULTS)


def _part_of(name: str, arguments: list[Pieces]) -> Old | None:
    """SubStr as the command that v1 has for its kind of numbers."""
    source = variable(arguments[0])
    start, *length = [_integer(argument, False) for argument in arguments[1:]]
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
    parts = _parts(value)
    if parts is None:
        return None
    text = "".join(" " if part.variable else part.text for part in parts)
    written = _unquoted(parts, last=True)
    if written is None or text != text.strip() or _NUMERIC.fullmatch(text):
        return None
    return Old("=", f"{name} = {written}".rstrip(), True)


# Not exact: only to show what does not load.
_NEAR = list(
    _rules("""
        Hotkey TFk: Hotkey, $1, $2, $3
        OnExit F: OnExit, $1
        SetTimer FN: SetTimer, $1, $2
    """)
)
_NEAR_RESULTS = list(
    _rules("""
        ControlGetFocus wttt: ControlGetFocus, $0, $1, $2, $3, $4
        GetKeyState Tk: GetKeyState, $0, $1, $2
        Gui tt: Gui, New, $1, $2
        InStr VT: StringGetPos, $0, $1, $2
        InputBox Tt: InputBox, $0, $2, $1
        StrSplit Vtt: StringSplit, $0, $1, $2, $3
        WinGetList wttt: WinGet, $0, List, $1, $2, $3, $4
    """)
)
# `$0` is the object: v1 had one window, and menus by their name.
_METHODS = list(
    _rules("""
        Gui.Add Ktt: Gui, Add, $1, $2, $3
        Gui.AddButton tt: Gui, Add, Button, $1, $2
        Gui.AddCheckBox tt: Gui, Add, CheckBox, $1, $2
        Gui.AddEdit tt: Gui, Add, Edit, $1, $2
        Gui.AddGroupBox tt: Gui, Add, GroupBox, $1, $2
        Gui.AddText tt: Gui, Add, Text, $1, $2
        Gui.Destroy : Gui, Destroy
        Gui.Hide : Gui, Hide
        Gui.SetFont tt: Gui, Font, $1, $2
        Gui.Show t: Gui, Show, $1
        Menu.Add TF: Menu, $0, Add, $1, $2
        Menu.Add : Menu, $0, Add
        Menu.Delete T: Menu, $0, Delete, $1
        Menu.Disable T: Menu, $0, Disable, $1
        Menu.Check T: Menu, $0, Check, $1
        Menu.Show : Menu, $0, Show
    """)
)


def near_v1(pieces: Pieces, objects: Mapping[str, str]) -> Old | None:
    """The command that v1 had for a statement, where what came of it was another: a label, an array, one window.

    `objects`: the lower-case names of variables that hold a window or a menu, and which (`Gui`, `Menu`).
    """
    if len(pieces) > 4 and pieces[1].text == "." and (holds := objects.get(pieces[0].word)):
        called = call(pieces[2:], statement=False)
        name = "Tray" if pieces[0].word == "a_traymenu" else pieces[0].text
        return _applied(_METHODS, f"{holds}.{called.name.text}", called.arguments, name) if called else None
    if len(pieces) > 2 and pieces[1].text == ":=":
        called, result = call(pieces[2:], statement=False), variable(pieces[:1])
        return _applied(_NEAR_RESULTS, called.name.text, called.arguments, result) if called and result else None
    called = call(pieces)
    return _applied(_NEAR, called.name.text, called.arguments) if called else None
