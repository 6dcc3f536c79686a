"""The two records that flow through a build: a Document comes in, Examples come out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from prep.files import sha256_bytes


@dataclass(frozen=True, slots=True)
class Document:
    """One unit of a source: a script, or one row of a table.

    `file` is relative and posix, as the recipe names it; `sha256` is that of the file's bytes (empty when it could
    not be read), `key` that of the normalised text. `fields` holds a table row by our field names, empty cells
    left out.
    """

    file: str
    kind: str
    language: str
    category: str
    text: str = ""
    sha256: str = ""
    key: str = ""
    encoding: str = ""
    line: int = 0
    fields: Mapping[str, str] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return self.key[:16]

    @property
    def source(self) -> str:
        """Where a person finds it: the file, with the line for a table row."""
        return f"{self.file}:{self.line}" if self.line else self.file


@dataclass(frozen=True, slots=True)
class Example:
    """One training pair: what is asked (`instruction`, and `input` where it has one) and the answer (`output`)."""

    id: str
    task: str
    instruction: str
    input: str
    output: str
    metadata: Mapping[str, str]


def make_example(document: Document, task: str, number: int, asked: str, answer: str) -> Example:
    """An Example of a document. Its cluster is the document itself until deduplication says otherwise."""
    identity = f"{task}-{document.id}-{number}"
    metadata = {
        "id": identity,
        "task": task,
        "source": document.source,
        "sha256": document.sha256,
        "cluster": document.key,
        "category": document.category,
    }
    return Example(identity, task, asked, "", answer, metadata)


def normalised_key(text: str) -> str:
    """SHA-256 of a text without what an editor changes unasked: BOM, line endings, trailing white space and lines."""
    lines = unix_lines(text.removeprefix("\ufeff")).split("\n")
    return sha256_bytes("\n".join(map(str.rstrip, lines)).rstrip("\n").encode())


def unix_lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text
