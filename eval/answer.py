"""The code in a model's answer, and what of the answer it says."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

_FENCE = re.compile(r"(`{3,}|~{3,})[ \t]*([^\s`]*)")


def spoken(answer: str) -> str:
    """An answer without the thoughts that some models write before it; thoughts that never end are no answer."""
    _, end, said = answer.rpartition("</think>")
    if end:
        return said
    answer = answer.removeprefix("\ufeff")
    return "" if answer.lstrip().startswith("<think>") else answer


def code_of(answer: str, entry_point: str, fences: Collection[str]) -> str:
    """The code of an answer: what stands in its Markdown fences, or all of it where there is no fence.

    Of several fences: those of the language (or of no named language), the first that holds `entry_point`; where none
    holds it, all of them in their order. A fence that was never closed ends with the answer.
    """
    answer = spoken(answer)
    found = list(blocks(answer))
    own = [code for _, tag, code in found if tag in fences or not tag] or [code for _, _, code in found]
    if not own:
        return answer
    named = re.compile(rf"(?<!\w){re.escape(entry_point)}(?!\w)", re.IGNORECASE) if entry_point else None
    return next((code for code in own if named and named.search(code)), "\n".join(own))


def blocks(text: str) -> Iterator[tuple[int, str, str]]:
    """(line of its first fence from 1, language, code) of each fenced block, as CommonMark 4.5 closes them: the same
    character, at least as many, alone."""
    fence = tag = ""
    began = 0
    code: list[str] = []
    for number, line in enumerate(text.replace("\r\n", "\n").splitlines(keepends=True), 1):
        bare = line.strip()
        if fence and bare.startswith(fence) and not bare.strip(fence[0]):
            yield began, tag, "".join(code)
            fence = ""
        elif fence:
            code.append(line)
        elif opening := _FENCE.match(bare):
            fence, tag, began, code = opening[1], opening[2].lower(), number, []
    if fence:
        yield began, tag, "".join(code)
