"""Clean-up by patterns: what it changes, what it must leave alone, and what it refuses."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from prep.errors import UserError
from prep.languages.autohotkey import normalise
from prep.languages.autohotkey.engine import Engine
from prep.languages.autohotkey.normalise import DEFAULTS, Change, apply, parse, plan

needs_engine = pytest.mark.skipif(
    bool(Engine.missing()) and "CI" not in os.environ, reason="; ".join(Engine.missing()) or "the engine is here"
)
DEFAULT = {  # name: (the text, the text cleaned up)
    "a note of the converter": ("x := 1\n  ; V1toV2: look here\ny := 1\n", "x := 1\ny := 1\n"),
    "a removed line": ("; REMOVED: #NoEnv\n;REMOVED: SetBatchLines -1\nx := 1", "x := 1"),
    "a line removed by the converter": ("; removed by converter\nx := 1", "x := 1"),
    "a note at the end of a line": ("f() { ; V1toV2: Added bracket\n} ;v1toV2 end", "f() {\n}"),
    "a note after a comment": ("x := 1 ; mine ; V1toV2: its", "x := 1 ; mine"),
    "an empty global": ("global \nx := 1\n", "x := 1\n"),
    "a second #Requires": ("#Requires AutoHotkey v2.0\n#requires autohotkey v2.0+\n", "#Requires AutoHotkey v2.0\n"),
    "the same #Requires": ("#Requires AutoHotkey v2.0.5\nx := 1\n#Requires AutoHotkey v2.0.5 ; y",
                           "#Requires AutoHotkey v2.0.5\nx := 1\n"),
    "a byte order mark in the middle": ("x := 1\n\ufeffy := 1", "x := 1\ny := 1"),
    "zero width": ("x\u200b := 1 \u2060+ 1", "x := 1 + 1"),
    "no-break space": ("x\xa0:=\u202f1", "x := 1"),
    "trailing blanks": ("x := 1 \t\n/*\n text  \n*/ \n", "x := 1\n/*\n text\n*/\n"),
    "blank lines": ("x := 1\n\n \n\n\ny := 1", "x := 1\n\n\ny := 1"),
}  # fmt: skip
LEFT = {  # name: what no default pattern may touch
    "a string": "x := \"a\xa0b\u200b\ufeff\"\ny := '\xa0`'\xa0'",
    "a string with an escaped quote": 'x := "`"\xa0"',
    "a continuation section": 'x := "\n(\n; V1toV2: text  \n\n\n\n\xa0\nglobal\n)\xa0"',
    "what follows a continuation section": 'x := f("\n(\na\n)", "\xa0")',
    "a hotstring": ":*:a\xa0b::c\xa0d",
    "a block comment": "/*\n; V1toV2: an example\n#Requires AutoHotkey v2.0\n*/\n#Requires AutoHotkey v2.0",
    "two blank lines": "x := 1\n\n\ny := 1",
    "a global that makes a body global": "f() {\n    global\n    x := 1\n}\nF1:: {\nglobal\nx := 1\n}",
    "a global with names": "global x := 1\nglobal y",
    "a global that goes on": "global\n  , x := 1",
    "the first #Requires": "#Requires AutoHotkey v2.0",
    "a #Requires that asks for more": "#Requires AutoHotkey v2.0\n#Requires AutoHotkey v2.0.5",
    "a comment of the author's": "; removed: the old way\nx := 1 ; from V1toV2: no",
    "typographic quotes": "x := \u201ca\u201d ; \u2018b\u2019",
}


def script(path: Path, text: str, codec: str = "utf-8") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode(codec))
    return path


def no_bad(texts: list[tuple[Path, str]]) -> list[bool]:
    """A language in which everything loads that does not say `bad`."""
    return ["bad" not in text for _, text in texts]


@pytest.mark.parametrize("name", DEFAULT)
def test_the_defaults_clean_up(name: str, tmp_path: Path) -> None:
    before, after = DEFAULT[name]
    path = script(tmp_path / "a.ahk", before)
    apply(path, judge=no_bad)
    assert path.read_bytes().decode() == after


@pytest.mark.parametrize("name", LEFT)
def test_the_defaults_leave_what_means_something(name: str, tmp_path: Path) -> None:
    path = script(tmp_path / "a.ahk", LEFT[name])
    assert [result.status for result in apply(path, judge=no_bad)] == ["unchanged"]
    assert path.read_bytes().decode() == LEFT[name]


@pytest.mark.parametrize("name", [*DEFAULT, *LEFT])
def test_the_defaults_find_nothing_the_second_time(name: str, tmp_path: Path) -> None:
    path = script(tmp_path / "a.ahk", DEFAULT[name][0] if name in DEFAULT else LEFT[name])
    apply(path, judge=no_bad)
    assert plan(path, DEFAULTS) == []


def test_the_defaults_have_a_name_and_a_reason_each() -> None:
    assert len({pattern.name for pattern in DEFAULTS}) == len(DEFAULTS) > 0
    assert all(pattern.why for pattern in DEFAULTS)


@needs_engine
@pytest.mark.parametrize("name", sorted(DEFAULT.keys() - {"an empty global"}))  # as it was it hangs: 30 s
def test_what_the_defaults_leave_loads_in_the_interpreter(name: str, tmp_path: Path, engine_judge: object) -> None:
    [result] = apply(script(tmp_path / "a.ahk", DEFAULT[name][0]), judge=engine_judge)  # type: ignore[arg-type]
    assert result.status == "changed"


@pytest.fixture(scope="module")
def engine_judge() -> object:
    with Engine() as engine:
        yield normalise.judge_by(engine)


@needs_engine
def test_what_only_misses_an_included_file_is_not_broken_further_in_the_interpreter(
    tmp_path: Path, engine_judge: object
) -> None:
    path = script(tmp_path / "a.ahk", "#Include gone.ahk\nMsgBox(x)\n")
    [result] = apply(path, [parse(r"\)=")], judge=engine_judge)  # type: ignore[arg-type]
    assert (result.status, "Missing" in result.reason) == ("refused", True)


@needs_engine
def test_a_refusal_carries_the_message_of_the_interpreter(tmp_path: Path, engine_judge: object) -> None:
    path = script(tmp_path / "a.ahk", "x := 1\nMsgBox(x)\n")
    [result] = apply(path, [parse(r"\)=")], judge=engine_judge)  # type: ignore[arg-type]
    assert (result.status, result.reason) == ("refused", 'a.ahk:2: Missing ")" Specifically: MsgBox(x')


PARSE = {  # name: (OLD=NEW, a text, the text after it)
    "plain": ("a=b", "a a", "b b"),
    "empty": ("a=", "xa", "x"),
    "a second equals sign is NEW's": ("a=b=c", "a", "b=c"),
    "escaped equals signs": (r":\==\=", "x := 1", "x = 1"),
    "an escaped backslash before it": ("\\\\=/", "a\\b", "a/b"),
    "an equals sign in a look-ahead": (r"a(?\=b)=x", "ab ac", "xb ac"),
    "groups": (r"(\w+)\.(\w+)=\2.\1", "a.b", "b.a"),
    "many lines": ("^a$=b", "a\nca\na", "b\nca\nb"),
    "line ends of any kind": (r"^a$=b", "a\r\na\ra\n", "b\r\nb\rb\n"),
    "across lines": (r"a\nb=c", "a\r\nb\r\nd\r\n", "c\r\nd\r\n"),
    "new lines end as the file's do": (r"; =\n", "a; b\r\nc\r\n", "a\r\nb\r\nc\r\n"),
    "in strings too": ("a=b", '"a"', '"b"'),
    "at no width": ("^(?!;)=; ", "a\nb", "; a\n; b"),
}


@pytest.mark.parametrize("name", PARSE)
def test_a_pattern_is_old_and_new(name: str, tmp_path: Path) -> None:
    pattern, before, after = PARSE[name]
    path = script(tmp_path / "a.ahk", before)
    apply(path, [parse(pattern)], judge=no_bad)
    assert path.read_bytes().decode() == after


@pytest.mark.parametrize("pattern", ["a", "=b", r"a\=b", "(=b", r"a=\1", r"a=\g<x>", "a{99999999999}=b", r"\==", ""])
def test_a_wrong_pattern_is_one_line(pattern: str) -> None:
    if pattern == r"\==":  # an equals sign for nothing: a good one
        assert parse(pattern).regex.pattern == "="
        return
    with pytest.raises(UserError) as caught:
        parse(pattern)
    assert caught.value.code == 2
    assert len(str(caught.value).splitlines()) == 1


def test_patterns_are_applied_in_order_and_lines_are_those_of_the_file(tmp_path: Path) -> None:
    path = script(tmp_path / "a.ahk", "one\ntwo\nthree three\n")
    assert plan(path, [parse(r"one\n="), parse("t=T"), parse("Two=2")]) == [
        Change(r"one\n=", 1, "one", ""),
        Change("t=T", 2, "two", "Two"),
        Change("t=T", 3, "three three", "Three Three"),
        Change("Two=2", 2, "Two", "2"),
    ]


def test_a_change_that_is_undone_is_none(tmp_path: Path) -> None:
    [result] = apply(script(tmp_path / "a.ahk", "old"), [parse("old=new"), parse("new=old")], judge=no_bad)
    assert (result.status, result.changes) == ("unchanged", [])


def test_a_pattern_may_delete_everything(tmp_path: Path) -> None:
    path = script(tmp_path / "a.ahk", "a\r\nb")
    apply(path, [parse(r"(?s).+=")], judge=no_bad)
    assert path.read_bytes() == b""


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16", "cp1252"])
def test_encoding_mark_line_ends_and_mode_stay(codec: str, tmp_path: Path) -> None:
    path = script(tmp_path / "a.ahk", "é old\r\né\nold\r", codec)
    path.chmod(0o640)
    apply(path, [parse("old=new")], judge=no_bad)
    assert path.read_bytes() == "é new\r\né\nnew\r".encode(codec)
    assert path.stat().st_mode & 0o777 == 0o640


def test_what_would_not_load_any_more_is_refused_and_left(tmp_path: Path) -> None:
    bad = script(tmp_path / "a.ahk", "old\n")
    good = script(tmp_path / "b.ahk", "old good\n")
    results = apply(tmp_path, [parse("^old$=bad"), parse("old good=new")], judge=no_bad)
    assert [(result.file, result.status) for result in results] == [("a.ahk", "refused"), ("b.ahk", "changed")]
    assert (bad.read_text(), good.read_text()) == ("old\n", "new\n")
    assert normalise.fails(results)


def test_what_did_not_load_before_may_change(tmp_path: Path) -> None:
    path = script(tmp_path / "a.ahk", "bad old\n")
    assert [result.status for result in apply(path, [parse("old=new")], judge=no_bad)] == ["changed"]


def test_the_judges_message_is_the_reason(tmp_path: Path) -> None:
    path = script(tmp_path / "a.ahk", "old\n")
    [result] = apply(path, [parse("old=bad")], judge=lambda texts: ["bad" not in text or "why" for _, text in texts])
    assert (result.status, result.reason) == ("refused", "why")


def test_an_include_that_would_lead_nowhere_is_refused(tmp_path: Path) -> None:
    script(tmp_path / "lib.ahk", "x := 1")
    path = script(tmp_path / "a.ahk", "#Include lib.ahk\n#Include gone.ahk\n")
    [result] = apply(path, [parse("lib=lob")], judge=no_bad)
    assert (result.status, result.reason) == ("refused", "#Include lob.ahk: there is no such file")
    assert [result.status for result in apply(path, [parse("#Include gone.*\n=")], judge=no_bad)] == ["changed"]


def test_only_changed_scripts_are_judged_in_one_go(tmp_path: Path) -> None:
    for name in "abc":
        script(tmp_path / f"{name}.ahk", "old" if name != "b" else "x")
    asked: list[list[str]] = []

    def judge(texts: list[tuple[Path, str]]) -> list[bool]:
        asked.append([f"{path.name} {text}" for path, text in texts])
        return [True] * len(texts)

    apply(tmp_path, [parse("old=new")], judge)
    assert asked == [["a.ahk old", "c.ahk old", "a.ahk new", "c.ahk new"]]


def test_without_a_judge_nothing_is_written_unless_that_is_asked_for(tmp_path: Path) -> None:
    path = script(tmp_path / "a.ahk", "old")
    with pytest.raises(UserError, match=r"--dry-run.*--unchecked") as caught:
        apply(path, [parse("old=new")])
    assert (caught.value.code, path.read_text()) == (2, "old")
    [result] = apply(path, [parse("old=new")], dry_run=True)
    assert (result.status, path.read_text()) == ("changed", "old")
    apply(path, [parse("old=new")], unchecked=True)
    assert path.read_text() == "new"


def test_a_letter_that_the_encoding_lacks_is_refused_also_in_a_dry_run(tmp_path: Path) -> None:
    path = script(tmp_path / "a.ahk", "é old", "cp1252")
    for dry_run in (True, False):
        [result] = apply(path, [parse("old=世")], judge=no_bad, dry_run=dry_run)
        assert (result.status, result.reason) == ("refused", "'世' cannot be written in cp1252")


def test_a_file_that_changes_meanwhile_is_left(tmp_path: Path) -> None:
    path = script(tmp_path / "a.ahk", "old")

    def edits(texts: list[tuple[Path, str]]) -> list[bool]:
        path.write_text("old and more")
        return [True] * len(texts)

    [result] = apply(path, [parse("old=new")], edits)
    assert (result.status, path.read_text()) == ("refused", "old and more")


def test_a_link_is_left(tmp_path: Path) -> None:
    script(tmp_path / "real.txt", "old")
    (tmp_path / "a.ahk").symlink_to("real.txt")
    assert [result.status for result in apply(tmp_path, [parse("old=new")], no_bad)] == ["refused"]
    assert (tmp_path / "a.ahk").is_symlink()


def test_what_is_no_text_is_counted_and_left(tmp_path: Path) -> None:
    script(tmp_path / "a.ahk", "old")
    (tmp_path / "b.ah2").write_bytes(b"old\0\1")
    (tmp_path / "c.ahk").symlink_to("nowhere")
    report = json.loads(normalise.as_json(apply(tmp_path, [parse("old=new")], no_bad)))
    assert report["counts"] == {"changed": 1, "refused": 0, "unchanged": 0, "unreadable": 2}
    assert [file["reason"] for file in report["files"]] == ["", "NUL byte at offset 3", "not a regular file"]
    assert (tmp_path / "b.ah2").read_bytes() == b"old\0\1"


def test_the_report_tells_each_change(tmp_path: Path) -> None:
    path = script(tmp_path / "deep/a.ahk", "x\nold\n")
    report = json.loads(normalise.as_json(apply(tmp_path, [parse("old=new")], dry_run=True)))
    change = {"pattern": "old=new", "line": 2, "before": "old", "after": "new"}
    assert report["files"] == [{"file": "deep/a.ahk", "changes": [change], "status": "changed", "reason": ""}]
    assert path.read_text() == "x\nold\n"


def test_the_table_fits_the_terminal_and_ends_with_the_counts(tmp_path: Path) -> None:
    script(tmp_path / ("x" * 100) / "a.ahk", "old")
    script(tmp_path / "b.ahk", "")
    lines = normalise.table(apply(tmp_path, [parse("old=" + "new" * 40)], no_bad)).splitlines()
    assert max(map(len, lines)) <= 80
    assert lines[-1] == "2 scripts: 1 changed, 1 unchanged"
