"""How a script is given to the interpreter: by its path, through stdin, or as a copy with all that it includes.

A `#Warn` of the script's own, or of a file that it includes, comes after ours and opens a dialog for each warning, for
ever: where there is one, a copy is given in which it is commented out. A text with includes is given as a copy, too: a
file may include itself, or ask for its own path. What is included by an absolute path is not copied. A file whose path
is none for Windows goes through stdin: by `a*b.ahk` AutoHotkey would load another one.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from prep.files import file_bytes
from prep.languages.autohotkey import wine
from prep.languages.autohotkey.loading import Disk, Step, loaded, normal
from prep.languages.autohotkey.mention import names_files
from prep.languages.judge import Script

# Only what the interpreter takes: it refuses any other #Warn by itself, before it warns of anything.
OWN_WARN = re.compile(
    rb"((?:^|(?<=[\r\n]))[ \t]*(?:\*/[ \t]*)?)#(?=warn(?:[ \t]+(?:all|varunset|localsameasglobal|unreachable)?"
    rb"[ \t]*(?:,[ \t]*(?:msgbox|stdout|outputdebug|off)?)?)?[ \t]*(?:[ \t];[^\r\n]*)?(?:[\r\n]|\Z))",
    re.IGNORECASE,
)
STDIN = "*"
_NO_NAME = re.compile(  # of a file or folder on Windows; \udc80 and the like are bytes that are not UTF-8
    r'[\x00-\x1f<>:"|?*\\\udc80-\udcff]|[. ]$|^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)', re.IGNORECASE
)


class Handover(NamedTuple):
    """The interpreter's `argument` and `stdin`, and the folder that it runs in.

    `seen` is the script as the interpreter sees it. `roots` are, of copies, the folder of all and what that stands for.
    """

    argument: str
    stdin: bytes
    folder: Path
    seen: Path
    roots: tuple[Path, Path] | None = None

    def real(self, name: str) -> Path:
        """The file that the interpreter names."""
        path = Path(wine.host_path(name))
        if self.roots and path.is_relative_to(self.roots[0]):
            path = self.roots[1] / path.relative_to(self.roots[0])
        return Disk().find(normal(path)) or path


@contextmanager
def handed_over(script: Script, source: bytes, scratch: Path) -> Iterator[Handover]:
    """`source` is what the script holds, or the text in its place; copies are below the folder `scratch`."""
    own, path = OWN_WARN.sub(rb"\1;", plain(source)), normal(script.path)
    steps = loaded(path, plain(source).decode("utf-8", "replace")) if names_files(source) else []
    included = _included(steps, path)
    nameless = any(map(_NO_NAME.search, path.parts[1:]))
    warns = own != plain(source) or any(map(OWN_WARN.search, included.values()))
    if script.text is None and not warns and not nameless:
        yield Handover(wine.windows_path(script.path), b"", _folder(path), path)
    elif nameless or not steps:
        yield Handover(STDIN, own, _folder(path), _folder(path) / STDIN)
    else:
        with tempfile.TemporaryDirectory(dir=scratch) as folder:
            roots = Path(folder), _root(path, steps)
            copy = _copied(path, own, included, roots)
            for step in steps:
                if step.target and step.target.is_dir() and step.target.is_relative_to(roots[1]):
                    _copy_of(step.target, roots).mkdir(parents=True, exist_ok=True)
            yield Handover(wine.windows_path(copy), b"", copy.parent, copy, roots)


def _included(steps: list[Step], main: Path) -> dict[Path, bytes]:
    """The files that are included by a path of their own, not by an absolute one, and what is in them."""
    found = {}
    for step in steps:
        if step.status == "ok" and step.target and step.target != main and step.target.is_file():
            try:
                found[step.target] = plain(file_bytes(step.target))
            except OSError:  # gone meanwhile: the interpreter says so
                continue
    return found


def _root(main: Path, steps: list[Step]) -> Path:
    """The folder that holds the script and all that is copied with it."""
    folders = {main.parent, *(step.target.parent for step in steps if step.status == "ok" and step.target)}
    return Path(os.path.commonpath(folders))


def _copied(main: Path, own: bytes, included: dict[Path, bytes], roots: tuple[Path, Path]) -> Path:
    """Write the copies; the one of the script."""
    for path, data in {**included, main: own}.items():
        copy = _copy_of(path, roots)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(OWN_WARN.sub(rb"\1;", data))
    return _copy_of(main, roots)


def _copy_of(path: Path, roots: tuple[Path, Path]) -> Path:
    return roots[0] / path.relative_to(roots[1])


def plain(source: bytes) -> bytes:
    """The source as UTF-8 without a BOM, as stdin is read. AutoHotkey does not know big-endian UTF-16: it stays."""
    if source.startswith(b"\xff\xfe"):
        source = source.decode("utf-16", "replace").encode()
    return source.removeprefix(b"\xef\xbb\xbf")


def decoded(source: bytes) -> str:
    return source.decode("utf-8", "surrogateescape")


def encoded(text: str) -> bytes:
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # half a character that never was a byte
        return text.encode("utf-8", "replace")


def _folder(path: Path) -> Path:
    """The folder that includes are relative to; where it is not there, any that is."""
    return path.parent if path.parent.is_dir() else Path(tempfile.gettempdir())
