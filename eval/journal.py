"""What a model has answered so far, a line for each answer: an evaluation that was stopped goes on where it was."""

from __future__ import annotations

import hashlib
import json
import os
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any, NamedTuple


class Key(NamedTuple):
    """One question asked once. `asked` is a hash of all that the model was given: text, and how to answer."""

    task: str
    id: str
    sample: int
    asked: str


class Entry(NamedTuple):
    """`answer` is a text, or [log-likelihood in nats, whether it was greedy]. `tokens` were written or scored, `hits`
    of them are what the model itself would have written."""

    key: Key
    answer: Any
    seconds: float | None = None
    tokens: int | None = None
    hits: int | None = None


def asked(prompt: str, how: Any) -> str:
    """`how`: the options of a generation, or the answer whose likelihood is asked."""
    return hashlib.sha256(json.dumps([prompt, how], sort_keys=True, default=str).encode()).hexdigest()[:24]


def read(path: Path) -> dict[Key, Entry]:
    """All whole lines of all processes; a half line, as a kill leaves it, was never answered."""
    found = {}
    for file in files(path):
        for line in file.read_bytes().splitlines():
            if entry := _entry(line):
                found[entry.key] = entry
    return found


def files(path: Path) -> list[Path]:
    """What is there of a journal: a file for each process, name.jsonl, name.1.jsonl ..."""
    return sorted([*path.parent.glob(path.name), *path.parent.glob(f"{path.stem}.[0-9]*{path.suffix}")])


def process_file(path: Path) -> Path:
    """The file that this process writes; several cards have a process each."""
    rank = os.environ.get("LOCAL_RANK", "0")
    return path if rank == "0" else path.with_name(f"{path.stem}.{rank}{path.suffix}")


def _entry(line: bytes) -> Entry | None:
    try:
        task, id_, sample, asked_, *rest = json.loads(line)
        return Entry(Key(str(task), str(id_), int(sample), str(asked_)), *rest)
    except (ValueError, TypeError, RecursionError):
        return None


class Writer:
    """Appends answers as they come, each in one write; the line that a kill cut is closed first."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file: IO[bytes] = path.open("ab")
        if self._file.tell() and path.read_bytes()[-1:] != b"\n":
            self._file.write(b"\n")

    def add(self, entry: Entry) -> None:
        line = json.dumps([*entry.key, *entry[1:]], ensure_ascii=False)
        self._file.write(line.encode("utf-8", "replace") + b"\n")  # a server may send half of a surrogate pair
        self._file.flush()

    def close(self) -> None:
        self._file.close()


class Counter:
    """How many answers a journal holds now, read from where it was read last."""

    def __init__(self, path: Path) -> None:
        self._path, self._read = path, defaultdict[Path, int](int)
        self.found = 0

    def look(self) -> int:
        for file in files(self._path):
            with file.open("rb") as data:
                data.seek(self._read[file])
                new = data.read()
            self._read[file] += len(new)
            self.found += new.count(b"\n")
        return self.found


def numbered(questions: Iterable[tuple[str, str, str, Any]]) -> Iterator[Key]:
    """A key for each (task, id, prompt, how) in order: the same question asked again is the next sample."""
    seen: dict[tuple[str, str], int] = defaultdict(int)
    for task, id_, prompt, how in questions:
        sample = seen[task, id_]
        seen[task, id_] += 1
        yield Key(task, id_, sample, asked(prompt, how))
