"""What a user can get wrong: one clear line, the right exit code, no traceback, nothing half-written."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.prep.conftest import Run, contents, table

EDITS = {  # name: (text of demo.yaml, its replacement, what the line must say)
    "unknown key": ("split:", "splits:", "unknown key `splits`: did you mean `split`?"),
    "unknown nested key": ("val: 0.2", "vall: 0.2", "unknown key `split.vall`: did you mean `val`?"),
    "unknown source key": ("root:", "rooot:", "unknown key `sources.0.rooot`: did you mean `root`?"),
    "unknown column field": ("returns:", "retuns:", "unknown key `sources.1.columns.retuns`: did you mean `returns`?"),
    "unknown task": ("write:", "wriet:", "unknown key `tasks.wriet`: did you mean `write`?"),
    "unknown kind": (
        "kind: scripts",
        "kind: script",
        "`sources.0.kind` must be one of scripts, table, removed: did you mean",
    ),
    "same key twice": ("tasks:", "name: other\ntasks:", "demo.yaml:10:1: not valid YAML: the key 'name' is here twice"),
    "not YAML": ("name: demo", "name: [demo", "demo.yaml:2:6: not valid YAML"),
    "empty folder": ("root: scripts", "root: nothing", "nothing: no file matches **/*.ahk, **/*.ah2"),
    "missing folder": ("root: scripts", "root: absent", "absent: no such folder of scripts (looked for **/*.ahk"),
    "missing table": ("elements.csv", "absent.csv", "absent.csv: cannot be read: No such file"),
    "missing column": ("Text,", "Txt,", "column `Txt` (columns.description) is not there; found Name, Kind, Text"),
    "ratios too large": ("val: 0.2", "val: 0.8", "`split`: val 0.8 + test 0.2 must be below 1"),
    "no task for a source": (
        "  reference:\n",
        "",
        "sources.1 is of kind table, and no task in `tasks` takes that kind",
    ),
    "name with a slash": ("name: demo", "name: a/b", "`name`: string should match pattern"),
}


def one_line(done: subprocess.CompletedProcess[str], code: int, text: str) -> None:
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    assert text in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize("name", EDITS)
def test_a_wrong_recipe_is_one_line(name: str, project: Path, prep: Run) -> None:
    old, new, says = EDITS[name]
    (project / "nothing").mkdir()
    recipe = project / "demo.yaml"
    assert old in recipe.read_text()
    recipe.write_text(recipe.read_text().replace(old, new, 1))
    if name == "unknown source key":  # the right key is then missing too
        recipe.write_text(recipe.read_text().replace("rooot: scripts", "rooot: scripts\n    root: scripts"))
    if name == "unknown task":
        recipe.write_text(recipe.read_text() + "  write:\n")
    one_line(prep("build", "demo.yaml"), 2, says)
    assert not (project / "data" / "demo").exists()


def test_every_problem_of_a_recipe_is_reported_at_once(project: Path, prep: Run) -> None:
    recipe = project / "demo.yaml"
    recipe.write_text(
        recipe.read_text().replace("split:", "sed: 1\nseed: x\nsplit:").replace("    root: scripts\n", "")
    )
    done = prep("build", "demo.yaml")
    assert done.returncode == 2
    assert [line.strip() for line in done.stderr.splitlines()] == [
        "prep: demo.yaml: 3 problems",
        "`seed`: input should be a valid integer, not 'x'",
        "`sources.0.root` is missing",
        "unknown key `sed`: did you mean `seed`?",
    ]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["absent.yaml"], "absent.yaml: no such recipe; here are demo.yaml"),
        (["scripts"], "scripts: cannot be read: Is a directory"),
        (["demo.yaml", "--val-ratio", "1.2"], "`split.val` (--val-ratio): input should be less than 1, not 1.2"),
        (["demo.yaml", "--test-ratio", "nan"], "`split.test` (--test-ratio): input should be"),
        (["demo.yaml", "--out", "scripts"], "scripts: is not empty and was not made by a build"),
        (["demo.yaml", "--out", "elements.csv"], "elements.csv: is a file"),
        (["demo.yaml", "--out", "elements.csv/below"], "elements.csv"),
    ],
)
def test_a_wrong_argument_is_one_line(arguments: list[str], says: str, project: Path, prep: Run) -> None:
    before = sorted(project.rglob("*"))
    one_line(prep("build", *arguments), 2, says)
    assert sorted(project.rglob("*")) == before


def test_a_ragged_row_names_its_line(project: Path, prep: Run) -> None:
    (project / "elements.csv").write_text('Name,Kind,Text,Params,Returns\nA,F,"two\nlines",,\nB,F,text\n')
    one_line(prep("build", "demo.yaml"), 2, "elements.csv:4: expected 5 columns, found 3")


def test_an_open_quote_names_the_line_where_its_row_begins(project: Path, prep: Run) -> None:
    (project / "elements.csv").write_text('Name,Kind,Text,Params,Returns\nA,F,text,,\nB,F,"text,,\nC,F,text,,\n')
    one_line(prep("build", "demo.yaml"), 2, "elements.csv:3: not valid CSV")


def test_an_empty_train_split_stops_the_build(project: Path, prep: Run) -> None:
    for path in (project / "scripts").rglob("*.ahk"):
        path.write_text("MsgBox 1\n")
    (project / "elements.csv").write_text("Name,Kind,Text,Params,Returns\nA,F,,,\n")
    done = prep("build", "demo.yaml")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines() == [
        "prep: train is empty: 31 documents read, 0 kept; rejected: no-header 30, incomplete 1",
        "  scripts/keys/deep/tool_0.ahk: no-header: the header comment says 0 words, at least 4 are needed",
        "  elements.csv:2: incomplete: no description",
    ]


def test_a_file_added_to_a_build_is_not_deleted(project: Path, prep: Run) -> None:
    assert prep("build", "demo.yaml").returncode == 0
    (project / "data/demo/notes.txt").write_text("mine")
    one_line(prep("build", "demo.yaml"), 2, "data/demo: holds notes.txt, which no build made")
    assert (project / "data/demo/notes.txt").read_text() == "mine"


def test_a_hidden_file_in_the_output_folder_is_not_deleted(project: Path, prep: Run) -> None:
    assert prep("build", "demo.yaml").returncode == 0
    (project / "data/demo/.git").mkdir()
    one_line(prep("build", "demo.yaml"), 2, "data/demo: holds .git, which no build made")
    assert (project / "data/demo/.git").is_dir()


def test_a_place_that_cannot_be_written_is_one_line(project: Path, prep: Run) -> None:
    one_line(prep("build", "demo.yaml", "--out", "a" * 300), 2, "File name too long")
    (project / "a.py").write_text("x = 1")
    one_line(prep("check", "a.py", "--json", "scripts"), 2, "Is a directory")


def test_a_full_disk_leaves_the_earlier_build(project: Path, prep: Run) -> None:
    assert prep("build", "demo.yaml").returncode == 0
    before = contents(project / "data/demo")
    (project / "elements.csv").write_text(table(500))

    def small_files() -> None:  # the kernel refuses the write itself, as a full disk does
        resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, 40_000))

    done = prep("build", "demo.yaml", preexec_fn=small_files)
    assert (done.returncode, done.stdout) == (1, "")
    assert [line.partition(":")[2].partition(" /")[0] for line in done.stderr.splitlines()] == [
        " warning: going on without the cache",
        " no space left on the disk: free some space and run the command again",
    ]
    assert contents(project / "data/demo") == before
    assert [path.name for path in (project / "data").iterdir()] == ["demo"]


@pytest.mark.parametrize("workers", ["1", "2"])
def test_an_interrupt_leaves_the_earlier_build_and_no_process(workers: str, project: Path, prep: Run) -> None:
    assert prep("build", "demo.yaml").returncode == 0
    before = contents(project / "data/demo")
    (project / "elements.csv").write_text(table(60_000))
    running = subprocess.Popen(
        [sys.executable, "-m", "prep", "build", "demo.yaml", "--workers", workers],
        cwd=project, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    while not list((project / "data").glob(".demo.*")):
        assert running.poll() is None, "the build ended before it could be interrupted"
        time.sleep(0.01)
    time.sleep(0.3 if workers == "2" else 0.05)
    os.killpg(running.pid, signal.SIGINT)  # a terminal sends it to every process of the group
    _, stderr = running.communicate(timeout=30)
    assert running.returncode == 130
    assert stderr == "prep: interrupted; nothing half-written was left under a final name\n"
    assert contents(project / "data/demo") == before
    assert [path.name for path in (project / "data").iterdir()] == ["demo"]
    assert _group_ends(running.pid)


def _group_ends(group: int) -> bool:
    for _ in range(100):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False


def test_help_loads_no_heavy_library(prep: Run) -> None:
    code = (
        "import sys, prep.cli; "
        "heavy = {'pydantic', 'matplotlib', 'yaml', 'torch', 'axolotl', 'numpy', 'transformers', 'datasets'}; "
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_a_left_over_of_a_killed_build_does_not_matter(project: Path, prep: Run) -> None:
    (project / "data/.demo.abc").mkdir(parents=True)
    assert prep("build", "demo.yaml").returncode == 0
    assert prep("build", "demo.yaml").returncode == 0


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="no such signal on Windows")
@pytest.mark.parametrize(("start", "says"), [("", "default_int_handler"), ("nohup", "SIG_IGN")])
def test_a_hang_up_ends_a_command_but_for_one_under_nohup(tmp_path: Path, start: str, says: str) -> None:
    (tmp_path / "program.py").write_text(
        "import signal\nfrom prep.errors import run_cli\n"
        "run_cli(lambda **_: print(repr(signal.getsignal(signal.SIGHUP)), flush=True), 'program')\n"
    )
    own = "env --default-signal=HUP"  # the suite itself may run under nohup
    argv = ["bash", "-c", f'exec {own} {start} "$0" program.py', sys.executable]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(argv, cwd=tmp_path, env=env, capture_output=True, text=True, check=True)
    assert says in done.stdout
