"""What is only kept to save time never stops a command, and never gives it other bytes."""

from __future__ import annotations

import os
import resource
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from prep import database, files
from prep.build import build
from prep.database import cache_database
from prep.errors import UserError
from prep.languages.judge import Script
from prep.recipe import load_recipe
from tests.conftest import one_line
from tests.prep.conftest import Run, contents, table
from tests.prep.test_judges import Counting, cached

SCHEMA = "CREATE TABLE IF NOT EXISTS t (a TEXT);"


@pytest.fixture
def cache(project: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The builds' folder of a cache of its own; the current folder is the project's."""
    monkeypatch.chdir(project)
    monkeypatch.setenv("XDG_CACHE_HOME", str(project / "cache"))
    return project / "cache/niche-tuner/builds"


def make() -> dict[str, bytes]:
    build(load_recipe(Path("demo.yaml")), Path("demo.yaml"), Path("out"), "")
    return contents(Path("out"))


def use(path: Path, schema: str = SCHEMA) -> list[tuple[str]]:
    """Add a row; all rows."""
    with cache_database(path, schema) as found:
        found.execute("INSERT INTO t VALUES ('x')")
        found.commit()
        return found.execute("SELECT * FROM t").fetchall()


def test_a_home_that_is_not_set_leaves_the_temporary_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(os.path, "expanduser", lambda path: path)  # what it does for a user without an entry
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert files.cache_folder() == tmp_path / "niche-tuner"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    assert files.cache_folder() == tmp_path / "niche-tuner"
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "own"))
    assert files.cache_folder() == tmp_path / "own/niche-tuner"


def _text(path: Path) -> None:
    path.write_text("no database\n" * 100)


def _cut(path: Path) -> None:
    use(path)
    path.write_bytes(path.read_bytes()[:3000])


def _other_schema(path: Path) -> None:
    with sqlite3.connect(path) as found:
        found.execute("CREATE TABLE t (a TEXT, b TEXT)")


@pytest.mark.parametrize("damage", [_text, _cut, _other_schema])
def test_a_damaged_cache_is_made_anew(
    damage: Callable[[Path], None], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "cache.sqlite"
    damage(path)
    for name in ("-wal", "-journal"):
        Path(f"{path}{name}").write_bytes(b"left over")
    assert use(path) == [("x",)]
    assert use(path) == [("x",), ("x",)]
    assert capsys.readouterr().err == ""


@pytest.fixture(params=["locked", "a folder", "below a file"])
def out_of_reach(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    path = tmp_path / "below" / "cache.sqlite"
    monkeypatch.setattr(database, "WAIT", 0.1)
    if request.param == "below a file":
        path.parent.write_text("in the way")
        yield path
    elif request.param == "a folder":
        path.mkdir(parents=True)
        yield path
    else:
        use(path)
        holder = sqlite3.connect(path)
        holder.execute("BEGIN EXCLUSIVE")
        yield path
        holder.close()


def test_a_cache_that_cannot_be_had_is_one_line(out_of_reach: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert use(out_of_reach) == [("x",)]
    [line] = capsys.readouterr().err.splitlines()
    assert line.startswith(f"prep: warning: going on without the cache {out_of_reach}: ")


def test_a_build_goes_on_when_the_disk_of_its_cache_is_full(
    cache: Path, prep: Run, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "elements.csv").write_text(table(600))
    expected = make()
    [store] = cache.glob("*.sqlite")
    size = max(map(len, expected.values())) + 50_000
    for file in cache.iterdir():
        file.unlink()

    def small_files() -> None:  # what the outputs fit in, and the cache does not
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    done = prep("build", "demo.yaml", "--out", "out", preexec_fn=small_files)
    assert done.returncode == 0, done.stderr
    [warning] = done.stderr.splitlines()
    assert warning.startswith(f"prep: warning: going on without the cache {store}: ")
    found = contents(Path("out"))
    assert {name: data for name, data in found.items() if name.endswith("l")} == {
        name: data for name, data in expected.items() if name.endswith("l")
    }


def test_damage_inside_a_cache_never_reaches_a_dataset(cache: Path, capsys: pytest.CaptureFixture[str]) -> None:
    expected = make()
    [store] = cache.glob("*.sqlite")
    whole = store.read_bytes()
    told = 0
    for at in range(8192, len(whole), len(whole) // 12):
        store.write_bytes(whole[:at] + b"~" * 40 + whole[at + 40 :])
        try:
            assert make() == expected
        except UserError as error:
            assert "is damaged" in str(error)
            assert "run it again" in str(error)
            told += 1
            assert make() == expected
    assert told


@pytest.mark.parametrize("out", ["loop", "loop/below"])
def test_a_link_that_leads_to_itself_is_one_line(out: str, project: Path, prep: Run) -> None:
    (project / "loop").symlink_to("loop")
    one_line(prep("build", "demo.yaml", "--out", out), 2, "loop")
    (project / "a.json").write_text("{}")
    one_line(prep("check", "a.json", "--json", out), 2, "loop")


@pytest.mark.parametrize("command", ["build", "check", "includes", "normalise", "stats"])
def test_an_empty_path_is_not_the_current_folder(command: str, prep: Run) -> None:
    one_line(prep(command, ""), 2, "an empty path; write . for the current folder")


def test_verdicts_go_on_when_the_disk_of_their_cache_is_full(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    scripts = [Script(Path("a.x"), f"{number}" * 9000) for number in range(100, 300)]
    with cached(Counting(), tmp_path / "verdicts.sqlite") as judge:
        judge._database.execute("PRAGMA max_page_count = 20")  # full, for SQLite
        assert [verdict.loads for verdict in judge.check(scripts)] == [True] * 200
    [line] = capsys.readouterr().err.splitlines()
    assert line.startswith(f"prep: warning: going on without the cache {tmp_path}/verdicts.sqlite: ")


@pytest.mark.parametrize("kept", ["{", "[]", "[1, 2]", None, b"\xff"])
def test_a_verdict_that_is_none_is_asked_again(kept: object, tmp_path: Path) -> None:
    file, script = tmp_path / "verdicts.sqlite", Script(Path("a.x"), "a!")
    with cached(Counting(), file) as judge:
        expected = list(judge.check([script]))
        judge._keep()
        judge._database.execute("UPDATE verdicts SET verdict = ?", (kept,))
        judge._database.commit()
    with cached(Counting(), file) as judge:
        assert list(judge.check([script])) == expected
