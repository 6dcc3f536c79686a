"""The code in an answer, as Markdown fences it, and what its language's interpreter says of it."""

from __future__ import annotations

from typing import NamedTuple


class Block(NamedTuple):
    """A fenced block: its line in the answer, its language, and whether it loads (a verdict of prep.languages.written,
    and why)."""

    line: int
    language: str
    verdict: str
    reason: str


def check(answer: str, language: str) -> list[Block]:
    """Every fenced block of an answer, in order. `language` is that of a block which names none."""
    from eval.answer import blocks, spoken
    from prep.languages.written import UNJUDGED, loads

    found = [(line, named(tag) or language, code) for line, tag, code in blocks(spoken(answer))]
    verdicts: dict[int, tuple[str, str]] = {}
    for kind in dict.fromkeys(kind for _, kind, _ in found):
        own = [(line, code) for line, other, code in found if other == kind]
        verdicts |= zip((line for line, _ in own), loads([code for _, code in own], kind), strict=True)
    return [Block(line, kind, *verdicts.get(line, (UNJUDGED, ""))) for line, kind, _ in found]


def named(tag: str) -> str:
    """The language that a fence names: `ahk` is autohotkey. One that is not known is as it stands."""
    from prep.languages import FENCES

    return next((language for language, tags in FENCES.items() if tag in tags), tag)
