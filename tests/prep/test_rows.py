"""Built datasets that were damaged, or that no build made: file and line, in one line."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import pytest

from prep import diff, push, stats
from prep.build import build
from prep.errors import UserError
from prep.recipe import load_recipe
from tests.conftest import one_line
from tests.prep.conftest import Run

LINES = {
    "not UTF-8": b'{"instruction": "\xe9"}',
    "UTF-16": b"\xff\xfe",
    "a list": b"[]",
    "a number": b"3",
    "empty": b"",
    "metadata only": b'{"metadata": {"id": "a", "task": "b", "category": "c"}}',
    "no category": b'{"instruction": "", "input": "", "output": "", "metadata": {"id": "a", "task": "b"}}',
    "an id that is a list": b'{"instruction": "", "input": "", "output": "", "metadata": {"id": [], "task": "b"}}',
    "an input that is a number": b'{"instruction": "", "input": 3, "output": "", "metadata": {"id": "a", "task": "b", '
    b'"category": "c"}}',
    "nested without end": b"[" * 100_000,
}


@pytest.fixture
def built(project: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(project)
    build(load_recipe(Path("demo.yaml")), Path("demo.yaml"), Path("data"), "")
    return Path("data")


def test_a_gap_that_is_none_is_told_by_its_line(built: Path) -> None:
    metadata = '"metadata": {"id": "a", "task": "fim", "category": "c"}'
    (built / "val.fim.jsonl").write_text(f'{{"segments": [{{"label": true, "text": 3}}], {metadata}}}\n')
    with pytest.raises(UserError, match=r"data/val\.fim\.jsonl:1: not a row of a built dataset"):
        stats.measure(built, None)


@pytest.mark.parametrize("name", LINES)
def test_a_row_that_is_none_is_told_by_its_line(name: str, built: Path) -> None:
    shutil.copytree(built, "bad")
    file = Path("bad/val.alpaca.jsonl")
    lines = file.read_bytes().splitlines()
    file.write_bytes(b"\n".join([*lines[:2], LINES[name], *lines[2:], b""]))
    with pytest.raises(UserError, match=r"bad/val\.alpaca\.jsonl:3: not a row of a built dataset: build it again"):
        stats.measure(Path("bad"), None)
    with pytest.raises(UserError, match=r"bad/val\.alpaca\.jsonl:3: not a row of a built dataset: build it again"):
        diff.compare(built, Path("bad"))


@pytest.mark.parametrize("repo", ["a b", "../x", "you/ahk/more", "", "you/a--b", "you/ahk.git", "ahk"])
def test_an_id_that_is_none_is_refused_before_anything_is_sent(repo: str) -> None:
    with pytest.raises(UserError, match=f"^{repo}: "):
        push.checked(repo)


def test_an_id_is_checked_on_a_dry_run_too(built: Path, prep: Run) -> None:
    one_line(prep("push", "data", "a b", "--dry-run"), 2, "a b: no id of a repository, such as you/ahk")


def test_without_a_network_push_is_one_line(built: Path, prep: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")  # where nobody listens
    monkeypatch.setenv("HF_TOKEN", "hf_none")
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    one_line(prep("push", "data", "you/demo"), 1, "prep: nothing was pushed, the Hub was not reached")


@pytest.mark.parametrize("name", ["../secret.txt", "/etc/hostname", "below/x", "..\\x", "c:x"])
def test_a_manifest_that_names_files_elsewhere_is_refused(name: str, built: Path) -> None:
    Path("secret.txt").write_text("mine")
    manifest = json.loads((built / "manifest.json").read_text())
    manifest["outputs"][name] = hashlib.sha256(b"mine").hexdigest()
    (built / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(UserError, match="is no plain file name: not a manifest of a build"):
        push.files(built)


@pytest.mark.parametrize("text", ["[]", "3", "{", '{"outputs": []}', '{"outputs": {"a": 3}}', "[" * 100_000])
def test_a_manifest_that_is_none_is_one_line(text: str, built: Path) -> None:
    (built / "manifest.json").write_text(text)
    with pytest.raises(UserError, match=r"data/manifest\.json: not a manifest of a build"):
        push.files(built)
    with pytest.raises(UserError, match="is not empty and was not made by a build"):
        build(load_recipe(Path("demo.yaml")), Path("demo.yaml"), built, "")
