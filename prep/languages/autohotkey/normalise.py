"""Clean-up of scripts by regular expressions: what a converter or an editor left behind, or patterns of one's own.

A file is changed whole or not at all, and not when it loads before and would not load after. Each script is judged with
its includes as they are on disk: a change that must go into two files at once is not seen as one.

Not among the defaults: typographic quotes. In a string they are text, and outside of one nobody can say what was meant.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from prep.errors import UserError
from prep.languages.autohotkey.includes import cut
from prep.languages.autohotkey.loading import missing
from prep.languages.autohotkey.script import COMMENT, LINE_END, Source, kinds, scripts_below
from prep.sources.text import label

if TYPE_CHECKING:
    from prep.languages.judge import Judge as Engine

STATUSES = ("changed", "refused", "unchanged", "unreadable")
Judge = Callable[[list[tuple[Path, str]]], Sequence[bool | str]]  # True: it loads; False, or the message: it does not
Edit = tuple[int, int, str]  # from, to, the new text
ANYWHERE, PROSE, CODE = "anywhere", "not in strings", "not in strings or block comments"

_STRING = re.compile(r"\"(?:`.|[^\"`])*(?:\"|$)|'(?:`.|[^'`])*(?:'|$)")
_HOTSTRING = re.compile(r"[ \t]*:[^: \t]*:.*::")
_REQUIRES = re.compile(r"[ \t]*#Requires[ \t]+AutoHotkey[ \t]+(v2[^;\n]*)", re.IGNORECASE)
_ANY_V2 = re.compile(r"v2(\.0)*\+?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Pattern:
    """A regular expression, in which a line ends with \\n whatever the file has, and what takes the match's place."""

    name: str
    regex: re.Pattern[str]
    new: str
    why: str = ""
    where: str = ANYWHERE
    unless: Callable[[re.Match[str]], bool] | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """The lines that one pattern touched, before and after; `line` is that of the file as it was."""

    pattern: str
    line: int
    before: str
    after: str


@dataclass(slots=True)
class Result:
    """What became of one script; `file` is posix and relative to the folder, `status` one of STATUSES."""

    file: str
    changes: list[Change] = field(default_factory=list)
    status: str = "unchanged"
    reason: str = ""


def _in_a_body(match: re.Match[str]) -> bool:
    """Whether braces are open: there a `global` alone makes the whole function global, also as converters write it."""
    depth = 0
    for kind, line in kinds(match.string[: match.start()].split("\n")):
        if kind == "code" and not _HOTSTRING.match(line):
            code = _STRING.sub("", COMMENT.sub("", line))
            depth += code.count("{") - code.count("}")
    return depth != 0


def _says_more(match: re.Match[str]) -> bool:
    """Whether it is the first #Requires, or asks for something that none before it did."""
    lines = match.string[: match.start()].split("\n")
    before = {_wanted(found) for kind, line in kinds(lines) if kind == "code" and (found := _REQUIRES.match(line))}
    wanted = _wanted(_REQUIRES.match(match[0]))
    return not before or not (wanted in before or _ANY_V2.fullmatch(wanted))


def _wanted(found: re.Match[str] | None) -> str:
    return " ".join(found[1].lower().split()) if found else ""


_NOTE = r";[ \t]*(?:(?i:v1tov2\b|removed by (?:the )?converter\b)|REMOVED:)"
_TABLE: list[tuple[str, str, str, str, str]] = [  # name, regex, replacement, why, where
    ("bom", r"\ufeff", "", "in the middle of a file it is part of a name", PROSE),
    ("zero-width", r"[\u200b\u2060]", "", "nobody sees it, and it makes another name", PROSE),
    ("no-break-space", r"[\xa0\u2007\u202f]", " ", "no blank to AutoHotkey, but part of a name", PROSE),
    ("note-line", rf"^[ \t]*{_NOTE}.*\n?", "", "the converter's word, not the author's", CODE),
    ("note-at-the-end", rf"[ \t]+{_NOTE}.*$", "", "the converter's word, not the author's", CODE),
    ("empty-global", r"^[ \t]*(?i:global)[ \t]*(?:\n|\Z)(?![ \t]*,)", "", "outside a body it declares nothing", CODE),
    ("requires-again", r"^[ \t]*(?i:#Requires[ \t]+AutoHotkey[ \t]+v2).*\n?", "", "the first one has said it", CODE),
    ("trailing-blanks", r"[ \t]+$", "", "mean nothing at the end of a line", PROSE),
    ("blank-lines", r"^\n{3,}", "\n\n", "two in a row are enough", PROSE),
]
_UNLESS = {"empty-global": _in_a_body, "requires-again": _says_more}
DEFAULTS = [
    Pattern(name, re.compile(regex, re.MULTILINE), new, why, where, _UNLESS.get(name))
    for name, regex, new, why, where in _TABLE
]


