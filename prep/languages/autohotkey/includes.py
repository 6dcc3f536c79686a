r"""The `#Include` lines of scripts, resolved as AutoHotkey v2.0 does it (its script.cpp is the source of every rule).

A relative path starts at the folder of the file that holds the line, not at the main script's as in v1; `#Include Dir`
moves that start for the rest of its own file. `<Name>` is Lib\Name.ahk beside the main script, in the user's documents
or beside AutoHotkey.exe, then the same for the part before the first underscore. Case and kind of slash do not count.

No file says which scripts are main ones, so each is tried as one. What resolves only while another script includes the
file is ok, with a note; what resolves nowhere is broken.
"""

from __future__ import annotations

import json
import os
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from itertools import groupby
from pathlib import Path

from prep.languages.autohotkey.script import COMMENT, LINE_END, Source, kinds, scripts_below
from prep.sources.text import decode, label

STATUSES = {  # the findings, and whether the command fails on them
    "ok": False,
    "optional-missing": False,  # `*i`: AutoHotkey goes on without it
    "unknown": False,  # depends on the user's machine
    "circular": False,  # AutoHotkey skips a file that it has loaded already
    "broken": True,
    "ambiguous": True,  # broken, and several files have that name
    "unreadable": True,  # a script that is not text
}

_MENTION = re.compile(rb"#\0?i\0?n\0?c\0?l\0?u\0?d\0?e", re.IGNORECASE)  # \0: in UTF-16
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
class Include:
    """One `#Include` line and what became of it; paths are posix and relative to the folder that was scanned."""

    file: str
    line: int
    include: str
    status: str
    resolved: str | None = None
    candidates: tuple[str, ...] = ()
    fixed: bool = False
    note: str = ""


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


def scan(path: Path) -> list[Include]:
    """Every include of a script (with all that it includes) or of a folder's scripts, in order of file and line."""
    return [include for _, include in _Tree(path).findings()]


def fix(path: Path) -> list[Include]:
    """Rewrite each broken include that has exactly one candidate; the findings as they are afterwards.

    Again until nothing changes, as a file that is found now may itself hold broken includes.
    """
    was: dict[tuple[str, int], str] = {}
    why: dict[tuple[str, int], str] = {}
    while True:
        tree = _Tree(path)
        found = tree.findings()
        todo = [pair for pair in found if pair[1].status == "broken" and len(pair[1].candidates) == 1]
        todo = [pair for pair in todo if _key(pair[1]) not in was.keys() | why.keys()]
        if not todo:
            return [_told(include, was, why) for _, include in found]
        for file, pairs in groupby(todo, lambda pair: pair[0].file):
            group = list(pairs)
            left = tree.rewrite(file, [step for step, _ in group])
            for step, include in group:
                reason = left.get(step.directive.line)
                (why if reason else was)[_key(include)] = reason or include.include


def closure(script: Path, text: str | None = None) -> list[Path]:
    """Every existing file that a script includes, each once, in the order of loading, without the script itself.

    `text` stands in for what the script holds on disk. Cheap for a script without `#Include`. A file that cannot be
    read includes nothing.
    """
    targets = [step.target for step in _loading(script, text) if step.target]
    return [path for path in dict.fromkeys(targets) if path != _normal(script) and path.is_file()]


def missing(script: Path, text: str | None = None) -> list[str]:
    """The includes, as they are written, on which AutoHotkey would stop while it loads the script."""
    steps = _loading(script, text)
    return [step.directive.name for step in steps if step.status == "missing" and not step.directive.optional]


def fails(found: Sequence[Include]) -> bool:
    return any(STATUSES[include.status] for include in found)


def as_json(found: Sequence[Include]) -> str:
    return json.dumps([asdict(include) for include in found], indent=2, ensure_ascii=False) + "\n"


def table(found: Sequence[Include]) -> str:
    """What is not plainly ok, and the counts; at most 80 columns wide."""
    lines = []
    for include in found:
        if include.status == "ok" and not include.fixed:
            continue
        where = cut(f"{include.file}:{include.line}", 30, at_start=True)
        lines.append(cut(f"{'fixed' if include.fixed else include.status:<17}{where:<31}{include.include}"))
        told = [include.note] if include.note else []
        told += [f"candidate: {name}" for name in include.candidates if not include.fixed]
        lines += [cut(f"{'':<17}{line}") for line in told]
    counts = Counter(include.status for include in found)
    parts = [f"{counts[status]:,} {status}" for status in STATUSES if counts[status]]
    fixed = sum(include.fixed for include in found)
    total = f"{len(found):,} includes" + (f": {', '.join(parts)}" if parts else "")
    return "\n".join([*lines, total + (f"; {fixed:,} fixed" if fixed else "")])


