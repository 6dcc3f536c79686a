"""What `ft train` adds to the bare `accelerate launch -m axolotl.cli.train` on the same resolved file.

    python -m tests.bench.launcher        (= make bench)

Pairs of runs, the launcher and the bare command in turn; prints the ratio of their wall times. Needs data/ahk and
makes the stand-in of codellama.
"""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

from ft import launch, standin
from ft.recipe import resolve

PAIRS = 3
STEPS = 100


def seconds(argv: list[str], env: dict[str, str] | None = None) -> float:
    began = time.perf_counter()
    subprocess.run(argv, env=env, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - began


def main() -> None:
    recipe = resolve("codellama")
    values = standin.make(recipe, standin.default_folder(recipe))
    folder = Path("outputs/bench")
    arguments = [
        f"output_dir={folder}",
        f"max_steps={STEPS}",
        "evals_per_epoch=null",
        "saves_per_epoch=null",
        "save_steps=1000",
    ]
    arguments += ["early_stopping_patience=null", "load_best_model_at_end=null", "gradient_accumulation_steps=1"]
    arguments += [f"{key}={value}" for key, value in values.items()]
    ours = [sys.executable, "-m", "ft", "train", "codellama", "--hardware", "cpu", *arguments]
    bare = launch.command(folder / "recipe.yaml", Path("configs/accelerate/cpu.yaml"))
    env = launch.environment(resolve("codellama", arguments, "cpu"), cpu=True)
    ratios = []
    for pair in range(PAIRS + 1):  # the first pair fills the caches and does not count
        shutil.rmtree(folder, ignore_errors=True)
        one = seconds(ours)
        recipe_text = (folder / "recipe.yaml").read_text(encoding="utf-8")
        shutil.rmtree(folder)
        folder.mkdir(parents=True)
        (folder / "recipe.yaml").write_text(recipe_text, encoding="utf-8")
        other = seconds(bare, env)
        if pair:
            ratios.append(one / other)
            print(f"ft train {one:.1f} s, bare {other:.1f} s, ratio {one / other:.3f}")
    print(f"launcher: ft train / bare accelerate launch = {statistics.median(ratios):.3f} (median of {PAIRS} pairs)")
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