def parse(text: str) -> Pattern:
    r"""`OLD=NEW`, split at the first `=` without a backslash; `\=` is an equals sign in both. Raises UserError."""
    tokens = re.findall(r"\\?.", text, re.DOTALL)
    at = tokens.index("=") if "=" in tokens else 0
    if not at:
        raise UserError(rf"--pattern {text}: write OLD=NEW, and \= for an equals sign in it")
    old, new = ("".join("=" if piece == r"\=" else piece for piece in part) for part in (tokens[:at], tokens[at + 1 :]))
    try:
        regex = re.compile(old, re.MULTILINE)
        regex.sub(new, "")  # an unknown group in NEW shows here
    except (re.error, IndexError, OverflowError) as error:  # the latter two: no such name, too large a number
        raise UserError(f"--pattern {text}: not a regular expression: {error}") from None
    return Pattern(text, regex, new)


def plan(path: Path, patterns: Sequence[Pattern]) -> list[Change]:
    """What the patterns, in their order, would change in one script. Raises OSError, or ValueError for no text."""
    draft = _Draft(Source.read(path).text)
    return [change for pattern in patterns for change in draft.rewrite(pattern)]


def apply(
    path: Path,
    patterns: Sequence[Pattern] = DEFAULTS,
    judge: Judge | None = None,
    dry_run: bool = False,
    unchecked: bool = False,
) -> list[Result]:
    """Change a script, or all below a folder; a Result for each. UserError when nothing can say what still loads."""
    if judge is None and not (dry_run or unchecked):
        raise UserError(f"{_lacking()}; or give --dry-run, or --unchecked")
    root = path if path.is_dir() else path.parent
    works = [_work(script, label(script.relative_to(root)), patterns) for script in scripts_below(path)]
    changed = [work for work in works if work.source and work.result.changes]
    if judge and changed:
        _refuse(changed, judge)
    for work in changed:
        if work.source and work.result.status != "refused":
            work.result.status = "changed"
            try:
                work.source.write(work.text, dry_run)
            except ValueError as error:
                work.result.status, work.result.reason = "refused", str(error)
    return [work.result for work in works]


def judge_by(engine: Engine) -> Judge:
    """The judge that a started engine is; what does not load comes back as the interpreter's message.

    A script that only misses an included file counts as loading: its own code can still be broken.
    """

    from prep.languages.judge import Script

    def judge(texts: list[tuple[Path, str]]) -> list[bool | str]:
        verdicts = engine.check(Script(path, text) for path, text in texts)
        return [
            v.loads or v.reason == "missing-include" or f"{v.where.rpartition('/')[2]}: {v.message}" for v in verdicts
        ]

    return judge


def fails(results: Sequence[Result]) -> bool:
    return any(result.status in ("refused", "unreadable") for result in results)


def as_json(results: Sequence[Result]) -> str:
    found = Counter(result.status for result in results)
    counts = {status: found[status] for status in STATUSES}
    report = {"files": [asdict(result) for result in results], "counts": counts}
    return json.dumps(report, indent=2, ensure_ascii=False) + "\n"


def table(results: Sequence[Result]) -> str:
    """The files that are not plainly unchanged, and the counts; at most 80 columns wide."""
    lines = []
    for result in results:
        if result.status != "unchanged":
            lines.append(f"{result.status:<12}{cut(result.file, 68, at_start=True)}")
            made = Counter(change.pattern for change in result.changes)
            told = [result.reason] if result.reason else []
            lines += [cut(f"{'':<12}{line}") for line in told + [f"{name} {count:,}" for name, count in made.items()]]
    counts = Counter(result.status for result in results)
    parts = [f"{counts[status]:,} {status}" for status in STATUSES if counts[status]]
    return "\n".join([*lines, f"{len(results):,} scripts: {', '.join(parts)}"])


def _lacking() -> str:
    from prep.languages.autohotkey.engine import Engine

    return "; ".join(Engine.missing()) or "no interpreter was given to say what still loads"


@dataclass(slots=True)
class _Work:
    """One script on its way: what was read, what is to be written, and what to tell."""

    result: Result
    source: Source | None = None
    text: str = ""


def _work(script: Path, name: str, patterns: Sequence[Pattern]) -> _Work:
    try:
        source = Source.read(script)
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        return _Work(Result(name, status="unreadable", reason=reason))
    draft = _Draft(source.text)
    changes = [change for pattern in patterns for change in draft.rewrite(pattern)]
    text = draft.whole()
    return _Work(Result(name, changes if text != source.text else []), source, text)