def cut(text: str, width: int = 80, at_start: bool = False) -> str:
    """One line of a table, with … for what does not fit."""
    if len(text) <= width:
        return text
    return "…" + text[1 - width :] if at_start else text[: width - 1] + "…"


class _Disk:
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
class _Walker:
    """Follows includes as AutoHotkey does while it loads a main script."""

    disk: _Disk = field(default_factory=_Disk)
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
        elif path is None or (absolute and os.name != "nt"):
            status, target, note = "unknown", None, "known only on the user's machine"
        elif base is None and not Path(path).is_absolute():
            status, target, note = "unknown", None, "relative to a folder known only on the user's machine"
        else:
            target = self.disk.find(_normal((base or main.parent) / path))
            status, note = "ok" if target else "unknown" if absolute else "missing", ""
        return status, target, note

    def _library(self, name: str, main: Path) -> Path | None:
        """In the main script's Lib folder: the user's and AutoHotkey's own are on the user's machine."""
        for stem in dict.fromkeys([name, name.partition("_")[0]]):
            found = self.disk.find(_normal(main.parent / "Lib" / f"{stem}.ahk".replace("\\", "/")))
            if found and found.is_file():
                return found
        return None

    def _directives(self, file: Path) -> list[Directive]:
        if file not in self.read:
            self.read[file] = []
            try:
                data = file.read_bytes() if file.is_file() else b""
                if _MENTION.search(data):  # most scripts end here
                    self.read[file] = directives(decode(data)[0])
            except (OSError, ValueError) as error:
                self.unreadable[file] = (error.strerror if isinstance(error, OSError) else None) or str(error)
        return self.read[file]


class _Tree:
    """The includes below a folder, or of one script, for every script that may be the main one."""

    def __init__(self, path: Path) -> None:
        self.root = _normal(path if path.is_dir() else path.parent)
        self.walker = _Walker()
        self.steps: defaultdict[tuple[Path, int], list[Step]] = defaultdict(list)
        self._names: defaultdict[str, list[Path]] = defaultdict(list)
        for main in scripts_below(path):
            for step in self.walker.walk(_normal(main)):
                self.steps[step.file, step.directive.line].append(step)

    def findings(self) -> list[tuple[Step, Include]]:
        chosen = [self._choose(steps) for steps in self.steps.values()]
        cycles = _cycles([step for step, _ in chosen])
        found = [(step, self._finding(step, note, cycles)) for step, note in chosen]
        for file, why in self.walker.unreadable.items():
            nothing = Step(file, Directive(0, "", (0, 0), False, False), file, None, "missing")
            found.append((nothing, Include(self.label(file), 0, "", "unreadable", note=why)))
        return sorted(found, key=lambda pair: _key(pair[1]))

    def rewrite(self, file: Path, steps: Sequence[Step]) -> dict[int, str]:
        """Write each step's only candidate into its line; the reason for each line that was left as it is."""
        left: dict[int, str] = {}
        try:
            source = Source.read(file)
        except (OSError, ValueError) as error:
            return {step.directive.line: str(error) for step in steps}
        parts = LINE_END.split(source.text)  # lines and line ends in turn
        for step in steps:
            place = 2 * (step.directive.line - 1)
            try:
                parts[place] = self._repaired(step, parts[place], source.codec)
            except ValueError as error:
                left[step.directive.line] = str(error)
        try:
            if len(left) < len(steps):
                source.write("".join(parts))
        except ValueError as error:
            return {step.directive.line: str(error) for step in steps}
        return left

    def label(self, path: Path) -> str:
        return label(Path(os.path.relpath(path, self.root)))

    def _repaired(self, step: Step, line: str, codec: str) -> str:
        [candidate] = self._candidates(step)
        if not step.file.is_relative_to(self.root):
            raise ValueError("it lies outside the folder")
        bases = {other.base for other in self.steps[step.file, step.directive.line]}
        if step.base is None or len(bases) != 1:
            raise ValueError("the folder it is relative to depends on the main script")
        start, end = step.directive.span
        slash = "/" if "/" in step.directive.name and "\\" not in step.directive.name else "\\"
        path = os.path.relpath(candidate, step.base).replace(os.sep, slash)
        if codec == "cp1252" and not path.isascii():  # AutoHotkey reads a file without BOM as UTF-8
            raise ValueError(f"{label(Path(path))} needs UTF-8, and the file is in Windows-1252")
        fixed = line[:start] + path + line[end:]
        again = parse(fixed, step.directive.line)
        if not again or self.walker.resolve(again, step.file, step.main, step.base).target != candidate:
            raise ValueError(f"{label(Path(path))} cannot be written in an #Include")
        return fixed

    def _choose(self, steps: Sequence[Step]) -> tuple[Step, str]:
        """The file itself as main script, unless only another one makes the include resolve."""
        own = next((step for step in steps if step.main == step.file), None)
        good = next((step for step in steps if step.status == "ok"), None)
        if own and own.status == "ok":
            other = next((step for step in steps if step.target != own.target), None)
            return own, f"not the same while {self.label(other.main)} includes it" if other else ""
        if good:
            return good, f"only while {self.label(good.main)} includes it" if own else ""
        best = own or steps[0]
        return best, best.note

    def _finding(self, step: Step, note: str, cycles: dict[Step, tuple[list[Path], bool]]) -> Include:
        plain = Include(self.label(step.file), step.directive.line, step.directive.name, step.status, note=note)
        if step in cycles:
            trail, endless = cycles[step]
            note = " > ".join(map(self.label, trail)) + (": #IncludeAgain never ends" if endless else "")
            plain = replace(plain, status="broken" if endless else "circular", note=note)
        if step.target:
            return replace(plain, resolved=self.label(step.target))
        if step.status != "missing":
            return plain
        if step.directive.optional:
            return replace(plain, status="optional-missing")
        names = tuple(map(self.label, self._candidates(step)))
        return replace(plain, status="ambiguous" if len(names) > 1 else "broken", candidates=names)

    def _candidates(self, step: Step) -> list[Path]:
        """Files of that name anywhere below the folder, but for the one that holds the line."""
        if not self._names:
            for folder, _, names in os.walk(self.root):
                for name in names:
                    self._names[name.casefold()].append(Path(folder, name))
        path = expand(step.directive.name, step.file, step.main, step.base) or ""
        found = self._names.get(Path(path).name.casefold(), [])
        return sorted(path for path in found if path != step.file)


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


