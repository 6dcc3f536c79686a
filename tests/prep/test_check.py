"""`prep check` on files and folders, as it is called."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from prep.languages.autohotkey.engine import Engine
from tests.conftest import one_line, run

needs_engine = pytest.mark.skipif(
    bool(Engine.missing()) and "CI" not in os.environ, reason="; ".join(Engine.missing()) or "the engine is here"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "sub").mkdir()
    (tmp_path / "good.py").write_text("x = 1\n")
    (tmp_path / "sub/bad.py").write_text("x = 1\nx = = 2\n")
    (tmp_path / "sub/data.json").write_text("[1]")
    (tmp_path / "notes.txt").write_text("no code")
    (tmp_path / "sub/loop").symlink_to("..")
    return tmp_path


def test_a_folder_is_judged_file_by_file(folder: Path) -> None:
    done = run("prep", "check", ".", "--json", "out.json", cwd=folder)
    assert done.returncode == 1, done.stderr
    assert done.stdout.splitlines() == [
        "sub/bad.py:2: syntax: invalid syntax",
        "3 files",
        "  load                  2",
        "  syntax                1  the interpreter refuses it",
    ]
    rows = json.loads((folder / "out.json").read_text())
    assert [(row["path"], row["loads"], row["reason"], row["line"]) for row in rows] == [
        ("good.py", True, "", None),
        ("sub/bad.py", False, "syntax", 2),
        ("sub/data.json", True, "", None),
    ]
    assert {"message", "warnings"} <= set(rows[0])


def test_all_good_is_exit_0(folder: Path) -> None:
    assert run("prep", "check", "good.py", "sub/data.json", cwd=folder).returncode == 0


def test_any_checker_by_its_command(folder: Path) -> None:
    done = run("prep", "check", "notes.txt", "--command", "grep -q code {file}", cwd=folder)
    assert (done.returncode, done.stdout.splitlines()[0]) == (0, "1 files")


def test_wrong_input_is_one_line(folder: Path) -> None:
    one_line(run("prep", "check", "gone", cwd=folder), 2, "gone: no such file or folder")
    one_line(run("prep", "check", "notes.txt", cwd=folder), 2, "no judge for this ending", "--checker")
    one_line(
        run("prep", "check", "good.py", "--checker", "cobol", cwd=folder),
        2,
        "no judge 'cobol'",
        "--command 'luac -p {file}'",
    )
    one_line(run("prep", "check", "good.py", "--checker", "command", cwd=folder), 2, "the command is empty")
    one_line(run("prep", "check", "good.py", "--command", "", cwd=folder), 2, "the command is empty")
    one_line(run("prep", "check", "good.py", "--command", "lua '{file}", cwd=folder), 2, "no closing quotation")
    both = run("prep", "check", "good.py", "--command", "true {file}", "--checker", "json", cwd=folder)
    one_line(both, 2, "--checker json and --command: give one of them")
    one_line(run("prep", "check", "good.py", "--command", "nowhere {file}", cwd=folder), 2, "nowhere is not installed")
    (folder / "empty").mkdir()
    one_line(run("prep", "check", "empty", cwd=folder), 2, "no file ends in .ahk")


def test_without_the_engine_the_line_says_how_to_install_it(folder: Path) -> None:
    (folder / "a.ahk").write_text("MsgBox(1)\n")
    code = (
        "from prep.languages.autohotkey import engine; engine.interpreter = lambda: None; import sys;"
        "from prep.cli import app; from prep.errors import run_cli; sys.argv = ['prep', 'check', 'a.ahk'];"
        "run_cli(app, 'prep')"
    )
    import subprocess
    import sys

    done = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=False)
    one_line(done, 2, "pip install 'niche-tuner[ahk]'")


@needs_engine
def test_autohotkey_is_judged_by_the_real_one(folder: Path) -> None:
    (folder / "a.ahk").write_text("x := 1\ny := ]\n")
    (folder / "b.AHK").write_text("x := neverSet\n")
    done = run("prep", "check", "a.ahk", "b.AHK", cwd=folder)
    assert done.returncode == 1
    assert done.stdout.splitlines()[0].startswith('a.ahk:2: syntax: Unexpected "]"')
    assert "1 of them with warnings" in done.stdout
