"""What earlier builds of a recipe made of each document, by the hash of all that decides it.

A build reads a document, makes its examples and has them judged once; after that it only reads them here. The store
holds what the last build used, no more.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from zlib import crc32

from prep.database import cache_database, throw_away, warn
from prep.errors import UserError
from prep.files import cache_folder, sha256_bytes
from prep.formats import ALL, lines
from prep.quality import Drop
from prep.record import Example
from prep.stats import Count
from prep.work import Outcome

SCHEMA = """
CREATE TABLE IF NOT EXISTS documents (key BLOB PRIMARY KEY, head BLOB, shingles BLOB, sum INT);
CREATE TABLE IF NOT EXISTS rows (key BLOB, format TEXT, lines BLOB, sum INT, PRIMARY KEY (key, format)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS corpora (key BLOB PRIMARY KEY, value BLOB, sum INT);
"""  # `sum` is the CRC of the values: SQLite sees no damage to them


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

    def __init__(self, database: sqlite3.Connection, count: Count, file: Path) -> None:
        self._database, self._count, self._file = database, count, file
        self._since: list[tuple[str, Sequence[tuple[object, ...]]]] = []  # what was written after the last commit

    def find(self, key: bytes) -> Head | None:
        row = self._database.execute("SELECT head, shingles, sum FROM documents WHERE key = ?", (key,)).fetchone()
        if not row or _sum(row[0], row[1]) != row[2]:
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
        data = json.dumps([*head[1:8], drop and [drop.reason, drop.detail], *head[9:12]]).encode()
        sum_ = _sum(data, head.shingles)
        self._write("INSERT OR REPLACE INTO documents VALUES (?, ?, ?, ?)", [(key, data, head.shingles, sum_)])
        rows = [(key, format_, made, _sum(made)) for format_ in ALL if (made := lines(format_, examples))]
        self._write("INSERT OR REPLACE INTO rows VALUES (?, ?, ?, ?)", rows)
        return head

    def _tokens(self, examples: list[Example]) -> list[int]:
        texts = ["\n".join(filter(None, (one.instruction, one.input, one.output))) for one in examples]
        return self._count(texts) if texts else []

    def rows(self, key: bytes) -> dict[str, bytes]:
        """Format -> the document's lines in it."""
        found = self._database.execute("SELECT format, lines, sum FROM rows WHERE key = ?", (key,)).fetchall()
        if not found or any(_sum(made) != sum_ for _, made, sum_ in found):
            raise sqlite3.DatabaseError("rows are not what was written")
        return {format_: made for format_, made, _ in found}

    def corpus(self, key: bytes) -> bytes | None:
        row = self._database.execute("SELECT value, sum FROM corpora WHERE key = ?", (key,)).fetchone()
        return row[0] if row and _sum(row[0]) == row[1] else None

    def keep_corpus(self, key: bytes, value: bytes) -> None:
        self._write("DELETE FROM corpora", [()])
        self._write("INSERT INTO corpora VALUES (?, ?, ?)", [(key, value, _sum(value))])

    def commit(self) -> None:
        try:
            self._database.commit()
        except sqlite3.OperationalError as error:
            self._go_on_in_memory(error)
        self._since.clear()

    def only(self, used: set[bytes]) -> None:
        """Forget every document but these."""
        unused = [row for row in self._database.execute("SELECT key FROM documents") if row[0] not in used]
        for table in ("documents", "rows") if unused else ():
            self._write(f"DELETE FROM {table} WHERE key = ?", unused)  # noqa: S608 - our own table names
        self.commit()

    def _write(self, statement: str, rows: Sequence[tuple[object, ...]]) -> None:
        self._since.append((statement, rows))
        try:
            self._database.executemany(statement, rows)
        except sqlite3.OperationalError as error:
            self._go_on_in_memory(error)

    def _go_on_in_memory(self, error: sqlite3.OperationalError) -> None:
        """The disk is full: what was committed is still there, and the rest is written once more."""
        warn(self._file, error)
        self._database.rollback()
        memory = sqlite3.connect(":memory:")
        self._database.backup(memory)
        for statement, rows in self._since:
            memory.executemany(statement, rows)
        self._database = memory


def _sum(*values: bytes) -> int:
    total = 0
    for value in values:
        total = crc32(value, total) if isinstance(value, bytes) else -1  # damage makes other types too
    return total


@contextmanager
def opened(recipe_file: Path, count: Count) -> Iterator[Store]:
    """The store of a recipe. `count` counts the examples' tokens.

    Raises UserError when it turns out to be damaged; it is thrown away then.
    """
    place = os.fsencode(recipe_file.absolute())
    file = cache_folder() / "builds" / f"{recipe_file.stem[:40]}-{sha256_bytes(place)[:12]}.sqlite"
    try:
        with cache_database(file, SCHEMA, alone=True) as database:
            store = Store(database, count, file)
            yield store
            store.commit()
    except sqlite3.DatabaseError as error:
        if getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_FULL:
            raise UserError(f"no space left on the disk ({file}): free some space and run it again", 1) from None
        throw_away(file)
        raise UserError(f"{file}: what an earlier build left there is damaged ({error}): run it again", 1) from None
