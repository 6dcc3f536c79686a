"""What `prep build` costs against a plain loop that reads, hashes and writes the same files.

    python -m tests.bench.prep            (= make bench)

2,000 scripts, varied from the shipped ones, and 1,500 table rows, in a temporary folder; the shipped recipe's tasks.
The build is warm, as a second one is: what was made of each document is in the store. (The interpreter is off, as the
first build would ask it for minutes; a warm one does not start it.) The loop writes each file that it read.
"""

from __future__ import annotations

import csv
import hashlib
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import yaml

from tests.conftest import ROOT

SCRIPTS, ROWS, RUNS = 2000, 1500, 5
SAMPLES = ROOT / "prep" / "samples"


def write_sources(folder: Path) -> None:
    texts = [path.read_text(encoding="utf-8") for path in sorted(SAMPLES.rglob("*.ahk"))]
    (folder / "scripts").mkdir()
    for number in range(SCRIPTS):
        text = texts[number % len(texts)] + f"\nvariant{number} := {number}\n"
        (folder / "scripts" / f"script{number}.ahk").write_text(text, encoding="utf-8")
    with (SAMPLES / "elements.csv").open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    with (folder / "elements.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        name = header.index("Name")
        for number in range(ROWS):
            row = list(rows[number % len(rows)])
            row[name] = f"{row[name]}{number}"
            writer.writerow(row)
    recipe = (ROOT / "configs/data/ahk.yaml").read_text(encoding="utf-8")
    recipe = recipe.replace("prep/samples/scripts", "scripts").replace("prep/samples/elements.csv", "elements.csv")
    recipe = recipe.replace("prep/languages/autohotkey/", f"{ROOT}/prep/languages/autohotkey/")
    recipe = recipe.replace("engine: prefer", "engine: off").replace("eval/benchmark/", f"{ROOT}/eval/benchmark/")
    (folder / "all.yaml").write_text(recipe, encoding="utf-8")
    plain = yaml.safe_load(recipe) | {"tasks": {"write": {}, "reference": {}}}
    plain["sources"] = plain["sources"][:2]
    (folder / "two.yaml").write_text(yaml.safe_dump(plain), encoding="utf-8")


def plain_loop(folder: Path) -> float:
    copy = folder / "copy"
    shutil.rmtree(copy, ignore_errors=True)
    began = time.perf_counter()
    copy.mkdir()
    for path in [*sorted((folder / "scripts").iterdir()), folder / "elements.csv"]:
        data = path.read_bytes()
        hashlib.sha256(data).hexdigest()
        (copy / path.name).write_bytes(data)
    return time.perf_counter() - began


def build(folder: Path, recipe: str, out: str) -> float:
    began = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "prep", "build", recipe, "--out", out],
        cwd=folder,
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    return time.perf_counter() - began


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_sources(folder)
        for recipe, tasks in (("two.yaml", "write and reference"), ("all.yaml", "all tasks")):
            build(folder, recipe, "warm")
            plain_loop(folder)
            pairs = [(build(folder, recipe, f"out{number}"), plain_loop(folder)) for number in range(RUNS)]
            ours, plain = (min(side) for side in zip(*pairs, strict=True))  # the least disturbed of each
            size = sum(path.stat().st_size for path in (folder / "warm").iterdir()) / 1e6
            print(
                f"prep, {tasks}: {ours:.2f} s / plain loop {plain:.2f} s = {ours / plain:.1f} ({size:.0f} MB written)"
            )


if __name__ == "__main__":
    main()
