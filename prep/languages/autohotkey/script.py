"""Script files: found below a folder, read as text, written back as they were, and what each line of one is."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from prep.errors import UserError
from prep.files import write_bytes
from prep.sources.text import decode

SUFFIXES = (".ahk", ".ah2")
LINE_END = re.compile(r"(\r\n|\n|\r)")
COMMENT = re.compile(r"(?:^|[ \t]+);.*|[ \t]+$")  # AutoHotkey does not ask whether it stands in a string


@dataclass(frozen=True, slots=True)
class Source:
    """A script's text without its BOM, its line ends untouched, and what it takes to write it back byte for byte."""

    path: Path
    data: bytes
    text: str
    codec: str
    bom: bytes

    @classmethod
    def read(cls, path: Path) -> Source:
        """Raises OSError, or ValueError when the bytes are no text or would not come back the same."""
        if not path.is_file():  # asked before opening: opening a pipe would wait for ever
            raise OSError(0, "not a regular file")
        data = path.read_bytes()
        text, encoding = decode(data)
        little = data.startswith(b"\xff\xfe")
        codec = {"utf-8-sig": "utf-8", "utf-16": "utf-16-le" if little else "utf-16-be"}.get(encoding, encoding)
        bom = data[: {"utf-8-sig": 3, "utf-16": 2}.get(encoding, 0)]
        if bom + text.encode(codec) != data:
            raise ValueError(f"does not come back the same from {encoding}")
        return cls(path, data, text, codec, bom)

    def write(self, text: str, dry_run: bool = False) -> None:
        """Under a temporary name, then renamed, with the file's mode. ValueError says why the file was left alone."""
        if self.path.is_symlink():
            raise ValueError("is a link: change the file that it points to")
        try:
            data = self.bom + text.encode(self.codec)
        except UnicodeEncodeError as error:
            raise ValueError(f"{text[error.start]!r} cannot be written in {self.codec}") from None
        if not self.path.is_file() or self.path.read_bytes() != self.data:
            raise ValueError("changed while it was worked on")
        if not dry_run:
            write_bytes(self.path, data, self.path.stat().st_mode & 0o7777)


def scripts_below(path: Path) -> list[Path]:
    """The script itself, or every .ahk and .ah2 file below a folder, sorted. UserError when there is none."""
    if path.is_dir():
        walk = os.walk(path, onerror=_stop)
        found = sorted(Path(folder, name) for folder, _, names in walk for name in names)
        if scripts := [file for file in found if file.suffix.lower() in SUFFIXES]:
            return scripts
        raise UserError(f"{path}: holds no script ({', '.join(SUFFIXES)})")
    if not path.exists():
        raise UserError(f"{path}: no such script or folder")
    return [path]


def kinds(lines: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Each line with what it is: `code`, `comment` (of a block) or `text` (of a continuation section)."""
    inside = "code"
    for line in lines:
        bare = line.strip(" \t")
        if inside == "text":
            inside = "code" if bare.startswith(")") else "text"
            yield inside, line
            continue
        if bare.startswith("/*"):
            inside = "comment"
        if inside == "comment" and not bare.startswith("*/"):
            yield "comment", line
            inside = "code" if bare.endswith("*/") else "comment"
            continue
        yield "code", line
        inside = "text" if _opens_section(COMMENT.sub("", bare)) else "code"


def _opens_section(code: str) -> bool:
    """A line that starts with `(`, unless a word after it shows that it is an expression."""
    if not code.startswith("(") or code.startswith("(:"):
        return False
    options = [word for word in code[1:].split() if not re.match(r"join|[lr]trim", word, re.IGNORECASE)]
    return not any("(" in word or ")" in word for word in options)


def _stop(error: OSError) -> None:
    raise UserError(f"{error.filename}: cannot be listed: {error.strerror}")
