"""Keeps the tasks of a benchmark out of a dataset: what a model is judged by must not be what it was trained on.

A document is compared as a whole and, where it is AutoHotkey, function by function; so are the requests made of it. In
code the names of variables and functions do not count, nor comments: a copy under other names is a copy.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from prep.errors import UserError
from prep.files import file_bytes, sha256_bytes
from prep.languages.autohotkey import lexer
from prep.languages.autohotkey.code import functions
from prep.languages.autohotkey.lexer import Token
from prep.languages.autohotkey.units import CONTROL, DECLARES, WORD_OPERATORS, class_name, units
from prep.quality import Drop
from prep.record import Document, Example
from prep.sources.text import label

if TYPE_CHECKING:
    from prep.recipe import Quality
    from prep.similarity import Shelf, Shingles

LEAST = 24  # shingles of code without its names: what is smaller is anybody's
DEFAULT = 0.7  # how much alike is too much, where the recipe's near_duplicates are off
_KEPT = CONTROL | DECLARES | WORD_OPERATORS | {"class", "extends", "this", "super", "unset", "true", "false"}
_LAYOUT = (lexer.COMMENT, lexer.BLOCK_COMMENT, lexer.BLANK, lexer.NEWLINE)


class Task(NamedTuple):
    id: str
    prompt: str
    solution: str
    autohotkey: bool


class Side(NamedTuple):
    """What documents are compared with: prompts, solutions as they stand, or solutions without their names."""

    shelf: Shelf
    tasks: list[str]
    smallest: int  # shingles


def near(document: Document, examples: Sequence[Example], quality: Quality) -> Drop | None:
    """The task that a document, or a request made of it, is a near-duplicate of."""
    if not quality.benchmarks:
        return None
    from prep.similarity import shingles

    sides = _sides(tuple((path, path.stat().st_mtime_ns) for path in quality.benchmarks))
    for name, text in _texts(document, examples):
        least = DEFAULT if quality.near_duplicates == "off" else quality.near_duplicates
        if name == "nameless":  # without names more of what is not a copy is alike
            least = (2 * least + 1) / 3
        side = sides[name]
        if (
            not side.tasks or len(text) + 1 < least * side.smallest
        ):  # a text has no more words and pairs than characters
            continue
        words = shingles(text)
        if len(words) >= least * side.smallest and (drop := _alike(name, side, words, least)):
            return drop
    return None


def _texts(document: Document, examples: Sequence[Example]) -> Iterator[tuple[str, str]]:
    for part in sorted({part for example in examples for part in _parts(example.instruction)}):
        yield "prompts", part
    for text in sorted({document.text, *(example.output for example in examples)}):
        yield "solutions", text
    if document.kind == "scripts" and _is_autohotkey(document.language):
        yield from (("nameless", text) for text in nameless(document.text))


def _parts(text: str) -> set[str]:
    """A request, and each of its paragraphs."""
    return {text, *(part for part in text.split("\n\n") if part.strip())}


def _alike(name: str, side: Side, words: Shingles, least: float) -> Drop | None:
    which, alike = side.shelf.alike(words, least)
    if not len(which):
        return None
    best = int(alike.argmax())
    what = "its request" if name == "prompts" else "it"
    return Drop("benchmark", f"{what} is {alike[best]:.0%} alike to the task {side.tasks[which[best]]}")


@lru_cache(maxsize=4)
def _sides(files: tuple[tuple[Path, int], ...]) -> dict[str, Side]:
    from prep.similarity import Shelf, shingles

    rows: dict[str, list[tuple[str, Shingles]]] = {"prompts": [], "solutions": [], "nameless": []}
    for task in (task for path, _ in files for task in read(path)):
        rows["prompts"].append((task.id, shingles(task.prompt)))
        rows["solutions"].append((task.id, shingles(task.solution)))
        if task.autohotkey:
            parts = [shingles(part) for part in nameless(task.solution)]
            rows["nameless"] += [(task.id, part) for part in parts if len(part) >= LEAST]
    return {
        name: Side(
            Shelf([words for _, words in found]), [id_ for id_, _ in found], min((len(w) for _, w in found), default=0)
        )
        for name, found in rows.items()
    }


def read(path: Path) -> list[Task]:
    """The tasks of a JSONL file: rows of `prompt` and `canonical_solution`, or of a suite, of `question` and
    `reference` with a `test`; a suite's other rows are no code. Raises UserError for a broken row, and for no tasks."""
    try:
        lines = file_bytes(path).split(b"\n")
    except OSError as error:
        raise UserError(f"{path}: cannot be read: {error.strerror}: see quality.benchmarks") from None
    found = []
    for number, line in enumerate(lines, start=1):
        if line.strip() and (task := _task(line, f"{path}:{number}")):
            found.append(task)
    if not found:
        raise UserError(f"{path}: no tasks of code in it: see quality.benchmarks")
    return found


def _task(line: bytes, where: str) -> Task | None:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise UserError(f"{where}: not a JSON line ({error})") from None
    if not isinstance(row, dict):
        raise UserError(f"{where}: not a JSON object")
    asked = [row.get(name) for name in ("id", "prompt", "canonical_solution")]
    if "question" in row:
        if not row.get("test"):
            return None
        asked = [row.get(name) for name in ("id", "question", "reference")]
    if not all(isinstance(text, str) and text.strip() for text in asked):
        raise UserError(f"{where}: a task has id, prompt and canonical_solution, each a text")
    language = row.get("language") or ("python" if "question" in row else "autohotkey")
    id_, prompt, solution = map(str, asked)
    return Task(id_, prompt, solution, _is_autohotkey(str(language)))


def fingerprint(paths: Sequence[Path]) -> bytes:
    """Of what is in the files; raises UserError for one that cannot be used."""
    for path in paths:
        read(path)
    return "".join(hashes(paths).values()).encode()


def hashes(paths: Sequence[Path]) -> dict[str, str]:
    return {label(path): sha256_bytes(file_bytes(path)) for path in paths}


def nameless(text: str) -> list[str]:
    """AutoHotkey code as words, the whole and each function, method and class of it: own names are numbered as they
    come, operators spelled out, comments left out."""
    tokens = lexer.lex(text)
    found = functions(tokens)
    own = {one.name.rpartition(".")[2].lower() for one in found}
    places = [(one.line, one.end) for one in found]
    places += [(unit.items[0].line, unit.end) for unit in units(tokens) if class_name(unit)]
    tokens = [token for token in tokens if token.kind not in _LAYOUT]
    parts = [[token for token in tokens if first <= token.line <= last] for first, last in sorted(set(places))]
    return [_words(part, own) for part in [tokens, *parts]]


def _words(tokens: Sequence[Token], own: set[str]) -> str:
    numbers: dict[str, str] = {}
    words: list[str] = []
    for at, token in enumerate(tokens):
        word = token.text.lower()
        if token.kind != lexer.NAME:
            words += re.findall(r"\w+", word) or [f"o{ord(sign):x}" for sign in word if sign not in "(){}"]
            continue
        member = at > 0 and tokens[at - 1].text == "."
        calls = at + 1 < len(tokens) and tokens[at + 1].text == "(" and word not in own
        fixed = member or calls or word in _KEPT or word.startswith("a_")
        words.append(word if fixed else numbers.setdefault(word, f"n{len(numbers)}"))
    return " ".join(words)


def _is_autohotkey(language: str) -> bool:
    return language.lower().startswith("autohotkey")
