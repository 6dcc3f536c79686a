"""Keep, or drop with a reason. Whatever is not in a split carries one of these reasons in rejected.jsonl."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from prep.languages import judge
from prep.record import Document, normalised_key

if TYPE_CHECKING:
    from prep.recipe import Quality

REASONS = {
    "binary": "not text: NUL bytes, control characters or a broken encoding",
    "encoding": "in an encoding that its interpreter does not read: the letters would be others",
    "empty": "nothing but white space, or nothing left to learn once the header comment is taken off",
    "too-short": "fewer characters than quality.min_chars",
    "too-long": "more characters than quality.max_chars",
    "incomplete": "a table row without a name or without a description",
    "no-header": "a script whose header comment does not say what it does (fewer than 4 words)",
    "secret": "holds a password, key, address, phone number or user folder (quality.secrets: reject)",
    "duplicate": "the same text as an earlier document, but for line endings and trailing white space",
    "benchmark": "nearly the same as a task that models are judged by (quality.benchmarks)",
    "not-drawn": "the weights of the recipe's tasks give it no example, or what they ask is not in it",
    "unproved": "none of the examples made of it passed the judge",
    **judge.REASONS,
}


@dataclass(frozen=True, slots=True)
class Drop:
    """Why a document is left out: one of REASONS, and the particulars."""

    reason: str
    detail: str = ""

    def __post_init__(self) -> None:
        if self.reason not in REASONS:
            raise ValueError(f"unknown reason {self.reason!r}: add it to REASONS")


def check(document: Document, bounds: Quality) -> Drop | None:
    """None keeps the document."""
    length = len(document.text)
    if document.kind == "removed":  # a name is as short as it is
        return None
    if length < bounds.min_chars:
        return Drop("too-short", f"{length} characters, fewer than {bounds.min_chars}")
    if length > bounds.max_chars:
        return Drop("too-long", f"{length} characters, more than {bounds.max_chars}")
    return None


def without_secrets(document: Document) -> tuple[Document, int]:
    """The document with its secrets replaced, and how many there were."""
    from prep.secrets import redact

    text, found = redact(document.text)
    if not found:
        return document, 0
    if document.fields:
        fields = {name: redact(value)[0] for name, value in document.fields.items()}
        text = "\n".join(f"{name}: {value}" for name, value in fields.items())
        category = redact(document.category)[0]
        return replace(document, text=text, key=normalised_key(text), fields=fields, category=category), found.total()
    return replace(document, text=text, key=normalised_key(text)), found.total()
