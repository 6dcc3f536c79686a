"""Script files below a folder. Links to files are read, links to folders are not entered, so no link can loop."""

from __future__ import annotations

import os
import re
import stat
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from prep.errors import UserError
from prep.files import sha256_bytes
from prep.languages.autohotkey.mention import names_files
from prep.languages.comments import Syntax, syntax_of
from prep.licence import licence_of
from prep.quality import Drop
from prep.recipe import Scripts
from prep.record import Document, normalised_key, unix_lines
from prep.sources.encoding import EncodingError, read
from prep.sources.text import label

INCLUDES = "+"  # after the identity of a script whose verdict hangs on other files too
LICENCE_CHARS = 5000  # of a file are looked at for its licence, which stands at the top


def find(source: Scripts) -> list[str]:
    """Relative posix paths, sorted. Raises UserError when the folder is missing or nothing in it matches."""
    if not source.root.is_dir():
        raise UserError(f"{source.root}: no such folder of scripts (looked for {', '.join(source.include)})")
    include, exclude = _patterns(tuple(source.include)), _patterns(tuple(source.exclude))
    found = []
    for folder, _, names in os.walk(source.root, onerror=_stop):
        below = os.path.relpath(folder, source.root).replace(os.sep, "/")
        for name in names:
            path = name if below == "." else f"{below}/{name}"
            if include.fullmatch(path) and not exclude.fullmatch(path):
                found.append(path)
    if not found:
        without = f" without {', '.join(source.exclude)}" if source.exclude else ""
        raise UserError(f"{source.root}: no file matches {', '.join(source.include)}{without}")
    return sorted(found)


def identity(source: Scripts, unit: str) -> str | None:
    """The SHA-256 of the file's bytes, marked when it includes other files; None when it cannot be read."""
    try:
        return identity_of(_read_bytes(source.root / unit))
    except OSError:
        return None


def identity_of(data: bytes) -> str:
    return sha256_bytes(data) + INCLUDES * names_files(data)


def load(source: Scripts, unit: str) -> tuple[Document, Drop | None]:
    folders = unit.split("/")[:-1]
    file = f"{label(source.root)}/{label(Path(unit))}".removeprefix("./")
    category = label(Path(folders[0])) if folders else "general"
    document = Document(file, source.kind, source.language, category, path=str(source.root / unit))
    try:
        data = _read_bytes(source.root / unit)
    except OSError as error:
        return document, Drop("unreadable", error.strerror or str(error))
    document = replace(document, sha256=sha256_bytes(data))
    try:
        text, encoding = read(data, source.language)
    except EncodingError as error:
        return document, Drop("encoding", str(error))
    except ValueError as error:
        return document, Drop("binary", str(error))
    text = unix_lines(text)
    syntax = Syntax(source.comments.line, (source.comments.block,)) if source.comments else syntax_of(source.language)
    document = replace(
        document,
        syntax=syntax,
        text=text,
        key=normalised_key(text),
        encoding=encoding,
        licence=licence_of(text[:LICENCE_CHARS]),
    )
    return document, None if text.strip() else Drop("empty", "nothing but white space")


def _read_bytes(path: Path) -> bytes:
    """The whole file, or OSError: also for what is no regular file, and for one that changes meanwhile."""
    if not stat.S_ISREG(path.stat().st_mode):  # asked before opening: opening a pipe would wait for ever
        raise OSError(0, "not a regular file")
    with path.open("rb") as file:
        before = os.fstat(file.fileno())
        data = file.read()
        after = os.fstat(file.fileno())
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns) or len(data) != after.st_size:
        raise OSError(0, "changed while it was read")
    return data


def _stop(error: OSError) -> None:
    raise UserError(f"{error.filename}: cannot be listed: {error.strerror}")


@lru_cache
def _patterns(globs: tuple[str, ...]) -> re.Pattern[str]:
    """One regular expression for relative posix paths; the case of letters does not count, as on Windows."""
    return re.compile("|".join(map(_translate, globs)) or r"(?!)", re.IGNORECASE)


def _translate(glob: str) -> str:
    """`**/` is any folders, also none; `*` and `?` stay within a name. (`glob.translate` needs Python 3.13.)"""
    special = {"**/": r"(?:.*/)?", "**": r".*", "*": r"[^/]*", "?": r"[^/]"}
    once = re.sub(r"(?:\*\*/)+", "**/", glob)  # the same, and tried in one way instead of in many
    return "".join(special.get(part, re.escape(part)) for part in re.split(r"(\*\*/|\*\*|\*|\?)", once))
