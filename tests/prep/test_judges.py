"""Judges of other languages, and the cache in front of every judge."""

from __future__ import annotations

import os
import subprocess
import sys
import tracemalloc
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from prep import languages
from prep.errors import UserError
from prep.languages.cache import CachedJudge
from prep.languages.command import CommandJudge
from prep.languages.judge import Judge, Script, Verdict
from prep.languages.parsers import json_judge, python_judge, sql_judge

PYTHON = [sys.executable, "-c", "import sys; compile(open(sys.argv[1]).read(), sys.argv[1], 'exec')", "{file}"]


@pytest.mark.parametrize(
    ("judge", "good", "bad", "line"),
    [
        (python_judge(), "x = 1\n", "x = 1\ndef f(:\n", 2),
        (python_judge(), "", "x = '\0'\n", None),
        (python_judge(), "x = 1\n", "(" * 100_000, None),
        (json_judge(), '{"a": [1]}', '{\n"a": [1,]}', 2),
        (json_judge(), "9" * 5000, "[1", 1),
        (json_judge(), "9" * 5000 + ".5e9", "9" * 5000 + "x", 1),
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


def test_a_fault_in_sql_is_quoted() -> None:
    for code, said in (("SELECT 1;\n\\c shop;\n", "\\c shop;"), ("CREATE TABLE [Album] (x INT)", "[Album] (x INT)")):
        [verdict] = sql_judge("postgres").check([Script(Path("a.sql"), code)])
        assert verdict.message.endswith(f": {said}")
        assert "<Token" not in verdict.message


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


@pytest.mark.parametrize(
    ("judge", "code", "says"),
    [
        (python_judge(), "-" * 100_000 + "1", "nested too deeply"),
        (json_judge(), "[" * 100_000 + "]" * 100_000, "nested too deeply"),
        (sql_judge(), "SELECT " + "NOT " * 50_000 + "1", "nested too deeply"),
        (sql_judge("spark2"), "MAP ( SUBSTRING", "sqlglot cannot read it: IndexError"),
        (sql_judge("singlestore"), "0x ::", "sqlglot cannot read it: AttributeError"),
    ],
)
def test_what_a_parser_fails_on_is_no_verdict(judge: Judge, code: str, says: str) -> None:
    [verdict] = judge.check([Script(Path("a.x"), code)])
    assert (verdict.loads, verdict.reason) == (False, "no-verdict")
    assert says in verdict.message


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ("# coding: latin-1\nx = 'é'\n".encode("latin-1"), ""),
        ("# coding: gbk\nx = '中'\n".encode("gbk"), ""),
        (b"\xef\xbb\xbfx = 1\n", ""),
        ("x = 'é'\n".encode("latin-1"), "syntax"),
        (b"# coding: klingon\nx = 1\n", "syntax"),
    ],
)
def test_a_file_is_read_as_python_reads_it(data: bytes, reason: str, tmp_path: Path) -> None:
    path = tmp_path / "script.py"
    path.write_bytes(data)
    [verdict] = python_judge().check([Script(path)])
    assert verdict.reason == reason
    assert (subprocess.run([sys.executable, path], check=False, capture_output=True).returncode == 0) == verdict.loads


def test_what_a_checker_says_goes_to_no_disk_and_only_its_start_to_memory(tmp_path: Path) -> None:
    code = (
        "import os, stat; [os.write(1, b'x' * 1_000_000) for _ in range(100)]; exit(stat.S_ISREG(os.fstat(1).st_mode))"
    )
    tracemalloc.start()
    [verdict] = CommandJudge([sys.executable, "-c", code, "{file}"]).check([Script(tmp_path / "a.x", "x")])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert verdict.loads
    assert peak < 10_000_000


