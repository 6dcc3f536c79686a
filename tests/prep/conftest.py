"""Small real sources in a temporary folder, and the real command run on them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

RECIPE = """\
name: demo
split: {val: 0.2, test: 0.2}
sources:
  - kind: scripts
    root: scripts
  - kind: table
    path: elements.csv
    columns: {name: Name, kind: Kind, description: Text, parameters: Params, returns: Returns}
quality: {engine: off, near_duplicates: off, leakage: off}
tasks:
  write:
  reference:
"""

Rows = list[dict[str, Any]]


def script(number: int) -> str:
    return (
        f"; Snap window {number} to the left\n;\n; Press a key and window {number} fills the left half of the screen.\n"
        f"#Requires AutoHotkey v2.0\n\nWinMove(0, 0, {number}, {number})\n"
    )


def table(rows: int) -> str:
    lines = [f'Fun{n},Function,"Returns the text number {n}.","Text, Count?",String' for n in range(rows)]
    return "\n".join(["Name,Kind,Text,Params,Returns", *lines, ""])


def jsonl(path: Path) -> Rows:
    return [json.loads(line) for line in path.read_bytes().decode().split("\n") if line]


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with demo.yaml, 30 scripts in two categories and a table of 20 rows."""
    for number in range(30):
        path = tmp_path / "scripts" / ("windows" if number % 2 else "keys/deep") / f"tool_{number}.ahk"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(script(number))
    (tmp_path / "elements.csv").write_text(table(20))
    (tmp_path / "demo.yaml").write_text(RECIPE)
    return tmp_path


Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def prep(project: Path) -> Run:
    """`python -m prep` in the project's folder."""

    def run(*arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "prep", *arguments]
        return subprocess.run(command, cwd=project, capture_output=True, text=True, timeout=600, check=False, **options)

    return run
