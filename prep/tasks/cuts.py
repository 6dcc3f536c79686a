"""Where a script may be cut: before a line that begins a statement, with something to say on both sides."""

from __future__ import annotations

from prep.record import Document


def lines_that_begin(document: Document) -> list[int]:
    """Indexes of lines, from 0, that begin a statement and are not blank; the first line of code is none of them.

    Languages without a lexer here are cut where a line at the left margin follows a blank one.
    """
    lines = document.text.split("\n")
    if document.language.lower().startswith("autohotkey"):
        from prep.languages.autohotkey.code import header_end
        from prep.languages.autohotkey.lexer import lex
        from prep.languages.autohotkey.units import statements

        tokens = lex(document.text)
        begins = sorted(
            {statement.line - 1 for statement in statements(tokens) if statement.line >= header_end(tokens)}
        )
    else:
        margin = [at for at, line in enumerate(lines) if line[:1].strip() and (not at or not lines[at - 1].strip())]
        begins = margin
    return [at for at in begins[1:] if lines[at].strip() not in ("", "}")]


def draw(document: Document, salt: str, among: int) -> int:
    """A number below `among` that only the document's text and `salt` decide."""
    from hashlib import sha256

    return int.from_bytes(sha256(f"{salt} {document.key}".encode()).digest()[:8], "big") % among
