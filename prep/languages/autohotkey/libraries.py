"""The files that a script's `#DllLoad` lines may load, beside those of the system."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from prep.files import file_bytes
from prep.languages.autohotkey.loading import Disk, Step, expand, normal, on_drive_z
from prep.languages.autohotkey.script import COMMENT, LINE_END

_DIRECTIVE = re.compile(r"[ \t]*(?:\*/[ \t]*)?#dllload[ \t]+(?P<name>.+)", re.IGNORECASE)


def libraries(script: Path, text: str, steps: Sequence[Step]) -> list[Path]:
    """Those that are there, named by `text`, which is the script's, or by a file that its `steps` include.

    A folder that is named is searched by the lines after it.
    """
    main, disk = normal(script), Disk()
    found: list[Path] = []
    folders = [main.parent]
    for file, name in _named(main, text, steps):
        path = expand(name, file, main, file.parent) or name
        path = on_drive_z(path) or path
        places = (
            disk.find(normal(folder / end)) for folder in [file.parent, *folders] for end in (path, f"{path}.dll")
        )
        if place := next(filter(None, places), None):
            found.append(place)
            folders += [place] if place.is_dir() else []
    return list(dict.fromkeys(found))


def _named(main: Path, text: str, steps: Sequence[Step]) -> Iterator[tuple[Path, str]]:
    """Each file and a name in it."""
    yield from ((main, name) for name in _names(text))
    for file in dict.fromkeys(step.target for step in steps if step.target and step.target.is_file()):
        try:
            included = file_bytes(file).replace(b"\0", b"").decode("utf-8", "replace")  # of UTF-16, enough of it
        except OSError:
            continue
        yield from ((file, name) for name in _names(included))


def _names(text: str) -> Iterator[str]:
    for line in LINE_END.split(text)[::2]:
        if found := _DIRECTIVE.match(COMMENT.sub("", line)):
            name = re.sub(r"^([\"'])(.*)\1$", r"\2", found["name"])
            yield re.sub(r"^\*i[ \t]", "", name, flags=re.IGNORECASE)
