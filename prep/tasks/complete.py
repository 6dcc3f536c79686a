"""Finish a script from its beginning, which says what it is for: in a comment, or in enough code."""

from __future__ import annotations

from prep.quality import Drop
from prep.recipe import Complete
from prep.record import Claim, Document, Example, make_example
from prep.tasks.cuts import draw, lines_of_code, lines_that_begin
from prep.tasks.fence import article, fenced, tag
from prep.tasks.header import MIN_WORDS, parse

MIN_CODE = 10  # lines that a script without such a comment shows at least
FROM, TO = 0.25, 0.75  # shares of a script's lines between which it is cut
PHRASINGS = (
    "Continue this {script} where it breaks off. Answer with the rest only.\n\n{code}",
    "Here is the beginning of {a} {script}. Write the rest of it.\n\n{code}",
    "Finish this {script}; do not repeat what is there.\n\n{code}",
)


def examples(document: Document, options: Complete, count: int) -> list[Example] | Drop:
    """At most `count`, each cut somewhere else; beginning and rest together are the script, which claims to load."""
    lines = document.text.rstrip("\n").split("\n")
    places = [
        at for at in lines_that_begin(document) if max(FROM * len(lines), _first(document)) <= at <= TO * len(lines)
    ]
    made = []
    for number in range(1, min(count, len(places)) + 1):
        at = places.pop(draw(document, f"complete {number}", len(places)))
        begun, rest = "\n".join(lines[:at]).rstrip(), "\n".join(lines[at:])
        phrasing = PHRASINGS[draw(document, f"phrasing {number}", len(PHRASINGS))]
        script = f"{document.language} script"
        asked = phrasing.format(script=script, a=article(script), code=fenced(begun, tag(document.language)))
        made.append(make_example(document, "complete", number, asked, rest, (Claim(document.text, loads=True),)))
    return made


def _first(document: Document) -> int:
    """The first line where the beginning says enough to go on from."""
    if parse(document.text, document.syntax).words >= MIN_WORDS:
        return 0
    code = lines_of_code(document)
    return code[MIN_CODE] if len(code) > MIN_CODE else len(document.text)
