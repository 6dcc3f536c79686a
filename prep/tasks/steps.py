"""What the comments inside a script say of the code right below them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise

from prep.languages.autohotkey import lexer
from prep.languages.autohotkey.code import Function, functions
from prep.languages.autohotkey.lexer import Token
from prep.languages.comments import AUTOHOTKEY, comment_at
from prep.tasks.comment import is_code, is_framed, wanted_lines

MIN_WORDS = 5  # a shorter comment names a part, it does not explain one
MAX_PLACE = 60  # characters of code that tell what a step is about


def steps(tokens: Sequence[Token]) -> list[str]:
    """A sentence or more for each comment that stands directly above code, after the place it is about.

    Frames, the labels of sections, questions, and code that was commented out explain nothing.
    """
    code = _code(tokens)
    found = functions(tokens)
    said = ((place, _said(comment)) for comment, place in _runs(tokens) if place in code)
    return list(dict.fromkeys(f"{_place(code[place], place, found)}{text}" for place, text in said if text))


def _runs(tokens: Sequence[Token]) -> Iterator[tuple[list[str], int]]:
    """Comments on lines of their own, joined where one directly follows the other; the number of the next line."""
    run: list[str] = []
    below = 0
    for before, token in pairwise([Token(lexer.NEWLINE, "\n", 0), *(one for one in tokens if one.kind != lexer.BLANK)]):
        if token.kind not in (lexer.COMMENT, lexer.BLOCK_COMMENT) or before.kind != lexer.NEWLINE:
            continue
        if token.line != below and run:
            yield run, below
            run = []
        run += token.text.split("\n")
        below = token.line + token.text.count("\n") + 1
    if run:
        yield run, below


def _said(comment: list[str]) -> str:
    """In one paragraph; empty when it is no explanation."""
    lines: list[str] = []
    at = 0
    while at < len(comment) and (found := comment_at(comment, at, AUTOHOTKEY)):
        lines += found.said
        at = found.stop
    if any(is_framed(line) or is_code(line) for line in lines):
        return ""
    text = " ".join(filter(None, wanted_lines(lines)))
    return text if len(text.split()) >= MIN_WORDS and not text.endswith((":", "?")) else ""


def _code(tokens: Sequence[Token]) -> dict[int, str]:
    """The lines that hold code, by number, without their comments."""
    lines: dict[int, str] = defaultdict(str)
    for token in tokens:
        if token.kind not in (lexer.COMMENT, lexer.BLOCK_COMMENT, lexer.NEWLINE):
            lines[token.line] += token.text
    return {number: text.strip() for number, text in lines.items() if text.strip()}


def _place(line: str, number: int, found: Sequence[Function]) -> str:
    """The function that begins on a line, else the line itself where it is short, else the function it is in."""
    if named := [function.name for function in found if function.line == number]:
        return f"`{named[0]}`: "
    line = line.removeprefix("}").removesuffix("{").strip()
    if len(line) <= MAX_PLACE and _says_something(line):
        return f"`{line}`: "
    around = [function.name for function in found if function.line < number <= function.end]
    return f"In `{around[-1]}`: " if around else ""


def _says_something(line: str) -> bool:
    """Whether it is a whole statement, of more than a word, that a pair of backticks can hold."""
    whole = (
        all(line.count(one) == line.count(other) for one, other in ("()", "[]", "{}")) and line[-1:] not in "?:,.+=&|"
    )
    return whole and " " in line.replace("(", " ") and not any(sign in line for sign in ("`", "\t", "  "))
