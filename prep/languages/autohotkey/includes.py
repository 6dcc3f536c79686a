"""The `#Include` lines of a script or of a folder's scripts: what leads nowhere, and its repair.

No file says which scripts are main ones, so each is tried as one. What resolves only while another script includes the
file is ok, with a note; what resolves nowhere is broken.
"""

from __future__ import annotations

import json
import os
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import groupby
from pathlib import Path

from prep.languages.autohotkey.loading import Directive, Step, Walker, expand, normal, parse
from prep.languages.autohotkey.script import LINE_END, Source, scripts_below
from prep.sources.text import label

STATUSES = {  # the findings, and whether the command fails on them
    "ok": False,
    "optional-missing": False,  # `*i`: AutoHotkey goes on without it
    "unknown": False,  # depends on the user's machine
    "circular": False,  # AutoHotkey skips a file that it has loaded already
    "broken": True,
    "ambiguous": True,  # broken, and several files have that name
    "unreadable": True,  # a script that is not text
}


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


class _Tree:
    """The includes below a folder, or of one script, for every script that may be the main one."""

    def __init__(self, path: Path) -> None:
        self.root = normal(path if path.is_dir() else path.parent)
        self.walker = Walker()
        self.steps: defaultdict[tuple[Path, int], list[Step]] = defaultdict(list)
        self._names: defaultdict[str, list[Path]] = defaultdict(list)
        for main in scripts_below(path):
            for step in self.walker.walk(normal(main)):
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


def _key(include: Include) -> tuple[str, int]:
    return include.file, include.line


def _told(include: Include, was: dict[tuple[str, int], str], why: dict[tuple[str, int], str]) -> Include:
    key = _key(include)
    if key in was and include.status != "broken":
        return replace(include, fixed=True, note=f"was {was[key]}")
    return replace(include, note=f"not fixed: {why[key]}") if key in why else include
