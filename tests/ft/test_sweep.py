"""`ft sweep`: the grid before it runs. What it does when it runs is in test_sweeping.py."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from ft import launch, sweep
from prep.errors import UserError
from tests.conftest import folder_like_a_clone
from tests.ft.recorded import progress

SMOKE = launch.Options(hardware="cpu", smoke=True)


@pytest.fixture
def here(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A clone without data. Axolotl's key names, which cost 20 s, are looked up once for all tests."""
    folder_like_a_clone(tmp_path)
    cache = tmp_path_factory.getbasetemp() / "key-names"
    cache.mkdir(exist_ok=True)
    (tmp_path / "outputs").mkdir()
    (tmp_path / "outputs/.cache").symlink_to(cache)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("lora_r=8", ["8"]),
        ("lora_r=8, 16", ["8", "16"]),
        ("lora_target_modules=[q_proj],[q_proj, v_proj]", ["[q_proj]", "[q_proj, v_proj]"]),
        ("special_tokens={pad_token: a, eos_token: b},null", ["{pad_token: a, eos_token: b}", "null"]),
        ("lr_scheduler='a,b',\"c\"", ["'a,b'", '"c"']),
    ],
)
def test_commas_part_values_but_not_inside_brackets_and_quotes(text: str, values: list[str]) -> None:
    assert sweep.values_of(text)[1] == values


@pytest.mark.parametrize(
    ("axes", "says"),
    [
        (["lora_r=8,,16"], "an empty value"),
        (["lora_r=8,[16"], "is not closed"),
        (["lora_r=8,8"], "stands there twice"),
        (["lora_r"], "is not key=value"),
        (["lora_r=8"], "nothing to vary"),
        (["lora_r=8,16", "lora_r=32"], "each key stands once"),
        (["output_dir=a,b"], "output_dir is the sweep's own"),
        (["lora_rr=8,16"], "did you mean 'lora_r'"),
        (["adapter=qlora,null"], "adapter must be lora or qlora"),
    ],
)
def test_a_grid_that_cannot_run_is_refused_before_anything_runs(here: Path, axes: list[str], says: str) -> None:
    with pytest.raises(UserError, match=says):
        sweep.grid("tiny", axes, SMOKE)


def test_the_grid_is_every_combination_each_in_a_folder_of_its_own(here: Path) -> None:
    cells = sweep.grid("tiny", ["lora_r=8,16", "learning_rate=1e-3,2e-3", "max_steps=5"], SMOKE)
    assert [cell.overrides for cell in cells][:2] == [
        ["lora_r=8", "learning_rate=1e-3", "max_steps=5"],
        ["lora_r=8", "learning_rate=2e-3", "max_steps=5"],
    ]
    assert str(cells[3].folder) == "outputs/sweeps/tiny/lora_r-16+learning_rate-0.002-smoke"
    assert {cell.state for cell in cells} == {"open"}


def test_values_that_are_no_file_names_still_have_folders_of_their_own(here: Path) -> None:
    long = ",".join(f"[{', '.join(['q_proj', 'v_proj', 'k_proj', 'o_proj'] * 5)}, {last}]" for last in "ab")
    cells = sweep.grid("tiny", [f"lora_target_modules={long}", "base_model=a/b,a_b"], SMOKE)
    names = [cell.folder.name for cell in cells]
    assert len(set(names)) == 4
    assert max(map(len, names)) < 120
    assert {cell.folder.parent for cell in cells} == {Path("outputs/sweeps/tiny")}


def leave(cell: sweep.Cell, **other: object) -> None:
    """The folder as a finished run of this cell leaves it."""
    shown = [*cell.overrides, f"output_dir={str(cell.folder).removesuffix('-smoke')}"]
    recipe = launch.prepared(launch.plan("tiny", shown, SMOKE)[0])
    cell.folder.mkdir(parents=True)
    (cell.folder / "recipe.yaml").write_text(yaml.safe_dump({**recipe.values, **other}))
    (cell.folder / "run.json").write_text('{"status": "finished", "name": "tiny"}')
    (cell.folder / "adapter_model.safetensors").write_text("")


def test_only_a_run_of_this_very_recipe_on_this_very_data_is_done(here: Path) -> None:
    axes = ["lora_r=8,16,32", "max_steps=5"]
    first, second, third = sweep.grid("tiny", axes, SMOKE)
    leave(first)
    leave(second, learning_rate=0.5)
    leave(third, dataset_prepared_path="outputs/prepared/of-other-rows")
    assert [cell.state for cell in sweep.grid("tiny", axes, SMOKE)] == ["done", "open", "open"]


def test_the_plot_is_drawn_with_failed_cells_and_with_values_that_are_no_numbers() -> None:
    def row(value: object, loss: float | None) -> dict[str, object]:
        return {"values": {"lora_r": value}, "result": {"loss": loss, "eval_loss": loss} if loss else None}

    for rows in (
        [row(8, 2.0), row(16, None), row(64, 1.5)],
        [row("a", 2.0), row([1, 2], 1.0)],
        [row(0, None), row(1, None)],
    ):
        assert sweep.plot(rows, "tiny").startswith(b"\x89PNG")


def test_progress_of_a_cell_is_a_line_of_its_result(here: Path) -> None:
    cell = sweep.grid("tiny", ["lora_r=8,16"], SMOKE)[0]
    leave(cell)
    text = "".join(json.dumps(row) + "\n" for row in progress([3.0, 2.0], held=[2.5]))
    (cell.folder / "progress.jsonl").write_text(text)
    found = sweep.rows([cell])[0]
    assert (found["values"], found["result"]["eval_loss"]) == ({"lora_r": 8}, 2.5)
