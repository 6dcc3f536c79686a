"""How languages write comments, and the comment that begins at a line, without its signs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple


class Syntax(NamedTuple):
    """The sign before a comment line, empty where a language has none; the pairs around a block."""

    line: str = ""
    blocks: tuple[tuple[str, str], ...] = ()


class Comment(NamedTuple):
    """`stop` is the index of the line after it, `said` its lines without signs, `rest` what follows a block's end."""

    stop: int
    said: list[str]
    rest: str = ""


_SLASHED = ("/*", "*/")
_DOCSTRINGS = tuple((prefix + quotes, quotes) for prefix in ("", *"rRuU") for quotes in ('"""', "'''"))
_LONG_BRACKETS = tuple((f"--[{level}[", f"]{level}]") for level in ("", "=", "=="))
AUTOHOTKEY = Syntax(";", (_SLASHED,))
UNKNOWN = Syntax()
KNOWN = {
    "autohotkey": AUTOHOTKEY,
    "python": Syntax("#", _DOCSTRINGS),
    "lua": Syntax("--", _LONG_BRACKETS),
    "sql": Syntax("--", (_SLASHED,)),
    "haskell": Syntax("--", (("{-", "-}"),)),
    "ada": Syntax("--"),
    "vhdl": Syntax("--"),
    "ruby": Syntax("#", (("=begin", "=end"),)),
    "powershell": Syntax("#", (("<#", "#>"),)),
    "matlab": Syntax("%", (("%{", "%}"),)),
    "erlang": Syntax("%"),
    "prolog": Syntax("%", (_SLASHED,)),
    "ocaml": Syntax("", (("(*", "*)"),)),
    "css": Syntax("", (_SLASHED,)),
    "fortran": Syntax("!"),
}
_BY_SYNTAX = {
    Syntax(
        "//", (_SLASHED,)
    ): "c c++ c# objective-c java javascript typescript go rust swift kotlin scala groovy php dart zig",
    Syntax("#"): "bash shell sh zsh fish perl r julia elixir crystal tcl awk yaml make dockerfile terraform nim",
    Syntax(";"): "lisp scheme racket clojure assembly",
    Syntax("'"): "vb vba basic",
}
KNOWN |= {name: syntax for syntax, names in _BY_SYNTAX.items() for name in names.split()}


def syntax_of(language: str) -> Syntax:
    """By the first word of a language's name; UNKNOWN, which has no comments, for one that is not known."""
    words = language.lower().split()
    return KNOWN.get(words[0] if words else "", UNKNOWN)


# Compiler directives and folding marks too. A hotkey such as `#F1::` is none.
_AUTOHOTKEY_DIRECTIVE = re.compile(
    r"#!\s*/\w|#(?!HotIf|If)[A-Za-z]{3,}\b(?!.*::)|;\s*@Ahk2Exe|;\s*#?(?:end)?region\b", re.IGNORECASE
)
_FOR_TOOLS = re.compile(
    r"#!|#pragma\s+once|<\?php\b|['\"]use strict['\"];?$|/\*\s*globals?\s|"
    r"\W{1,4}(?:-\*-.*-\*-|.{0,30}coding[:=]\s*[-\w.]+\s*$|vim?:|ex:|eslint|js[hl]int|prettier-|istanbul|go:\w|\+build|"
    r"@(?:ts|flow|jsx|format|prettier)|luacheck:|NOLINT|noqa|clang-format|frozen_string_literal:|type:\s*ignore|"
    r"(?:pylint|ruff|flake8|mypy|isort|fmt|rubocop|shellcheck|cspell):|#?(?:end)?region\b)"
)


def is_directive(line: str, syntax: Syntax) -> bool:
    """Whether a line among the first comments is there for a tool, such as a shebang: then the script keeps it."""
    pattern = _AUTOHOTKEY_DIRECTIVE if syntax == AUTOHOTKEY else _FOR_TOOLS
    return bool(pattern.match(line.strip()))


def comment_at(lines: Sequence[str], at: int, syntax: Syntax) -> Comment | None:
    """The block, or all the comment lines, that begin at a line. A block that does not end goes to the last line."""
    text = lines[at].strip()
    for start, end in syntax.blocks:
        if start and text.startswith(start):
            return _block(lines, at, start, end)
    said = []
    for line in lines[at:]:
        text = line.strip()
        if not syntax.line or not text.startswith(syntax.line) or is_directive(text, syntax):
            break
        said.append(_without_sign(text, syntax.line))
    return Comment(at + len(said), said) if said else None


def _block(lines: Sequence[str], at: int, start: str, end: str) -> Comment:
    """`start` and `end` are around it; a star before each line belongs to the frame, before some it marks a list."""
    said = [lines[at].strip().removeprefix(start)]
    while end not in said[-1] and at + len(said) < len(lines):
        said.append(lines[at + len(said)])
    stop = at + len(said)
    said[-1], _, rest = said[-1].partition(end)
    if all(line.lstrip()[:1] in ("*", "") for line in said[1:]):
        said = [re.sub(r"^\s*[*!](?=\s|$)", "", line) for line in said]
    return Comment(stop, said, rest.strip())


def _without_sign(text: str, sign: str) -> str:
    """Also without what marks documentation: `///`, `//!`, `##`, `#'`."""
    said = text.removeprefix(sign)
    mark = re.match(rf"[{re.escape(sign[-1])}!]*'?(?=\s|$)", said)
    return said[mark.end() :] if mark else said
