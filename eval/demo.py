"""The whole way on the embedded model, each step by the very command that a user would type."""

from __future__ import annotations

import json
import shlex
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from eval import demo_page
from ft import hardware
from ft.tables import console
from prep.errors import UserError
from prep.files import write_text

FOLDER = Path("outputs/demo")
EVAL = FOLDER / "eval"
STAGES: list[tuple[str, list[str]]] = [
    ("build the dataset", ["prep", "build", "configs/data/ahk.yaml"]),
    ("make the tiny model, pretrained for a minute", ["ft", "standin", "tiny"]),
    ("train: 4-bit QLoRA by Axolotl", ["ft", "train", "tiny", f"output_dir={FOLDER}", "--hardware", "cpu"]),
    ("merge the adapter into the base", ["ft", "merge", str(FOLDER)]),
    ("verify the merge", ["ft", "verify", str(FOLDER)]),
    (
        "measure base and tuned on held-out data",
        ["eval", "run", str(FOLDER), "--tasks", "ahk_loss,ahk_samples", "--limit", "48", "--out", str(EVAL)],
    ),
]


def run() -> Path:
    """Run every stage, then write the report; returns its path. Raises UserError at the first stage that fails."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    began, done = time.monotonic(), []
    for number, (title, command) in enumerate(STAGES, 1):
        _head(number, title, command)
        seconds = _stage(title, command)
        done.append({"title": title, "command": f"python -m {shlex.join(command)}", "seconds": round(seconds, 1)})
    _head(len(STAGES) + 1, "write the report", None)
    record = {"stages": done, "seconds": round(time.monotonic() - began, 1), "hardware": hardware.describe()}
    write_text(FOLDER / "demo.json", json.dumps(record, indent=2) + "\n")
    page = demo_page.write(FOLDER, EVAL, record)
    _print(page, record)
    return page


def _head(number: int, title: str, command: list[str] | None) -> None:
    out = console()
    out.rule(f"[bold]{number}/{len(STAGES) + 1}  {title}", align="left")
    if command:
        out.print(f"$ python -m {shlex.join(command)}", style="dim", markup=False, soft_wrap=True)


def _stage(title: str, command: list[str]) -> float:
    """Seconds that the command took. It has a session of its own: a stop is passed on once, and waited for."""
    began = time.monotonic()
    process = subprocess.Popen([sys.executable, "-m", *command], start_new_session=True)
    try:
        code = process.wait()
    except KeyboardInterrupt:
        process.send_signal(signal.SIGINT)
        process.wait()
        raise
    if code:
        raise UserError(f"the demo stopped: '{title}' ended with exit code {code}, see above", code)
    return time.monotonic() - began


def _print(page: Path, record: dict[str, Any]) -> None:
    from rich.table import Table

    facts = demo_page.facts(FOLDER, EVAL)
    table = Table(show_header=False, box=None, pad_edge=False)
    for name, value in facts.headline:
        table.add_row(name, value)
    table.add_row("time", f"{record['seconds']:.0f} s for {len(STAGES)} stages")
    table.add_row("report", str(page))
    table.add_row("merged model", str(FOLDER / "merged"))
    table.add_row("record", str(FOLDER / "run.json"))
    out = console()
    out.print(table)
    out.print(demo_page.HONEST)