def _refuse(works: Sequence[_Work], judge: Judge) -> None:
    """Mark what loads as it is and would not load as it would be."""
    befores = [(work.source.path, work.source.text) for work in works if work.source]
    afters = [(path, work.text) for (path, _), work in zip(befores, works, strict=True)]
    verdicts = judge(befores + afters)
    for work, before, after in zip(works, verdicts[: len(works)], verdicts[len(works) :], strict=True):
        if before is True and after is not True:
            work.result.status = "refused"
            work.result.reason = after if isinstance(after, str) else "it loads, and would not any more"
    for work, (path, before_text), (_, after_text) in zip(works, befores, afters, strict=True):
        if lost := set(missing(path, after_text)) - set(missing(path, before_text)):
            work.result.status, work.result.reason = "refused", f"#Include {min(lost)}: there is no such file"


class _Draft:
    """A text with \\n at the end of each line, and what each line ended with and its number in the file."""

    def __init__(self, text: str) -> None:
        parts = LINE_END.split(text)
        self.text = "\n".join(parts[::2])
        self.lines = [(end, number) for number, end in enumerate([*parts[1::2], ""], 1)]
        self._usual = (Counter(parts[1::2]).most_common(1) or [("\n", 0)])[0][0]

    def whole(self) -> str:
        return "".join(line + end for line, (end, _) in zip(self.text.split("\n"), self.lines, strict=True))

    def rewrite(self, pattern: Pattern) -> list[Change]:
        """Replace every match; lines that no match touches keep their ends."""
        edits = list(_edits(pattern, self.text))
        changes = list(self._changes(pattern.name, edits))
        pieces: list[str] = []
        lines: list[tuple[str, int]] = []
        at = row = 0
        for start, end, new in edits:
            kept, gone, fresh = self.text.count("\n", at, start), self.text.count("\n", start, end), new.count("\n")
            lines += self.lines[row : row + kept]
            row += kept
            filling = [(self._usual, self.lines[row][1])] * fresh
            lines += (self.lines[row : row + gone] + filling)[:fresh]
            row += gone
            pieces += [self.text[at:start], new]
            at = end
        self.text = "".join([*pieces, self.text[at:]])
        self.lines = lines + self.lines[row:]
        return changes

    def _changes(self, name: str, edits: Sequence[Edit]) -> Iterator[Change]:
        """One change for each run of lines, however many matches it holds."""
        at, row = 0, 0
        for first, last, group in _by_lines(self.text, edits):
            row += self.text.count("\n", at, first)
            at = first
            pieces, done = [], first
            for start, end, new in group:
                pieces += [self.text[done:start], new]
                done = end
            after = "".join([*pieces, self.text[done:last]])
            yield Change(name, self.lines[row][1], self.text[first:last].removesuffix("\n"), after.removesuffix("\n"))


def _by_lines(text: str, edits: Iterable[Edit]) -> list[tuple[int, int, list[Edit]]]:
    """Edits that touch the same lines together, with where those lines begin and end."""
    runs: list[tuple[int, int, list[Edit]]] = []
    for edit in edits:
        first = text.rfind("\n", 0, edit[0]) + 1
        whole = edit[0] < edit[1] and text[edit[1] - 1] == "\n"
        following = text.find("\n", edit[1])
        last = edit[1] if whole else following if following >= 0 else len(text)
        if runs and first < runs[-1][1]:
            runs[-1][2].append(edit)
            runs[-1] = (runs[-1][0], last, runs[-1][2])
        else:
            runs.append((first, last, [edit]))
    return runs


def _edits(pattern: Pattern, text: str) -> Iterator[Edit]:
    spared: list[tuple[int, int]] | None = None
    for match in pattern.regex.finditer(text):
        new = match.expand(pattern.new).replace("\r\n", "\n")
        if spared is None:
            spared = list(_spared(text, pattern.where))
        if new == match[0] or _meets(spared, match.start(), match.end()):
            continue
        if not (pattern.unless and pattern.unless(match)):
            yield match.start(), match.end(), new


def _spared(text: str, where: str) -> Iterator[tuple[int, int]]:
    """Where a pattern may not reach: strings, hotstrings and continuation sections; block comments, for CODE."""
    at, inside = 0, False
    for kind, line in kinds(text.split("\n") if where != ANYWHERE else ()):
        code = COMMENT.sub("", line)
        if kind == "text" or (kind == "comment" and where == CODE):
            yield at, at + len(line) + 1
        elif kind == "code" and (inside or _HOTSTRING.match(line)):  # after `)` nobody knows whether a string is open
            yield at, at + len(code)
        elif kind == "code":
            yield from ((at + found.start(), at + found.end()) for found in _STRING.finditer(code))
        inside = kind == "text"
        at += len(line) + 1


def _meets(spans: Sequence[tuple[int, int]], start: int, end: int) -> bool:
    """Whether start:end shares a character with one of these, which are in order and apart."""
    following = bisect_left(spans, (end, 0))
    return following > 0 and spans[following - 1][1] > start
