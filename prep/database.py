"""SQLite files that only hold what can be made again: none of them can stop a command."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

WAIT = 10.0  # seconds for another process to end its transaction


@contextmanager
def cache_database(path: Path, schema: str, alone: bool = False) -> Iterator[sqlite3.Connection]:
    """An open database with the tables of `schema`; `alone` keeps everybody else out of it.

    One that is damaged, or of another schema, is thrown away. Where none can be had (another has it, the disk is
    full, the place may not be written) that is said, and this one is gone when it is closed.
    """
    try:
        database = _open_or_renew(path, schema, alone)
    except (sqlite3.OperationalError, OSError) as error:
        warn(path, error)
        locked = getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_BUSY
        database = _with_tables(sqlite3.connect("" if locked else ":memory:"), schema)  # "" is a file without a name
    with closing(database):
        yield database


def warn(path: Path, error: Exception) -> None:
    """One line for what only costs time."""
    sys.stderr.write(f"prep: warning: going on without the cache {path}: {error}\n")


def throw_away(path: Path) -> None:
    for name in (path.name, f"{path.name}-wal", f"{path.name}-shm", f"{path.name}-journal"):
        path.with_name(name).unlink(missing_ok=True)


def _open_or_renew(path: Path, schema: str, alone: bool) -> sqlite3.Connection:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        return _open(path, schema, alone)
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError:
        throw_away(path)
        return _open(path, schema, alone)


def _open(path: Path, schema: str, alone: bool) -> sqlite3.Connection:
    database = sqlite3.connect(path, timeout=0 if alone else WAIT)
    try:
        if alone:
            database.execute("PRAGMA locking_mode = EXCLUSIVE")
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = OFF")  # a crash of the machine costs a cache, not data
        return _with_tables(database, schema)
    except BaseException:
        database.close()
        raise


def _with_tables(database: sqlite3.Connection, schema: str) -> sqlite3.Connection:
    wanted = {one.strip().replace("IF NOT EXISTS ", "") for one in schema.split(";")}
    found = {sql for (sql,) in database.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL")}
    if not found <= wanted:
        raise sqlite3.DatabaseError("of another schema")
    database.executescript(f"BEGIN IMMEDIATE; {schema} COMMIT;")
    return database
