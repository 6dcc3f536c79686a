"""The lines of a comment that a person would ask for: no frames, no metadata, no credits, no code."""

from __future__ import annotations

import re
from collections.abc import Sequence

MAX_LINE = 1000  # characters of each are looked at: the patterns below are not linear on what nobody writes
MARGIN = 50  # a comment narrower than this was not wrapped at a margin; its lines end where they were meant to
RAGGED = 3  # characters short of the margin a line may be and still have been broken there
LIST = re.compile(r"^(?:[-*•+>]|\(?\d{1,2}[.)]|\[\w?\])\s+")

_FRAME = re.compile(r"^[\s=*_~#+|\-─━═—\u2013•·.<>/\\]*$")  # a line of decoration only
_EDGES = re.compile(r"^\s*(?:[=*_~#+─━═|]|-{2,})[=*_~#+─━═|\-]*\s+(?=\S)|\s*[=*_~#+─━═|\-]{2,}\s*$|\s+[|*#]\s*$")
_NAME = (
    r"(?:last\s+)?(?:script|file|module|project|program|app|class|function)?\s*[-_ ]?(?:name|path)|file|script|module|"
    r"class|interface|extends|namespace|fileoverview"
)
_METADATA = re.compile(
    r"^(?:@\s*)?(?:" + _NAME + r"|authors?|by|made\s+by|written\s+by|created(?:\s+(?:by|on|at|with|using))?|creator|"
    r"maintainers?|contributors?|original(?:ly)?(?:\s+\w+)?|(?:script|file|ahk|autohotkey|current|win|os)?\s*version|ver|"
    r"revision|rev|build|release(?:d)?|(?:creation|release|modified)?\s*date|modified|(?:last\s+)?(?:updated?|changed|checked|"
    r"modified|edited)(?:\s+(?:on|by))?|since|copyrights?|licen[cs]e[ds]?(?:/\w+)?|url|link|links|website|web|homepage|home|git|"
    r"github|gist|repo(?:sitory)?|forum(?:\s+\w+)?|topic|thread|source|sources|ref|refs|credits?(?:\s+to)?|thanks(?:\s+to)?|"
    r"thx|special\s+thanks|platform|os(?:\s+version)?|language|lang|tested(?:\s+(?:on|with|under|in))?|encoding|e-?mail|"
    r"contact|ahk|ahk_l|autohotkey|requires?|requirements?|dependenc(?:y|ies)|tags?|keywords?|category|status|id|guid|"
    r"difficulty|see(?:\s+also)?|env(?:ironment)?|editor|tab\s*size)\s*(?:[:=]|\s-\s|\s{2,}).*$",
    re.IGNORECASE,
)
_CREDIT = re.compile(
    r"^(?:\(c\)|©|copyright\b|(?:original(?:ly)?|written|compiled|created|made|coded|converted|ported|adapted|modified|"
    r"posted|based\s+on|inspired|updated|taken|provided|generated)\s+(?:\w+\s+)?(?:by|from|for|on|with|using)\b.*|"
    r"(?:many\s+|special\s+|big\s+)?(?:thanks|credits?)\s+(?:to|goes?|for)\b.*|tested\s+(?:on|with|under|in)\b.*|"
    r"(?:the\s+)?(?:mit|isc|mpl|gpl|gnu|apache|bsd|boost|mozilla|unlicense|public\s+domain)\b.*licen[cs]e.*|public\s+domain\.?$|"
    r"licensed\s+under.*|(?:version|updated?|v1tov2:?)\s+\S+.*|[a-z]:\\\S*|v?\d+(?:\.\d+)+\w*(?:\s.*)?|"
    r"\d{4}[-/. ]\d{1,2}[-/. ]\d{1,2}\b.*|(?:auto-?hot-?key|ahk)?\s*v?[12](?:\.\d+)*\+?\.?$|"
    r"#?(?:requires|include|singleinstance|warn|notrayicon|persistent)\b.*|"
    r"(?:todo|fixme|to do:|add custom code)\b.*|(?:start|begin|end)\s+(?:of|example)\b.*)",
    re.IGNORECASE,
)
_SECTION = re.compile(
    r"^(?:change\s?-?log|changes|(?:version|revision|change|release)\s+(?:history|notes|log)|history|todo|to\s+do|to-do|"
    r"licen[cs]e|credits?|acknowledge?ments?|table\s+of\s+contents|contents|toc|see\s+also|references?|links?|resources|"
    r"examples?|example\s+(?:usage|code)|usage\s+examples?|sources?|syntax|parameters?|params|arg(?:ument)?s|returns?|return\s+values?|raises|yields|attributes|"
    r"known\s+(?:issues|bugs)|bugs|related(?:\s+\w+)?|dependencies|requirements|installation|install|disclaimer|"
    r"learning\s+(?:points|objectives)|key\s+(?:concepts|learning\s+points))\s*:?\s*$",
    re.IGNORECASE,
)
_KEPT = (
    r"description|desc|about|purpose|summary|overview|title|brief|details|remarks|classdesc|what\s+it\s+does|abstract|"
    r"intro(?:duction)?|function(?:ality)?|synopsis|file\s*overview"
)
_KEEP_LABEL = re.compile(
    rf"^(?:[@\\](?!function)(?:{_KEPT})\b[\s:-]*|(?:{_KEPT})\s*(?::|-\s|\s-|\s{{2,}})[\s-]*)", re.IGNORECASE
)
_LABEL_ALONE = re.compile(
    rf"^(?:[@\\](?:{_KEPT})|description|desc|about|purpose|summary|overview|features)\s*[:\-]?$", re.IGNORECASE
)
# Of Javadoc, JSDoc and Doxygen, of reStructuredText, and Python's own examples.
_TAG = re.compile(r"^(?:[@\\](?:[A-Za-z]{2,}\b|[{}])|:[a-z]+(?:\s[\w*]+){0,2}:(?:\s|$)|>>>\s)")
# Code that shows how it is called, up to the next tag: blank lines are part of it.
_EXAMPLE = re.compile(r"^(?:[@\\]example\b|\[examples?\]$)", re.IGNORECASE)
_FUNCTION_TAG = re.compile(r"^\s*(?:[@\\](?:param|arg|returns?|type|throws|private|api|constructor)\b|:param\s)")
_LICENCE = re.compile(
    r"permission is hereby granted|\b(?:licensed|distributed|released) under (?:the|a)\b|\bspdx-[a-z-]+:|"
    r"\bredistributions?\s+(?:and use\s+)?(?:in|of)\s+(?:\w+\s+)?(?:source|binary)|\bneither the name of\b|"
    r"\b(?:software|program|library|work) is (?:provided|distributed|licensed)\b|\bis free software\b|"
    r"without any warrant|\bimplied warrant|\bmerchantability\b|\bin the hope that it will be useful|"
    r"\bno warrant(?:y|ies) expressed\b|\buse at your own risk\b|\breleased under (?:the )?[\w.-]+ licen[cs]e\b|"
    r"\bas is\b.{0,3} without|\byou (?:may not use this file|may obtain a copy|should have)|"
    r"unless required by applicable law|general public licen[cs]e|\b(?:above|this) copyright notice|"
    r"\bdisclaims copyright|all rights reserved|\b(?:see|in) (?:the )?(?:accompanying )?licen[cs]e (?:file|for)|"
    r"\bgoverned by (?:a|an|the) .{0,20}licen[cs]e|^(?:this file|it) is part of\b",
    re.IGNORECASE,
)
_LABELLED_LIST = re.compile(r"^([A-Z][\w /]{1,24}:)\s+(?=[-*•]\s)")
_DOTTED_LABEL = re.compile(r"(?<=\w)\s*\.{2,}\s?:(?=\s)")
_LINK = re.compile(r"\{@(?:link|linkplain)\s+([^\s}]+)(?:\s+([^}]*))?\}")
_VERBATIM = re.compile(r"\{@(?:code|literal)\s+([^{}]*)\}|:[a-z]+:`([^`]*)`")
# A sentence that cannot end here, and a line that cannot begin one.
_DANGLING = re.compile(
    r"\b(?:a|an|and|are|at|by|for|from|in|is|of|on|or|see|the|this|to|under|using|via|with)$", re.IGNORECASE
)
_GOES_ON = re.compile(r"(?:are|at|can|in|is|on)\b")
_MODE_LINE = re.compile(r"^-\*-.*-\*-$")  # for Emacs
_HTML = re.compile(r"^</?(?:p|ul|ol|pre|br)\s*/?>|<br\s*/?>$", re.IGNORECASE)
_MARKDOWN_LINK = re.compile(
    r"\[([^\[\]]{1,200})\]\(\s*(?:https?://|www\.)[^()\s]{1,500}(?:\([^()\s]{1,100}\))?[^()\s]{0,200}\)"
)
_URL_IN_BRACKETS = re.compile(r"\s*[(\[<][^()\[\]<>]*(?:https?://|www\.)[^()\[\]<>]*[)\]>]")
# An address in a header is somebody's home page; one on a reserved host belongs to what the sentence says.
_URL = re.compile(
    r"https?://(?!example\.)|www\.|\b(?!example\.)[\w.-]+\.(?:com|org|net|io)/|(?<![\w.+-])[\w.+-]+@[\w-]+\.\w{2,}|viewtopic\.php|"
    r"^(?:https?://)?example\.\w\S*$"
)
# A script's name: alone before a dash it is only a label, elsewhere its words stay without folder and extension.
_FILE_LABEL = re.compile(
    r"^\S+\.(?:ahk|ah2|py|[jt]sx?|lua|sql|c|h|cc|cpp|hpp|cs|java|go|rs|rb|sh|pl|php|r|jl)\s*(?:[-:\u2013\u2014]+\s+|$)|"
    r"^see\s.*\.(?:ahk|ah2)\b.*",
    re.IGNORECASE,
)
_FILE_NAME = re.compile(
    r"(?<![\w.~-])(?:[A-Za-z]:)?(?:[\w.~-]*[\\/])*([\w~-]+(?:\.[\w~-]+)*)\.(?:ahk|ah2)\b", re.IGNORECASE
)
_CODE = re.compile(
    r":=|^;|^[{}()\[\]]+,?$|\{\s*$|[)\]}\"\'\d]\s*;\s*$|^\w[\w.]*\([^)]*\)\s*(?:\{|;|$)|"
    r"^(?:if|while|for|return|loop|global|static|local)\b(?!(?:\s+[a-z]+){3}).*[(){}%]|"
    r"^\w+(?:\s+[\w*]+){1,3};$|^<\w[^<>]*/>$|^\w+,\s*%|^[\w.]+\s*=\s*\S+$|"
    r"^(?:msgbox|outputdebug)\s+[\w.]+\(.*\)[\w.()]*$|"
    r"^(?:msgbox|send|run|sleep)\b[ ,(]*[\"'%^{]|^(?:if|while|return)\s(?:\s*\S+){0,4}\s!?A_\w+$|"
    r"^(?:global|local|static)\s+\w+$",
    re.IGNORECASE,
)
_TAKEN_OUT = re.compile(
    r"^#?[\w.]+(?:\(.*\)|\s+[\"'%&].*[\"'%])$|::|\s;|^[{}]|(?:\+\+|--)$|^\w+,\s|^\w+\s+\"[^\"]*\",|"
    r"^for\s+\w+(?:\s*,\s*\w+)*\s+in\s+\S+$|^(?:return|else|break|continue)$|\s(?:&&|\|\||!?==|!=|=>)\s"
)
_CODE_SIGN = re.compile(r":=|^\w+\(|[{}]\s*$|^by\s", re.IGNORECASE)


