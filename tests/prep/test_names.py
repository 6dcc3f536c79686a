"""How outputs call files: one name for each, the same on every machine, and no person in it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from prep.build import build
from prep.recipe import load_recipe
from prep.report import command
from tests.prep.conftest import contents, jsonl, script


def made(recipe: Path, out: Path) -> Path:
    build(load_recipe(recipe), recipe, out, command(recipe, {}))
    return out


def sources(out: Path) -> dict[str, str]:
    return json.loads((out / "manifest.json").read_text())["sources"]


def two_roots(folder: Path, first: str, second: str) -> Path:
    """A recipe of two folders of scripts, each with a tool_0.ahk of its own."""
    for number, root in enumerate((first, second)):
        for tool in range(10):
            path = folder / root / f"tool_{tool}.ahk"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(script(number * 10 + tool))
    recipe = folder / "two.yaml"
    recipe.write_text(
        "name: two\nquality: {engine: off, near_duplicates: off, leakage: off}\ntasks: {write: }\nsources:\n"
        f"  - {{kind: scripts, root: {folder / first}}}\n  - {{kind: scripts, root: {folder / second}}}\n"
    )
    return recipe


def test_two_folders_of_one_name_are_told_apart(tmp_path: Path) -> None:
    recipe = two_roots(tmp_path, "one/tools", "two/tools")
    (tmp_path / "two/tools/tool_3.ahk").write_text(script(3))  # the same text as that of the first folder
    out = made(recipe, tmp_path / "out")
    assert len(sources(out)) == 20
    assert {"tools/tool_0.ahk", "tools-2/tool_0.ahk"} <= set(sources(out))
    [rejected] = jsonl(out / "rejected.jsonl")
    assert (rejected["source"], rejected["duplicate_of"]) == ("tools-2/tool_3.ahk", "tools/tool_3.ahk")
    assert [one["root"] for one in json.loads((out / "manifest.json").read_text())["recipe"]["sources"]] == [
        *("tools", "tools-2")
    ]


def test_a_file_that_two_sources_read_has_one_name(tmp_path: Path) -> None:
    recipe = two_roots(tmp_path, "all", "all/below")
    out = made(recipe, tmp_path / "out")
    rejected = jsonl(out / "rejected.jsonl")
    assert [row["source"] for row in rejected] == [f"all/below/tool_{number}.ahk" for number in range(10)]
    assert {row["detail"] for row in rejected} == {"two sources of the recipe read this file"}


def test_a_moved_folder_gives_the_same_bytes(tmp_path: Path) -> None:
    out = []
    for place in ("here", "there"):
        recipe = two_roots(tmp_path / place, "one/tools", "two/tools")
        out.append(contents(made(recipe, tmp_path / place / "out")))
    assert out[0] == out[1]


@pytest.mark.parametrize("secrets", ["redact", "reject", "off"])
def test_persons_in_names_of_files_and_folders_are_redacted(secrets: str, tmp_path: Path) -> None:
    recipe = two_roots(tmp_path, "tools", "home/hermione")
    recipe.write_text(recipe.read_text().replace("{engine: off", f"{{engine: off, secrets: {secrets}"))
    for number, name in enumerate(("jane.roe@corp.com.ahk", "john.roe@corp.com.ahk", "jane.roe@corp.com/x.ahk")):
        path = tmp_path / "tools" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(script(50 + number) if number else "MsgBox 1\n")
    (tmp_path / "tools/Users/hermione").mkdir(parents=True)
    (tmp_path / "tools/Users/hermione/tool.ahk").write_text(script(60))
    written = b"".join(contents(made(recipe, tmp_path / "out")).values()).decode()
    found = [name for name in ("hermione", "jane.roe", "john.roe", "corp.com") if name in written]
    assert found == ([] if secrets != "off" else ["hermione", "jane.roe", "john.roe", "corp.com"])
    if secrets == "redact":  # and they stay apart
        assert {"tools/user@example.com.ahk", "tools/user@example.com-2.ahk"} <= set(sources(tmp_path / "out"))
        assert len(sources(tmp_path / "out")) == 24


def test_a_category_of_a_table_holds_no_address(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("N,D,C\n" + "".join(f"F{n},Does {n},ann{n}@corp.com\n" for n in range(20)))
    recipe = tmp_path / "t.yaml"
    recipe.write_text(
        "name: t\nquality: {engine: off, near_duplicates: off, leakage: off}\ntasks: {reference: }\n"
        f"sources: [{{kind: table, path: {tmp_path}/t.csv, columns: {{name: N, description: D, category: C}}}}]\n"
    )
    assert "corp.com" not in b"".join(contents(made(recipe, tmp_path / "out")).values()).decode()


def test_what_a_build_writes_names_no_place_on_the_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    checker = tmp_path / "bin" / "checker"
    checker.parent.mkdir()
    checker.write_text("#!/bin/sh\ngrep -L nonsense $2 > /dev/null\n! grep nonsense $2\n")
    checker.chmod(0o755)
    recipe = two_roots(tmp_path, "one/tools", "two/tools")
    (tmp_path / "one/tools/bad.ahk").write_text("; this one does not load at all\nnonsense\n")
    check = f"check: {{command: [{checker}, --rules={tmp_path}/rules.txt, '{{file}}']}}"
    text = recipe.read_text().replace("engine: off", "engine: require").replace("tools}", f"tools, {check}}}")
    recipe.write_text(text)
    monkeypatch.chdir("/")
    written = contents(made(recipe, tmp_path / "out"))
    assert len(jsonl(tmp_path / "out" / "rejected.jsonl")) == 1
    manifest = json.loads(written.pop("manifest.json"))
    [version] = manifest.pop("judges")  # the judge's own word
    command = manifest["recipe"]["sources"][0]["check"]["command"]
    assert command == ["checker", "--rules=rules.txt", "{file}"]
    for name in ("README.md", "stats.json"):
        for said in (version, json.dumps(version)[1:-1]):
            written[name] = written[name].replace(said.encode(), b"")
    assert [name for name, data in written.items() if str(tmp_path).encode() in data] == []
    assert str(tmp_path) not in json.dumps(manifest)


@pytest.mark.parametrize(
    ("place", "here", "shown"),
    [
        ("work/mine.yaml", "work", "mine.yaml"),
        ("work/configs/mine.yaml", "work", "configs/mine.yaml"),
        ("recipes/mine.yaml", "work", "../recipes/mine.yaml"),
    ],
)
def test_the_command_of_the_card_finds_the_recipe(
    place: str, here: str, shown: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe = tmp_path / place
    for folder in (recipe.parent, tmp_path / here):
        folder.mkdir(exist_ok=True, parents=True)
    recipe.write_text("x")
    monkeypatch.chdir(tmp_path / here)
    assert command(recipe, {("seed",): 7}) == f"python -m prep build {shown} --seed 7"
    assert Path(shown).read_text() == "x"


def test_the_command_of_the_card_names_no_folder_outside_of_what_is_shared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir("/usr")
    note, line = command(Path("/opt/team/mine.yaml"), {}).split("\n")
    assert line == "python -m prep build mine.yaml"
    assert note == "# with mine.yaml in this folder, where the relative paths in it start"
