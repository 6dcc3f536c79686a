"""Verdicts kept between builds, by the hash of the code and the version of its judge: nothing is checked twice."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from hashlib import sha256
from pathlib import Path

from prep.database import cache_database, warn
from prep.files import cache_folder, file_bytes
from prep.languages.judge import TRANSIENT, Judge, Script, Verdict

# What besides its own text a script's verdict hangs on; None: on more than can be told, so it is not kept.
Context = Callable[[Script], bytes | None]
SCHEMA = "CREATE TABLE IF NOT EXISTS verdicts (key BLOB PRIMARY KEY, verdict TEXT) WITHOUT ROWID;"
BATCH = 64  # verdicts to a transaction: what a stop can lose
KEY_SIZE = 32  # bytes; a shorter key is of this call only


class CachedJudge:
    """A judge that asks another one, started when it is first needed, and only for what it has not seen."""

    def __init__(
        self, make: Callable[[], Judge], name: str, version: str, context: Context, file: Path | None = None
    ) -> None:
        self.name, self.version, self._make, self.context = name, version, make, context
        self._stack = ExitStack()
        self._judge: Judge | None = None
        self._waiting: list[tuple[bytes, Verdict]] = []
        self._path = file or cache_folder() / "verdicts.sqlite"
        self.asked = self.known = 0
        self._told = False

    def __enter__(self) -> CachedJudge:
        self._database = self._stack.enter_context(cache_database(self._path, SCHEMA))
        return self

    def __exit__(self, *error: object) -> None:
        try:
            self._keep()  # also after Ctrl+C
        finally:
            self._stack.close()

    def check(self, scripts: Iterable[Script], jobs: int | None = None, timeout: float = 30) -> Iterator[Verdict]:
        scripts = list(scripts)
        keys = [self._key(script) or b"%d" % number for number, script in enumerate(scripts)]
        found = {key: verdict for key in keys if (verdict := self._find(key))}
        new = {key: script for key, script in zip(keys, scripts, strict=True) if key not in found}
        self.known, self.asked = self.known + len(scripts) - len(new), self.asked + len(new)
        fresh = self._ask(new, jobs, timeout)
        for key, script in zip(keys, scripts, strict=True):
            while key not in found:
                asked, verdict = next(fresh)
                found[asked] = verdict
            yield found[key]._replace(path=script.path)

    def _ask(self, new: dict[bytes, Script], jobs: int | None, timeout: float) -> Iterator[tuple[bytes, Verdict]]:
        if new and not self._judge:
            self._judge = self._stack.enter_context(self._make())
        if not self._judge:
            return
        for key, verdict in zip(new, self._judge.check(new.values(), jobs, timeout), strict=True):
            self._waiting.append((key, verdict))
            if len(self._waiting) >= BATCH:
                self._keep()
            yield key, verdict
        self._keep()

    def _key(self, script: Script) -> bytes | None:
        context = self.context(script)
        if context is None:
            return None
        try:
            source = file_bytes(script.path) if script.text is None else script.text.encode("utf-8", "surrogatepass")
        except OSError:
            source = str(script.path).encode("utf-8", "surrogateescape")
        kind = b"file" if script.text is None else b"text"
        parts = (self.version.encode(), kind, source, context)
        return sha256(b"".join(sha256(part).digest() for part in parts)).digest()

    def _find(self, key: bytes) -> Verdict | None:
        try:
            row = self._database.execute("SELECT verdict FROM verdicts WHERE key = ?", (key,)).fetchone()
            if not row:
                return None
            loads, reason, line, message, warnings, file = json.loads(row[0])
        except (sqlite3.DatabaseError, TypeError, ValueError):  # damaged in the middle: then it is asked again
            return None
        return Verdict(Path(), loads, reason, line, message, tuple(warnings), file)

    def _keep(self) -> None:
        lasting = [pair for pair in self._waiting if len(pair[0]) == KEY_SIZE and pair[1].reason not in TRANSIENT]
        rows = [(key, json.dumps(verdict[1:])) for key, verdict in lasting]
        self._waiting.clear()
        try:
            with self._database:
                self._database.executemany("INSERT OR REPLACE INTO verdicts VALUES (?, ?)", rows)
        except sqlite3.DatabaseError as error:  # a full disk costs the cache, not the verdicts
            if not self._told:
                warn(self._path, error)
            self._told = True
