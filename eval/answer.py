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
    found = list(_blocks(answer.replace("\r\n", "\n")))
    own = [code for tag, code in found if tag in fences or not tag] or [code for _, code in found]
    if not own:
        return answer
    named = re.compile(rf"(?<!\w){re.escape(entry_point)}(?!\w)", re.IGNORECASE) if entry_point else None
    return next((code for code in own if named and named.search(code)), "\n".join(own))


def _blocks(text: str) -> Iterator[tuple[str, str]]:
    """(language, code) of each fence, as CommonMark 4.5 closes them: the same character, at least as many, alone."""
    fence = tag = ""
    code: list[str] = []
    for line in text.splitlines(keepends=True):
        bare = line.strip()
        if fence and bare.startswith(fence) and not bare.strip(fence[0]):
            yield tag, "".join(code)
            fence = ""
        elif fence:
            code.append(line)
        elif opening := _FENCE.match(bare):
            fence, tag, code = opening[1], opening[2].lower(), []
    if fence:
        yield tag, "".join(code)
