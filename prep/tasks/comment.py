"""The lines of a comment that a person would ask for: no frames, no metadata, no credits, no code."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

MAX_LINE = 1000  # characters of each are looked at: the patterns below are not linear on what nobody writes
MARGIN = 50  # a comment narrower than this was not wrapped at a margin; its lines end where they were meant to
RAGGED = 3  # characters short of the margin a line may be and still have been broken there
LIST = re.compile(r"^(?:[-*•+>]|\(?\d{1,2}[.)]|\[\w?\])\s+")

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
_MARKDOWN_LINK = re.compile(
    r"\[([^\[\]]{1,200})\]\(\s*(?:https?://|www\.)[^()\s]{1,500}(?:\([^()\s]{1,100}\))?[^()\s]{0,200}\)"
)
_URL_IN_BRACKETS = re.compile(r"\s*[(\[<][^()\[\]<>]*(?:https?://|www\.)[^()\[\]<>]*[)\]>]")
# An address in a header is somebody's home page; one on a reserved host belongs to what the sentence says.
_URL = re.compile(
    r"https?://(?!example\.)|www\.|\b(?!example\.)[\w.-]+\.(?:com|org|net|io)/|[\w.+-]+@[\w-]+\.\w{2,}|viewtopic\.php|"
    r"^(?:https?://)?example\.\S*$"
)
# A script's name: alone before a dash it is only a label, elsewhere its words stay without folder and extension.
_FILE_LABEL = re.compile(r"^\S+\.(?:ahk|ah2)\s*(?:[-:\u2013\u2014]+\s+|$)|^see\s.*\.(?:ahk|ah2)\b.*", re.IGNORECASE)
_FILE_NAME = re.compile(r"(?:[A-Za-z]:)?(?:[\w.~-]*[\\/])*([\w~-]+(?:\.[\w~-]+)*)\.(?:ahk|ah2)\b", re.IGNORECASE)
_CODE = re.compile(
    r":=|^;|^[{}()\[\]]+,?$|\{\s*$|[)\]}\"\'\d]\s*;\s*$|^\w[\w.]*\([^)]*\)\s*(?:\{|;|$)|"
    r"^(?:if|while|for|return|loop|global|static|local)\b(?!(?:\s+[a-z]+){3}).*[(){}%]|"
    r"^\w+,\s*%|^[\w.]+\s*=\s*\S+$|^(?:msgbox|send|run|sleep)\b[ ,(]*[\"'%^{]",
    re.IGNORECASE,
)
_CODE_SIGN = re.compile(r":=|^\w+\(|[{}]\s*$|^by\s", re.IGNORECASE)


def wanted_lines(comment: Sequence[str]) -> Iterator[str]:
    """Without comment signs and labels; an empty line between paragraphs."""
    plain = [_LEADER.sub("", raw[:MAX_LINE]).strip() for raw in comment]
    if any("](" in line for line in plain):  # a link may be wrapped itself
        plain = _MARKDOWN_LINK.sub(r"\1", "\n".join(plain)).split("\n")
    reading = _Reading(max(map(len, plain), default=0))
    for line in plain:
        yield from reading.line(line)


class _Reading:
    """A comment, line by line: what the lines before have begun decides on the next."""

    def __init__(self, longest: int) -> None:
        self.longest = longest  # characters of a line, which is the margin where lines were wrapped
        self.skipping = False  # in a section or a tag that nobody would ask for, until a blank line
        self.fresh = False  # in the first line of it: a blank one right below its title does not end it
        self.prose = ""  # the line before, where it was taken as part of a sentence

    def line(self, line: str) -> list[str]:
        """What of the next line is wanted; an empty one parts paragraphs."""
        if not self.skipping and _runs_on(self.prose, line, self.longest):
            self.prose = line
            return _prose(line)
        self.prose = ""
        text = _undecorated(line)
        if _FRAME.match(text):
            self.skipping = self.skipping and self.fresh
            return [""]
        self.fresh = bool(_SECTION.match(text))
        label = _LABEL_ALONE.match(text) or _KEEP_LABEL.match(text)
        self.skipping = self.fresh or (not label and (self.skipping or bool(_TAG.match(text))))
        if self.skipping:
            return []
        said = _sentence(text[label.end() :] if label else text)
        self.prose = line if said else ""
        return ["", *said] if label else said


def _undecorated(line: str) -> str:
    if not (line[:1].isalnum() and line[-1:].isalnum()):  # most lines need no look at their edges
        line = _EDGES.sub("", _EDGES.sub("", line)).strip()
    return _LINK.sub(lambda found: found[2] or found[1], line) if "{@" in line else line


def _runs_on(before: str, line: str, longest: int) -> bool:
    """Whether a line goes on with the sentence before it: then its first word is no label, nor its last code."""
    begins = _FRAME.match(line) or LIST.match(line) or _TAG.match(line) or _SECTION.match(line)
    if not before or not line or begins or before.endswith((".", "!", "?", ":", ";")):
        return False
    full = longest > MARGIN and len(before) + 1 + len(line.split(" ", 1)[0]) > longest - RAGGED
    return full or (len(before.split()) >= 5 and line[0].islower() and not _CODE_SIGN.search(line))


def _sentence(line: str) -> list[str]:
    """The line as prose; empty where it is metadata, a credit or code."""
    if _METADATA.match(line) or _CREDIT.match(line):
        return []
    if "://" in line or "www." in line:
        line = _URL_IN_BRACKETS.sub("", line)
    if ".ah" in line.lower():
        line = _FILE_LABEL.sub("", line)
    return [] if _CODE.search(line) else _prose(line)


def _prose(line: str) -> list[str]:
    if ".ah" in line.lower():
        line = _FILE_NAME.sub(r"\1", line)
    if _URL.search(line) or not any(map(str.isalnum, line)):
        return []
    return [re.sub(r"\s{2,}", "  ", line)]
