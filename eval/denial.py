"""Whether an answer says that a thing does not exist: plainly, not if, not perhaps, not of another version."""

from __future__ import annotations

import re
from typing import NamedTuple

_THING = (
    r"(?:available|built.?in|defined|existing|existent|found|function|known|listed|part|real|recogni[sz]ed|supported|"
    r"thing|valid|variable|directive|class|method|property|command|present|implemented|provided)"
)
# What a thing may lack and be there all the same: `it has no effect`, `there is no need`, `it takes no parameters`.
_OTHER = (
    r"(?!(?:an?y?\s+|such\s+|real\s+|side\s+|return\s+|default\s+|required\s+|optional\s+|further\s+|more\s+)*"
    r"(?-i:arguments?|better|choice|default|defaults|differences?|doubt|effects?|errors?|exceptions?|fixed|guarantees?|harm|"
    r"idea|impact|influence|information|input|limits?|longer|matter|meaning|more|need|needs?|options?|output|own|"
    r"parameters?|point|problems?|questions?|reasons?|restrictions?|results?|returns?|risks?|sense|side|spaces?|text|"
    r"trouble|upper|values?|worry)\b)"
)
_NOT = r"(?:\s+not|n't)"
_DENIES = re.compile(
    rf"\b(?:do|does|did){_NOT}\s+(?:\w+\s+){{0,2}}exist\b|\bnever\s+existed\b|\bnon-?existent\b|\bno\s+such\b|"
    rf"\b(?:do|does|did){_NOT}\s+(?:\w+\s+){{0,2}}(?:have|include|contain|provide|support|offer|define|know|"
    rf"recogni[sz]e)\s+{_OTHER}\S|"
    rf"\b(?:there(?:\s+is|'s|\s+are)|has|have|with)\s+(?:no|not?\s+an?y?)\s+{_OTHER}\S|\bthere(?:\s+is|\s+are)n't\s+{_OTHER}\S|"
    rf"\b(?:is|are|was|were|'s){_NOT}\s+(?:an?\s+|the\s+|any\s+)?(?:[\w`'-]+\s+){{0,3}}{_THING}\b|"
    r"\b(?:is|was|were|been|got)\s+(?:\w+\s+)?(?:removed|dropped|replaced|renamed)\b|\bis\s+gone\b|"
    r"\bno\s+longer\s+(?:exists?|available|supported|part|there|in\b|has|have|a\b)|\bunknown\s+(?:to|in)\b|"
    r"\b(?:v1|version 1)[- ]only\b|"
    r"\bonly\s+(?:exist(?:s|ed)?|available|works?|worked)\s+in\s+(?:\w+\s+)?(?:v1|version 1)\b|"
    r"\bnot\s+in\s+(?:\w+\s+)?(?:v2|version 2)\b",
    re.IGNORECASE,
)
_HEDGES = re.compile(
    r"\b(?:if|unless|whether|in case|may|might|maybe|perhaps|possibly|probably|likely|could|not (?:sure|certain)|"
    r"unsure|unclear|suppose|assuming)\b",
    re.IGNORECASE,
)
_ELSEWHERE = re.compile(
    r"\W{0,3}(?:[\w`'.-]+\s+){0,4}?(?:in|of|to|by|with|from)\s+(?:[A-Za-z]+\s+){0,2}(?:v|version )1(?:\.\d+)?\b"
    r"(?!\s*(?:and|or|nor|/)\s*(?:in\s+)?(?:v|version )?2)",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"(?<=[.!?;])\s+|\n+")
_BARE_NO = re.compile(r"\W*no\W*", re.IGNORECASE)
REACH = 80  # characters behind a denial in which another version may be named


class Denial(NamedTuple):
    """`hedged` when all that the answer says of it is if and perhaps."""

    seen: str
    hedged: bool


def denial(text: str) -> Denial | None:
    """The first plain denial of a text, else the first that is hedged; None where there is none."""
    if _BARE_NO.fullmatch(text):
        return Denial(text.strip(), hedged=False)
    hedged = None
    for sentence in _SENTENCE.split(text):
        for found in _DENIES.finditer(sentence):
            if _HEDGES.search(sentence, 0, found.start()):
                hedged = hedged or Denial(found[0], hedged=True)
            elif not _ELSEWHERE.match(sentence[found.end() : found.end() + REACH]):
                return Denial(found[0], hedged=False)
    return hedged
