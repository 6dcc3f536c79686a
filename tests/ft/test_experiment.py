"""`ft new` and its notes: a recipe changed in its text, measured parts between marks."""

from __future__ import annotations

import difflib
import shutil
from pathlib import Path

import pytest
import yaml

from ft import experiment
from ft.edit import edited
from ft.recipe import parse_override, read_yaml
from prep.errors import UserError
from tests.conftest import ROOT, one_line
from tests.conftest import run as ft
from tests.ft.recorded import progress, run

GPT_OSS = (ROOT / "configs/gpt-oss.yaml").read_text(encoding="utf-8")


@pytest.fixture
def here(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with recipes of its own. Axolotl's key names, which cost 20 s, are looked up once for all tests."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(ROOT / "configs", "configs")
    cache = tmp_path_factory.getbasetemp() / "key-names"
    cache.mkdir(exist_ok=True)
    Path("outputs").mkdir()
    Path("outputs/.cache").symlink_to(cache)
    return tmp_path


def lines_apart(after: str, before: str = GPT_OSS) -> list[str]:
    found = difflib.unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm="")
    return [line for line in found if not line.startswith(("---", "+++", "@@"))]


@pytest.mark.parametrize(
    ("override", "lines"),
    [
        ("lora_r=32", ["-lora_r: 16", "+lora_r: 32"]),
        ("learning_rate=2e-5", ["-learning_rate: 0.0002", "+learning_rate: 0.00002"]),
        (
            "attn_implementation=flex_attention",
            [
                "-attn_implementation: eager # sdpa has no sinks; flex_attention from 4096 tokens on",
                "+attn_implementation: flex_attention # sdpa has no sinks; flex_attention from 4096 tokens on",
            ],
        ),
        ("eot_tokens=[a,'b: c']", ['-eot_tokens: ["<|end|>"]', "+eot_tokens: [a, 'b: c']"]),
        ("chat_template_kwargs.reasoning_effort=low", ["-  reasoning_effort: medium", "+  reasoning_effort: low"]),
        ("save_total_limit=null", ["-save_total_limit: 3"]),
        ("plugins=null", ["-plugins:", "-  - axolotl.integrations.liger.LigerPlugin"]),
        ("lora_bias=none", ["+lora_bias: none"]),
        ("special_tokens.pad_token=<pad>", ["+special_tokens:", "+  pad_token: <pad>"]),
        ("use_wandb=true", ["+use_wandb: true"]),
        ("lora_r=16", []),
    ],
)
def test_only_the_lines_of_the_value_change(override: str, lines: list[str]) -> None:
    assert lines_apart(edited(GPT_OSS, dict([parse_override(override)]))) == lines


def test_a_new_value_stands_with_those_of_its_kind() -> None:
    lines = edited(GPT_OSS, {"lora_bias": "none"}).splitlines()
    assert lines[lines.index("lora_bias: none") - 1].startswith("lora_")


def test_data_can_be_replaced_by_other_data() -> None:
    data = [{"path": "a.jsonl", "type": "alpaca"}, {"path": "b.jsonl", "roles_to_train": ["assistant"]}]
    assert yaml.safe_load(edited(GPT_OSS, {"datasets": data})) == {**yaml.safe_load(GPT_OSS), "datasets": data}


@pytest.mark.parametrize("text", ["a: &x 1\nb: *x\n", "{a: 1, b: 2}\n", "a:\nb: 2", "a: |\n  text\nb: 2\n"])
def test_what_cannot_be_put_in_place_is_refused_and_never_guessed(text: str) -> None:
    wanted = {**yaml.safe_load(text), "a": 7}
    try:
        assert yaml.safe_load(edited(text, {"a": 7})) == wanted
    except UserError as error:
        assert "edit it by hand" in str(error)


def test_an_experiment_is_the_recipe_with_its_values_and_its_own_name(here: Path) -> None:
    recipe, notes = experiment.new("mine", "gpt-oss", ["lora_r=32", "learning_rate=1e-4"], "More rank | more fit.")
    text = recipe.read_text()
    assert read_yaml(recipe) == {
        **read_yaml(Path("configs/gpt-oss.yaml")),
        "lora_r": 32,
        "learning_rate": 0.0001,
        "output_dir": "outputs/mine",
    }
    assert text.startswith("# mine: an experiment on gpt-oss, see experiments/mine.md\n")
    for command in ("ft train mine ", "MODEL=mine;", "ft base mine ", "configs/mine.yaml"):
        assert command in text
    assert "openai/gpt-oss-20b" in text
    assert [line for line in lines_apart(text) if not line[1:].startswith("#")] == [
        "-lora_r: 16",
        "+lora_r: 32",
        "-learning_rate: 0.0002",
        "+learning_rate: 0.0001",
        "-output_dir: outputs/gpt-oss",
        "+output_dir: outputs/mine",
    ]
    page = notes.read_text()
    assert "More rank | more fit." in page
    assert "| lora_r | 16 | 32 |\n| learning_rate | 0.0002 | 0.0001 |\n" in page
    assert page.count("Not run yet.") == 2


