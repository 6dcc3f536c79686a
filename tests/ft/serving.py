"""Servers in tests: a command that serves, what it said, and that nothing of it stays."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import httpx
import psutil

from prep.files import write_json, write_text
from tests.conftest import ROOT, command

PATIENCE = 120  # seconds: a busy machine is slow


class Serving:
    """`ft serve` with its output in a file."""

    def __init__(self, out: Path, *arguments: str | Path, cwd: Path, env: dict[str, str]) -> None:
        self.out = out
        with out.open("w") as file:
            self.process = subprocess.Popen(
                command("ft", "serve", *arguments), cwd=cwd, env=env, stdout=file, stderr=subprocess.STDOUT
            )

    def __enter__(self) -> Serving:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait(PATIENCE)

    def ready(self) -> str:
        end = time.monotonic() + PATIENCE
        while "Ctrl+C ends it" not in self.said and self.process.poll() is None and time.monotonic() < end:
            time.sleep(0.05)
        found = re.search(r"^address\s+([^\s,]+)", self.said, flags=re.M)
        assert found, self.said
        return found[1]

    @property
    def said(self) -> str:
        return self.out.read_text()

    def children(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def end(self, number: int) -> int:
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)


def gone(processes: list[psutil.Process]) -> bool:
    """Whether all of them end."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if not [one for one in processes if one.is_running() and one.status() != psutil.STATUS_ZOMBIE]:
            return True
        time.sleep(0.05)
    return False


def left(word: str) -> list[str]:
    """Command lines of this machine that have a word, but for this process."""
    lines = [" ".join(one.info["cmdline"] or []) for one in psutil.process_iter(["cmdline"]) if one.pid != os.getpid()]
    return [line for line in lines if word in line]


def status_of(url: str, key: str = "") -> int:
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    return httpx.get(url, headers=headers, timeout=PATIENCE, trust_env=False).status_code


def with_vllm(folder: Path, body: str = "") -> dict[str, str]:
    """An environment with a card and a `vllm` that is the canned server, or a shell script's `body`."""
    bins = folder / "bin"
    bins.mkdir()
    canned = f'PYTHONPATH="{ROOT}" exec "{sys.executable}" -m tests.ft.canned "$@"'
    for name, text in (("nvidia-smi", 'echo "Card, 24000"'), ("vllm", body or canned)):
        write_text(bins / name, f"#!/bin/sh\n{text}\n")
        (bins / name).chmod(0o755)
    taken = ("FT_KEY", "OPENAI_API_KEY", "CUDA_VISIBLE_DEVICES", "ACCELERATE_USE_CPU")  # a verify before sets the last
    env = {name: value for name, value in os.environ.items() if name not in taken}
    return env | {"PATH": f"{bins}{os.pathsep}{env['PATH']}", "PYTHONPATH": str(ROOT), "TMPDIR": str(folder)}


def merged_run(folder: Path, kind: str = "chat_template") -> Path:
    """A run that vLLM could serve: its recipe and a merged folder."""
    run = folder / "outputs" / "run"
    (run / "merged").mkdir(parents=True)
    write_text(run / "recipe.yaml", f"base_model: x\nsequence_len: 64\ndatasets: [{{path: data/x, type: {kind}}}]\n")
    write_json(run / "merged" / "config.json", {"model_type": "llama"})
    write_text(run / "merged" / "chat_template.jinja", "{{ messages }}")
    return run
