"""What the README and the help say is true: targets, commands, paths, recipes; and the rules of the house."""

from __future__ import annotations

import importlib
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from ft.recipe import parse_override
from tests.conftest import ROOT, run

README = (ROOT / "README.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
RECIPES = {path.stem for path in (ROOT / "configs").glob("*.yaml")}
TARGETS = set(re.findall(r"^([a-z-]+):", MAKEFILE, flags=re.M))


def test_every_make_target_in_the_readme_exists() -> None:
    named = set(re.findall(r"\bmake ([a-z][a-z-]+)", README)) - {"it", "the"}
    assert {"demo", "test", "dataset", "train", "merge", "eval", "docker-build"} <= named
    assert named <= TARGETS


def test_make_help_lists_every_target_in_eighty_columns() -> None:
    text = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert set(re.findall(r"^make ([a-z-]+)", text, flags=re.M)) == TARGETS
    assert max(map(len, text.splitlines())) <= 80


def test_every_command_in_readme_recipes_and_makefile_is_known(workspace: Path) -> None:
    heads = "".join((ROOT / "configs" / f"{name}.yaml").read_text(encoding="utf-8") for name in sorted(RECIPES))
    named = set(re.findall(r"(?:python|\$\(PY\)) -m (prep|ft|eval) ([a-z]+)", README + heads + MAKEFILE))
    assert len(named) >= 8
    for package, verb in sorted(named):
        done = run(package, verb, "--help", cwd=workspace)
        assert done.returncode == 0, f"{package} {verb}: {done.stderr}"


@pytest.mark.parametrize("package", ["prep", "ft", "eval"])
def test_help_explains_every_argument_and_option(package: str) -> None:
    import typer

    commands = typer.main.get_command(importlib.import_module(f"{package}.cli").app).commands  # type: ignore[attr-defined]
    silent = [
        f"{name} {p.name}" for name, found in commands.items() for p in found.params if not getattr(p, "help", "")
    ]
    assert commands and not silent


def test_every_option_in_the_readme_is_known(workspace: Path) -> None:
    verbs = [("eval", "run"), ("eval", "exec"), ("eval", "compare"), ("eval", "report"), ("eval", "ladder")]
    verbs += [("ft", verb) for verb in ("train", "plan", "preview", "stop", "new", "runs", "diff", "sweep")]
    verbs += [("ft", "export"), ("ft", "verify"), ("ft", "inject"), ("ft", "serve"), ("ft", "chat")]
    verbs += [("prep", verb) for verb in ("check", "includes", "normalise", "stats", "diff", "push")]
    helps = "".join(run(*verb, "--help", cwd=workspace).stdout for verb in verbs)
    options = set(re.findall(r"--[a-z][a-z-]+", README))
    assert {"--smoke", "--resume", "--dry-run", "--tasks"} <= options
    assert [option for option in options if option not in helps] == []


def test_every_override_in_the_readme_is_a_key_of_a_recipe() -> None:
    keys = set().union(*(yaml.safe_load((ROOT / "configs" / f"{name}.yaml").read_text()) for name in RECIPES))
    given = [part for text in re.findall(r'ARGS="([^"]+)"', README) for part in text.split()]
    assert given
    assert {parse_override(part)[0] for part in given} <= keys


def test_every_path_in_the_readme_exists() -> None:
    paths = set(re.findall(r"\b(?:configs|prep|ft|eval|docker|tests)/[\w./-]*\w", README))
    made_by_the_reader = {"configs/gpt-oss-r32.yaml", "configs/data/mine.yaml"}
    assert len(paths) > 5
    assert [path for path in paths - made_by_the_reader if not (ROOT / path).exists()] == []


def test_the_tree_names_every_module() -> None:
    tree = README.split("## What is where")[1]
    for package in ("prep", "ft", "eval"):
        for path in (ROOT / package).glob("[a-z]*.py"):
            assert path.name in tree, f"{package}/{path.name} is not in the README's tree"


def test_the_recipe_table_names_every_recipe_and_its_model() -> None:
    rows = dict(re.findall(r"^\| `([\w-]+)` \| (\S+)", README, flags=re.M))
    assert set(rows) == RECIPES
    for name in RECIPES - {"tiny"}:
        values = yaml.safe_load((ROOT / "configs" / f"{name}.yaml").read_text())
        assert rows[name] in (values["base_model"], values.get("tokenizer_config"))


@pytest.mark.parametrize("package", ["prep", "ft", "eval"])
def test_help_answers_without_heavy_imports(package: str) -> None:
    code = f"import sys; import {package}.cli; print([m for m in sys.modules if m in {HEAVY!r}])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"


HEAVY = ["torch", "transformers", "axolotl", "lm_eval", "datasets", "peft", "matplotlib", "pydantic", "numpy"]


def test_prep_and_the_scorers_need_no_torch() -> None:
    """Every module of prep, and the scorers, import with torch and its company out of reach."""
    code = (
        "import sys, importlib, pkgutil\n"
        f"sys.modules.update(dict.fromkeys({HEAVY[:6]!r}))\n"
        "import prep\n"
        "names = [m.name for m in pkgutil.walk_packages(prep.__path__, 'prep.') if not m.name.endswith('__main__')]\n"
        "for name in [*names, 'eval.tasks.scorers']: importlib.import_module(name)\n"
        "print(len(names))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 10


def test_no_recipe_asks_for_remote_code_or_telemetry() -> None:
    for name in RECIPES:
        values = yaml.safe_load((ROOT / "configs" / f"{name}.yaml").read_text())
        assert not values.get("trust_remote_code")
        assert not {key for key in values if key.startswith(("wandb", "mlflow", "comet", "trackio"))}