def wanted_lines(comment: Sequence[str]) -> list[str]:
    """Without comment signs and labels; an empty line between paragraphs."""
    plain = [_plain(raw) for raw in comment]
    if any("](" in line for line in plain):  # a link may be wrapped itself
        plain = _MARKDOWN_LINK.sub(lambda link: link[1].replace("\n", " "), "\n".join(plain)).split("\n")
    reading = _Reading(max(map(len, plain), default=0))
    wanted: list[str] = []
    for line in plain:
        for part in _LABELLED_LIST.sub(r"\1\n", line, count=1).split("\n"):
            wanted += reading.line(part)
            if reading.cut_off:
                _end_before(wanted)
    return wanted


def _end_before(lines: list[str]) -> None:
    """Take off the sentence that the last of them leave unfinished."""
    while lines and lines[-1] and not lines[-1].endswith((".", "!", "?", ":")):
        last = lines.pop()
        if whole := last[: max(last.rfind(sign) for sign in (". ", "! ", "? ")) + 1]:
            lines.append(whole)


def is_of_function(comment: Sequence[str]) -> bool:
    """Whether a comment documents a function, by its tags: it says nothing of the script."""
    return any(map(_FUNCTION_TAG.match, comment))


def is_framed(line: str) -> bool:
    """Whether it is a line of decoration, or has one at a side."""
    line = line.strip()
    return bool(line) and (_FRAME.match(line) is not None or _unframed(line) != line)


