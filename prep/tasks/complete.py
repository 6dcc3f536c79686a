"""Finish a script from its beginning, which says what it is for: in a comment, or in enough code."""

from __future__ import annotations

from prep.quality import Drop
from prep.recipe import Complete
from prep.record import Claim, Document, Example, make_example
from prep.tasks.cuts import draw, lines_of_code, lines_that_begin
from prep.tasks.fence import article, fenced, script_in, tag
from prep.tasks.header import MIN_WORDS, parse

MIN_CODE = 10  # lines that a script without such a comment shows at least
MIN_REST = 3  # lines of code to be written
FROM, TO = 0.25, 0.75  # shares of a script's lines between which it is cut
PHRASINGS = (
    "Continue this {script} where it breaks off. Answer with the rest only.\n\n{code}",
    "Here is the beginning of {a} {script}. Write the rest of it.\n\n{code}",
    "Finish this {script}; do not repeat what is there.\n\n{code}",
)


def examples(document: Document, options: Complete, count: int) -> list[Example] | Drop:
    """At most `count`, each cut somewhere else; beginning and rest together are the script, which claims to load."""
    lines = document.text.rstrip("\n").split("\n")
    places = _places(document, len(lines))
    made = []
    for number in range(1, min(count, len(places)) + 1):
        at = places.pop(draw(document, f"complete {number}", len(places)))
        begun, rest = "\n".join(lines[:at]).rstrip(), "\n".join(lines[at:])
        phrasing = PHRASINGS[draw(document, f"phrasing {number}", len(PHRASINGS))]
        script = script_in(document.language)
        asked = phrasing.format(script=script, a=article(script), code=fenced(begun, tag(document.language)))
        made.append(make_example(document, "complete", number, asked, rest, (Claim(document.text, loads=True),)))
    return made


def _places(document: Document, lines: int) -> list[int]:
    """Where the beginning says enough to go on from, and enough of the script's lines is left to write."""
    code = lines_of_code(document)
    titled = parse(document.text, document.syntax).words >= MIN_WORDS
    if len(code) < MIN_REST + (0 if titled else MIN_CODE):
        return []
    first = max(FROM * lines, 0 if titled else code[MIN_CODE])
    last = min(TO * lines, code[-MIN_REST])
    return [at for at in lines_that_begin(document) if first <= at <= last]