def _cycles(steps: Sequence[Step]) -> dict[Step, tuple[list[Path], bool]]:
    """The include that closes each cycle: the files in order, and whether `#IncludeAgain` repeats it for ever."""
    edges: defaultdict[Path, list[Step]] = defaultdict(list)
    for step in steps:
        if step.target and step.target.is_file():
            edges[step.file].append(step)
    targets = {step.target for step in steps}
    found: dict[Step, tuple[list[Path], bool]] = {}
    done: set[Path] = set()
    for start in sorted(edges, key=lambda file: (file in targets, file)):  # first what nothing includes
        for trail in _trails(start, edges, done):
            files = [step.file for step in trail]
            at = files.index(trail[-1].target or start)
            found[trail[-1]] = ([*files[at:], files[at]], all(step.directive.again for step in trail[at:]))
    return found


def _trails(start: Path, edges: dict[Path, list[Step]], done: set[Path]) -> Iterator[list[Step]]:
    """Each way from `start` back to a file on that way; no file in `done` is entered, and each is left into it."""
    trail: list[Step] = []
    files, todo = [start], [iter(edges[start] if start not in done else ())]
    while todo:
        if not (step := next(todo[-1], None)) or not step.target:
            done.add(files.pop())
            todo.pop()
            trail = trail[:-1]
        elif step.target in files:
            yield [*trail, step]
        elif step.target not in done:
            trail.append(step)
            files.append(step.target)
            todo.append(iter(edges.get(step.target, ())))


def _loading(script: Path, text: str | None) -> Iterator[Step]:
    main, walker = _normal(script), _Walker()
    if text is not None:
        walker.read[main] = directives(text)
    return walker.walk(main)


def _there(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # too long a name, or below a folder that may not be entered
        return False


def _normal(path: Path) -> Path:
    """Absolute and without dots; as on Windows, `a.ahk/..` is the folder of a.ahk, and no link is followed."""
    return Path(os.path.normpath(path.absolute()))


def _key(include: Include) -> tuple[str, int]:
    return include.file, include.line


def _told(include: Include, was: dict[tuple[str, int], str], why: dict[tuple[str, int], str]) -> Include:
    key = _key(include)
    if key in was and include.status != "broken":
        return replace(include, fixed=True, note=f"was {was[key]}")
    return replace(include, note=f"not fixed: {why[key]}") if key in why else include
