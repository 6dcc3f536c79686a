"""The header comment of an AutoHotkey script: where it stands, and what of it a person would have asked for."""

from __future__ import annotations

import re
from typing import NamedTuple

from prep.languages.comments import AUTOHOTKEY, Syntax, as_autohotkey
from prep.tasks.comment import LIST, MARGIN, wanted_lines

MIN_WORDS = 4  # fewer do not say what a script does
MAX_CHARS = 1500  # longer headers are manuals; the first paragraphs say what is wanted
MAX_LINES = 300  # of a comment are looked at


class Header(NamedTuple):
    title: str  # empty when the header has no line that reads like one
    text: str  # paragraphs and lists, may be empty when the title says it all
    body: str  # the script without the header comment

    @property
    def words(self) -> int:
        return len(f"{self.title} {self.text}".split())


def parse(script: str, syntax: Syntax = AUTOHOTKEY) -> Header:
    """Take the leading comments off until they say what the script does; directives among them stay in the body."""
    written, lines = script.split("\n"), as_autohotkey(script, syntax).split("\n")
    kept: list[str] = []
    comment: list[str] = []
    title = text = ""
    at = 0
    while at < len(lines) and len(f"{title} {text}".split()) < MIN_WORDS:
        line = lines[at]
        if _BLOCK_START.match(line):
            at, block, rest = _block(lines, at)
            comment += ["", *block]
            kept += rest
            title, text = _clean(comment)
        elif _COMMENT.match(line) and not _DIRECTIVE.match(line):
            start, at = at, _end_of_comment(lines, at)
            comment += ["", *lines[start:at]]
            title, text = _clean(comment)
        elif not line.strip() or _DIRECTIVE.match(line):
            kept.append(written[at])
            at += 1
        else:
            break
    above, below = "\n".join(_without_gaps(kept)), "\n".join(written[at:])
    parted = "\n\n" if above.endswith("\n") or below.startswith("\n") or comment else "\n"
    body = above.rstrip() + parted + below.strip("\n")
    return Header(title, text, body.strip("\n").rstrip())


_BLOCK_START = re.compile(r"\s*/\*")
_COMMENT = re.compile(r"\s*;")
# Also the comments that tools read: compiler directives and folding marks. A hotkey such as `#F1::` is none.
_DIRECTIVE = re.compile(
    r"\s*(?:#!\s*/\w|#(?!HotIf|If)[A-Za-z]{3,}\b(?!.*::)|;\s*@Ahk2Exe|;\s*#?(?:end)?region\b)", re.IGNORECASE
)


def _block(lines: list[str], at: int) -> tuple[int, list[str], list[str]]:
    """A /* */ comment from its first line: the line after it, its lines, and code that follows its end."""
    for end in range(at, len(lines)):
        before, mark, after = lines[end].partition("*/")
        if mark:
            return end + 1, [*lines[at:end], before], [after.strip()] if after.strip() else []
    return len(lines), lines[at:], []


def _end_of_comment(lines: list[str], at: int) -> int:
    while at < len(lines) and _COMMENT.match(lines[at]) and not _DIRECTIVE.match(lines[at]):
        at += 1
    return at


def _without_gaps(lines: list[str]) -> list[str]:
    """No two blank lines in a row: taking the comment out must not leave a hole."""
    return [line for at, line in enumerate(lines) if line.strip() or (at and lines[at - 1].strip())]


def _clean(comment: list[str]) -> tuple[str, str]:
    """Title and text of the raw comment lines."""
    lines = list(wanted_lines(comment[:MAX_LINES]))
    paragraphs = _paragraphs(lines)
    if not paragraphs:
        return "", ""
    title = _title(paragraphs[0][0])
    if title:
        paragraphs[0] = paragraphs[0][1:]
    blocks = ["\n".join(paragraph) for paragraph in paragraphs if paragraph]
    text = ""
    for block in blocks:
        if text and len(text) + len(block) > MAX_CHARS:
            break
        text += ("\n\n" if text else "") + block
    return title, text[:MAX_CHARS].strip()


_LABEL = re.compile(r"^[A-Z][\w /-]{0,24}?\s*:(?:\s|$)")


def _paragraphs(lines: list[str]) -> list[list[str]]:
    """Group at blank lines; join a line to the one before it where only the margin parted them."""
    margin = max(MARGIN, *map(len, lines), 0)
    paragraphs: list[list[str]] = [[]]
    last = ""
    for line in lines:
        full = len(last) + 1 + len(line.split(" ", 1)[0]) > margin  # the line before had no room for the next word
        if not line:
            paragraphs.append([])
        elif paragraphs[-1] and not LIST.match(line) and not _LABEL.match(line) and (full or line[0].islower()):
            paragraphs[-1][-1] += " " + line
        else:
            paragraphs[-1].append(line)
        last = line
    filled = [paragraph for paragraph in paragraphs if paragraph]
    for at, paragraph in enumerate(filled):
        lists_next = at + 1 < len(filled) and LIST.match(filled[at + 1][0])
        while paragraph and paragraph[-1].endswith(":") and not lists_next:  # what it announced was left out
            paragraph.pop()
    return [paragraph for paragraph in filled if paragraph]


_TITLE_NOISE = re.compile(
    r"^(?:auto-?hot-?key|ahk)(?:\s*\(?v?[12](?:\.\d+)*\)?)?\s*(?:script|examples?)?\s*[-:\u2013\u2014]\s*|"
    r"\s*[-\u2013,(]*\s*\bv(?:er(?:sion)?)?\.?\s*\d+(?:\.\d+)*\)?\s*$",
    re.IGNORECASE,
)


def _title(line: str) -> str:
    """The line as a title, or nothing when it reads like a sentence, a list item or a label."""
    line = _TITLE_NOISE.sub("", line).strip()
    sentence = line.endswith((".", ":", ",", ";", "?", "!")) or ". " in line or bool(LIST.match(line))
    if sentence or len(line) > 80 or len(line.split()) > 12:
        return ""
    line = line.strip(" -{}")
    return line[1:-1] if line[:1] in "\"'`" and line[:1] == line[-1:] else line