def test_faults_of_a_new_experiment_are_one_line_and_write_nothing(here: Path) -> None:
    before = {path: path.read_bytes() for path in here.rglob("*.yaml")}
    for arguments, words in (
        (["new", "mine", "--from", "gpt-oss", "lora_rr=32"], ["no key 'lora_rr'", "'lora_r'"]),
        (["new", "mine", "--from", "gpt-os", "lora_r=32"], ["did you mean 'gpt-oss'?"]),
        (["new", "gpt-oss", "--from", "tiny", "lora_r=32"], ["configs/gpt-oss.yaml is there already"]),
        (["new", "../mine", "--from", "tiny"], ["'../mine': a recipe's name has"]),
        (["new", "mine", "--from", "tiny", "output_dir=x"], ["output_dir: a recipe's run folder has its name"]),
        (["new", "mine", "--from", "tiny", "lora_r"], ["'lora_r' is not key=value"]),
    ):
        one_line(ft("ft", *arguments, cwd=here), 2, *words)
    assert {path: path.read_bytes() for path in here.rglob("*.yaml")} == before
    assert not experiment.NOTES.exists()


def test_notes_that_are_there_are_not_overwritten(here: Path) -> None:
    experiment.NOTES.mkdir()
    (experiment.NOTES / "mine.md").write_text("my own")
    with pytest.raises(UserError, match=r"experiments/mine\.md is there already"):
        experiment.new("mine", "tiny", [], "")
    assert not Path("configs/mine.yaml").exists()


def test_measured_parts_are_filled_in_and_the_rest_is_not_touched(here: Path) -> None:
    _, notes = experiment.new("mine", "tiny", ["lora_r=32"], "It helps.")
    page = notes.read_text().replace("## Learnings\n", "## Learnings\r\n\r\nMine: \\1 <!-- end --> ü\t\n")
    notes.write_bytes(page.encode())
    run("tiny", progress([3.0, 2.0], held=[2.5]))
    own = run(
        "mine", progress([3.0, 1.5], held=[2.25], warning="the loss is flat"), {"lora_r": 32}, name="mine", steps=2
    )
    (own / "eval/ahk_loss").mkdir(parents=True)
    metrics = '{"tasks": {"ahk_loss": {"n": 9, "metrics": {"bits_per_byte": {"base": 2.0, "tuned": 1.25}}}}}'
    (own / "eval/ahk_loss/results.json").write_text(metrics)
    run("mine-rehearsal/train", progress([9.0]), name="mine")
    assert experiment.refresh("mine") == []
    after = notes.read_bytes().decode()
    for line in (
        "- `mine`: finished after 2 steps, training loss 3.0000 -> 1.5000, best validation loss 2.2500 at step 2",
        "  - step 2: the loss is flat",
        "| mine | finished | 2 | 1.5000 | 2.2500 | 25.0% | 0:30 | 500 | 1.5 |",
        "| tiny | finished | 2 | 2.0000 | 2.5000 |",
        "| `mine` ahk_loss | 9 | bits_per_byte | 2 | 1.25 |",
    ):
        assert line in after
    assert "rehearsal" not in after
    assert after.split("## Learnings")[1] == page.split("## Learnings")[1]
    assert after.split("## Config")[0] == page.split("## Config")[0]
    assert experiment.refresh("mine") == []
    assert notes.read_bytes().decode() == after


def test_a_part_whose_marks_the_user_took_out_is_said_and_left_out(here: Path) -> None:
    _, notes = experiment.new("mine", "tiny", [], "")
    page = notes.read_text().replace("<!-- measured: results -->", "")
    notes.write_text(page)
    run("mine", progress([3.0]), name="mine", steps=1)
    assert experiment.refresh("mine") == [
        "experiments/mine.md: no '<!-- measured: results -->' ... '<!-- end -->': that part is left out"
    ]
    assert "| mine | finished |" not in notes.read_text()
    assert "- `mine`: finished after 1 steps" in notes.read_text()


def test_without_an_end_mark_nothing_of_the_next_part_is_taken(here: Path) -> None:
    _, notes = experiment.new("mine", "tiny", [], "")
    start, end = notes.read_text().split("<!-- measured: observations -->")
    page = f"{start}<!-- measured: observations -->{end.replace('<!-- end -->', 'My own words.', 1)}"
    notes.write_text(page)
    run("mine", progress([3.0]), name="mine", steps=1)
    assert experiment.refresh("mine")[0].startswith("experiments/mine.md: no '<!-- measured: observations -->'")
    assert "My own words.\n\n## Results\n" in notes.read_text()
    assert "| mine | finished |" in notes.read_text()


def test_a_removed_parent_leaves_the_difference_as_it_was(here: Path) -> None:
    _, notes = experiment.new("mine", "tiny", ["lora_r=32"], "")
    Path("configs/tiny.yaml").unlink()
    assert experiment.refresh("mine") == []
    assert "| lora_r | 16 | 32 |" in notes.read_text()


def test_notes_in_another_encoding_stay_as_they_are(here: Path) -> None:
    experiment.NOTES.mkdir()
    (experiment.NOTES / "mine.md").write_bytes(b"caf\xe9")
    assert experiment.refresh("mine") == [
        "experiments/mine.md: not UTF-8 text at byte 3: its measured parts stay as they are"
    ]
    done = ft("ft", "runs", "--notes", cwd=here)
    assert "not UTF-8 text at byte 3" in done.stdout


@pytest.mark.parametrize("name", ["foo.yaml", "prepared", "sweeps", "standin"])
def test_a_name_that_is_something_else_is_refused(here: Path, name: str) -> None:
    with pytest.raises(UserError, match="choose another name"):
        experiment.new(name, "tiny", [], "")
