r"""What the interpreter reports: `file (line) : ==> message`, and the lines that belong to it.

Messages carry no place of this machine: the script's folder is taken off what `%A_ScriptDir%` and the like became, and
folders above it are `..\`.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from prep.languages.autohotkey import wine
from prep.languages.autohotkey.handover import STDIN, Handover
from prep.languages.autohotkey.interpreter import interpreter

REPORT = re.compile(r"^(?P<file>.+?) \((?P<line>\d+)\) : ==> (?P<message>.*)")
INTERPRETER = re.compile(r"( Current interpreter: AutoHotkey \S+).*")  # and where it lies on this machine
_MISSING_FILE = re.compile(
    r"#Include(?:Again)? file .* cannot be opened|library not found|^Failed to load DLL", re.IGNORECASE
)
_OTHER_VERSION = re.compile(r"This script requires AutoHotkey", re.IGNORECASE)
_USER = re.compile(r"(C:\\users\\)[^\\\"]+", re.IGNORECASE)


class Fault(NamedTuple):
    """One report; `file` is empty when it is the script itself."""

    file: str
    line: int | None
    message: str


def fault(given: Handover, text: str) -> Fault:
    """The first report in a text; all of the text as message where there is none."""
    entry = next((entry for entry in entries(text) if REPORT.match(entry)), "")
    first, _, rest = entry.partition("\n")
    if not (report := REPORT.match(first)):
        return Fault("", None, _without_place(given, text))
    own = report["file"] == STDIN or report["file"].casefold() == wine.windows_path(given.seen).casefold()
    message = INTERPRETER.sub(r"\1", _without_place(given, f"{report['message']} {rest}"))
    return Fault("" if own else str(given.real(report["file"])), int(report["line"]) or None, message)


def warning(given: Handover, entry: str) -> str:
    """A report in one line. An included file is named as the script would name it."""
    found = fault(given, entry)
    file = _without_place(given, REPORT.match(entry)["file"]) if found.file else ""  # type: ignore[index]
    return f"{f'{file}, ' if file else ''}{f'line {found.line}: ' if found.line else ''}{found.message}"


def reason_of(message: str) -> str:
    """The reason in the interpreter's own words."""
    if _OTHER_VERSION.search(message):
        return "other-version"
    return "missing-include" if _MISSING_FILE.search(message) else "syntax"


def entries(text: str) -> list[str]:
    """Split what AutoHotkey said into reports."""
    found: list[str] = []
    for line in text.splitlines():
        if REPORT.match(line) or not found:
            found.append(line)
        else:
            found[-1] += f"\n{line}"
    return found


def _without_place(given: Handover, text: str) -> str:
    """In one line, with paths as the script's folder sees them."""
    text = " ".join(text.split())
    for pattern, relative in _folders(given.seen.parent):
        text = pattern.sub(relative.replace("\\", r"\\"), text)
    return _USER.sub(r"\1user", text)


@lru_cache(64)
def _folders(folder: Path) -> list[tuple[re.Pattern[str], str]]:
    """The script's folder and those above it but for the root, as Windows writes them, and what stands for each."""
    above = [folder, *folder.parents][:-1]
    found = [(re.escape(f"{wine.windows_path(path)}\\"), "..\\" * depth) for depth, path in enumerate(above)]
    found.append((re.escape(wine.windows_path(folder)) + r"(?![\w.-])", "."))
    if program := interpreter():
        found.insert(0, (re.escape(f"{wine.windows_path(program.parent)}\\"), ""))
    return [(re.compile(pattern, re.IGNORECASE), relative) for pattern, relative in found]
