"""SQLite files that only hold what can be made again: one that is broken is thrown away."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path


@contextmanager
def cache_database(path: Path | None, schema: str) -> Iterator[sqlite3.Connection]:
    """An open database with the tables of `schema`; in memory when `path` is None. Raises sqlite3.Error."""
    try:
        database = _open(path, schema)
    except sqlite3.OperationalError:  # locked, or the disk is full: not a reason to throw it away
        raise
    except sqlite3.DatabaseError:
        if path:
            path.unlink(missing_ok=True)
        database = _open(path, schema)
    with closing(database):
        yield database


def _open(path: Path | None, schema: str) -> sqlite3.Connection:
    database = sqlite3.connect(path or ":memory:", timeout=60)
    try:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = OFF")  # a crash of the machine costs a cache, not data
        database.executescript(schema)
    except BaseException:
        database.close()
        raise
    return database
