"""Write a script from what its header comment says it does."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import PurePosixPath

from prep.quality import Drop
from prep.recipe import Write
from prep.record import Claim, Document, Example, make_example
from prep.tasks.fence import article, script_in
from prep.tasks.header import MIN_WORDS, Header, no_header, parse

PHRASINGS = (
    "Write {script} that does the following.\n\n{brief}",
    "I need {script} for this:\n\n{brief}",
    "Please write {script}.\n\n{brief}",
    "Create {script} from this description.\n\n{brief}",
    "{brief}\n\nWrite this as {script}.",
)


def examples(document: Document, options: Write, count: int) -> list[Example] | Drop:
    """One example for each phrasing; what is answered claims to load."""
    header = parse(document.text, document.syntax)
    if header.words < MIN_WORDS:
        return no_header(header, document)
    if not header.body:
        return Drop("empty", "nothing but a header comment")
    brief = "\n\n".join(part for part in (_title(header, document), header.text) if part)
    script = f"{article(document.language)} {script_in(document.language)}"
    first = int(document.key[:8], 16)
    phrasings = [PHRASINGS[(first + number) % len(PHRASINGS)] for number in range(min(count, len(PHRASINGS)))]
    claims = (Claim(header.body, loads=True),)
    return [
        make_example(document, "write", number, phrasing.format(script=script, brief=brief), header.body, claims)
        for number, phrasing in enumerate(phrasings, start=1)
    ]


def _title(header: Header, document: Document) -> str:
    """The header's own title, else the file's name as words, without the numbers that only tell files apart."""
    stem = PurePosixPath(document.file).stem
    if header.title and header.title != stem:
        return header.title
    words = re.sub(r"[_\W]+", " ", stem).split() if re.search(r"[_\W]", stem) else _HUMP.sub(" ", stem).split()
    words = [word for before, word in pairwise(["", *words]) if before in _TAKES_NUMBER or not _ORDINAL.fullmatch(word)]
    words = words[words[:1] != [] and words[0].lower() in _IS_FIRST :]
    words = words[: -1 if words and words[-1].lower() in _IS_LAST else None]
    title = " ".join(words)
    return title[:1].upper() + title[1:] if len(words) > 1 else ""


_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
_TAKES_NUMBER = frozenset(("of", "to", "by", "for", "in", "with", "than", "at", "from", "base"))
_ORDINAL = re.compile(r"(?:v|ex|example|part|test|new|old|copy)?\d+", re.IGNORECASE)
_IS_FIRST = frozenset(("example", "test"))  # without a number it tells files apart only there: a copy may be made
_IS_LAST = _IS_FIRST | {"copy", "new", "old", "part", "v"}
