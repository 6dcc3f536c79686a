"""One run a folder; and what is left of a command that was killed ends with it."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from ft import lock, stop
from prep.errors import UserError

# A command with a "training process" in a session of its own, as ft.process starts it; each says its pid.
CHILD = "import os, time; from ft import lock; lock.die_with_command(); print(os.getpid(), flush=True); time.sleep(60)"
COMMAND = f"""
import os, subprocess, sys, time
from pathlib import Path
from ft import lock
with lock.hold(Path(sys.argv[1]), "train"):
    env = os.environ | lock.environment(Path(sys.argv[1]))
    subprocess.Popen([sys.executable, "-c", {CHILD!r}], env=env, start_new_session=True)
    time.sleep(60)
"""


@pytest.fixture
def holding(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """A command that has the folder tmp_path/run, and the pid of its process."""
    command = [sys.executable, "-c", COMMAND, str(tmp_path / "run")]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    yield process, int(process.stdout.readline())
    process.kill()
    process.wait()


def gone(pid: int) -> bool:
    for _ in range(300):
        if not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
            return True
        time.sleep(0.1)
    return False


def test_a_second_command_is_refused_and_told_who_has_the_folder(
    holding: tuple[subprocess.Popen[str], int], tmp_path: Path
) -> None:
    with pytest.raises(UserError, match=f"`train`, process {holding[0].pid}, is at work there"):
        lock.hold(tmp_path / "run", "merge").__enter__()
    with lock.hold(tmp_path / "another", "merge"):
        pass


def test_a_killed_command_takes_its_processes_along_and_its_lock_is_free(
    holding: tuple[subprocess.Popen[str], int], tmp_path: Path
) -> None:
    command, child = holding
    assert lock.holder(tmp_path / "run") and psutil.pid_exists(child)
    command.send_signal(signal.SIGKILL)
    assert gone(child)
    assert lock.holder(tmp_path / "run") is None
    with lock.hold(tmp_path / "run", "train"):
        pass


def test_a_command_that_has_the_folder_may_ask_again(tmp_path: Path) -> None:
    """A rehearsal trains and merges in the folder that it has."""
    with lock.hold(tmp_path / "run", "rehearse"):
        with lock.hold(tmp_path / "run", "merge"):
            pass
        assert lock.holder(tmp_path / "run")["verb"] == "rehearse"  # type: ignore[index]
    assert lock.holder(tmp_path / "run") is None


def test_the_lock_is_not_moved_with_the_folder(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    with lock.hold(tmp_path / "run", "train"):
        (tmp_path / "run").rename(tmp_path / "run.before")
        assert lock.holder(tmp_path / "run")


def test_all_ranks_end_after_the_same_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rank 1 may be a step ahead of rank 0 when the request comes."""
    folder = tmp_path / "run"
    monkeypatch.setenv(lock.TOKEN, "mine")
    assert not stop.due(folder, 4, rank=0, ranks=2)
    stop.path_of(folder).write_text('{"token": "mine", "step": null}')
    assert not stop.due(folder, 5, rank=1, ranks=2)
    assert not stop.due(folder, 5, rank=0, ranks=2)
    assert not stop.due(folder, 6, rank=1, ranks=2)
    assert stop.due(folder, 7, rank=1, ranks=2) and stop.due(folder, 7, rank=0, ranks=2)


def test_a_single_process_ends_after_the_step_it_is_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(lock.TOKEN, "mine")
    stop.path_of(tmp_path).write_text('{"token": "mine", "step": null}')
    assert stop.due(tmp_path, 5, rank=0, ranks=1)


def test_a_request_to_an_earlier_run_means_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(lock.TOKEN, "mine")
    stop.path_of(tmp_path).write_text('{"token": "of an earlier run", "step": null}')
    assert not stop.due(tmp_path, 5, rank=0, ranks=1)


def test_a_folder_where_nothing_runs_cannot_be_stopped(tmp_path: Path) -> None:
    (tmp_path / "recipe.yaml").write_text("{}")
    with pytest.raises(UserError, match="nothing runs there"):
        stop.stop(str(tmp_path), now=False)


def test_stop_now_ends_the_command_and_all_of_it(holding: tuple[subprocess.Popen[str], int], tmp_path: Path) -> None:
    command, child = holding
    (tmp_path / "run").mkdir()
    (tmp_path / "run/recipe.yaml").write_text("{}")
    stop.stop(str(tmp_path / "run"), now=True)
    assert command.wait(60) and gone(child)
    assert (tmp_path / "run/recipe.yaml").exists()
