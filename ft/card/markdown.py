"""Pieces of Markdown around texts that anybody may have written: none of them can leave its place."""

from __future__ import annotations

import re

# What is no text would be invisible, or turn the text around it.
_VISIBLE = {code: chr(0x2400 + code) for code in range(32) if chr(code) not in "\t\n"} | {0x7F: "\u2421"}
_VISIBLE |= {code: f"<U+{code:04X}>" for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F)}
_VISIBLE |= dict.fromkeys((*range(0x80, 0xA0), 0xFFFE, 0xFFFF), "\ufffd")
_MARKS = re.compile(r"([\\`*_{}\[\]<>|~#$&])")

_LONG = 8  # marks of a fence that is hard to read


def visible(text: str, most: int = 6000) -> str:
    """Cut at `most` characters, with signs in the place of what is no text."""
    whole = text.replace("\r\n", "\n").encode("utf-8", "replace").decode("utf-8").translate(_VISIBLE)
    return whole if len(whole) <= most else f"{whole[:most]}\n[... {len(whole) - most:,} characters more]"


def fenced(text: str, language: str = "text") -> str:
    """A block of text as it stands; its fence is longer than any within, of tildes where that is much shorter."""
    shown = visible(text)
    ticks, tildes = (max((len(run) for run in re.findall(f"{mark}+", shown)), default=0) for mark in "`~")
    fence = "~" * max(3, tildes + 1) if ticks > _LONG > tildes else "`" * max(3, ticks + 1)
    return f"{fence}{language}\n{shown}\n{fence}"


def code(text: str) -> str:
    """A few words as code, in a line or in the cell of a table."""
    shown = " ".join(visible(text, 300).split())
    longest = max((len(run) for run in re.findall(r"`+", shown)), default=0)
    mark = "`" * (longest + 1)
    blank = " " if longest else ""
    return f"{mark}{blank}{shown}{blank}{mark}" if shown else ""


def plain(text: str) -> str:
    """A text in one line that is read as it stands: nothing in it is Markdown or HTML."""
    return _MARKS.sub(r"\\\1", " ".join(visible(text, 600).split()))


def table(heads: list[str], rows: list[list[str]], text: int = 1) -> str:
    """The first `text` columns are words, the others numbers set to the right. Cells are Markdown already."""
    rule = ["---" if at < text else "---:" for at in range(len(heads))]
    safe = [[re.sub(r"(?<!\\)\|", r"\|", cell) for cell in cells] for cells in rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (heads, rule, *safe))
