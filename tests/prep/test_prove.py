"""Nothing reaches a split that its judge refused; what was judged once is not judged again."""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
from pathlib import Path

import pytest
import yaml

from prep import stats
from prep.languages import EXAMPLE
from prep.languages.autohotkey.engine import Engine
from prep.languages.judge import Script
from prep.prove import Judges
from prep.recipe import Recipe
from prep.record import MESSAGE, Claim, Document, make_example
from prep.work import Outcome
from tests.conftest import one_line
from tests.prep.conftest import Run, contents, jsonl, script

needs_engine = pytest.mark.skipif(
    bool(Engine.missing()) and "CI" not in os.environ, reason="; ".join(Engine.missing()) or "the engine is here"
)
SPLITS = ("train", "val", "test")


def change(project: Path, **sections: object) -> None:
    """Set whole sections of demo.yaml."""
    recipe = yaml.safe_load((project / "demo.yaml").read_text())
    (project / "demo.yaml").write_text(yaml.safe_dump({**recipe, **sections}))


def rows(project: Path, format_: str = "alpaca") -> list[dict]:
    return [row for split in SPLITS for row in jsonl(project / f"data/demo/{split}.{format_}.jsonl")]


def rejected(project: Path) -> dict[str, tuple[str, str]]:
    found = jsonl(project / "data/demo/rejected.jsonl")
    return {row["source"]: (row["reason"], row["detail"]) for row in found}


@pytest.fixture
def python(project: Path) -> Path:
    """The project as one of Python modules."""
    for path in project.glob("scripts/**/*.ahk"):
        path.unlink()
    for number in range(30):
        head = f'"""Add {number} to what is given.\n\nReturns the sum of both numbers.\n"""'
        text = f"{head}\nimport sys\n\nprint({number})\n"
        (project / f"scripts/add_{number}.py").write_text(text)
    source = {"kind": "scripts", "root": "scripts", "include": ["*.py"], "language": "Python", "check": "python"}
    change(
        project,
        sources=[source],
        tasks={"write": {}, "explain": {}, "complete": {}},
        quality={"engine": "require", "near_duplicates": "off", "leakage": "off"},
    )
    return project


def test_another_language_needs_no_code(python: Path, prep: Run) -> None:
    (python / "scripts/broken.py").write_text('"""Adds two numbers and prints the sum."""\nx = = 1\n')
    done = prep("build", "demo.yaml")
    assert done.returncode == 0, done.stderr
    assert rejected(python) == {"scripts/broken.py": ("syntax", "line 2: invalid syntax")}
    written = [row for row in rows(python) if row["metadata"]["task"] == "write"]
    assert len(written) == 30
    assert all(row["output"].startswith("import sys") for row in written)
    assert "a Python script" in written[0]["instruction"]
    assert "Returns the sum of both numbers." in written[0]["instruction"]


def test_a_checker_of_the_recipe_judges(python: Path, prep: Run) -> None:
    source = yaml.safe_load((python / "demo.yaml").read_text())["sources"][0]
    change(python, sources=[{**source, "check": {"command": ["grep", "-q", "print(7)", "{file}"]}}])
    done = prep("build", "demo.yaml", "--val-ratio", "0", "--test-ratio", "0")
    assert done.returncode == 0, done.stderr
    assert {row["metadata"]["source"] for row in rows(python)} == {"scripts/add_7.py"}
    assert len(rejected(python)) == 29


