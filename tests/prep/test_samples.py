"""What we ship as samples holds what a learner is told: it loads in the real AutoHotkey, without a warning."""

from __future__ import annotations

import csv
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from prep.languages.autohotkey.engine import Engine
from prep.languages.judge import Script
from prep.secrets import find
from prep.similarity import Shelf, shingles

SAMPLES = Path(__file__).parents[2] / "prep" / "samples"
SCRIPTS = sorted(SAMPLES.glob("scripts/**/*.ahk"))
COLUMNS = ["SourceFile", "ElementType", "Name", "Type", "ReturnType", "Symbol", "Path", "Description", "Parameters"]
KINDS = {"function", "variable", "directive", "statement", "class", "method", "property"}
needs_engine = pytest.mark.skipif(
    bool(Engine.missing()) and "CI" not in os.environ, reason="; ".join(Engine.missing()) or "the engine is here"
)


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with Engine() as started:
        yield started


@pytest.fixture(scope="module")
def rows() -> list[list[str]]:
    with (SAMPLES / "elements.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file, strict=True))


def test_there_are_two_hundred_scripts_in_twenty_categories() -> None:
    assert len(SCRIPTS) >= 200
    assert len({path.parent for path in SCRIPTS}) >= 20
    assert [path for path in SCRIPTS if path.parent.parent != SAMPLES / "scripts"] == []


@needs_engine
def test_every_sample_loads_without_a_warning(engine: Engine) -> None:
    verdicts = list(engine.check(map(Script, SCRIPTS)))
    assert len(verdicts) == len(SCRIPTS)
    assert [verdict for verdict in verdicts if not verdict.loads or verdict.warnings] == []


def test_no_sample_is_nearly_another() -> None:
    documents = [shingles(path.read_text(encoding="utf-8")) for path in SCRIPTS]
    shelf = Shelf(documents)
    for number, one in enumerate(documents):
        others = [other for other in shelf.alike(one, 0.35)[0] if other != number]
        assert not others, (SCRIPTS[number], [SCRIPTS[other] for other in others])


def test_no_sample_holds_a_secret() -> None:
    texts = [path.read_text(encoding="utf-8") for path in [*SCRIPTS, SAMPLES / "elements.csv"]]
    assert [text[secret.start : secret.end] for text in texts for secret in find(text)] == []


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_a_sample_says_in_its_header_comment_what_it_does(path: Path) -> None:
    lines = [line.strip() for line in path.read_text(encoding="utf-8").splitlines()]
    first = next(line for line in lines if line and not line.startswith("#Requires"))
    assert first.startswith((";", "/*"))
    assert len(" ".join(line for line in lines[:8] if line.startswith((";", "*", "/*"))).strip(";/* ")) >= 20


def test_the_elements_table_has_its_columns_and_full_rows(rows: list[list[str]]) -> None:
    assert rows[0] == COLUMNS
    assert [row for row in rows if len(row) != len(COLUMNS)] == []


def test_every_element_of_the_language_is_there(rows: list[list[str]]) -> None:
    counts = Counter(row[COLUMNS.index("ElementType")] for row in rows[1:])
    assert counts == {
        "function": 346,
        "method": 193,
        "variable": 132,
        "property": 81,
        "class": 66,
        "statement": 21,
        "directive": 19,
    }


def test_every_element_is_unique_described_and_of_a_known_kind(rows: list[list[str]]) -> None:
    elements = [dict(zip(COLUMNS, row, strict=True)) for row in rows[1:]]
    assert len({(element["Name"].lower(), element["ElementType"]) for element in elements}) == len(elements)
    assert {element["ElementType"] for element in elements} == KINDS
    required = [column for column in COLUMNS if column not in ("ReturnType", "Parameters")]
    assert [(e["Name"], column) for e in elements for column in required if not e[column].strip()] == []
    assert [e["Name"] for e in elements if len(e["Description"]) < 30 or not e["Description"].endswith(".")] == []


def test_the_elements_table_is_plain_utf8_with_unix_line_ends() -> None:
    data = (SAMPLES / "elements.csv").read_bytes()
    assert not data.startswith(b"\xef\xbb\xbf")
    assert b"\r" not in data
    assert data.decode("utf-8").endswith("\n")
