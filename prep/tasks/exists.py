"""Does the language have this name? Yes for what a reference lists, no for what is listed as removed."""

from __future__ import annotations

import re

from prep.quality import Drop
from prep.recipe import Exists
from prep.record import Document, Example, make_example
from prep.tasks.cuts import draw
from prep.tasks.reference import kind_of

PHRASINGS = (
    "Does {name} exist in {language}?",
    "Is there {name} in {language}?",
    "Can I use {name} in {language}?",
    "I found {name} in a script. Does {language} know it?",
)


def examples(document: Document, options: Exists, count: int) -> list[Example] | Drop:
    """The bare name is asked about, so that the question does not give the answer away."""
    first = draw(document, "exists", len(PHRASINGS))
    answer = _no(document) if document.kind == "removed" else _yes(document)
    return [
        make_example(
            document,
            "exists",
            number,
            PHRASINGS[(first + number) % len(PHRASINGS)].format(
                name=f"`{document.fields['name']}`", language=document.language
            ),
            answer,
        )
        for number in range(1, min(count, len(PHRASINGS)) + 1)
    ]


def _yes(document: Document) -> str:
    name, kind = document.fields["name"], kind_of(document).removeprefix("built-in ")
    what = f"a built-in {kind}" if kind else "part of the language"
    signature = document.fields.get("signature", "")
    verb = "called as" if signature.endswith(")") else "written"
    shown = f", {verb} `{signature}`" if signature and signature != name and "`" not in signature else ""
    return f"Yes. `{name}` is {what} of {document.language}{shown}."


def _no(document: Document) -> str:
    name, replacement = document.fields["name"], document.fields.get("replacement", "")
    answer = f"No. {document.language} has no `{name}`."
    if not replacement:
        return answer
    instead = " or ".join(f"`{one.strip()}`" for one in re.split(r"\s+or\s+", replacement))
    return f"{answer} Use {instead} instead."
