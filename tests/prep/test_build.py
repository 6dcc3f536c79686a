"""The dataset as a whole: what is in it, what is not, and that nothing but its inputs decides it."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import pytest
import yaml

from prep.build import build
from prep.recipe import load_recipe
from tests.prep.conftest import Run, contents, jsonl, script, table


def make(project: Path, out: str, workers: int | None = None) -> Path:
    file = project / "demo.yaml"
    build(load_recipe(file), file, project / out, "python -m prep build demo.yaml", workers)
    return project / out


@pytest.fixture
def built(project: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(project)
    return make(project, "out")


def rows(folder: Path, format_: str = "alpaca") -> dict[str, list[dict]]:
    return {split: jsonl(folder / f"{split}.{format_}.jsonl") for split in ("train", "val", "test")}


def test_workers_do_not_change_a_byte(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project)
    (project / "elements.csv").write_text(table(400))  # several chunks
    assert contents(make(project, "one", workers=1)) == contents(make(project, "two", workers=2))


def test_a_second_build_replaces_the_first_with_the_same_bytes(project: Path, built: Path) -> None:
    before = contents(built)
    make(project, "out")
    assert contents(built) == before
    assert [path.name for path in project.iterdir() if path.name.startswith(".")] == []


def test_new_sources_move_nothing_that_was_there(project: Path, built: Path) -> None:
    before = {row["metadata"]["id"]: split for split, part in rows(built).items() for row in part}
    for number in range(100, 140):
        (project / "scripts" / f"added_{number}.ahk").write_text(script(number))
    after = {row["metadata"]["id"]: split for split, part in rows(make(project, "out")).items() for row in part}
    assert len(after) == len(before) + 40
    assert {identity: after[identity] for identity in before} == before


def test_all_examples_of_a_document_are_in_one_split(built: Path) -> None:
    splits: dict[str, set[str]] = {}
    for split, part in rows(built).items():
        for row in part:
            splits.setdefault(row["metadata"]["cluster"], set()).add(split)
    assert len(splits) == 50
    assert all(len(of) == 1 for of in splits.values())


def test_every_document_is_kept_or_rejected_with_its_reason(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project)
    folder = project / "scripts"
    (folder / "binary.ahk").write_bytes(b"MsgBox\0\1\2")
    (folder / "blank.ahk").write_text(" \n\t\n")
    (folder / "bare.ahk").write_text("; a header and nothing under it at all\n")
    (folder / "short.ahk").write_text("; x")
    (folder / "long.ahk").write_text(script(1) + "x" * 5000)
    (folder / "silent.ahk").write_text("MsgBox 1\nMsgBox 2\nMsgBox 3\n")
    (folder / "windows" / "twin.ahk").write_bytes(script(0).replace("\n", "  \r\n").encode() + b"\r\n\r\n")
    (folder / "gone.ahk").symlink_to("nowhere.ahk")
    (project / "elements.csv").write_text(table(20) + "NoText,Function,,,\n")
    recipe = (project / "demo.yaml").read_text()
    (project / "demo.yaml").write_text(recipe.replace("quality: {", "quality: {min_chars: 20, max_chars: 4000, "))

    out = make(project, "out")
    rejected = {row["source"]: row for row in jsonl(out / "rejected.jsonl")}
    assert {source: row["reason"] for source, row in rejected.items()} == {
        "scripts/bare.ahk": "empty",
        "scripts/binary.ahk": "binary",
        "scripts/blank.ahk": "empty",
        "scripts/gone.ahk": "unreadable",
        "scripts/long.ahk": "too-long",
        "scripts/short.ahk": "too-short",
        "scripts/silent.ahk": "no-header",
        "scripts/windows/twin.ahk": "duplicate",
        "elements.csv:22": "incomplete",
    }
    assert rejected["scripts/windows/twin.ahk"]["duplicate_of"] == "scripts/keys/deep/tool_0.ahk"
    stats = json.loads((out / "stats.json").read_text())
    assert stats["read"] == 30 + 20 + 9
    assert stats["read"] == stats["kept"] + sum(stats["rejected"].values())


def test_counts_that_do_not_add_up_stop_the_build(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from prep import work
    from prep.errors import UserError

    monkeypatch.chdir(project)
    whole = work.outcomes
    monkeypatch.setattr(work, "outcomes", lambda *arguments: list(whole(*arguments))[1:])  # a source loses a document
    with pytest.raises(UserError, match="50 documents found, 49 kept and 0 rejected") as caught:
        make(project, "out")
    assert caught.value.code == 1
    assert not (project / "out").exists()


def test_a_script_is_answered_without_its_header_and_asked_by_it(built: Path) -> None:
    row = next(row for part in rows(built).values() for row in part if row["metadata"]["source"].endswith("tool_7.ahk"))
    assert "Snap window 7 to the left" in row["instruction"]
    assert "Press a key and window 7 fills the left half of the screen." in row["instruction"]
    assert row["output"] == "#Requires AutoHotkey v2.0\n\nWinMove(0, 0, 7, 7)"
    assert row["metadata"]["category"] == "windows"


def test_no_question_names_a_file_or_a_hash(project: Path, built: Path) -> None:
    (project / "scripts" / "Named_Tool.ahk").write_text(
        "; Named_Tool.ahk - closes the window under the mouse\n; See C:\\tools\\Named_Tool.ahk\n"
        "; @file Named_Tool.ahk\n; File: scripts/Named_Tool.ahk\nWinClose\n"
    )
    out = make(project, "out")
    asked = [row["instruction"] + row["input"] for part in rows(out).values() for row in part]
    assert any("closes the window under the mouse" in question for question in asked)
    pattern = re.compile(r"\.ahk|\.ah2|\.csv|scripts/|tools|tool_\d|Named_Tool|[0-9a-f]{16}")
    assert [question for question in asked if pattern.search(question)] == []


def test_chat_and_alpaca_rows_say_the_same(built: Path) -> None:
    alpaca, chat = rows(built), rows(built, "chat")
    for split, part in alpaca.items():
        assert len(part) == len(chat[split])
        for one, other in zip(part, chat[split], strict=True):
            user, assistant = other["messages"]
            assert (user["role"], user["content"]) == ("user", one["instruction"])
            assert (assistant["role"], assistant["content"]) == ("assistant", one["output"])
            assert assistant["thinking"] == ""
            assert other["metadata"] == one["metadata"]


def test_every_row_has_the_same_keys_and_text_values(built: Path) -> None:
    keys = {"id", "task", "source", "sha256", "cluster", "category", "licence"}
    found = [row["metadata"] for part in rows(built).values() for row in part]
    assert all(set(metadata) == keys for metadata in found)
    assert all(isinstance(value, str) for metadata in found for value in metadata.values())
    assert len({metadata["id"] for metadata in found}) == len(found)


def test_unusual_line_breaks_stay_inside_their_row(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project)
    (project / "scripts" / "odd.ahk").write_text(script(99) + 'x := "a\u2028b\u0085c"\n', encoding="utf-8")
    found = [row for part in rows(make(project, "out")).values() for row in part]
    assert any("a\u2028b\u0085c" in row["output"] for row in found)


def test_manifest_hashes_are_those_of_the_files(project: Path, built: Path) -> None:
    manifest = json.loads((built / "manifest.json").read_text())
    for name, sha256 in manifest["outputs"].items():
        assert hashlib.sha256((built / name).read_bytes()).hexdigest() == sha256
    assert set(manifest["outputs"]) | {"manifest.json"} == {path.name for path in built.iterdir()}
    for name, sha256 in manifest["sources"].items():
        assert hashlib.sha256((project / name).read_bytes()).hexdigest() == sha256
    assert len(manifest["sources"]) == 31


def test_no_output_names_this_machine(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project)
    absolute = (project / "demo.yaml").read_text().replace("root: scripts", f"root: {project}/scripts")
    (project / "demo.yaml").write_text(absolute.replace("path: elements", f"path: {project}/elements"))
    joined = b"".join(contents(make(project, "out")).values())
    assert b"scripts/windows/tool_1.ahk" in joined
    assert str(project).encode() not in joined


def test_card_lists_the_files_of_each_split_for_the_hub(built: Path) -> None:
    front = yaml.safe_load((built / "README.md").read_text().split("---\n")[1])
    assert {config["config_name"] for config in front["configs"]} == {"alpaca", "chat"}
    for config in front["configs"]:
        assert {entry["split"] for entry in config["data_files"]} == {"train", "validation", "test"}
        assert all((built / entry["path"]).is_file() for entry in config["data_files"])


def test_dry_run_writes_nothing_and_counts_the_same(project: Path, prep: Run) -> None:
    before = sorted(project.rglob("*"))
    dry = prep("build", "demo.yaml", "--dry-run")
    assert dry.returncode == 0, dry.stderr
    assert sorted(project.rglob("*")) == before
    wet = prep("build", "demo.yaml")
    assert dry.stdout.splitlines()[:-1] == wet.stdout.splitlines()[:-1]


def test_shipped_recipe_summary_fits_a_terminal(prep: Run) -> None:
    shown = prep("build", "demo.yaml")
    assert max(map(len, shown.stdout.splitlines())) <= 80
    assert "50 documents read = 50 kept + 0 rejected" in shown.stdout


def test_a_split_left_empty_is_a_warning(project: Path, prep: Run) -> None:
    shown = prep("build", "demo.yaml", "--val-ratio", "0.0001", "--dry-run")
    assert shown.returncode == 0
    assert shown.stderr.splitlines() == ["prep: warning: val is empty: none of 50 documents fell in its 0%"]