@pytest.mark.skipif(not shutil.which("luac") and "CI" not in os.environ, reason="luac is not installed")
def test_lua_is_judged_by_its_compiler(python: Path, prep: Run) -> None:
    """The command that the README and the messages give for another language, by the real tool."""
    for number in range(10):
        (python / f"scripts/add_{number}.lua").write_text(
            f"-- Add {number} to the number that is given and print the sum.\nlocal given = ...\n\n"
            f"print((tonumber(given) or 0) + {number})\n"
        )
    broken = "-- Print a greeting and nothing else.\nlocal name = 'you'\nprint(name\n"
    (python / "scripts/broken.lua").write_text(broken)
    check = {"command": ["luac", "-p", "{file}"]}
    assert str(check).replace("'", "") in EXAMPLE.replace("'", "")
    source = {"kind": "scripts", "root": "scripts", "include": ["*.lua"], "language": "Lua", "check": check}
    change(python, sources=[source])
    done = prep("build", "demo.yaml")
    assert done.returncode == 0, done.stderr
    [(reason, detail)] = rejected(python).values()
    assert reason == "syntax" and "')' expected" in detail and "line 4" in detail
    assert {row["metadata"]["source"] for row in rows(python)} == {f"scripts/add_{n}.lua" for n in range(10)}


def test_a_language_without_a_judge_stops_or_is_a_warning(python: Path, prep: Run) -> None:
    source = yaml.safe_load((python / "demo.yaml").read_text())["sources"][0]
    del source["check"]
    change(python, sources=[{**source, "language": "Lua", "comments": {"block": ['"""', '"""']}}])
    one_line(prep("build", "demo.yaml"), 2, "sources.0: its code cannot be checked: Lua has no judge here", "check:")
    change(python, quality={"engine": "prefer", "near_duplicates": "off", "leakage": "off"})
    done = prep("build", "demo.yaml")
    assert done.returncode == 0
    assert "warning: sources.0: not checked: Lua has no judge here" in done.stderr
    assert json.loads((python / "data/demo/stats.json").read_text())["judges"] == []


