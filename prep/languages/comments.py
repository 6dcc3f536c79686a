"""How languages write comments, and their header comment brought into the one shape that is read."""

from __future__ import annotations

from typing import NamedTuple


class Syntax(NamedTuple):
    """The sign before a comment line, and the pair around a block; empty where a language has none."""

    line: str
    start: str = ""
    end: str = ""


AUTOHOTKEY = Syntax(";", "/*", "*/")
_C = Syntax("//", "/*", "*/")
_HASH = Syntax("#")
KNOWN = {
    "autohotkey": AUTOHOTKEY,
    "python": Syntax("#", '"""', '"""'),
    "lua": Syntax("--", "--[[", "]]"),
    "sql": Syntax("--", "/*", "*/"),
    "haskell": Syntax("--", "{-", "-}"),
    "ruby": Syntax("#", "=begin", "=end"),
    "powershell": Syntax("#", "<#", "#>"),
    "vb": Syntax("'"),
    "vba": Syntax("'"),
    "basic": Syntax("'"),
    "matlab": Syntax("%", "%{", "%}"),
    "lisp": Syntax(";"),
    "scheme": Syntax(";"),
    "clojure": Syntax(";"),
    "assembly": Syntax(";"),
} | dict.fromkeys(("bash", "shell", "sh", "perl", "r", "julia", "elixir", "tcl", "yaml", "make", "nim"), _HASH)
KNOWN |= dict.fromkeys(
    ("c", "c++", "c#", "java", "javascript", "typescript", "go", "rust", "swift", "kotlin", "php", "dart", "zig"), _C
)


def syntax_of(language: str) -> Syntax:
    """By the first word of a language's name; AutoHotkey's for one that is not known."""
    words = language.lower().split()
    return KNOWN.get(words[0] if words else "", AUTOHOTKEY)


def as_autohotkey(script: str, syntax: Syntax) -> str:
    """The script with the comments at its top as AutoHotkey writes them; all below is as it was."""
    if syntax == AUTOHOTKEY:
        return script
    lines = script.split("\n")
    at = 0
    while at < len(lines):
        text = lines[at].strip()
        if syntax.start and text.startswith(syntax.start):
            at = _block(lines, at, syntax)
        elif syntax.line and text.startswith(syntax.line) and not text.startswith("#!"):
            lines[at] = "; " + text.removeprefix(syntax.line)
            at += 1
        elif not text or text.startswith("#!"):
            at += 1
        else:
            break
    return "\n".join(lines)


def _block(lines: list[str], at: int, syntax: Syntax) -> int:
    """Rewrite the block that begins at a line; the line after it."""
    lines[at] = "/* " + lines[at].strip().removeprefix(syntax.start)
    for end in range(at, len(lines)):
        before, mark, after = lines[end].partition(syntax.end)
        if mark:
            lines[end] = f"{before}*/{after}"
            return end + 1
    return len(lines)
