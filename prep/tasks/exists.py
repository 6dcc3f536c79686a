"""Does the language have this name? Yes for what a reference lists, no for what is listed as removed."""

from __future__ import annotations

import re

from prep.quality import Drop
from prep.recipe import Exists
from prep.record import Document, Example, make_example
from prep.tasks.cuts import draw
from prep.tasks.fence import article
from prep.tasks.reference import CALLABLE, HOLDER, STILL, kind_of

PHRASINGS = (
    "Does {name} exist in {language}?",
    "Is there {name} in {language}?",
    "Can I use {name} in {language}?",
    "I found {name} in a script. Does {language} know it?",  # the last: a part of a pump is in none
)
OTHER_CODE = re.compile(r"\b(?:statement|directive|keyword|operator|module|package|event|enum|trait)s?$")


def examples(document: Document, options: Exists, count: int) -> list[Example] | Drop:
    """The bare name is asked about, so that the question does not give the answer away."""
    phrasings = PHRASINGS if _is_code(document) else PHRASINGS[:-1]
    first = draw(document, "exists", len(phrasings))
    answer = _no(document) if document.kind == "removed" else _yes(document)
    return [
        make_example(
            document,
            "exists",
            number,
            phrasings[(first + number) % len(phrasings)].format(
                name=f"`{document.fields['name']}`", language=document.language
            ),
            answer,
        )
        for number in range(1, min(count, len(phrasings)) + 1)
    ]


def _yes(document: Document) -> str:
    name, kind = document.fields["name"], kind_of(document).removeprefix("built-in ")
    what = "part" if not kind else f"a built-in {kind}" if _is_code(document) else f"{article(kind)} {kind}"
    signature = document.fields.get("signature", "")
    verb = "called as" if signature.endswith(")") else "written"
    shown = f", {verb} `{signature}`" if signature and signature != name and "`" not in signature else ""
    return f"Yes. `{name}` is {what} of {document.language}{shown}."


def _is_code(document: Document) -> bool:
    """Whether it is something of a programming language, by its kind; without one it may be."""
    kind = kind_of(document)
    return not kind or any(pattern.search(kind) for pattern in (CALLABLE, STILL, HOLDER, OTHER_CODE))


def _no(document: Document) -> str:
    name, replacement = document.fields["name"], document.fields.get("replacement", "")
    answer = f"No. {document.language} has no `{name}`."
    if not replacement:
        return answer
    instead = " or ".join(f"`{one.strip()}`" for one in re.split(r"\s+or\s+", replacement))
    return f"{answer} Use {instead} instead."
