"""The header comment of a script: where it stands, and what of it a person would have asked for."""

from __future__ import annotations

import re
from typing import NamedTuple

from prep.languages.comments import AUTOHOTKEY, UNKNOWN, Syntax, comment_at, is_directive
from prep.quality import Drop
from prep.record import Document
from prep.tasks.comment import LIST, is_of_function, wanted_lines
from prep.tasks.paragraphs import grouped

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
    lines = script.split("\n")
    kept: list[str] = []
    comment: list[str] = []
    title = text = ""
    at = 0
    while at < len(lines) and len(f"{title} {text}".split()) < MIN_WORDS:
        if not lines[at].strip() or is_directive(lines[at], syntax):
            kept.append(lines[at])
            at += 1
        elif found := comment_at(lines, at, syntax):
            if (title or text) and is_of_function(found.said):
                break
            at = found.stop
            comment += ["", *found.said]
            kept += [found.rest] if found.rest else []
            title, text = _clean(comment)
        else:
            break
    above, below = "\n".join(_without_gaps(kept)), "\n".join(lines[at:])
    parted = "\n\n" if above.endswith("\n") or below.startswith("\n") or comment else "\n"
    body = above.rstrip() + parted + below.strip("\n")
    return Header(title, text, body.strip("\n").rstrip())


def no_header(header: Header, document: Document) -> Drop:
    """The reason to leave a script out that does not say enough of itself."""
    if document.syntax == UNKNOWN:
        return Drop("no-header", f"how {document.language} writes comments is not known: say it under `comments:`")
    return Drop("no-header", f"the header comment says {header.words} words, at least {MIN_WORDS} are needed")


def _without_gaps(lines: list[str]) -> list[str]:
    """No two blank lines in a row: taking the comment out must not leave a hole."""
    return [line for at, line in enumerate(lines) if line.strip() or (at and lines[at - 1].strip())]


_MODULE = re.compile(r"\w+(?:[./\\]\w+)+")  # a name as it is imported, or a path


def _clean(comment: list[str]) -> tuple[str, str]:
    """Title and text of the raw comment lines."""
    paragraphs = grouped(list(wanted_lines(comment[:MAX_LINES])))
    if paragraphs and _MODULE.fullmatch(paragraphs[0][0]):
        paragraphs = list(filter(None, [paragraphs[0][1:], *paragraphs[1:]]))
    title = _title(paragraphs[0][0]) if paragraphs else ""
    if title:
        paragraphs[0] = paragraphs[0][1:]
    blocks = ["\n".join(paragraph) for paragraph in paragraphs if paragraph]
    text = ""
    for block in blocks:
        if text and len(text) + len(block) > MAX_CHARS:
            break
        text += ("\n\n" if text else "") + block
    return title, _whole_sentences(text)


def _whole_sentences(text: str) -> str:
    """As far as MAX_CHARS go, to the end of a line or a sentence."""
    if len(text) <= MAX_CHARS:
        return text
    cut = text[:MAX_CHARS]
    return cut[: max(cut.rfind("\n"), cut.rfind(". ") + 1)].rstrip() or cut


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