SAYS = "import sys; print({said}); sys.exit(1)"


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ("sys.argv[1] + ':2: bad'", "deep.x:2: bad"),
        ("'in ' + os.path.dirname(sys.argv[1])", "in ."),
        ("os.path.dirname(sys.argv[1]) + '/other.x:2: bad'", "other.x:2: bad"),
        ("'...' + sys.argv[1][9:] + ':2: bad'", "deep.x:2: bad"),  # lua cuts a long path
        ("os.path.realpath(sys.argv[1]) + ': bad'", "deep.x: bad"),
    ],
)
def test_a_message_has_the_documents_name_and_no_folder(said: str, message: str, tmp_path: Path) -> None:
    judge = CommandJudge([sys.executable, "-c", "import os; " + SAYS.format(said=said), "{file}"])
    real = tmp_path / "deep.x"
    real.write_text("x")
    found = judge.check([Script(Path("some/deep.x"), "x"), Script(real)])
    assert [verdict.message for verdict in found] == [message] * 2


def test_a_name_with_a_backslash_is_shown_as_it_is(tmp_path: Path) -> None:
    judge = CommandJudge([sys.executable, "-c", SAYS.format(said="sys.argv[1] + ':2: bad'"), "{file}"])
    [verdict] = judge.check([Script(tmp_path / "back\\slash.x", "x")])
    assert (verdict.line, verdict.message) == (2, "back\\slash.x:2: bad")


def test_another_configuration_of_a_checker_is_another_version(tmp_path: Path) -> None:
    config = tmp_path / "lint.cfg"
    command = [sys.executable, "-c", "pass", f"--config={config}", "{file}"]
    config.write_text("strict")
    first = CommandJudge(command)
    config.write_text("loose")
    second = CommandJudge(command)
    assert first.version != second.version
    assert CommandJudge(command).version == second.version


def test_a_judge_is_named_without_a_place_of_this_machine(tmp_path: Path) -> None:
    script = tmp_path / "check.py"
    script.write_text("pass")
    assert (
        CommandJudge([sys.executable, str(script), "{file}"]).name == f"{Path(sys.executable).name} check.py {{file}}"
    )
    names = [languages.judge_for(name, None).name for name in ("python", "json", "sql", "autohotkey")]
    assert not [name for name in names if os.sep in name or "\n" in name or len(name) > 60]


def test_a_command_that_is_not_there_or_takes_no_file_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no-such-program is not installed"):
        CommandJudge(["no-such-program", "{file}"])
    with pytest.raises(UserError, match=r"no \{file\} in the command"):
        CommandJudge([sys.executable])
    with pytest.raises(UserError, match="no dialect 'klingon'"):
        languages.judge_for("sql", "klingon")
    with pytest.raises(UserError, match="the command is empty: give the checker"):
        languages.judge_for("command", None)
    for command in (["test", "\0", "{file}"], ["te\0st", "{file}"]):
        with pytest.raises(UserError, match="NUL character"):
            CommandJudge(command)
    program = tmp_path / "no-program"
    program.write_text("neither a binary nor a script")
    program.chmod(0o755)
    with pytest.raises(UserError, match="no-program cannot be started: Exec format error"):
        list(CommandJudge([str(program), "{file}"]).check([Script(Path("a.x"), "x")]))


class Counting:
    """A judge that counts what it is asked; code with a `!` does not load, with a `?` it times out."""

    name = "a judge"
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
    return CachedJudge(lambda: judge, "a judge", version, lambda _: beside, file)


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


def test_a_command_is_asked_again_of_a_file_as_what_it_includes_may_have_changed(tmp_path: Path) -> None:
    code = "import pathlib, sys; sys.exit(not pathlib.Path(sys.argv[1]).with_name('beside.h').exists())"
    file, beside = tmp_path / "a.c", tmp_path / "beside.h"
    file.write_text('#include "beside.h"')
    loads = []
    for change in (beside.touch, beside.unlink):
        change()
        with languages.judge_for("command", [sys.executable, "-c", code, "{file}"]) as judge:
            loads += [verdict.loads for verdict in judge.check([Script(file), Script(file)])]
            alone = [verdict.loads for verdict in judge.check([Script(file, "x")])]
    assert loads == [True, True, False, False]
    assert (alone, judge.known) == ([False], 1)


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
