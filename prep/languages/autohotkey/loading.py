r"""What a script loads: its `#Include` lines followed as AutoHotkey v2.0 does (script.cpp is the source of every rule).

A relative path starts at the folder of the file that holds the line, not at the main script's as in v1; `#Include Dir`
moves that start for the rest of its own file. `<Name>` is Lib\Name.ahk beside the main script, in the user's documents
or beside AutoHotkey.exe, then the same for the part before the first underscore. Case and kind of slash do not count.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from prep.languages.autohotkey.mention import names_files
from prep.languages.autohotkey.script import COMMENT, LINE_END, kinds
from prep.sources.text import decode

_DIRECTIVE = re.compile(r"[ \t]*(?:\*/[ \t]*)?#include(?P<again>again)?(?![^ \t])[ \t]*", re.IGNORECASE)
_ABSOLUTE = re.compile(r"[A-Za-z]:|[\\/]")
_VARIABLE = re.compile(r"%(A_\w+)%", re.IGNORECASE)
_FILE_NAME = re.compile(r"\.[A-Za-z]\w*$")
_MACHINE = re.compile(  # built-in, but known only on the user's machine; AutoHotkey takes any other %name% literally
    r"A_(AhkPath|AhkVersion|ComputerName|ComSpec|Is64bitOS|IsAdmin|Language|MyDocuments|OSVersion|ProgramFiles|PtrSize|Temp"
    r"|UserName|WinDir|(AppData|Desktop|Programs|StartMenu|Startup)(Common)?|InitialWorkingDir)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Directive:
    """An `#Include` line as AutoHotkey reads it; `span` is where `name` stands in the line."""

    line: int
    name: str
    span: tuple[int, int]
    again: bool
    optional: bool


@dataclass(frozen=True, slots=True)
class Step:
    """What a directive does while `main` runs; `base` is where relative paths start, None when only the user knows."""

    file: Path
    directive: Directive
    main: Path
    base: Path | None
    status: str  # ok, missing or unknown
    target: Path | None = None
    note: str = ""


def directives(text: str) -> list[Directive]:
    lines = enumerate(kinds(LINE_END.split(text)[::2]), 1)
    found = (parse(line, number) for number, (kind, line) in lines if kind == "code")
    return [directive for directive in found if directive]


def parse(line: str, number: int) -> Directive | None:
    """Take off the comment, one pair of quotes and `*i `, in AutoHotkey's order."""
    if not (head := _DIRECTIVE.match(line)):
        return None
    start, end = head.end(), max(head.end(), len(COMMENT.sub("", line)))
    raw = line[start:end]
    if len(raw) > 1 and raw[0] in "\"'" and raw[-1] == raw[0]:
        start, end = start + 1, end - 1
    if optional := bool(re.match(r"\*i[ \t]", line[start:end], re.IGNORECASE)):
        start += 3
    name = re.sub(r"(?<!`)((?:``)*)`;", r"\1;", line[start:end])
    return Directive(number, name, (start, end), bool(head["again"]), optional)


def closure(script: Path, text: str | None = None) -> list[Path]:
    """Every existing file that a script includes, each once, in the order of loading, without the script itself."""
    targets = [step.target for step in loaded(script, text) if step.target]
    return [path for path in dict.fromkeys(targets) if path != normal(script) and path.is_file()]


def missing(script: Path, text: str | None = None) -> list[str]:
    """The includes, as they are written, on which AutoHotkey would stop while it loads the script."""
    steps = loaded(script, text)
    return [step.directive.name for step in steps if step.status == "missing" and not step.directive.optional]


class Disk:
    """Files by names as Windows compares them, on a disk where the case of letters may count."""

    def __init__(self) -> None:
        self._found: dict[Path, Path | None] = {}
        self._folders: dict[Path, dict[str, Path]] = {}

    def find(self, path: Path) -> Path | None:
        """`path` is absolute and without dots; the first name in order wins where two differ only in case."""
        if path not in self._found:
            self._found[path] = path if _there(path) else self._find(path)
        return self._found[path]

    def _find(self, path: Path) -> Path | None:
        folder = self.find(path.parent) if path != path.parent else None
        return self._names(folder).get(path.name.casefold()) if folder else None

    def _names(self, folder: Path) -> dict[str, Path]:
        if folder not in self._folders:
            try:
                paths = sorted(folder.iterdir(), reverse=True)
            except OSError:  # no folder, or one that may not be listed: nothing is found in it
                paths = []
            self._folders[folder] = {path.name.casefold(): path for path in paths}
        return self._folders[folder]