def is_code(line: str) -> bool:
    """Whether a comment's line reads like code that was taken out, or shows how something is called."""
    line = line[:MAX_LINE].strip()
    return bool(_CODE.search(line) or _TAKEN_OUT.search(line))


class _Reading:
    """A comment, line by line: what the lines before have begun decides on the next."""

    def __init__(self, longest: int) -> None:
        self.longest = longest  # characters of a line, which is the margin where lines were wrapped
        self.skipping = False  # in a section or a tag that nobody would ask for, until a blank line
        self.fresh = False  # in the first line of it: a blank one right below its title does not end it
        self.example = False  # below the tag of an example
        self.session = False  # in what Python's prompt was given and said, until a blank line
        self.cut_off = False  # in the middle of a sentence: what it goes on with is an address
        self.prose = ""  # the line before, where it was taken as part of a sentence

    def line(self, line: str) -> list[str]:
        """What of the next line is wanted; an empty one parts paragraphs."""
        self.cut_off = False
        self.example = bool(_EXAMPLE.match(line)) or (self.example and not _TAG.match(line))
        self.session = bool(line) and (self.session or line.startswith(">>> "))
        if self.example or self.session:
            self.prose = ""
            return []
        if _LICENCE.search(" ".join(line.split()) if "  " in line else line):
            # One that ends here is a remark, else the paragraph is a licence's own text.
            self.skipping, self.prose = self.skipping or not line.endswith("."), ""
            return []
        if not self.skipping and _runs_on(self.prose, line, self.longest):
            said = _prose(line)
            self.cut_off = not said and bool(_DANGLING.search(self.prose) or _GOES_ON.match(line))
            self.prose = line
            return said
        self.prose = ""
        text = _unframed(line)
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


def _plain(line: str) -> str:
    """Without the marks of documentation tools, and the dots behind a label."""
    line = line[:MAX_LINE].strip()
    if "`" in line or "{@" in line:
        line = _LINK.sub(lambda found: found[2] or found[1], line)
        line = _VERBATIM.sub(lambda found: f"`{found[1] or found[2]}`", line)
    if ".." in line:
        line = _DOTTED_LABEL.sub(":", line, count=1)
    return _HTML.sub("", _MODE_LINE.sub("", line)).strip() if "<" in line or "-*-" in line else line


def _unframed(line: str) -> str:
    if line[:1].isalnum() and line[-1:].isalnum():  # most lines need no look at their edges
        return line
    return _EDGES.sub("", _EDGES.sub("", line)).strip()


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
    if "." in line:
        line = _FILE_LABEL.sub("", line)
    return [] if _CODE.search(line) else _prose(line)


def _prose(line: str) -> list[str]:
    if _URL.search(line) or not any(map(str.isalnum, line)):
        return []
    if ".ah" in line.lower():
        line = _FILE_NAME.sub(r"\1", line)
    return [re.sub(r"\s{2,}", "  ", line)]
