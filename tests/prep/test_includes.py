"""`#Include` as AutoHotkey v2 resolves it, and the repair of what is broken."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from prep.errors import UserError
from prep.languages.autohotkey import includes
from prep.languages.autohotkey.engine import Engine
from prep.languages.autohotkey.includes import Include, fix, scan
from prep.languages.autohotkey.loading import closure

FILES = ["lib/tool.ahk", "lib/Named.ahk", "lib/deep/Low.ahk", "Other/near.ahk", "semi;colon.ahk", "two words.ahk"]
RESOLVE = {  # name: (text of main.ahk, what its includes are: a file, a folder or a status)
    "plain": ("#Include lib\\tool.ahk", ["lib/tool.ahk"]),
    "forward slash": ("#Include lib/tool.ahk", ["lib/tool.ahk"]),
    "other case": ("#INCLUDE LIB\\TOOL.AHK", ["lib/tool.ahk"]),
    "quoted": ('#Include "lib\\tool.ahk"', ["lib/tool.ahk"]),
    "single quotes": ("#Include 'lib\\tool.ahk'", ["lib/tool.ahk"]),
    "one quote only": ('#Include "lib\\tool.ahk', ["broken"]),
    "comment": ("#Include lib\\tool.ahk  ; the tool", ["lib/tool.ahk"]),
    "no blank before the semicolon": ("#Include lib\\tool.ahk;note", ["broken"]),
    "semicolon in a name": ("#Include semi`;colon.ahk", ["semi;colon.ahk"]),
    "blank in a name": ("#Include two words.ahk", ["two words.ahk"]),
    "tab and indent": ("\t#Include\tlib\\tool.ahk", ["lib/tool.ahk"]),
    "again": ("#IncludeAgain lib\\tool.ahk", ["lib/tool.ahk"]),
    "missing": ("#Include gone.ahk", ["broken"]),
    "optional": ("#Include *i gone.ahk", ["optional-missing"]),
    "optional and quoted": ('#Include "*i gone.ahk"', ["optional-missing"]),
    "optional and there": ("#Include *i lib\\tool.ahk", ["lib/tool.ahk"]),
    "names nothing": ("#Include", ["broken"]),
    "folder": ("#Include Other\n#Include near.ahk", ["Other", "Other/near.ahk"]),
    "folder left again": ("#Include Other\n#Include ..\\lib\\tool.ahk", ["Other", "lib/tool.ahk"]),
    "folder in a variable": ("#Include lib\n#Include %A_WorkingDir%\\tool.ahk", ["lib", "lib/tool.ahk"]),
    "library": ("#Include <Named>", ["lib/Named.ahk"]),
    "library by the part before the underscore": ("#Include <Named_Thing>", ["lib/Named.ahk"]),
    "library in a folder": ("#Include <deep\\Low>", ["lib/deep/Low.ahk"]),
    "script's folder": ("#Include %A_ScriptDir%\\lib\\tool.ahk", ["lib/tool.ahk"]),
    "line's file": ("#Include %A_LineFile%\\..\\lib\\tool.ahk", ["lib/tool.ahk"]),
    "space as a variable": ("#Include two%A_Space%words.ahk", ["two words.ahk"]),
    "no such variable": ("#Include %Nothing%\\tool.ahk", ["broken"]),
    "block comment": ("/*\n#Include gone.ahk\n*/", []),
    "after a block comment of one line": ("/* x */\n#Include gone.ahk", ["broken"]),
    "after a block comment that ends its line": ("/*\nx */\n#Include gone.ahk", ["broken"]),
    "continuation section": ('x := "\n(\n#Include gone.ahk\n)"', []),
    "continuation section with options": ('x := "\n(Join, LTrim C\n#Include gone.ahk\n)"', []),
    "an expression in parentheses": ("(x := 1)\n#Include gone.ahk", ["broken"]),
    "in a function": ("f() {\n  #Include lib\\tool.ahk\n}", ["lib/tool.ahk"]),
}
UNKNOWN = {  # what only the user's machine can say
    "user's library": ("#Include <Absent>", ["unknown"]),
    "user's folder": ("#Include %A_MyDocuments%\\tool.ahk", ["unknown"]),
    "absolute": ("#Include C:\\Scripts\\tool.ahk", ["unknown"]),
    "relative to a user's folder": ("#Include %A_AppData%\n#Include lib\\tool.ahk", ["unknown", "unknown"]),
    "after a file of the user's": ("#Include %A_Temp%\\x.ahk\n#Include lib\\tool.ahk", ["unknown", "lib/tool.ahk"]),
}
needs_engine = pytest.mark.skipif(
    bool(Engine.missing()) and "CI" not in os.environ, reason="; ".join(Engine.missing()) or "the engine is here"
)


def script(path: Path, text: str = "x := 1\n") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())
    return path


def main(folder: Path, text: str) -> Path:
    for name in FILES:
        script(folder / name)
    return script(folder / "main.ahk", text + "\n")


def states(found: list[Include]) -> list[str]:
    return [f"{include.file}:{include.line} {include.status}" for include in found]


@pytest.mark.parametrize("name", [*RESOLVE, *UNKNOWN])
def test_an_include_resolves_as_in_autohotkey(name: str, tmp_path: Path) -> None:
    text, expected = (RESOLVE | UNKNOWN)[name]
    found = scan(main(tmp_path, text))
    assert [include.resolved or include.status for include in found] == expected


@needs_engine
def test_the_interpreter_agrees(tmp_path: Path) -> None:
    from prep.languages.judge import Script

    paths = [main(tmp_path / str(number), text) for number, (text, _) in enumerate(RESOLVE.values())]
    with Engine() as engine:
        loads = [verdict.loads for verdict in engine.check(Script(path) for path in paths)]
    found = dict(zip(RESOLVE, loads, strict=True))
    assert found == {name: "broken" not in expected for name, (_, expected) in RESOLVE.items()}


def test_a_relative_path_starts_at_the_file_that_holds_the_line(tmp_path: Path) -> None:
    script(tmp_path / "lib/b.ahk")
    script(tmp_path / "lib/a.ahk", "#Include b.ahk\n")
    assert states(scan(script(tmp_path / "main.ahk", "#Include lib\\a.ahk\n"))) == ["lib/a.ahk:1 ok", "main.ahk:1 ok"]


def test_a_folder_counts_for_its_own_file_only(tmp_path: Path) -> None:
    script(tmp_path / "lib/b.ahk")
    script(tmp_path / "a.ahk", "#Include b.ahk\n")
    path = script(tmp_path / "main.ahk", "#Include lib\n#Include ..\\a.ahk\n#Include b.ahk\n")
    assert states(scan(path)) == ["a.ahk:1 broken", "main.ahk:1 ok", "main.ahk:2 ok", "main.ahk:3 ok"]


def test_what_only_resolves_while_another_script_includes_the_file_is_ok_with_a_note(tmp_path: Path) -> None:
    script(tmp_path / "lib/a.ahk", "#Include <b>\n#Include %A_ScriptDir%\\lib\\b.ahk\n")
    script(tmp_path / "lib/b.ahk")
    script(tmp_path / "main.ahk", "#Include lib\\a.ahk\n")
    notes = {(include.status, include.note) for include in scan(tmp_path) if include.file == "lib/a.ahk"}
    assert notes == {("ok", "only while main.ahk includes it")}


def test_a_cycle_is_named_once_in_order_and_fails_nothing(tmp_path: Path) -> None:
    for name, after in (("b", "c"), ("c", "a"), ("a", "b")):
        script(tmp_path / f"{name}.ahk", f"#Include {after}.ahk\n")
    found = scan(tmp_path)
    assert states(found) == ["a.ahk:1 ok", "b.ahk:1 ok", "c.ahk:1 circular"]
    assert found[2].note == "a.ahk > b.ahk > c.ahk > a.ahk"
    assert not includes.fails(found)


def test_a_cycle_of_include_again_never_ends_and_is_broken(tmp_path: Path) -> None:
    script(tmp_path / "a.ahk", "#IncludeAgain b.ahk\n")
    script(tmp_path / "b.ahk", "#IncludeAgain a.ahk\n")
    assert states(scan(tmp_path)) == ["a.ahk:1 ok", "b.ahk:1 broken"]


def test_a_chain_longer_than_the_stack_is_followed(tmp_path: Path) -> None:
    for number in range(1500):
        script(tmp_path / f"{number}.ahk", f"#Include {number + 1}.ahk\n")
    assert len(closure(tmp_path / "0.ahk")) == 1499
    assert scan(tmp_path / "0.ahk")[-1].status == "ok"


def test_candidates_have_the_same_name_but_for_case_and_are_not_the_file_itself(tmp_path: Path) -> None:
    script(tmp_path / "x/Tool.ahk", "#Include old\\tool.ahk\n")
    script(tmp_path / "y/TOOL.ahk")
    [found] = scan(tmp_path)
    assert (found.status, found.candidates) == ("broken", ("y/TOOL.ahk",))


def test_two_candidates_are_ambiguous_and_never_chosen_from(tmp_path: Path) -> None:
    script(tmp_path / "a/t.ahk")
    script(tmp_path / "b/t.ahk")
    path = script(tmp_path / "main.ahk", "#Include t.ahk\n")
    [found] = fix(tmp_path)
    assert (found.status, found.candidates, found.fixed) == ("ambiguous", ("a/t.ahk", "b/t.ahk"), False)
    assert path.read_text() == "#Include t.ahk\n"


def test_a_script_that_is_no_text_is_reported(tmp_path: Path) -> None:
    (tmp_path / "a.ahk").write_bytes(b"#Include x.ahk\n\0\1\2")
    found = scan(tmp_path)
    assert [(include.status, include.note) for include in found] == [("unreadable", "NUL byte at offset 15")]
    assert includes.fails(found)


@pytest.mark.parametrize(
    "name", ["#Include " + "x" * 5000, "#Include a\tb", "#Include ..\\..\\..\\..\\..\\..\\..\\x.ahk"]
)
def test_a_strange_name_is_broken(name: str, tmp_path: Path) -> None:
    assert [include.status for include in scan(script(tmp_path / "a.ahk", name))] == ["broken"]


@pytest.mark.parametrize("path", ["absent", "empty"])
def test_a_path_without_scripts_is_the_users_to_mend(path: str, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(UserError, match=path):
        scan(tmp_path / path)


FIX = {  # name: (the line, the line as it is repaired)
    "plain": ("#Include old\\tool.ahk", "#Include lib\\tool.ahk"),
    "slashes": ("#Include old/x/tool.ahk", "#Include lib/tool.ahk"),
    "quotes and comment": ('  #include  "old\\TOOL.ahk"  ; why', '  #include  "lib\\tool.ahk"  ; why'),
    "variable": ("#IncludeAgain %A_ScriptDir%\\old\\tool.ahk", "#IncludeAgain lib\\tool.ahk"),
    "folder": ("#Include Other\n#Include tool.ahk", "#Include Other\n#Include ..\\lib\\tool.ahk"),
    "after a byte order mark": ("\ufeff#Include tool.ahk", "\ufeff#Include lib\\tool.ahk"),
    "line ends as they are": ("x := 1\r\n#Include tool.ahk\r\n\n\r", "x := 1\r\n#Include lib\\tool.ahk\r\n\n\r"),
    "optional is left": ("#Include *i old\\tool.ahk", "#Include *i old\\tool.ahk"),
    "a comment is left": ("/*\n#Include tool.ahk\n*/", "/*\n#Include tool.ahk\n*/"),
    "nothing of that name": ("#Include none.ahk", "#Include none.ahk"),
}


@pytest.mark.parametrize("name", FIX)
@pytest.mark.parametrize("codec", ["utf-8", "utf-16-le", "cp1252"])
def test_fix_writes_the_only_candidate_and_keeps_all_else(name: str, codec: str, tmp_path: Path) -> None:
    before, after = FIX[name]
    mark = {"utf-8": "", "utf-16-le": "\ufeff", "cp1252": "; é\n"}[codec]
    if codec == "cp1252" and not before.isascii():
        pytest.skip("has no byte order mark")
    path = main(tmp_path, "")
    path.write_bytes((mark + before.removeprefix(mark)).encode(codec))
    path.chmod(0o751)
    fix(tmp_path)
    assert path.read_bytes() == (mark + after.removeprefix(mark)).encode(codec)
    assert path.stat().st_mode & 0o777 == 0o751
    assert [file.name for file in tmp_path.iterdir() if file.name.startswith(".")] == []


def test_fix_says_what_it_changed_and_does_it_once(tmp_path: Path) -> None:
    main(tmp_path, "#Include old\\tool.ahk")
    [found] = fix(tmp_path)
    assert found == Include("main.ahk", 1, "lib\\tool.ahk", "ok", "lib/tool.ahk", (), True, "was old\\tool.ahk")
    assert [include.fixed for include in fix(tmp_path)] == [False]


def test_fix_follows_into_the_file_it_has_found(tmp_path: Path) -> None:
    script(tmp_path / "lib/a.ahk", "#Include b.ahk\n")
    script(tmp_path / "other/b.ahk")
    assert [include.fixed for include in fix(script(tmp_path / "main.ahk", "#Include a.ahk\n"))] == [True, True]


LEFT: dict[str, tuple[Callable[[Path], object], str]] = {  # name: (what is special, why it is left)
    "a name that would be a comment": (lambda folder: script(folder / "a ;b/tool.ahk"), "cannot be written"),
    "an encoding without the letter": (
        lambda folder: (script(folder / "Ā/tool.ahk"), (folder / "main.ahk").write_bytes(b";\xe9\n#Include tool.ahk")),
        "needs UTF-8",
    ),
    "a name that is no text": (lambda folder: script(folder / os.fsdecode(b"\xff") / "tool.ahk"), "cannot be written"),
    "a link": (
        lambda folder: (script(folder / "x/tool.ahk"), (folder / "main.ahk").rename(folder / "real.txt"),
                        (folder / "main.ahk").symlink_to("real.txt")),
        "is a link",
    ),
    "a folder that hangs on the main script": (
        lambda folder: (script(folder / "x/tool.ahk"), (folder / "y").mkdir(),
                        script(folder / "main.ahk", "#Include %A_ScriptDir%\n#Include tool.ahk\n"),
                        script(folder / "z/first.ahk", "#Include ..\\main.ahk\n")),
        "depends on the main script",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", LEFT)
def test_fix_leaves_what_it_cannot_write_safely(name: str, tmp_path: Path) -> None:
    prepare, why = LEFT[name]
    script(tmp_path / "main.ahk", "#Include tool.ahk\n")
    prepare(tmp_path)
    before = (tmp_path / "main.ahk").read_bytes()
    broken = [include for include in fix(tmp_path) if include.status == "broken"]
    assert [why in include.note for include in broken] == [True]
    assert (tmp_path / "main.ahk").read_bytes() == before


def test_the_closure_is_in_the_order_of_loading_each_file_once(tmp_path: Path) -> None:
    path = script(tmp_path / "main.ahk", "#Include b.ahk\n#Include a.ahk\n#Include b.ahk\n#Include gone.ahk\n")
    script(tmp_path / "a.ahk", "#Include main.ahk\n")
    script(tmp_path / "b.ahk", "#Include c.ahk\n")
    script(tmp_path / "c.ahk")
    assert [file.name for file in closure(path)] == ["b.ahk", "c.ahk", "a.ahk"]


def test_the_closure_of_a_text_is_that_of_the_text(tmp_path: Path) -> None:
    assert [file.name for file in closure(main(tmp_path, ""), "#Include lib\\tool.ahk")] == ["tool.ahk"]


def test_the_closure_of_utf_16_is_found(tmp_path: Path) -> None:
    path = main(tmp_path, "")
    path.write_bytes("\ufeff#Include lib\\tool.ahk".encode("utf-16-le"))
    assert [file.name for file in closure(path)] == ["tool.ahk"]


@pytest.mark.parametrize("data", [b"\0#Include lib\\tool.ahk", None])
def test_the_closure_of_what_cannot_be_read_is_empty(data: bytes | None, tmp_path: Path) -> None:
    path = main(tmp_path, "")
    path.unlink()
    if data:
        path.write_bytes(data)
    assert closure(path) == []


def test_the_report_is_stable_and_names_no_place_of_this_machine(tmp_path: Path) -> None:
    main(tmp_path, "#Include old\\tool.ahk\n#Include <Named>")
    report = includes.as_json(scan(tmp_path))
    assert str(tmp_path) not in report
    assert report == includes.as_json(scan(tmp_path))
    first = json.loads(report)[0]
    assert list(first)[:7] == ["file", "line", "include", "status", "resolved", "candidates", "fixed"]


def test_the_table_fits_the_terminal_and_ends_with_the_counts(tmp_path: Path) -> None:
    main(tmp_path, "#Include " + "old\\" * 30 + "tool.ahk\n#Include <Named>")
    lines = includes.table(scan(tmp_path)).splitlines()
    assert max(map(len, lines)) <= 80
    assert lines[-1] == "2 includes: 1 ok, 1 broken"