def test_a_second_build_makes_nothing_again(python: Path, prep: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """The checker notes each call in a file."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(python / "cache"))
    source = yaml.safe_load((python / "demo.yaml").read_text())["sources"][0]
    noted = python / "calls"
    change(python, sources=[{**source, "check": {"command": ["sh", "-c", f"echo x >> {noted}", "{file}"]}}])
    assert prep("build", "demo.yaml").returncode == 0
    first, calls = contents(python / "data/demo"), len(noted.read_text())
    assert prep("build", "demo.yaml").returncode == 0
    assert len(noted.read_text()) == calls
    assert contents(python / "data/demo") == first
    (python / "scripts/add_3.py").write_text('"""Add 3 to what is given and say so aloud."""\nprint(33)\n')
    assert prep("build", "demo.yaml").returncode == 0
    assert 0 < len(noted.read_text()) - calls <= 3 * 2  # the one that changed, and its answers
    [store] = (python / "cache/niche-tuner/builds").iterdir()
    kept = sqlite3.connect(store).execute("SELECT count(*) FROM documents").fetchone()
    assert kept == (30,)


def test_what_became_of_a_changed_file_is_not_kept_as_the_one_before(python: Path, prep: Run) -> None:
    """The checker edits the last file while the first batch is judged: after its key was made, before it is read."""
    for number in range(100, 180):
        (python / f"scripts/add_{number}.py").write_text((python / "scripts/add_3.py").read_text() + f"y = {number}\n")
    last, edited = python / "scripts/zzz.py", python / "edited"
    before = (python / "scripts/add_3.py").read_text() + "y = 999\n"
    last.write_text(before)
    source = yaml.safe_load((python / "demo.yaml").read_text())["sources"][0]
    edit = f"test -e {edited} || {{ touch {edited}; echo 'CHANGED = 1' >> {last}; }}"
    change(python, sources=[{**source, "check": {"command": ["sh", "-c", edit, "{file}"]}}])
    assert prep("build", "demo.yaml", "--out", "one").returncode == 0
    assert "CHANGED" in last.read_text()
    last.write_text(before)
    assert prep("build", "demo.yaml", "--out", "two").returncode == 0
    written = {
        out: b"".join(path.read_bytes() for path in (python / out).glob("*.alpaca.jsonl")) for out in ("one", "two")
    }
    assert b"CHANGED" in written["one"]
    assert b"CHANGED" not in written["two"]


def test_two_builds_at_once_do_not_disturb_each_other(python: Path, prep: Run) -> None:
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(3) as pool:
        done = list(pool.map(lambda out: prep("build", "demo.yaml", "--out", out), ["one", "two", "three"]))
    assert [one.returncode for one in done] == [0, 0, 0], [one.stderr for one in done]
    assert contents(python / "one") == contents(python / "two") == contents(python / "three")


def test_a_broken_store_is_begun_anew(python: Path, prep: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(python / "cache"))
    assert prep("build", "demo.yaml").returncode == 0
    first = contents(python / "data/demo")
    [store] = (python / "cache/niche-tuner/builds").glob("*.sqlite")
    store.write_bytes(b"this is no database " * 500)
    assert prep("build", "demo.yaml").returncode == 0
    assert contents(python / "data/demo") == first


def test_secrets_are_replaced_or_the_document_is_left_out(python: Path, prep: Run) -> None:
    path = python / "scripts/add_3.py"
    address = "jane.roe" + "@" + "huber-maschinen.de"
    path.write_text(path.read_text() + f'MAIL = "{address}"\n')
    assert prep("build", "demo.yaml").returncode == 0
    assert address not in "".join(json.dumps(row) for row in rows(python))
    assert any("user@example.com" in row["output"] for row in rows(python))
    assert json.loads((python / "data/demo/stats.json").read_text())["redacted"] == 1
    change(python, quality={"engine": "off", "secrets": "reject", "near_duplicates": "off", "leakage": "off"})
    assert prep("build", "demo.yaml").returncode == 0
    assert rejected(python) == {"scripts/add_3.py": ("secret", "1 found")}


def test_gaps_go_to_a_file_of_their_own(python: Path, prep: Run) -> None:
    change(python, tasks={"write": {}, "fim": {"family": "codellama", "weight": 2}})
    text = "\n".join(f"x{number} = {number}\n" for number in range(12))
    (python / "scripts/long.py").write_text(f'"""Sets a dozen numbers, one after another."""\n{text}')
    assert prep("build", "demo.yaml").returncode == 0
    gaps = rows(python, "fim")
    assert {row["metadata"]["task"] for row in gaps} == {"fim"}
    assert all([segment["label"] for segment in row["segments"]] == [False, True] for row in gaps)
    assert {row["metadata"]["task"] for row in rows(python)} == {
        row["metadata"]["task"] for row in rows(python, "chat")
    }
    assert "fim" not in {row["metadata"]["task"] for row in rows(python)}


def test_a_dataset_of_gaps_alone_names_no_file_without_rows(python: Path, prep: Run) -> None:
    change(python, tasks={"fim": {"family": "qwen"}, "complete": {}})
    text = "\n".join(f"x{number} = {number}\n" for number in range(4))
    (python / "scripts/long.py").write_text(f"import sys\n\n{text}")
    done = prep("build", "demo.yaml", "--val-ratio", "0", "--test-ratio", "0")
    assert "{train,val,test}.{alpaca,chat,fim}.jsonl" in done.stdout
    assert "no example of task complete" in done.stderr
    assert rejected(python)["scripts/add_0.py"] == ("not-drawn", "nothing in it for complete, fim")
    card = (python / "data/demo/README.md").read_text()
    configs = yaml.safe_load(card.split("---\n")[1])["configs"]
    assert [file["path"] for config in configs for file in config["data_files"]] == ["train.fim.jsonl"]
    assert "\n1 gaps to fill for Python" in card
    assert "`segments`" in card
    assert list(stats.measure(python / "data/demo", None).by_task) == ["fim"]


@pytest.fixture
def autohotkey(project: Path) -> Path:
    change(
        project,
        sources=[{"kind": "scripts", "root": "scripts"}],
        tasks={"write": {}, "complete": {}, "repair": {}, "convert": {}},
        quality={"engine": "require", "near_duplicates": "off", "leakage": "off"},
    )
    return project


@needs_engine
def test_what_autohotkey_refuses_is_rejected_with_its_words(autohotkey: Path, prep: Run) -> None:
    head = "; Shows a message that says what is wrong here\n"
    (autohotkey / "scripts/syntax.ahk").write_text(f'{head}MsgBox("x"\n')
    (autohotkey / "scripts/v1.ahk").write_text(f"{head}MsgBox, x\n")
    (autohotkey / "scripts/lost.ahk").write_text(f"{head}#Include lost_library.ahk\nMsgBox(1)\n")
    assert prep("build", "demo.yaml").returncode == 0
    assert {source: reason for source, (reason, _) in rejected(autohotkey).items()} == {
        "scripts/syntax.ahk": "syntax",
        "scripts/v1.ahk": "other-version",
        "scripts/lost.ahk": "missing-include",
    }
    assert rejected(autohotkey)["scripts/syntax.ahk"][1].startswith('line 2: Missing ")"')
    quality = {"engine": "require", "missing_includes": "keep", "near_duplicates": "off", "leakage": "off"}
    change(autohotkey, quality=quality)
    assert prep("build", "demo.yaml").returncode == 0
    assert set(rejected(autohotkey)) == {"scripts/syntax.ahk", "scripts/v1.ahk"}


@needs_engine
def test_every_answer_loads_and_every_fault_fails_with_its_own_message(autohotkey: Path, prep: Run) -> None:
    """Judged once more here, by an engine of our own."""
    for number in range(30, 50):
        (autohotkey / f"scripts/{number}.ahk").write_text(
            script(number) + f'\nif WinExist("A") {{\n    Sleep({number})\n}}\n'
        )
    assert prep("build", "demo.yaml").returncode == 0
    answers = [row for row in rows(autohotkey) if row["metadata"]["task"] in ("write", "repair", "convert")]
    faults = [row for row in answers if row["metadata"]["task"] == "repair"]
    assert len(faults) > 20
    broken = [re.search(r"```\w*\n(.*?)\n```", row["instruction"], re.DOTALL)[1] for row in faults]
    with Engine() as engine:
        path = autohotkey / "x.ahk"
        assert all(verdict.loads for verdict in engine.check(Script(path, row["output"]) for row in answers))
        for verdict, row in zip(engine.check(Script(path, text) for text in broken), faults, strict=True):
            assert not verdict.loads
            assert f"line {verdict.line}: {verdict.message}" in row["instruction"]


def test_without_the_engine_a_build_that_requires_it_stops(autohotkey: Path) -> None:
    import subprocess
    import sys

    code = (
        "from prep.languages.autohotkey import wine; wine.program = lambda *names: None; import sys;"
        "from prep.cli import app; from prep.errors import run_cli;"
        "sys.argv = ['prep', 'build', 'demo.yaml']; run_cli(app, 'prep')"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=autohotkey, capture_output=True, text=True, check=False)
    one_line(done, 2, "cannot be checked", "apt-get install wine64", "engine: prefer")
    assert not (autohotkey / "data").exists()


@needs_engine
def test_a_message_that_quotes_an_included_file_tells_no_secret(tmp_path: Path) -> None:
    (tmp_path / "lib.ahk").write_text('password := "Tr0ub4dor&3" ]\n')
    source = {"kind": "scripts", "root": str(tmp_path)}
    document = Document("a.ahk", "scripts", "AutoHotkey v2", "general", "x := 1", path=str(tmp_path / "a.ahk"))
    asked = make_example(document, "repair", 1, f"Mend it: {MESSAGE}", "x := 1", (Claim("#Include lib.ahk\n", False),))
    told = {}
    for secrets in ("redact", "off"):
        recipe = {"name": "demo", "sources": [source], "tasks": {"repair": {}}, "quality": {"secrets": secrets}}
        with Judges(Recipe.model_validate(recipe)) as judges:
            [outcome] = judges.prove([Outcome(0, document, None, [asked])])
        told[secrets] = outcome.examples[0].instruction
    assert 'password := "REDACTED" ]' in told["redact"]
    assert 'password := "Tr0ub4dor&3" ]' in told["off"]
