"""What outputs call a source and its files: as the recipe does, never by a place on this machine, and no two alike."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from prep.recipe import Recipe, Scripts
from prep.sources.text import label, printable

_HOME = re.compile(r"/(?=(?:users|home)/)", re.IGNORECASE)
_CUES = re.compile(r"@|=|/(?:users|home)/|\d[\d ().-]{8}|\w{20}", re.IGNORECASE)
_FOLDERS = re.compile(r"(?:(?<=^-\w)|(?<![\w.~:/]))(?:~|[A-Za-z]:)?[\\/](?:[^\\/\s\"'=,;:]+[\\/])+(?=[^\\/\s])")


class Names:
    """One name for each place, and one place for each name: a second one is called x-2.ahk."""

    def __init__(self) -> None:
        self._of: dict[str, str] = {}  # by place
        self._taken: set[str] = set()
        self._last: Counter[str] = Counter()

    def of(self, place: str, wanted: str) -> str:
        if place not in self._of:
            name = wanted
            while name in self._taken:
                self._last[wanted] += 1
                name = _numbered(wanted, self._last[wanted] + 1)
            self._taken.add(name)
            self._of[place] = name
        return self._of[place]


def of_sources(recipe: Recipe) -> list[str]:
    """The folder or table of each source."""
    names, places = Names(), [_place(source) for source in recipe.sources]
    shown = redacted([f"{place.as_posix()}/" for place in places], recipe)  # /home/jane/ is a user folder too
    wanted = [label(Path(name)) or "." for name in shown]
    return [names.of(str(place.resolve()), name) for place, name in zip(places, wanted, strict=True)]


def of_files(recipe: Recipe, units: Sequence[tuple[int, Any]]) -> list[str]:
    """The file of each unit, which is (index of its source, what that source's `find` gave)."""
    names, sources = Names(), of_sources(recipe)
    places = [_place(source).resolve() for source in recipe.sources]
    scripts = [isinstance(source, Scripts) for source in recipe.sources]
    wanted = [
        f"{sources[index]}/{printable(unit)}".removeprefix("./") if scripts[index] else sources[index]
        for index, unit in units
    ]
    return [
        names.of(f"{places[index]}/{unit}" if scripts[index] else str(places[index]), name)
        for (index, unit), name in zip(units, _redacted_files(wanted, recipe), strict=True)
    ]


def redacted(names: Sequence[str], recipe: Recipe) -> Sequence[str]:
    """Without e-mail addresses, names of persons in user folders and the like, unless `quality.secrets` is off."""
    if recipe.quality.secrets == "off":
        return names
    if not _may_tell(names):
        return names
    from prep.secrets import find, redact

    texts = [_HOME.sub("\n/", f"/{name}") for name in names]  # a user folder is found where a path begins
    if not find("\n".join(texts)):
        return names
    return [redact(text)[0].replace("\n/", "/")[1:] for text in texts]


def _redacted_files(names: Sequence[str], recipe: Recipe) -> Sequence[str]:
    """Without their endings too: in jane@corp.com.ahk, `ahk` ends no address, and jane@corp.com is a name as well."""
    if not _may_tell(names):
        return names
    endings = [PurePosixPath(name).suffix for name in names]
    stems = redacted([name.removesuffix(ending) for name, ending in zip(names, endings, strict=True)], recipe)
    return redacted([stem + ending for stem, ending in zip(stems, endings, strict=True)], recipe)


def _may_tell(names: Sequence[str]) -> bool:
    """Cheap, and spares the import of all that is known of secrets."""
    return bool(_CUES.search("\n/".join(["", *names])))


def without_folders(command: str) -> str:
    """A part of a command without the folders of an absolute path in it: --config=/home/me/x.cfg is --config=x.cfg."""
    return _FOLDERS.sub("", command)


def _place(source: Any) -> Path:
    place: Path = source.root if isinstance(source, Scripts) else source.path
    return place


def _numbered(name: str, number: int) -> str:
    ending = PurePosixPath(name).suffix
    return f"{name.removesuffix(ending)}-{number}{ending}"
