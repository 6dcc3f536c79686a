"""GGUF files of a rehearsed run, made once by the commands that a user types."""

from __future__ import annotations

import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import command, run

RECIPE = "codellama-instruct"


@pytest.fixture(scope="session")
def exported(rehearsed: Callable[[str], subprocess.CompletedProcess[str]], workspace: Path) -> Path:
    """outputs/exported: a rehearsed run whose first export was killed and whose second was not."""
    pytest.importorskip("llama_cpp")
    assert rehearsed(RECIPE).returncode == 0
    folder = Path(shutil.copytree(workspace / f"outputs/{RECIPE}-rehearsal", workspace / "outputs/exported"))
    process = subprocess.Popen(command("ft", "export", "exported"), cwd=workspace, stdout=subprocess.PIPE)
    while not list(folder.glob("gguf/.unfinished-*")):
        assert process.poll() is None
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.wait()
    (folder / "after-the-kill").write_text("\n".join(path.name for path in (folder / "gguf").iterdir()))
    done = run("ft", "export", "exported", "--quant", "Q8_0,Q4_K_M", cwd=workspace)
    assert done.returncode == 0, done.stderr
    return folder
