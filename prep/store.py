"""What earlier builds of a recipe made of each document, by the hash of all that decides it.

A build reads a document, makes its examples and has them judged once; after that it only reads them here. The store
holds what the last build used, no more.
"""

from __future__ import annotations

import json
import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

from prep.database import cache_database
from prep.errors import UserError
from prep.files import cache_folder, sha256_bytes
from prep.formats import ALL, lines
from prep.quality import Drop
from prep.record import Example
from prep.stats import Count
from prep.work import Outcome

SCHEMA = """
CREATE TABLE IF NOT EXISTS documents (key BLOB PRIMARY KEY, head TEXT, shingles BLOB);
CREATE TABLE IF NOT EXISTS rows (key BLOB, format TEXT, lines BLOB, PRIMARY KEY (key, format)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS corpora (key BLOB PRIMARY KEY, value TEXT);
"""


class Head(NamedTuple):
    """What is kept in memory of a document: `store` is where its rows are; of `examples`, task, characters, tokens."""

    store: bytes
    source: str
    file: str
    kind: str
    category: str
    sha256: str
    key: str
    licence: str
    drop: Drop | None
    redacted: int
    unproved: int
    examples: list[tuple[str, int, int]]
    shingles: bytes


class Store:
    """Opened by `opened`."""

    def __init__(self, database: sqlite3.Connection, count: Count) -> None:
        self._database, self._count = database, count

    def find(self, key: bytes) -> Head | None:
        row = self._database.execute("SELECT head, shingles FROM documents WHERE key = ?", (key,)).fetchone()
        if not row:
            return None
        source, file, kind, category, sha256, text, licence, drop, redacted, unproved, examples = json.loads(row[0])
        dropped = Drop(*drop) if drop else None
        plain = (source, file, kind, category, sha256, text, licence)
        return Head(key, *plain, dropped, redacted, unproved, examples, row[1])

    def keep(self, key: bytes, outcome: Outcome) -> Head:
        document, drop = outcome.document, outcome.drop
        examples = [] if drop else outcome.examples
        head = Head(
            key,
            document.source,
            document.file,
            document.kind,
            document.category,
            document.sha256,
            document.key,
            document.licence,
            drop,
            outcome.redacted,
            outcome.unproved,
            [(one.task, one.length, tokens) for one, tokens in zip(examples, self._tokens(examples), strict=True)],
            b"" if drop else outcome.shingles,
        )
        text = json.dumps([*head[1:8], drop and [drop.reason, drop.detail], *head[9:12]])
        self._write("INSERT OR REPLACE INTO documents VALUES (?, ?, ?)", [(key, text, head.shingles)])
        rows = [(key, format_, made) for format_ in ALL if (made := lines(format_, examples))]
        self._write("INSERT OR REPLACE INTO rows VALUES (?, ?, ?)", rows)
        return head

    def _tokens(self, examples: list[Example]) -> list[int]:
        texts = ["\n".join(filter(None, (one.instruction, one.input, one.output))) for one in examples]
        return self._count(texts) if texts else []

    def rows(self, key: bytes) -> dict[str, bytes]:
        """Format -> the document's lines in it."""
        return dict(self._database.execute("SELECT format, lines FROM rows WHERE key = ?", (key,)))

    def corpus(self, key: bytes) -> str | None:
        row = self._database.execute("SELECT value FROM corpora WHERE key = ?", (key,)).fetchone()
        return row[0] if row else None

    def keep_corpus(self, key: bytes, value: str) -> None:
        self._write("DELETE FROM corpora", [()])
        self._write("INSERT INTO corpora VALUES (?, ?)", [(key, value)])

    def commit(self) -> None:
        try:
            self._database.commit()
        except sqlite3.OperationalError as error:
            raise _full(error) from None

    def only(self, used: set[bytes]) -> None:
        """Forget every document but these."""
        unused = [row for row in self._database.execute("SELECT key FROM documents") if row[0] not in used]
        for table in ("documents", "rows") if unused else ():
            self._write(f"DELETE FROM {table} WHERE key = ?", unused)  # noqa: S608 - our own table names
        self.commit()

    def _write(self, statement: str, rows: Sequence[tuple[object, ...]]) -> None:
        try:
            self._database.executemany(statement, rows)
        except sqlite3.OperationalError as error:
            raise _full(error) from None


@contextmanager
def opened(recipe_file: Path, count: Count) -> Iterator[Store]:
    """The store of a recipe; a passing one where another build is in it. `count` counts the examples' tokens."""
    name = f"{recipe_file.stem}-{sha256_bytes(str(recipe_file.absolute()).encode())[:12]}.sqlite"
    folder = cache_folder() / "builds"
    folder.mkdir(exist_ok=True)
    with ExitStack() as stack:
        try:
            database = stack.enter_context(cache_database(folder / name, SCHEMA, alone=True))
        except sqlite3.OperationalError:
            passing = stack.enter_context(tempfile.TemporaryDirectory(prefix="prep-"))
            database = stack.enter_context(cache_database(Path(passing) / name, SCHEMA, alone=True))
        store = Store(database, count)
        yield store
        store.commit()


def _full(error: sqlite3.OperationalError) -> UserError:
    return UserError(f"no space left on the disk ({cache_folder()}: {error}): free some space and run it again", 1)
