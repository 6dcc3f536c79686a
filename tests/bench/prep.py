"""What `prep build` costs against a plain loop that reads, hashes and writes the same files.

    python -m tests.bench.prep            (= make bench)

2,000 scripts, varied from the shipped ones, and 1,500 table rows, in a temporary folder.
"""

from __future__ import annotations

import csv
import hashlib
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

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
    (folder / "recipe.yaml").write_text(recipe, encoding="utf-8")


def plain_loop(folder: Path) -> float:
    began = time.perf_counter()
    with (folder / "plain.txt").open("wb") as out:
        for path in sorted((folder / "scripts").iterdir()):
            data = path.read_bytes()
            out.write(hashlib.sha256(data).hexdigest().encode() + data)
        with (folder / "elements.csv").open("rb") as file:
            for line in file:
                out.write(hashlib.sha256(line).hexdigest().encode() + line)
    return time.perf_counter() - began


def build(folder: Path, out: str) -> float:
    began = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "prep", "build", "recipe.yaml", "--out", out],
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
        build(folder, "warm")
        plain_loop(folder)
        pairs = [(build(folder, f"out{number}"), plain_loop(folder)) for number in range(RUNS)]
    ours, plain = (statistics.median(side) for side in zip(*pairs, strict=True))
    print(f"prep: build {ours:.2f} s / plain loop {plain:.2f} s = {ours / plain:.1f} ({SCRIPTS} scripts, {ROWS} rows)")  # noqa: T201


if __name__ == "__main__":
    main()
