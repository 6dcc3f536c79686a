"""SQLite files that only hold what can be made again: one that is broken is thrown away."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path


@contextmanager
def cache_database(path: Path, schema: str, alone: bool = False) -> Iterator[sqlite3.Connection]:
    """An open database with the tables of `schema`; `alone` keeps everybody else out of it.

    Raises sqlite3.OperationalError where it cannot be had: another has it, or it cannot be written.
    """
    try:
        database = _open(path, schema, alone)
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError:
        path.unlink()
        database = _open(path, schema, alone)
    with closing(database):
        yield database


def _open(path: Path, schema: str, alone: bool) -> sqlite3.Connection:
    database = sqlite3.connect(path, timeout=0 if alone else 60)
    try:
        if alone:
            database.execute("PRAGMA locking_mode = EXCLUSIVE")
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = OFF")  # a crash of the machine costs a cache, not data
        database.executescript(f"BEGIN IMMEDIATE; {schema} COMMIT;")
    except BaseException:
        database.close()
        raise
    return database
