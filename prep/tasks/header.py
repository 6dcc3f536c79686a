"""The header comment of an AutoHotkey script: where it stands, and what of it a person would have asked for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from prep.languages.comments import AUTOHOTKEY, Syntax, as_autohotkey

MIN_WORDS = 4  # fewer do not say what a script does
MAX_CHARS = 1500  # longer headers are manuals; the first paragraphs say what is wanted
MAX_LINES = 300  # of a comment are looked at
MAX_LINE = 1000  # characters of each: the patterns below are not linear on what nobody writes
MARGIN = 50  # a comment narrower than this was not wrapped at a margin; its lines end where they were meant to


class Header(NamedTuple):
    title: str  # empty when the header has no line that reads like one
    text: str  # paragraphs and lists, may be empty when the title says it all
    body: str  # the script without the header comment

    @property
    def words(self) -> int:
        return len(f"{self.title} {self.text}".split())


def parse(script: str, syntax: Syntax = AUTOHOTKEY) -> Header:
    """Take the leading comments off until they say what the script does; directives among them stay in the body."""
    lines = as_autohotkey(script, syntax).split("\n")
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
            kept.append(line)
            at += 1
        else:
            break
    above, below = "\n".join(_without_gaps(kept)), "\n".join(lines[at:])
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


_LEADER = re.compile(r"^\s*(?:/\*+|;+|\*(?=\s|$))?[ \t]?")
_FRAME = re.compile(r"^[\s=*_~#+|\-─━═—\u2013•·.<>/\\]*$")  # a line of decoration only
_EDGES = re.compile(r"^\s*(?:[=*_~#+─━═|]|-{2,})[=*_~#+─━═|\-]*\s+(?=\S)|\s*[=*_~#+─━═|\-]{2,}\s*$|\s+[|*#]\s*$")
_NAME = (
    r"(?:last\s+)?(?:script|file|module|project|program|app|class|function)?\s*[-_ ]?(?:name|path)|file|script|module|"
    r"class|interface|extends|namespace|fileoverview"
)
_METADATA = re.compile(
    r"^(?:@\s*)?(?:" + _NAME + r"|authors?|by|made\s+by|written\s+by|created(?:\s+(?:by|on|at|with|using))?|creator|"
    r"maintainers?|contributors?|original(?:ly)?(?:\s+\w+)?|(?:script|file|ahk|autohotkey|current)?\s*version|ver|"
    r"revision|rev|build|release(?:d)?|(?:creation|release|modified)?\s*date|modified|(?:last\s+)?(?:updated?|changed|"
    r"modified|edited)(?:\s+(?:on|by))?|since|copyrights?|licen[cs]e[ds]?|url|link|links|website|web|homepage|home|git|"
    r"github|gist|repo(?:sitory)?|forum(?:\s+\w+)?|topic|thread|source|sources|ref|refs|credits?(?:\s+to)?|thanks(?:\s+to)?|"
    r"thx|special\s+thanks|platform|os(?:\s+version)?|language|lang|tested(?:\s+(?:on|with|under|in))?|encoding|e-?mail|"
    r"contact|ahk|ahk_l|autohotkey|requires?|requirements?|dependenc(?:y|ies)|tags?|keywords?|category|status|id|guid|"
    r"difficulty|see(?:\s+also)?|env(?:ironment)?|editor|tab\s*size)\s*(?:[:=]|\s-\s|\s{2,}).*$",
    re.IGNORECASE,
)
_CREDIT = re.compile(
    r"^(?:\(c\)|©|copyright\b|(?:original(?:ly)?|written|created|made|coded|converted|ported|adapted|modified|posted|"
    r"based\s+on|inspired|updated|taken|provided|generated)\s+(?:\w+\s+)?(?:by|from|for|on|with|using)\b.*|"
    r"(?:many\s+|special\s+|big\s+)?(?:thanks|credits?)\s+(?:to|goes?|for)\b.*|"
    r"(?:the\s+)?(?:mit|gpl|gnu|apache|bsd|unlicense|public\s+domain)\b.*licen[cs]e.*|licensed\s+under.*|"
    r"(?:version|updated?|v1tov2:?)\s+\S+.*|[a-z]:\\\S*|v?\d+(?:\.\d+)+\w*(?:\s.*)?|\d{4}[-/.]\d{1,2}[-/.]\d{1,2}.*|(?:auto-?hot-?key|ahk)?\s*v?[12](?:\.\d+)*\+?\.?$|"
    r"#?(?:requires|include|singleinstance|warn|notrayicon|persistent)\b.*|(?:todo|fixme)\b.*|(?:start|begin|end)\s+of\b.*)",
    re.IGNORECASE,
)
_SECTION = re.compile(
    r"^(?:change\s?-?log|changes|(?:version|revision|change|release)\s+(?:history|notes|log)|history|todo|to\s+do|to-do|"
    r"licen[cs]e|credits?|acknowledge?ments?|table\s+of\s+contents|contents|toc|see\s+also|references?|links?|resources|"
    r"examples?|example\s+(?:usage|code)|usage\s+examples?|sources?|syntax|parameters?|params|returns?|return\s+values?|"
    r"known\s+(?:issues|bugs)|bugs|related(?:\s+\w+)?|dependencies|requirements|installation|install|disclaimer|"
    r"learning\s+(?:points|objectives)|key\s+(?:concepts|learning\s+points))\s*:?\s*$",
    re.IGNORECASE,
)
_KEEP_LABEL = re.compile(
    r"^@?(?:description|desc|about|purpose|summary|overview|title|brief|classdesc|what\s+it\s+does|abstract|intro(?:duction)?|"
    r"function(?:ality)?|synopsis|file\s*overview)\s*(?::|-|\s)\s*(?:-\s*)?",
    re.IGNORECASE,
)
_LABEL_ALONE = re.compile(r"^@?(?:description|desc|about|purpose|summary|overview|features)\s*[:\-]?$", re.IGNORECASE)
_TAG = re.compile(r"^@\w+")
_LINK = re.compile(r"\{@link\s+([^\s}]+)(?:\s+([^}]*))?\}")
_URL_IN_BRACKETS = re.compile(r"\s*[(\[<][^()\[\]<>]*(?:https?://|www\.)[^()\[\]<>]*[)\]>]")
_URL = re.compile(r"https?://|www\.|\b[\w.-]+\.(?:com|org|net|io)/|[\w.+-]+@[\w-]+\.\w{2,}|viewtopic\.php")
# A script's name: alone before a dash it is only a label, elsewhere its words stay without folder and extension.
_FILE_LABEL = re.compile(r"^\S+\.(?:ahk|ah2)\s*(?:[-:\u2013\u2014]+\s+|$)|^see\s.*\.(?:ahk|ah2)\b.*", re.IGNORECASE)
_FILE_NAME = re.compile(r"(?:[A-Za-z]:)?(?:[\w.~-]*[\\/])*([\w~-]+(?:\.[\w~-]+)*)\.(?:ahk|ah2)\b", re.IGNORECASE)
_CODE = re.compile(
    r":=|^;|^[{}()\[\]]+,?$|[;{]\s*$|^\w[\w.]*\([^)]*\)\s*(?:\{|;|$)|^(?:if|while|for|return|loop|global|static|local)\b.*[(){}%]|"
    r"^\w+,\s*%|^[\w.]+\s*=\s*\S+$|^(?:msgbox|send|run|sleep)\b[ ,(]*[\"'%^{]",
    re.IGNORECASE,
)
_LIST = re.compile(r"^(?:[-*•+>]|\(?\d{1,2}[.)]|\[\w?\])\s+")


def _clean(comment: list[str]) -> tuple[str, str]:
    """Title and text of the raw comment lines."""
    lines = list(_wanted_lines(comment[:MAX_LINES]))
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


def _wanted_lines(comment: list[str]) -> Iterator[str]:
    """The lines that say what the script does; an empty one between paragraphs."""
    skipping = False  # inside a section or a tag that nobody would ask for: until a blank line after its first line
    fresh = False
    for raw in comment:
        line = _LEADER.sub("", raw[:MAX_LINE]).strip()
        if not (line[:1].isalnum() and line[-1:].isalnum()):  # most lines need no look at their edges
            line = _EDGES.sub("", _EDGES.sub("", line)).strip()
        if "{@" in line:
            line = _LINK.sub(lambda found: found[2] or found[1], line)
        if _FRAME.match(line):
            skipping = skipping and fresh
            yield ""
            continue
        fresh = False
        if _SECTION.match(line):
            skipping = fresh = True
        elif _LABEL_ALONE.match(line):
            skipping = False
            yield ""
        elif _KEEP_LABEL.match(line):
            skipping = False
            yield ""
            yield from _sentence(_KEEP_LABEL.sub("", line, count=1))
        elif _TAG.match(line):
            skipping = True
        elif not skipping:
            yield from _sentence(line)


def _sentence(line: str) -> Iterator[str]:
    if _METADATA.match(line) or _CREDIT.match(line):
        return
    if "://" in line or "www." in line:
        line = _URL_IN_BRACKETS.sub("", line)
    if ".ah" in line.lower():
        line = _FILE_NAME.sub(r"\1", _FILE_LABEL.sub("", line))
    if line and not _URL.search(line) and not _CODE.search(line) and any(map(str.isalnum, line)):
        yield re.sub(r"\s{2,}", "  ", line)


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
        elif paragraphs[-1] and not _LIST.match(line) and not _LABEL.match(line) and (full or line[0].islower()):
            paragraphs[-1][-1] += " " + line
        else:
            paragraphs[-1].append(line)
        last = line
    filled = [paragraph for paragraph in paragraphs if paragraph]
    for at, paragraph in enumerate(filled):
        lists_next = at + 1 < len(filled) and _LIST.match(filled[at + 1][0])
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
    sentence = line.endswith((".", ":", ",", ";", "?", "!")) or ". " in line or bool(_LIST.match(line))
    return "" if sentence or len(line) > 80 or len(line.split()) > 12 else line.strip(" -{}\"'`")
