"""A fork of the process that has the imports is to its module the process that its command would have started."""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ft import process, warm
from prep.errors import UserError

# Set by imports, which are another process's here: torch's, and readline's.
IMPORTED = ["_", "KMP_DUPLICATE_LIB_OK", "KMP_INIT_AT_FORK", "TORCHINDUCTOR_CACHE_DIR", "LINES", "COLUMNS"]
PROBE = (
    f"""
import json, os, sys
env = {{k: v for k, v in os.environ.items() if k not in {IMPORTED}}}
"""
    + """
own = {"session": os.getsid(0) == os.getpid(), "group": os.getpgrp() == os.getpid(), "stdin": sys.stdin.read()}
own |= {"pid": os.getpid()} if sys.argv[-1] == "slow" else {}
print(json.dumps({"argv": sys.argv, "name": __name__, "folder": os.getcwd(), "env": env, **own}), flush=True)
print("said aloud", file=sys.stderr, flush=True)
word = sys.argv[-1]
if word == "killed":
    os.kill(os.getpid(), 9)
if word == "slow":
    __import__("time").sleep(600)
sys.exit(int(word) if word.isdigit() else word)
"""
)


@pytest.fixture
def forks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Within `warm.shared`, without Axolotl's imports, which these tests do not need; a module `probe` is at hand."""
    (tmp_path / "probe.py").write_text(PROBE)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(warm, "PRELOADED", [])
    monkeypatch.setattr(warm, "LOG", tmp_path / "warm.log")
    with warm.shared():
        yield tmp_path


def ran(folder: Path, *argv: str) -> tuple[int, dict[str, object], str]:
    """Exit code, what the probe found, and the rest of the log."""
    env = process.environment(offline=True, cpu=True) | {"OF_THIS_RUN": "1"}
    code = process.run(list(argv), folder / "log", env)
    lines = (folder / "log").read_text().splitlines()
    found = next(line for line in lines if line.startswith("{"))
    return code, json.loads(found), lines[-1]


def as_command(folder: Path, *argv: str) -> tuple[int, dict[str, object], str]:
    token = process.start.set(process._popen)
    try:
        return ran(folder, *argv)
    finally:
        process.start.reset(token)


@pytest.mark.parametrize("word", ["0", "3", "killed", "not well"])
def test_a_fork_has_all_that_the_command_has(forks: Path, word: str) -> None:
    """Arguments, environment, folder, session, empty stdin, both outputs in the log, exit code."""
    argv = [sys.executable, "-m", "probe", "--option=1", word]
    forked, command = ran(forks, *argv), as_command(forks, *argv)
    assert forked == command
    assert forked[1]["session"] and forked[1]["group"]


@pytest.mark.slow
def test_accelerates_launch_sets_the_same_environment_in_a_fork(forks: Path, in_workspace: Path) -> None:
    argv = ["accelerate", "launch", "--config_file", "configs/accelerate/cpu.yaml", "-m", "probe", "x.yaml", "0"]
    forked, command = ran(forks, *argv)[1], as_command(forks, *argv)[1]
    assert forked["env"] == command["env"]
    assert forked["argv"] == command["argv"]
    assert "ACCELERATE_MIXED_PRECISION" in command["env"]  # type: ignore[operator]


def test_an_interrupted_fork_is_ended(forks: Path) -> None:
    pid: list[int] = []

    def stop_when_it_runs() -> None:
        said = (forks / "log").read_text()
        if "said aloud" in said:
            pid.append(json.loads(said.splitlines()[0])["pid"])
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        env = process.environment(offline=True, cpu=True)
        process.run([sys.executable, "-m", "probe", "slow"], forks / "log", env, stop_when_it_runs)
    with pytest.raises(ProcessLookupError):
        os.kill(pid[0], 0)


def half(number: int) -> int:
    if number % 2:
        raise UserError(f"{number} is odd", 1)
    if number == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return number // 2


def test_a_call_in_a_fork_gives_the_value_or_the_error(forks: Path) -> None:
    assert warm.call(half, 4) == 2
    with pytest.raises(UserError, match="3 is odd") as caught:
        warm.call(half, 3)
    assert caught.value.code == 1
    with pytest.raises(UserError, match="half failed"):
        warm.call(half, 0)


def test_outside_nothing_is_forked() -> None:
    assert warm.call(os.getpid) == os.getpid()
