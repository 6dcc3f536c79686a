"""The lines of a comment as paragraphs and lists: what only the margin parted is joined again."""

from __future__ import annotations

import re
from itertools import zip_longest

from prep.tasks.comment import LIST, MARGIN, RAGGED

LONG = 0.7  # share of the margin that a line takes at least when the next one goes on with its paragraph

_LABEL = re.compile(r"^[A-Z][\w /-]{0,24}?\s*:(?:\s|$)")
_TABLE = re.compile(r"[^\s.!?:] {2,}\S|\t|(?:^|\s)[-=\u2013\u2014>|]{1,2}\s|[=-]>|::", re.MULTILINE)


def grouped(lines: list[str]) -> list[list[str]]:
    """Paragraphs, each of lines that stand for themselves; an empty line parts them, none is empty."""
    margin = max(MARGIN, *map(len, lines), 0)
    paragraphs: list[list[str]] = [[]]
    last = ""
    for line in lines:
        if not line:
            paragraphs.append([])
        elif paragraphs[-1] and _goes_on(last, line, margin):
            paragraphs[-1][-1] += " " + line
        else:
            paragraphs[-1].append(line)
        last = line
    filled = list(filter(None, paragraphs))
    kept = (one if after and LIST.match(after[0]) else _answered(one) for one, after in zip_longest(filled, filled[1:]))
    return list(filter(None, kept))


def _answered(paragraph: list[str]) -> list[str]:
    """Without the sentence at its end that announces, with a colon, what was left out."""
    while paragraph and paragraph[-1].endswith(":"):
        last = paragraph[-1][: paragraph[-1].rfind(". ") + 1]
        paragraph = [*paragraph[:-1], last] if last else paragraph[:-1]
    return paragraph


def _goes_on(before: str, line: str, margin: int) -> bool:
    """Whether only the margin parted a line from the one before it."""
    if LIST.match(line) or _LABEL.match(line):
        return False
    new = line[0].isupper() and not before.endswith((".", ",", "!", "?", ";"))  # perhaps a line of its own
    full = len(before) + 1 + len(line.split(" ", 1)[0]) > margin - (0 if new else RAGGED)
    wrapped = margin > MARGIN and len(before) > LONG * margin and not _TABLE.search(f"{before}\n{line}")
    return full or line[0].islower() or (wrapped and not new and not before.endswith(":"))