@dataclass
class Walker:
    """Follows includes as AutoHotkey does while it loads a main script.

    `here`: on this machine, where Wine shows the root folder as drive Z; else on the user's, whose drives are unknown.
    """

    here: bool = False
    disk: Disk = field(default_factory=Disk)
    unreadable: dict[Path, str] = field(default_factory=dict)
    read: dict[Path, list[Directive]] = field(default_factory=dict)

    def walk(self, main: Path) -> Iterator[Step]:
        """Every include in the order of loading; each file is entered once, so a cycle ends."""
        seen, open_files = {main}, [self._steps(main, main)]
        while open_files:
            if not (step := next(open_files[-1], None)):
                open_files.pop()
                continue
            yield step
            if step.target and step.target not in seen and step.target.is_file():
                seen.add(step.target)
                open_files.append(self._steps(step.target, main))

    def _steps(self, file: Path, main: Path) -> Iterator[Step]:
        base: Path | None = file.parent
        for directive in self._directives(file):
            step = self.resolve(directive, file, main, base)
            yield step
            if step.target and step.target.is_dir():
                base = step.target
            elif step.status == "unknown" and not _FILE_NAME.search(directive.name) and directive.name[0] != "<":
                base = None  # most likely a folder

    def resolve(self, directive: Directive, file: Path, main: Path, base: Path | None) -> Step:
        status, target, note = self._resolve(directive.name, file, main, base)
        return Step(file, directive, main, base, status, target, note)

    def _resolve(self, name: str, file: Path, main: Path, base: Path | None) -> tuple[str, Path | None, str]:
        absolute, path = bool(_ABSOLUTE.match(name)), expand(name, file, main, base)
        if not name:
            status, target, note = "missing", None, "names no file"
        elif name[0] == "<" and name.find(">") == len(name) - 1:
            target = self._library(name[1:-1], main)
            status, note = ("ok", "") if target else ("unknown", "not in the script's own Lib folder")
        elif absolute and self.here and os.name != "nt" and path and (host := on_drive_z(path)):
            status, target, note = "unknown", self.disk.find(normal(Path(host))), ""
        elif path is None or (absolute and os.name != "nt"):
            status, target, note = "unknown", None, "known only on the user's machine"
        elif base is None and not Path(path).is_absolute():
            status, target, note = "unknown", None, "relative to a folder known only on the user's machine"
        else:
            target = self.disk.find(normal((base or main.parent) / path))
            status, note = "ok" if target else "unknown" if absolute else "missing", ""
        return status, target, note

    def _library(self, name: str, main: Path) -> Path | None:
        """In the main script's Lib folder: the user's and AutoHotkey's own are on the user's machine."""
        for stem in dict.fromkeys([name, name.partition("_")[0]]):
            found = self.disk.find(normal(main.parent / "Lib" / f"{stem}.ahk".replace("\\", "/")))
            if found and found.is_file():
                return found
        return None

    def _directives(self, file: Path) -> list[Directive]:
        if file not in self.read:
            self.read[file] = []
            try:
                data = file.read_bytes() if file.is_file() else b""
                if names_files(data):  # most scripts end here
                    self.read[file] = directives(decode(data)[0])
            except (OSError, ValueError) as error:
                self.unreadable[file] = (error.strerror if isinstance(error, OSError) else None) or str(error)
        return self.read[file]


def expand(name: str, file: Path, main: Path, base: Path | None) -> str | None:
    """A path with its variables filled in and forward slashes; None when one is known only on the user's machine."""
    values = {"a_scriptdir": main.parent, "a_scriptfullpath": main, "a_scriptname": main.name, "a_linefile": file}
    known = {"a_space": " ", "a_tab": "\t"} | {variable: str(value) for variable, value in values.items()}
    if base:
        known["a_workingdir"] = str(base)
    used = {variable.lower() for variable in _VARIABLE.findall(name)}
    if any(map(_MACHINE.fullmatch, used)) or (not base and "a_workingdir" in used):
        return None
    return _VARIABLE.sub(lambda match: known.get(match[1].lower(), match[0]), name).replace("\\", "/")


def on_drive_z(path: str) -> str:
    """The host's path for an absolute one with forward slashes; empty on another drive."""
    return path[2:] if path[:3].upper() == "Z:/" else path if path[:1] == "/" else ""


def loaded(script: Path, text: str | None = None) -> list[Step]:
    """Every include that AutoHotkey follows on this machine, in the order of loading.

    `text` stands in for what the script holds on disk. Cheap for a script without `#Include`. A file that cannot be
    read includes nothing.
    """
    main, walker = normal(script), Walker(here=True)
    if text is not None:
        walker.read[main] = directives(text)
    return list(walker.walk(main))


def _there(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # too long a name, or below a folder that may not be entered
        return False


def normal(path: Path) -> Path:
    """Absolute and without dots; as on Windows, `a.ahk/..` is the folder of a.ahk, and no link is followed."""
    return Path(os.path.normpath(path.absolute()))
