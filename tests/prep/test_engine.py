"""The judge itself: real scripts, the real interpreter."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from prep.errors import UserError
from prep.languages.autohotkey import engine as module
from prep.languages.autohotkey.engine import Engine, surroundings
from prep.languages.autohotkey.wine import windows_path
from prep.languages.cache import CachedJudge
from prep.languages.judge import Script, Verdict
from prep.sources.scripts import INCLUDES, identity_of

needs_engine = pytest.mark.skipif(
    bool(Engine.missing()) and "CI" not in os.environ, reason="; ".join(Engine.missing()) or "the engine is here"
)
GOOD = '#Requires AutoHotkey v2.0\nMsgBox("hello")\n'


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with Engine() as started:
        yield started


def script(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def check(engine: Engine, *paths: Path, **options: int) -> list[Verdict]:
    return list(engine.check(map(Script, paths), **options))


@pytest.fixture
def marked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Every process started from here on carries this folder in its PATH, which the engine passes on."""
    monkeypatch.setenv("PATH", f"{os.environ['PATH']}{os.pathsep}{tmp_path}")
    return tmp_path


def running(mark: str) -> list[str]:
    """Command lines of the live processes that carry `mark` in their environment or arguments."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            carried = (folder / "environ").read_bytes() + (folder / "cmdline").read_bytes()
            if mark.encode() in carried and (folder / "stat").read_text().rpartition(") ")[2][0] != "Z":
                found.append((folder / "cmdline").read_text())
        except OSError:  # ended while we looked
            continue
    return found


@needs_engine
def test_a_good_script_loads_also_from_a_path_with_spaces_and_umlauts(engine: Engine, tmp_path: Path) -> None:
    path = script(tmp_path, "gute Größe 世界.ahk", GOOD)
    assert check(engine, path) == [Verdict(path, loads=True)]


@needs_engine
@pytest.mark.skipif(os.name == "nt", reason="Windows has no such names")
def test_a_file_that_windows_could_not_name_is_judged_itself(engine: Engine, tmp_path: Path) -> None:
    script(tmp_path, "a-b.ahk", "x := ]\n")  # which AutoHotkey takes a*b.ahk for
    script(tmp_path, "library.ahk", "y := 1\n")
    names = ["a*b.ahk", "a\\b.ahk", 'a"b.ahk', "what?.ahk", "a\nb.ahk", "con.ahk", "a\udcffb.ahk", "d./in.ahk"]
    (tmp_path / "d.").mkdir()
    paths = [script(tmp_path, name, GOOD if "/" in name else "#Include library.ahk\n") for name in names]
    assert check(engine, *paths) == [Verdict(path, loads=True) for path in paths]
    [text] = engine.check([Script(paths[0], "#Include library.ahk\ny := ]\n")])
    assert text.line == 2


@needs_engine
def test_a_broken_script_is_named_with_its_line_and_the_reason(engine: Engine, tmp_path: Path) -> None:
    path = script(tmp_path, "broken.ahk", "x := 1\nMsgBox(x)\ny := ]\n")
    assert check(engine, path) == [Verdict(path, False, "syntax", 3, 'Unexpected "]" Specifically: y := ]')]


@needs_engine
def test_a_fault_in_an_included_file_names_that_file_and_its_line(engine: Engine, tmp_path: Path) -> None:
    library = script(tmp_path, "library.ahk", "; first\ny := ]\n")
    [verdict] = check(engine, script(tmp_path, "main.ahk", "#Include library.ahk\n"))
    assert (verdict.loads, verdict.reason, verdict.line, verdict.file) == (False, "syntax", 2, str(library))
    assert verdict.where == f"{library}:2"


@needs_engine
@pytest.mark.parametrize(
    ("text", "reason", "line", "says"),
    [
        ("; greets\nMsgBox, Hello %name%\n", "other-version", 2, ""),
        ("#Requires AutoHotkey v2.1-alpha.9\n", "other-version", 1, "requires AutoHotkey v2.1"),
        ("#Requires AutoHotkey v1.1\nMsgBox, x\n", "other-version", 1, "requires AutoHotkey v1.1"),
        ('MsgBox("x"\n', "syntax", 1, 'Missing ")"'),
        ("#Include absent.ahk\nMsgBox(1)\n", "missing-include", 1, "absent.ahk"),
        ("\n#Include <Absent>\nMsgBox(1)\n", "missing-include", 2, "library not found"),
        ("#Include absent.ahk\n#include other.ahk\nMsgBox(1)\n", "missing-include", 1, "absent.ahk"),
        ('#Include absent.ahk\n\nMsgBox("x"\n', "syntax", 1, 'And without it, line 3: Missing ")"'),
        ("#Include absent.ahk\nMsgBox, x\n", "other-version", 1, "And without it, line 2"),
    ],
)
def test_the_reason_is_what_is_wrong_with_the_code_itself(
    engine: Engine, tmp_path: Path, text: str, reason: str, line: int, says: str
) -> None:
    """By its path, and as a text in the same folder."""
    path = script(tmp_path, "script.ahk", text)
    for judged in (Script(path), Script(path, text)):
        [verdict] = engine.check([judged])
        assert (verdict.loads, verdict.reason, verdict.line) == (False, reason, line)
        assert says in verdict.message
        assert "AutoHotkeyV2.exe" not in verdict.message  # where it lies on this machine


@needs_engine
def test_a_text_is_judged_in_the_folder_of_its_file(engine: Engine, tmp_path: Path) -> None:
    script(tmp_path, "library.ahk", "Helper() => 1\n")
    text = "#Include library.ahk\nMsgBox(Helper())\n"
    assert [v.loads for v in engine.check([Script(tmp_path / "none.ahk", text)])] == [True]
    assert [v.reason for v in engine.check([Script(tmp_path / "no/folder.ahk", text)])] == ["missing-include"]


@needs_engine
def test_hostile_files_get_a_verdict(engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "long.ahk").write_text("x := 1 " + "+ 1 " * 2_500_000, encoding="utf-8")
    (tmp_path / "nul.ahk").write_bytes(b"MsgBox(1)\0\0MsgBox(2)\n")
    (tmp_path / "empty.ahk").write_bytes(b"")
    (tmp_path / "utf16.ahk").write_bytes(GOOD.encode("utf-16"))
    (tmp_path / "loop.ahk").symlink_to("loop.ahk")
    (tmp_path / "folder.ahk").mkdir()
    paths = sorted(tmp_path.glob("*.ahk"))
    found = {verdict.path.name: (verdict.loads, verdict.reason) for verdict in check(engine, *paths, timeout=60)}
    assert set(found) == {path.name for path in paths}
    assert found["utf16.ahk"] == found["empty.ahk"] == (True, "")
    assert found["loop.ahk"] == found["folder.ahk"] == (False, "unreadable")
    assert not found["long.ahk"][0]


@needs_engine
@pytest.mark.parametrize(
    "own",
    [
        "; none",
        "#Warn",
        "#Warn All, MsgBox",
        "#Warn All, Off",
        "#warn\tVarUnset ,MsgBox\t; why",
        "#Warn ,OutputDebug",
        "/*\n*/ #Warn",
    ],
)
def test_a_warning_is_kept_apart_whatever_the_script_says_of_warnings(engine: Engine, tmp_path: Path, own: str) -> None:
    [verdict] = check(engine, script(tmp_path, "warned.ahk", f"{own}\nx := neverSet\n"), timeout=20)
    assert (verdict.loads, verdict.message) == (True, "")
    assert [warning.partition(" Warning:")[0] for warning in verdict.warnings] == [f"line {own.count(chr(10)) + 2}:"]
    assert "neverSet" in verdict.warnings[0]


@needs_engine
@pytest.mark.parametrize("own", ["#Warn Foo", "#Warn All, Foo", "#Warn All MsgBox", "#Warn All, MsgBox, x"])
def test_a_warn_that_is_none_is_refused(engine: Engine, tmp_path: Path, own: str) -> None:
    path = script(tmp_path, "warned.ahk", f"x := 1\n{own}\n")
    for judged in (Script(path), Script(path, path.read_text())):
        [verdict] = engine.check([judged], timeout=20)
        assert (verdict.reason, verdict.line) == ("syntax", 2)
        assert "Parameter #" in verdict.message


@needs_engine
def test_a_warn_in_an_included_file_opens_no_dialog(engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "main").mkdir()
    (tmp_path / "Lib").mkdir()
    library = script(tmp_path / "Lib", "tool.ahk", "#Warn All, MsgBox\n#Include inner.ahk\ny := never\n")
    script(tmp_path / "Lib", "inner.ahk", "Inner() => 1\n")
    path = script(tmp_path / "main", "main.ahk", "#Include ..\\lib\n#Include tool.ahk\nx := neverSet Inner()\n")
    [verdict] = check(engine, path, timeout=20)
    assert (verdict.loads, verdict.message) == (True, "")
    assert sorted(warning.partition(" Warning:")[0] for warning in verdict.warnings) == [
        "..\\lib\\tool.ahk, line 3:",
        "line 3:",
    ]
    library.write_text("#Warn All, MsgBox\n\ny := ]\n")
    [verdict] = check(engine, path, timeout=20)
    assert (verdict.reason, verdict.file, verdict.line) == ("syntax", str(library), 3)


@needs_engine
def test_a_script_that_includes_itself_is_judged_alike_by_its_path_and_as_a_text(
    engine: Engine, tmp_path: Path
) -> None:
    script(tmp_path, "other.ahk", "#Include self.ahk\nOther() => 1\n")
    text = "#Include self.ahk\n#Include other.ahk\n#Include %A_LineFile%\\..\\other.ahk\nSelf() => Other()\n"
    path = script(tmp_path, "self.ahk", text)
    warned = "#Warn All, MsgBox\n" + text
    verdicts = list(engine.check([Script(path), Script(path, text), Script(path, warned)], timeout=20))
    assert verdicts == [Verdict(path, True)] * 3


PLACES = {  # what a script asks for: how the message calls it
    "#Include %A_ScriptDir%\\gone.ahk": '"gone.ahk"',
    "#Include %A_ScriptDir%\\..\\gone.ahk": '"..\\gone.ahk"',
    "#Include %A_ScriptDir%": "",
    "#Include ..\\Lib\\asks.ahk": '"..\\Lib\\asks.ahk\\..\\gone.ahk"',
    "#Include %A_AppData%\\gone.ahk": '"C:\\users\\user\\AppData\\Roaming\\gone.ahk"',
    "#Include %A_AhkPath%x": "AutoHotkeyV2.exex",
    "#DllLoad %A_ScriptDir%\\gone.dll": "Specifically: gone.dll",
}


@needs_engine
def test_a_message_names_no_place_of_this_machine(engine: Engine, tmp_path: Path) -> None:
    for name in ("Lib", "main"):
        (tmp_path / name).mkdir()
    script(tmp_path / "Lib", "asks.ahk", "#Include %A_LineFile%\\..\\gone.ahk\n")
    path, texts = tmp_path / "main" / "main.ahk", [f"{text}\nx := ]\n" for text in PLACES]
    paths = [script(tmp_path / "main", f"{number}.ahk", text) for number, text in enumerate(texts)]
    judged = [*map(Script, paths), *(Script(path, text) for text in texts)]
    for verdict, says in zip(engine.check(judged), [*PLACES.values()] * 2, strict=True):
        assert says in verdict.message
        assert not [place for place in ("Z:", tmp_path.name, "ahk-", "\\root", "Scripts") if place in verdict.message]


@needs_engine
def test_what_is_known_of_a_script_tells_nothing_of_the_first_one_like_it(engine: Engine, tmp_path: Path) -> None:
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
    text = "#Include %A_ScriptDir%\\gone.ahk\n#DllLoad %A_ScriptDir%\\gone.dll\n"
    paths = [script(tmp_path / name, "a.ahk", text) for name in ("first", "second")]
    with Engine() as own, CachedJudge(lambda: own, "", "1", surroundings, tmp_path / "cache.sqlite") as judge:
        before, after = (next(judge.check([Script(path)])) for path in paths)
    assert before.message == after.message == '#Include file "gone.ahk" cannot be opened.'
    assert (before.path, after.path) == tuple(paths)


@needs_engine
def test_a_library_that_is_not_here_is_missing_and_the_rest_is_judged(engine: Engine, tmp_path: Path) -> None:
    for rest, reason in (("x := 1", "missing-include"), ("x := ]", "syntax")):
        [verdict] = check(engine, script(tmp_path, "a.ahk", f"#DllLoad gone.dll\n{rest}\n"))
        assert (verdict.reason, "Failed to load DLL" in verdict.message) == (reason, True)


DEPENDS = {  # a script: the file or folder on which its verdict hangs
    "#Include lib\\x.ahk": "lib/x.ahk",
    "#Include *i lib\\x.ahk": "lib/x.ahk",
    "#Include {absolute}\\lib\\x.ahk": "lib/x.ahk",
    "#Include {rooted}\\lib\\x.ahk": "lib/x.ahk",
    "#Include lib": "lib",
    "#DllLoad lib\\x.dll": "lib/x.dll",
    '#DllLoad "*i %A_ScriptDir%\\lib\\x"': "lib/x.dll",
    "#DllLoad lib\n#DllLoad x": "lib/x.dll",
    "#DllLoad {absolute}\\lib\\x.dll": "lib/x.dll",
}


@pytest.mark.parametrize("codec", ["utf-8", "utf-16"])
@pytest.mark.parametrize("text", DEPENDS)
def test_a_verdict_hangs_on_the_files_that_a_script_names(tmp_path: Path, text: str, codec: str) -> None:
    path, named = tmp_path / "a.ahk", tmp_path / DEPENDS[text]
    absolute = windows_path(tmp_path)
    path.write_bytes(text.format(absolute=absolute, rooted=absolute[2:]).encode(codec))
    assert identity_of(path.read_bytes()).endswith(INCLUDES)
    said = [surroundings(Script(path))]
    if not named.suffix:
        named.mkdir()
        said.append(surroundings(Script(path)))
    for content in ("one", "two") if named.suffix else ():
        named.parent.mkdir(exist_ok=True)
        named.write_text(content)
        said.append(surroundings(Script(path)))
    assert len(set(said)) == len(said)


@needs_engine
def test_verdicts_come_in_the_order_of_the_paths(engine: Engine, tmp_path: Path) -> None:
    paths = [script(tmp_path, f"{n}.ahk", GOOD if n % 2 else "x := ]\n") for n in range(8)] + [tmp_path / "none.ahk"]
    verdicts = check(engine, *paths, jobs=4)
    assert [verdict.path for verdict in verdicts] == paths
    assert [verdict.loads for verdict in verdicts] == [False, True] * 4 + [False]


@needs_engine
def test_a_hang_is_cut_at_the_time_limit_and_the_next_script_is_judged(engine: Engine, tmp_path: Path) -> None:
    script(tmp_path, "library.ahk", "#Warn All, MsgBox\n")  # opens a dialog that nobody closes
    hung = script(tmp_path, "hung.ahk", f"#Include {windows_path(tmp_path)}\\library.ahk\nx := neverSet\n")
    assert check(engine, hung, timeout=3) == [Verdict(hung, False, "timeout", None, "timed out after 3 s")]
    assert running(str(hung).replace("/", "\\")) == []
    assert check(engine, script(tmp_path, "good.ahk", GOOD))[0].loads


@needs_engine
@pytest.mark.parametrize(("failures", "loads"), [(1, True), (99, False)])
def test_a_start_that_fails_is_no_verdict_and_is_tried_again(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failures: int, loads: bool
) -> None:
    real, starts = engine._run, iter(range(200))
    monkeypatch.setattr(engine, "_run", lambda *of: (1, "", "") if next(starts) < failures else real(*of))
    [verdict] = check(engine, script(tmp_path, "good.ahk", GOOD))
    assert (verdict.loads, "no verdict" in verdict.message) == (loads, not loads)


@needs_engine
def test_leaving_the_engine_ends_every_process_it_started(marked: Path) -> None:
    with Engine() as engine:
        assert check(engine, script(marked, "good.ahk", GOOD))[0].loads
        assert {"Xvfb", "wineserver"} <= {
            name for name in ("Xvfb", "wineserver") for line in running(str(marked)) if name in line
        }
    assert running(str(marked)) == []


@needs_engine
def test_ctrl_c_while_a_script_hangs_ends_every_process_at_once(marked: Path) -> None:
    script(marked, "library.ahk", "#Warn All, MsgBox\n")
    hung = script(marked, "hung.ahk", f"#Include {windows_path(marked)}\\library.ahk\nx := neverSet\n")
    code = "import sys; from pathlib import Path; from prep.languages.autohotkey.engine import Engine\n"
    code += "from prep.languages.judge import Script\n"
    code += (
        "with Engine() as engine: print('up', flush=True); "
        "list(engine.check([Script(Path(sys.argv[1]))] * 9, jobs=2, timeout=900))"
    )
    command = [sys.executable, "-c", code, str(hung)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "up\n"
        time.sleep(1)  # into the middle of the check
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to the whole foreground group
        try:
            assert "KeyboardInterrupt" in process.communicate(timeout=60)[1]
        finally:
            process.kill()
    assert running(str(marked)) == []


STARTED = """
import sys; from pathlib import Path; from prep.languages.autohotkey.engine import Engine
from prep.languages.judge import Script
with Engine() as engine:
    print(engine._env["WINEPREFIX"], engine._env["HOME"], flush=True)
    list(engine.check([Script(Path(sys.argv[1]))] * 9, jobs=2, timeout=900))
