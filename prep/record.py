"""The two records that flow through a build: a Document comes in, Examples come out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from prep.files import sha256_bytes
from prep.languages.comments import AUTOHOTKEY, Syntax


@dataclass(frozen=True, slots=True)
class Document:
    """One unit of a source: a script, or one row of a table.

    `file` is relative and posix, as the recipe names it; `path` is where it lies on this machine and goes into no
    output. `sha256` is that of the file's bytes (empty when it could not be read), `key` that of the normalised text.
    `fields` holds a table row by our field names, empty cells left out. `licence` is what its header names.
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
    path: str = ""
    licence: str = ""
    syntax: Syntax = AUTOHOTKEY  # of its comments

    @property
    def id(self) -> str:
        return self.key[:16]

    @property
    def source(self) -> str:
        """Where a person finds it: the file, with the line for a table row."""
        return f"{self.file}:{self.line}" if self.line else self.file


class Claim(NamedTuple):
    """What an example holds to be true of a piece of code, for the judge to say: that it loads, or that it does not."""

    code: str
    loads: bool


@dataclass(frozen=True, slots=True)
class Example:
    """One training pair: what is asked (`instruction`, and `input` where it has one) and the answer (`output`).

    `claims` must all hold. `format` is that of the only file it goes to; empty for all the common ones.
    """

    id: str
    task: str
    instruction: str
    input: str
    output: str
    metadata: Mapping[str, str]
    claims: tuple[Claim, ...] = ()
    format: str = ""

    @property
    def length(self) -> int:
        """Characters of the whole pair."""
        return len(self.instruction) + len(self.input) + len(self.output)


MESSAGE = "\0message\0"  # in an instruction: where the interpreter's message on the first claim that fails goes
CLUSTER_MARK = "?" * 64  # of an example, until all documents are read and its cluster is known


def make_example(
    document: Document, task: str, number: int, asked: str, answer: str, claims: tuple[Claim, ...] = ()
) -> Example:
    """An Example of a document; its cluster is filled in when all documents have been read."""
    identity = f"{task}-{document.id}-{number}"
    metadata = {
        "id": identity,
        "task": task,
        "source": document.source,
        "sha256": document.sha256,
        "cluster": CLUSTER_MARK,
        "category": document.category,
        "licence": document.licence,
    }
    return Example(identity, task, asked, "", answer, metadata, claims)


def normalised_key(text: str) -> str:
    """SHA-256 of a text without what an editor changes unasked: BOM, line endings, trailing white space and lines."""
    lines = unix_lines(text.removeprefix("\ufeff")).split("\n")
    return sha256_bytes("\n".join(map(str.rstrip, lines)).rstrip("\n").encode())


def unix_lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text
