"""The code in an answer, as Markdown fences it, and what its language's interpreter says of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Block(NamedTuple):
    """A fenced block: its line in the answer, its language, and whether it loads (a verdict of prep.languages.written,
    and why)."""

    line: int
    language: str
    verdict: str
    reason: str


def check(answer: str, language: str) -> list[Block]:
    """Every fenced block of an answer that is not empty, in order. `language` is that of a block which names none."""
    return check_all([(answer, language)])[0]


def check_all(answers: Sequence[tuple[str, str]], bare: bool = False) -> list[list[Block]]:
    """The same for several of (answer, language), in one start of each interpreter. `bare`: an answer without a fence
    is code from its first line, where its language is named."""
    from eval.answer import blocks, spoken
    from prep.languages.written import loads

    pieces: list[tuple[int, int, str, str]] = []  # answer, line, language, code
    for number, (answer, language) in enumerate(answers):
        said = spoken(answer)
        found = list(blocks(said)) or ([(1, "", said)] if bare and language and said.strip() else [])
        pieces += [(number, line, named(tag) or language, code) for line, tag, code in found if code.strip()]
    verdicts: dict[tuple[int, int], Block] = {}
    for kind in dict.fromkeys(language for _, _, language, _ in pieces):
        own = [piece for piece in pieces if piece[2] == kind]
        for (number, line, _, _), judged in zip(own, loads([piece[3] for piece in own], kind), strict=True):
            verdicts[number, line] = Block(line, kind, *judged)
    return [[verdicts[key] for key in sorted(verdicts) if key[0] == number] for number in range(len(answers))]


def named(tag: str) -> str:
    """The language that a fence names: `ahk` is autohotkey. One that is not known is as it stands."""
    from prep.languages import FENCES

    return next((language for language, tags in FENCES.items() if tag in tags), tag)
