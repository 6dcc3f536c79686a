"""A script is read as its interpreter reads it, or left out."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from prep.languages.autohotkey.engine import Engine
from prep.languages.judge import Script
from prep.languages.parsers import python_judge
from prep.recipe import Scripts
from prep.sources import scripts
from prep.sources.encoding import EncodingError, read
from prep.sources.text import decode

needs_engine = pytest.mark.skipif(
    bool(Engine.missing()) and "CI" not in os.environ, reason="; ".join(Engine.missing()) or "the engine is here"
)
LETTERS = "é中日ソ"
FILES = {  # name: (letters in a string, the encoding of the file, whether AutoHotkey reads these letters)
    "utf-8": (LETTERS, "utf-8", True),
    "utf-8-sig": (LETTERS, "utf-8-sig", True),
    "utf-16": (LETTERS, "utf-16", True),  # little-endian, with a BOM
    "big endian": ("\ufeff" + LETTERS, "utf-16-be", False),
    "cp1252": ("ÄÖé", "cp1252", False),
    "gbk": ("中文", "gbk", False),
    "gbk 2": ("丂", "gbk", False),  # \x81@, which cp1252 does not have
    "shift-jis": ("日本語ソ", "shift-jis", False),
    "ascii": ("abc", "ascii", True),
    "surrogates": ("\ud800", "utf-8", False),
}


def data_of(name: str) -> tuple[bytes, str]:
    letters, codec, _ = FILES[name]
    mark = "\ufeff" if letters.startswith("\ufeff") else ""
    letters = letters.removeprefix(mark)
    return f'{mark}x := ["{letters}"]]\n'.encode(codec, "surrogatepass"), letters


@pytest.mark.parametrize("name", FILES)
def test_what_autohotkey_does_not_read_is_not_guessed(name: str, tmp_path: Path) -> None:
    data, letters = data_of(name)
    (tmp_path / "a.ahk").write_bytes(data)
    document, drop = scripts.load(Scripts(kind="scripts", root=tmp_path), "a.ahk")
    if FILES[name][2]:
        assert drop is None
        assert document.text == f'x := ["{letters}"]]\n'
    else:
        assert drop is not None
        assert (drop.reason, document.text) == ("encoding", "")
        assert "save it as UTF-8" in drop.detail


@needs_engine
def test_the_interpreter_reads_just_these(tmp_path: Path) -> None:
    """It quotes the line that it refuses."""
    paths = []
    for name in FILES:
        paths.append(tmp_path / f"{name}.ahk")
        paths[-1].write_bytes(data_of(name)[0])
    with Engine() as engine:
        quoted = [
            data_of(path.stem)[1] in verdict.message
            for path, verdict in zip(paths, engine.check(map(Script, paths)), strict=True)
        ]
    assert dict(zip(FILES, quoted, strict=True)) == {name: reads for name, (_, _, reads) in FILES.items()}


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("# coding: latin-1\nx = 'é'\n".encode("latin-1"), "# coding: latin-1\nx = 'é'\n"),
        ("#!x\n# -*- coding: gbk -*-\nx = '中'\n".encode("gbk"), "#!x\n# -*- coding: gbk -*-\nx = '中'\n"),
        ("x = 'é'\n".encode("utf-8-sig"), "x = 'é'\n"),
        ("x = 'é'\n".encode("latin-1"), None),
        (b"# coding: klingon\nx = 1\n", None),
        ("# coding: latin-1\nx = 'é'\n".encode("utf-8-sig"), None),
    ],
)
def test_python_says_its_encoding_itself(data: bytes, text: str | None, tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(data)
    [verdict] = python_judge().check([Script(path)])
    assert verdict.loads == (text is not None)
    if text is None:
        with pytest.raises(EncodingError, match="declare its encoding, or save it as UTF-8"):
            read(data, "Python 3")
    else:
        assert read(data, "Python 3")[0] == text


def test_another_languages_file_is_not_guessed_either() -> None:
    assert read("x = 'é'".encode(), "Lua") == ("x = 'é'", "utf-8")
    with pytest.raises(EncodingError, match="not UTF-8 at offset 5"):
        read("x = 'é'".encode("latin-1"), "Lua")


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "cp1252"])
def test_a_table_is_what_its_author_saved(codec: str) -> None:
    assert decode("Name,“é”".encode(codec)) == ("Name,“é”", codec)


def test_a_table_of_two_bytes_a_letter_is_known_by_its_mark() -> None:
    for codec in ("utf-16-le", "utf-16-be"):
        assert decode("\ufeffName,“é”".encode(codec)) == ("Name,“é”", "utf-16")
