"""Judges of other languages, and the cache in front of every judge."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from prep import languages
from prep.errors import UserError
from prep.languages.cache import CachedJudge
from prep.languages.command import CommandJudge, json_judge, python_judge, sql_judge
from prep.languages.judge import Judge, Script, Verdict

PYTHON = [sys.executable, "-c", "import sys; compile(open(sys.argv[1]).read(), sys.argv[1], 'exec')", "{file}"]


@pytest.mark.parametrize(
    ("judge", "good", "bad", "line"),
    [
        (python_judge(), "x = 1\n", "x = 1\ndef f(:\n", 2),
        (python_judge(), "", "x = '\0'\n", None),
        (python_judge(), "x = 1\n", "(" * 100_000, None),
        (json_judge(), '{"a": [1]}', '{\n"a": [1,]}', 2),
        (sql_judge(), "SELECT 1; SELECT 2", "SELECT a\nFROM (b", 2),
        (sql_judge(), "CREATE TABLE a (b INT)", "", None),
        (sql_judge("postgres"), "SELECT a::int FROM b", "SELECT FROM WHERE", 1),
        (CommandJudge(PYTHON), "x = 1\n", "x = 1\ny = = 2\n", 2),
        (CommandJudge(["test", "-s", "{file}"]), "x", "", None),
    ],
)
def test_good_code_loads_and_bad_code_is_named_with_its_line(
    judge: Judge, good: str, bad: str, line: int | None
) -> None:
    path = Path("nowhere/script.x")
    loads, fails = judge.check([Script(path, good), Script(path, bad)])
    assert loads == Verdict(path, True)
    assert (fails.loads, fails.path, bool(fails.message)) == (False, path, True)
    assert fails.line == line or (line is None and fails.reason == "syntax")


def test_a_command_judges_files_where_they_are(tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("good one.py", "bad.py", "gone.py")]
    paths[0].write_text("x = 1")
    paths[1].write_text("x = ")
    verdicts = list(CommandJudge(PYTHON).check(map(Script, paths)))
    assert [verdict.reason for verdict in verdicts] == ["", "syntax", "unreadable"]
    assert str(tmp_path) not in verdicts[1].message


@pytest.mark.parametrize(
    ("code", "reason"),
    [("while True: pass", "timeout"), ("import os; os.abort()", "no-verdict"), ("print('x' * 10_000_000)", "")],
)
def test_a_command_that_misbehaves_is_no_verdict_on_the_code(code: str, reason: str, tmp_path: Path) -> None:
    judge = CommandJudge([sys.executable, "-c", code, "{file}"])
    [verdict] = judge.check([Script(tmp_path / "a.x", "x")], timeout=2)
    assert (verdict.loads, verdict.reason) == (not reason, reason)


def test_a_command_that_is_not_there_or_takes_no_file_is_one_line() -> None:
    with pytest.raises(UserError, match="no-such-program is not installed"):
        CommandJudge(["no-such-program", "{file}"])
    with pytest.raises(UserError, match=r"no \{file\} in the command"):
        CommandJudge([sys.executable])
    with pytest.raises(UserError, match="no dialect 'klingon'"):
        languages.judge_for("sql", "klingon")


class Counting:
    """A judge that counts what it is asked; code with a `!` does not load, with a `?` it times out."""

    version = "1"

    def __init__(self) -> None:
        self.asked: list[str | None] = []

    def __enter__(self) -> Counting:
        return self

    def __exit__(self, *_: object) -> None:
        return

    def check(self, scripts: Iterable[Script], jobs: int | None = None, timeout: float = 30) -> Iterator[Verdict]:
        for script in scripts:
            text = script.text or ""
            self.asked.append(text)
            reason = "timeout" if "?" in text else "syntax" if "!" in text else ""
            yield Verdict(script.path, not reason, reason, 3 if reason else None, text, ("careful",))


def cached(judge: Counting, file: Path, version: str = "1", beside: bytes = b"") -> CachedJudge:
    return CachedJudge(lambda: judge, version, lambda _: beside, file)


def test_what_was_judged_is_not_asked_again(tmp_path: Path) -> None:
    judge, file = Counting(), tmp_path / "verdicts.sqlite"
    scripts = [Script(Path(f"{number}.x"), text) for number, text in enumerate(["a", "b!", "a", "c?"])]
    with cached(judge, file) as first:
        before = list(first.check(scripts))
    assert judge.asked == ["a", "b!", "c?"]  # equal code once
    assert [verdict.path.name for verdict in before] == ["0.x", "1.x", "2.x", "3.x"]
    with cached(judge, file) as second:
        assert list(second.check(scripts)) == before
    assert judge.asked == ["a", "b!", "c?", "c?"]  # a time limit is of the moment


def test_another_version_or_another_include_is_asked_again(tmp_path: Path) -> None:
    judge, file = Counting(), tmp_path / "verdicts.sqlite"
    for version, beside in [("1", b""), ("2", b""), ("1", b"library"), ("1", b"")]:
        with cached(judge, file, version, beside) as of:
            list(of.check([Script(Path("a.x"), "a")]))
    assert judge.asked == ["a"] * 3


def test_a_stop_keeps_what_was_judged(tmp_path: Path) -> None:
    judge, file = Counting(), tmp_path / "verdicts.sqlite"
    scripts = [Script(Path("a.x"), f"text {number}") for number in range(5)]
    with cached(judge, file) as first:
        verdicts = first.check(scripts)
        next(verdicts)
        next(verdicts)
        del verdicts
    with cached(judge, file) as second:
        list(second.check(scripts))
    assert judge.asked == [script.text for script in scripts]


def test_a_broken_cache_is_begun_anew(tmp_path: Path) -> None:
    file = tmp_path / "verdicts.sqlite"
    file.write_bytes(b"not a database, " * 100)
    with cached(Counting(), file) as judge:
        assert [verdict.loads for verdict in judge.check([Script(Path("a.x"), "a")])] == [True]


def test_a_language_names_its_judge() -> None:
    assert languages.checker_of("AutoHotkey v2") == "autohotkey"
    assert languages.checker_of("Python 3") == "python"
    assert languages.checker_of("Lua") is None
