"""Mend a script: one fault put in, the interpreter's own message on it -> the script as it was."""

from __future__ import annotations

import random
from collections.abc import Iterator

from prep.languages.autohotkey.faults import applied, faults
from prep.languages.autohotkey.pieces import Edit
from prep.quality import Drop
from prep.recipe import Repair
from prep.record import MESSAGE, Claim, Document, Example, make_example
from prep.tasks.cuts import draw
from prep.tasks.fence import fenced, tag
from prep.tasks.header import parse

V1_SHARE = 2 / 3  # of the faults; the rest are slips
WEIGHTS = {"header line of v1": 0.2, "#Requires v1": 0.2, "=": 0.5}  # every script offers these
PHRASINGS = (
    "This AutoHotkey v2 script does not load:\n\n{script}\n\nAutoHotkey reports:\n\n{message}\n\nFix it.",
    "AutoHotkey v2 refuses my script with this error:\n\n{message}\n\n{script}\n\nPlease mend it.",
    "{script}\n\nAutoHotkey v2 says: {message}\n\nCorrect the script and answer with all of it.",
    "Repair this AutoHotkey v2 script. When it is started, this message comes up:\n\n{message}\n\n{script}",
    "What does this script need to run in AutoHotkey v2? The interpreter says:\n\n{message}\n\n{script}\n\n"
    "Answer with the whole script, corrected.",
    "There is one mistake in this AutoHotkey v2 script. The error message is: {message}\n\n{script}\n\n"
    "Give me the corrected script.",
)


def examples(document: Document, options: Repair, count: int) -> list[Example] | Drop:
    """`count` scripts with a fault each, all of another kind; fewer when the script does not offer so many."""
    if not document.language.lower().startswith("autohotkey"):
        return []
    script = parse(document.text, document.syntax).body
    if not script.strip():
        return []
    drawn = random.Random(f"repair {document.key}")  # noqa: S311 - a choice that must be the same next time
    first = draw(document, "repair", len(PHRASINGS))
    made = []
    for number, (_, edit) in zip(range(1, count + 1), choices(script, drawn), strict=False):
        broken = applied(script, edit)
        phrasing = PHRASINGS[(first + number) % len(PHRASINGS)]
        asked = phrasing.format(script=fenced(broken, tag(document.language)), message=MESSAGE)
        made.append(
            make_example(document, "repair", number, asked, script, (Claim(broken, False), Claim(script, True)))
        )
    return made


def choices(script: str, drawn: random.Random) -> Iterator[tuple[str, Edit]]:
    """Kinds of faults, each once with one place for it: idioms of v1 and slips in the order that is drawn.

    Kinds are drawn, not places: those that few scripts offer, and once, are not lost among the others.
    """
    groups = [dict(group) for group in faults(script)]
    while any(groups):
        group = groups[0] if groups[0] and (not groups[1] or drawn.random() < V1_SHARE) else groups[1]
        kinds = sorted(group)
        [kind] = drawn.choices(kinds, [WEIGHTS.get(kind, 1) for kind in kinds])
        yield kind, drawn.choice(group.pop(kind))
