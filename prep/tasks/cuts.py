"""Where a script may be cut: before a line that begins a statement, with something to say on both sides."""

from __future__ import annotations

from collections.abc import Iterator

from prep.languages.comments import comment_at, is_directive
from prep.record import Document


def lines_that_begin(document: Document) -> list[int]:
    """Indexes of lines, from 0, that begin a statement and are not blank; the first line of code is none of them.

    Languages without a lexer here are cut where a line at the left margin, or a comment there, follows a blank one.
    """
    lines = document.text.split("\n")
    if document.language.lower().startswith("autohotkey"):
        begins = _statements(document.text)
    else:
        first = next(iter(lines_of_code(document)), len(lines))
        margin = [at for at, _ in _parts(document) if lines[at][:1].strip() and at > first]
        begins = [at for at in margin if not lines[at - 1].strip()]
    return [at for at in begins if lines[at].strip() not in ("", "}")]


def _statements(script: str) -> list[int]:
    from prep.languages.autohotkey.code import header_end
    from prep.languages.autohotkey.lexer import lex
    from prep.languages.autohotkey.units import statements

    tokens = lex(script)
    return sorted({statement.line - 1 for statement in statements(tokens) if statement.line >= header_end(tokens)})[1:]


def lines_of_code(document: Document) -> list[int]:
    """Indexes of lines, from 0, that are not blank, no comment, and no directive before the first line of code."""
    lines = document.text.split("\n")
    code = [at for at, is_code in _parts(document) if is_code]
    before = 0
    while before < len(code) and is_directive(lines[code[before]], document.syntax):
        before += 1
    return code[before:]


def _parts(document: Document) -> Iterator[tuple[int, bool]]:
    """Each line of code, and the first of each comment on lines of its own: its index, and whether it is code."""
    lines = document.text.split("\n")
    at = 0
    while at < len(lines):
        comment = comment_at(lines, at, document.syntax)
        if comment or lines[at].strip():
            yield at, comment is None
        at = comment.stop if comment else at + 1


def draw(document: Document, salt: str, among: int) -> int:
    """A number below `among` that only the document's text and `salt` decide."""
    from hashlib import sha256

    return int.from_bytes(sha256(f"{salt} {document.key}".encode()).digest()[:8], "big") % among
