"""A workspace as a user has it: configs, shipped sources, the built dataset; shared by the tests that train."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from filelock import FileLock

# A suite that a script starts in the background inherits an ignored SIGINT, and so would all that it starts.
signal.signal(signal.SIGINT, signal.default_int_handler)

ROOT = Path(__file__).resolve().parent.parent
RECIPES = {path.stem for path in (ROOT / "configs").glob("*.yaml")}
SHARED = ("rehearsed", "exported")  # fixtures of models; who has the second has no need of the first


def command(*arguments: str | Path) -> list[str]:
    return [sys.executable, "-m", *map(str, arguments)]


def run(*arguments: str | Path, cwd: Path, **options: object) -> subprocess.CompletedProcess[str]:
    """One of the kit's commands, as a user types it: run("ft", "train", "tiny", cwd=workspace)."""
    return subprocess.run(command(*arguments), cwd=cwd, capture_output=True, text=True, check=False, **options)  # type: ignore[call-overload]


def one_line(done: subprocess.CompletedProcess[str], code: int, *words: str) -> None:
    """The command ended with `code` and said why in plain words, without a traceback."""
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    for word in words:
        assert word in done.stderr, done.stderr


def folder_like_a_clone(folder: Path) -> Path:
    """configs and shipped sources of this checkout under `folder`; data and outputs are the test's own."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("configs", "prep", "eval"):
        (folder / name).symlink_to(ROOT / name)
    return folder


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object:
    """`-n 2`: a module runs in one process, and all modules that share models in the same one.

    Not `--dist loadgroup`: with pytest 9.2 xdist 3.8 loses the groups without a word.
    """
    from xdist.scheduler import LoadScopeScheduling

    class ByModule(LoadScopeScheduling):  # type: ignore[misc]
        def _split_scope(self, nodeid: str) -> str:
            module = nodeid.partition("::")[0]
            return shared_by(ROOT / module) or module

    return ByModule(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest chains begin first, each in a process: what else there is goes to the one that is done."""
    order = (*SHARED, "")
    items.sort(key=lambda item: order.index(shared_by(item.path)))


@cache
def shared_by(module: Path) -> str:
    """Which models the tests of a module share with others; "" for none."""
    text = module.read_text(encoding="utf-8")
    return next((name for name in reversed(SHARED) if f"{name}: " in text), "")


@pytest.fixture(scope="session")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with configs, sources and the built dataset. Tests that train write under its outputs/.

    The dataset is built once for all processes of the suite; each has a folder of its own.
    """
    folder = folder_like_a_clone(tmp_path_factory.mktemp("workspace"))
    built = tmp_path_factory.getbasetemp().parent / f"data-{os.environ.get('PYTEST_XDIST_TESTRUNUID', os.getpid())}"
    with FileLock(f"{built}.lock"):
        if built.is_dir():
            shutil.copytree(built, folder / "data")
        else:
            done = run("prep", "build", "configs/data/ahk.yaml", cwd=folder)
            assert done.returncode == 0, done.stderr
            shutil.copytree(folder / "data", built)
    return folder


@pytest.fixture
def in_workspace(workspace: Path) -> Iterator[Path]:
    """The workspace as the current folder of this process."""
    before = Path.cwd()
    os.chdir(workspace)
    yield workspace
    os.chdir(before)


SEPARATE = "tiny"  # rehearsed by the real `accelerate launch`; the others share one process that has the imports


@pytest.fixture(scope="session")
def rehearsed(workspace: Path, request: pytest.FixtureRequest) -> Callable[[str], subprocess.CompletedProcess[str]]:
    """`ft rehearse NAME`, once for the session: at the first call for every recipe that the chosen tests of all modules
    with the same models name."""
    done: dict[str, subprocess.CompletedProcess[str]] = {}
    chosen = [item for item in request.session.items if hasattr(item, "callspec")]

    def rehearse(name: str) -> subprocess.CompletedProcess[str]:
        if name not in done:
            here = shared_by(ROOT / os.environ["PYTEST_CURRENT_TEST"].partition("::")[0])
            wanted = {item.callspec.params.get("name") for item in chosen if shared_by(item.path) == here}
            shared = sorted((wanted & RECIPES | {name}) - {SEPARATE} - set(done))
            names = [name] if name == SEPARATE else shared
            flags = ["--separate"] if name == SEPARATE else []
            done.update(_each(run("ft", "rehearse", *names, *flags, cwd=workspace), names))
        return done[name]

    return rehearse


def _each(done: subprocess.CompletedProcess[str], names: list[str]) -> dict[str, subprocess.CompletedProcess[str]]:
    """What one command that rehearsed several recipes says of each."""
    if len(names) == 1:
        return {names[0]: done}
    parts = dict(re.findall(r"^recipe: (\S+)\n(.*?)(?=^recipe: |\Z)", done.stdout, flags=re.M | re.S))
    return {
        name: subprocess.CompletedProcess(
            done.args, int("\nrehearsed: " not in parts.get(name, "")), parts.get(name, ""), done.stderr
        )
        for name in names
    }
