"""What a dataset recipe may say, and the line that says what is wrong with it."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest

from prep.errors import UserError
from prep.recipe import Recipe, Tasks, load_recipe
from tests.prep.conftest import RECIPE

DEEP = "[" * 3000
EDITS = {  # name: (text of the recipe, its replacement, what the line must say)
    "braces of a template": ("root: scripts", "root: {{x}}", ":5:12: not valid YAML: a key must be a word; put quotes"),
    "a date that is none": ("name: demo", "name: 2026-99-01", ":1:7: not valid YAML: '2026-99-01' is no timestamp"),
    "a date for a name": ("name: demo", "name: 2026-10-01", "`name`: input should be a valid string, not 2026-10-01"),
    "a tag that does not fit": ("val: 0.2", "val: !!int ''", ":2:14: not valid YAML: '' is no int: put quotes"),
    "a number too long": ("val: 0.2", f"val: {'9' * 5000}", "is no int: put quotes"),
    "deeply nested": ("scripts\n", DEEP, "recipe.yaml: nested too deeply for a recipe"),
    "near_duplicates on": ("near_duplicates: off", "near_duplicates: on", "above 0 and up to 1, such as 0.7, or off"),
    "near_duplicates nan": ("near_duplicates: off", "near_duplicates: .nan", "such as 0.7, or off, not nan"),
    "leakage inf": ("leakage: off", "leakage: .inf", "`quality.leakage`: write a share above 0"),
    "leakage a word": ("leakage: off", "leakage: none", "`quality.leakage`: write a share above 0"),
    "weight nan": ("  write:", "  write: {weight: .nan}", "`tasks.write.weight`: input should be a finite number"),
    "weight on": ("  write:", "  write: {weight: on}", "`tasks.write.weight`: write a number; YAML reads on"),
    "ratio true": ("val: 0.2", "val: true", "`split.val`: write a number; YAML reads on and yes as true"),
    "bound true": ("{engine: off", "{engine: off, max_chars: true", "`quality.max_chars`: write a number"),
    "write too heavy": ("  write:", "  write: {weight: 5.5}", "`tasks.write.weight`: at most 5: this task makes no"),
    "reference twice": ("  reference:", "  reference: {weight: 2}", "`tasks.reference.weight`: at most 1"),
    "a task that is on": ("  write:", "  write: on", "`tasks.write`: this is a mapping of keys, not True"),
    "a check that is none": (
        "scripts\n",
        "scripts\n    check: 3\n",
        "`sources.0.check`: write autohotkey, python, json",
    ),
    "a checker that is not built in": (
        "scripts\n",
        "scripts\n    check: lua\n",
        """or any checker as the command that it is started by, such as {command: [luac, -p, "{file}"]}, not 'lua'""",
    ),
    "a command not in a list": (
        "scripts\n",
        "scripts\n    check: {command: lua}\n",
        "`sources.0.check.command`: input should be a valid list, not 'lua'",
    ),
    "an empty root": ("root: scripts", "root: ''", "`sources.0.root`: name a file or folder"),
    "an empty path": ("path: elements.csv", "path: ' '", "`sources.1.path`: name a file or folder"),
    "no language": ("scripts\n", "scripts\n    language: ''\n", "`sources.0.language`: string should have at least 1"),
}


def load(folder: Path, text: str) -> Recipe:
    file = folder / "recipe.yaml"
    file.write_text(text)
    return load_recipe(file)


@pytest.mark.parametrize("name", EDITS)
def test_a_value_that_is_none_is_one_line(name: str, tmp_path: Path) -> None:
    old, new, says = EDITS[name]
    with pytest.raises(UserError) as caught:
        load(tmp_path, _edited(old, new))
    assert says in str(caught.value)
    assert len(str(caught.value)) < 300
    assert "\n" not in str(caught.value)


def _edited(old: str, new: str) -> str:
    at = RECIPE.index("root: scripts") + 6 if old == "scripts\n" else RECIPE.index(old)  # it is a kind before
    return RECIPE[:at] + new + RECIPE[at + len(old) :]


@pytest.mark.parametrize(("given", "value"), [("off", "off"), ("no", "off"), ("0.5", 0.5), ("'0.5'", 0.5), ("1", 1.0)])
def test_a_threshold_is_a_share_or_off(given: str, value: float | str, tmp_path: Path) -> None:
    text = RECIPE.replace("near_duplicates: off", f"near_duplicates: {given}")
    assert load(tmp_path, text).quality.near_duplicates == value


@pytest.mark.parametrize(
    ("name", "ways"),
    [("write", "PHRASINGS"), ("explain", "WHAT"), ("explain", "WHAT_AND_HOW"), ("exists", "PHRASINGS")],
)
def test_a_weight_goes_up_to_the_ways_in_which_a_task_asks(name: str, ways: str) -> None:
    [task] = [part for part in Tasks.model_fields[name].annotation.__args__ if part is not type(None)]
    assert task.most == len(getattr(import_module(f"prep.tasks.{name}"), ways))


def test_a_recipe_that_is_a_pipe_or_a_device_is_not_read(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="/dev/null: cannot be read: not a regular file"):
        load_recipe(Path("/dev/null"))
