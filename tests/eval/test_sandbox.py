"""Hostile code in the sandbox: it harms nothing, takes no more than it may, and never passes."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from pathlib import Path

import psutil
import pytest

from eval import cgroup, sandbox
from eval.harness import python
from eval.sandbox import Limits, Room, run
from prep.errors import UserError
from tests.conftest import ROOT

SHELL = ("/bin/sh", "-c")
SMALL = Limits(seconds=60, memory=256 << 20, processes=24, output=1 << 16, disk=1 << 20)


def sh(code: str, limits: Limits = SMALL, room: Room | None = None, stdin: bytes = b"") -> sandbox.Outcome:
    return run([*SHELL, code], room or Room(), stdin, limits)


def test_what_the_machine_holds_is_not_there() -> None:
    seen = sh("cat /etc/shadow /etc/passwd; ls /root /home /work /var /sys /mnt; ls /").stdout.decode().split()
    assert set(seen) <= {"bin", "dev", "etc", "lib", "lib64", "proc", "sbin", "tmp", "usr"}


def test_the_environment_of_the_kit_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_TOKEN", "hunter2")
    assert b"hunter2" not in sh("env; cat /proc/*/environ /proc/*/cmdline").stdout


def test_where_the_kit_lies_is_not_told() -> None:
    seen = sh("cat /proc/*/cmdline", room=Room({"/given": ROOT}))
    assert str(ROOT).encode() not in seen.stdout


def test_nothing_outside_is_written(tmp_path: Path) -> None:
    shown = tmp_path / "shown"
    shown.write_text("as it was")
    places = {"/given/file": shown}
    tried = "rm -rf /given /usr /tmp; echo x > /given/file; mkdir /new /dev/new; echo x > /usr/new; chmod 777 /usr"
    done = sh(f"{tried}; ls / /dev", room=Room(places))
    assert shown.read_text() == "as it was" and not Path("/usr/new").exists()
    assert b"new" not in done.stdout


@pytest.mark.parametrize("file", ["/proc/sys/kernel/printk_ratelimit", "/proc/sysrq-trigger", "/proc/1/oom_score_adj"])
def test_the_kernel_is_not_set_up_anew(file: str) -> None:
    """Also where the kit itself runs as root."""
    before = Path(file).read_text() if file.startswith("/proc/sys/") else ""
    done = sh(f"cat {file} > /tmp/was; (echo 1 > {file}) 2>/dev/null && echo written")
    if file.startswith("/proc/sys/"):
        assert Path(file).read_text() == before
    assert b"written" not in done.stdout or file.startswith("/proc/1/")  # its own first process is its own


def test_no_network() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        code = f"import socket; socket.create_connection(('127.0.0.1', {port}), 2)"
        with python.harness() as harness:
            verdict = harness.run(code, "Assert(True)", SMALL)
    assert verdict.kind == "error" and "ConnectionRefused" in verdict.detail


def test_a_fork_bomb_ends() -> None:
    done = run(["/usr/bin/perl", "-e", "while (1) { fork }"], Room(), limits=SMALL)
    assert done.ending in ("processes", "memory")
    assert not _left("perl")


def test_the_kernel_holds_a_fork_bomb_to_its_number() -> None:
    """A point for each process that came to be, between two looks of the watcher too."""
    with cgroup.group(4) as found:
        if os.getuid() == 0 and found is None:
            pytest.skip("root, and no control group that counts processes")
    code = "$| = 1; while (defined(my $p = fork)) { if (!$p) { sleep 60; exit } print '.' }"
    done = run(["/usr/bin/perl", "-e", code], Room(), limits=SMALL._replace(processes=4))
    assert 0 < len(done.stdout) < 4 * cgroup.THREADS


def test_processes_that_outlive_their_parent_end_with_it() -> None:
    done = sh("(setsid sleep 7654321 > /dev/null 2>&1 < /dev/null &) ; exit 0")
    assert (done.ending, done.code) == ("exit", 0)
    assert not _left("7654321")


def test_sleeping_for_ever_is_a_timeout() -> None:
    done = sh("sleep 7654322", SMALL._replace(seconds=0.5))
    assert (done.ending, done.code) == ("timeout", None)
    assert not _left("7654322")


def test_sleeping_with_its_pipes_closed_is_a_timeout() -> None:
    assert sh("exec > /dev/null 2>&1; sleep 100", SMALL._replace(seconds=0.5)).ending == "timeout"


def test_a_flood_is_cut() -> None:
    done = sh("yes")
    assert done.ending == "output" and len(done.stdout) == SMALL.output


def test_memory_is_limited() -> None:
    done = run(["/usr/bin/perl", "-e", '$x = "x" x (1 << 30); sleep 100'], Room(), limits=SMALL._replace(seconds=60))
    assert done.ending == "memory"


@pytest.mark.parametrize("folder", ["/tmp", "/dev/shm", "/given"])  # noqa: S108 (inside)
def test_the_disk_is_limited(folder: str) -> None:
    done = sh(f"head -c 9000000 /dev/zero > {folder}/full; stat -c %s {folder}/full", room=Room({"/given": None}))
    assert b"No space left" in done.stderr and int(done.stdout) <= SMALL.disk


def test_input_that_nobody_reads_stops_nothing() -> None:
    assert sh("exit 3", stdin=b"x" * 5_000_000).code == 3


def test_it_cannot_reach_the_process_that_started_it() -> None:
    done = sh(f"kill -9 {os.getpid()} 1 -1; ps aux 2>/dev/null; ls /proc | grep -c '^[0-9]'")
    assert done.ending == "exit" and psutil.pid_exists(os.getpid())


def test_stopping_the_kit_stops_what_it_runs() -> None:
    code = "from eval.sandbox import *; run(['/bin/sh', '-c', 'sleep 7654323'], Room(), limits=Limits(seconds=100))"
    process = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT)
    try:
        while not _left("7654323"):
            assert process.poll() is None
    finally:
        process.kill()
        process.wait()
    gone = threading.Event()
    for _ in range(50):
        if not _left("7654323"):
            break
        gone.wait(0.1)
    assert not _left("7654323")


def test_without_bubblewrap_nothing_runs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UserError, match="apt-get install bubblewrap"):
        sandbox.require()


def test_where_bubblewrap_cannot_start_it_says_how_to_allow_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    broken = tmp_path / "bwrap"
    broken.write_text("#!/bin/sh\necho 'bwrap: No permissions to create new namespace' >&2\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    with pytest.raises(UserError, match=r"No permissions.*unprivileged_userns_clone"):
        sandbox.require()


def _left(word: str) -> list[int]:
    """Processes of this machine with `word` in their command line, but for test runners."""
    found = []
    for process in psutil.process_iter(["cmdline", "pid"]):
        line = " ".join(process.info["cmdline"] or [])
        if word in line and not line.startswith((sys.executable, "/usr/bin/bwrap", "bwrap")):
            found.append(process.info["pid"])
    return found