"""


@needs_engine
def test_nothing_is_left_of_a_process_that_was_killed_once_another_has_started(marked: Path) -> None:
    script(marked, "library.ahk", "#Warn All, MsgBox\n")
    hung = script(marked, "hung.ahk", f"#Include {windows_path(marked)}\\library.ahk\nx := neverSet\n")
    with subprocess.Popen([sys.executable, "-c", STARTED, str(hung)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        left = [Path(name) for name in process.stdout.readline().split()]
        while not [line for line in running(str(marked)) if "hung.ahk" in line and "AutoHotkey" in line]:
            assert process.poll() is None
            time.sleep(0.1)
        process.kill()
    for _ in range(300):
        if not running(str(marked)):
            break
        time.sleep(0.1)
    assert running(str(marked)) == []
    with Engine() as engine:
        own = [Path(engine._env["WINEPREFIX"]), Path(engine._env["HOME"])]
        with Engine():
            assert [folder.is_dir() for folder in own] == [True, True]
    gone = [path for folder in (*left, *own) for path in (folder, folder.with_name(f"{folder.name}.lock"))]
    assert [path for path in gone if path.exists()] == []


@needs_engine
def test_two_engines_that_create_the_prefix_at_once_both_work(tmp_path: Path) -> None:
    path = script(tmp_path, "good.ahk", GOOD)
    code = "import sys; from pathlib import Path; from prep.languages.autohotkey.engine import Engine\n"
    code += "from prep.languages.judge import Script\n"
    code += "with Engine() as engine: print(next(engine.check([Script(Path(sys.argv[1]))])).loads)"
    env = {**os.environ, "XDG_CACHE_HOME": str(tmp_path / "cache")}
    command = [sys.executable, "-c", code, str(path)]
    both = [subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    assert [process.communicate(timeout=300)[0] for process in both] == ["True\n", "True\n"]
    assert [entry.name[:7] for entry in (tmp_path / "cache/niche-tuner").iterdir()] == ["prefix-"]


def test_a_missing_interpreter_is_one_error_with_the_install_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "interpreter", lambda: None)
    with pytest.raises(UserError, match=r"pip install 'niche-tuner\[ahk\]'") as caught, Engine():
        pass
    assert caught.value.code == 2
