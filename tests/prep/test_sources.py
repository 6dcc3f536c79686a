"""Reading: which files, in which encoding, and what becomes of those that cannot be read."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from prep.errors import UserError
from prep.recipe import Columns, Scripts, Table
from prep.sources import scripts, table


def source(root: Path, **options: list[str]) -> Scripts:
    return Scripts(kind="scripts", root=root, **options)


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        ("MsgBox “é”".encode(), "utf-8"),
        ("MsgBox “é”".encode("utf-8-sig"), "utf-8-sig"),
        ("\ufeffMsgBox “é”".encode("utf-16-le"), "utf-16"),
    ],
)
def test_every_encoding_gives_the_same_text(data: bytes, encoding: str, tmp_path: Path) -> None:
    (tmp_path / "a.ahk").write_bytes(data)
    document, drop = scripts.load(source(tmp_path), "a.ahk")
    assert drop is None
    assert (document.text, document.encoding) == ("MsgBox “é”", encoding)


@pytest.mark.parametrize(
    "data",
    [b"a\0b", bytes(range(256)) * 4, b"\xff\xfea\0\x00", b"\xff\xfea\0\0\0b\0", b"\x7f\x01\x02\x03\x04ELF\x05" * 9],
)
def test_what_is_not_text_is_binary(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.ahk").write_bytes(data)
    document, drop = scripts.load(source(tmp_path), "a.ahk")
    assert drop is not None
    assert drop.reason == "binary"
    assert len(document.sha256) == 64


def test_windows_line_endings_become_unix_ones(tmp_path: Path) -> None:
    (tmp_path / "a.ahk").write_bytes(b"one\r\ntwo\rthree\n")
    assert scripts.load(source(tmp_path), "a.ahk")[0].text == "one\ntwo\nthree\n"


def test_files_are_found_below_the_root_in_a_stable_order(tmp_path: Path) -> None:
    for name in ("c.ahk", "a/z.AHK", "a/b/c.ah2", "notes.txt", "old/x.ahk", "b.ahk", "d.ahk", "e.ahk", "B/b.ahk"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    assert scripts.find(source(tmp_path, exclude=["old/**"])) == [
        *("B/b.ahk", "a/b/c.ah2", "a/z.AHK", "b.ahk", "c.ahk", "d.ahk", "e.ahk")
    ]


def test_a_pattern_of_many_folders_ends(tmp_path: Path) -> None:
    deep = tmp_path.joinpath(*["f"] * 25)
    deep.mkdir(parents=True)
    (deep / "x.ahk").write_text("x")
    (deep / "y.ahk").write_text("x")
    assert scripts.find(source(tmp_path, include=["**/" * 12 + "x.ahk"])) == ["f/" * 25 + "x.ahk"]


def test_a_link_to_a_folder_above_does_not_loop(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "x.ahk").write_text("x")
    (tmp_path / "a" / "up").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "self.ahk").symlink_to("self.ahk")
    found = scripts.find(source(tmp_path))
    assert found == ["a/x.ahk", "self.ahk"]
    _, drop = scripts.load(source(tmp_path), "self.ahk")
    assert drop is not None
    assert drop.reason == "unreadable"


def test_a_file_that_vanishes_is_unreadable(tmp_path: Path) -> None:
    document, drop = scripts.load(source(tmp_path), "sub/gone.ahk")
    assert drop is not None
    assert drop.reason == "unreadable"
    assert document.source.endswith("/sub/gone.ahk")


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.ahk")
    _, drop = scripts.load(source(tmp_path), "pipe.ahk")
    assert drop is not None
    assert drop.reason == "unreadable"


def test_a_name_that_is_not_utf8_can_be_written_down(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"caf\xe9.ahk")).write_text("x")
    document, _ = scripts.load(source(tmp_path), scripts.find(source(tmp_path))[0])
    assert document.source.encode("utf-8").endswith(b"/caf\\xe9.ahk")


def test_a_name_is_one_line_and_nothing_that_a_terminal_obeys(tmp_path: Path) -> None:
    (tmp_path / "two\nlines\x1b[2J\x9b.ahk").write_text("x")
    document, _ = scripts.load(source(tmp_path), scripts.find(source(tmp_path))[0])
    assert document.source.endswith("/two\\x0alines\\x1b[2J\\x9b.ahk")


@pytest.mark.parametrize("kind", ["pipe", "device"])
def test_a_table_that_is_no_file_is_not_waited_for(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    if kind == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to("/dev/null")
    with pytest.raises(UserError, match=r"t\.csv: cannot be read: not a regular file"):
        table.find(Table(kind="table", path=path, columns=Columns(name="Name", description="Text")))


def test_table_rows_take_the_names_of_the_recipe(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text('\ufeffId;What;Says\n1;"Send";"Sends keys,\nand text"\n\n2;Run;Starts\n', encoding="utf-8")
    recipe = Table(kind="table", path=path, delimiter=";", columns=Columns(name="What", description="Says"))
    documents = [table.load(recipe, unit)[0] for unit in table.find(recipe)]
    assert [dict(document.fields) for document in documents] == [
        {"name": "Send", "description": "Sends keys,\nand text"},
        {"name": "Run", "description": "Starts"},
    ]
    assert [document.source for document in documents] == ["t.csv:2", "t.csv:5"]


def test_a_table_that_is_not_utf8_is_warned_of_once(tmp_path: Path) -> None:
    said = {}
    for encoding in ("cp1252", "utf-8"):
        path = tmp_path / f"{encoding}.csv"
        path.write_text("What,Says\nGehäuse,Guss\nWelle,Stahl\n", encoding=encoding)
        rows = table.find(Table(kind="table", path=path, columns=Columns(name="What", description="Says")))
        said[encoding] = table.doubts((path.name, row) for row in rows)
    assert said["utf-8"] == []
    [warning] = said["cp1252"]
    assert warning.startswith("cp1252.csv: not UTF-8, so it was read as Windows-1252")


def test_a_table_of_one_column_asks_for_its_delimiter(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("What\tSays\nRun\tStarts\n")
    with pytest.raises(UserError, match=r"column `What` .* is not there; .*: is `delimiter` what parts them\?"):
        table.find(Table(kind="table", path=path, columns=Columns(name="What", description="Says")))
