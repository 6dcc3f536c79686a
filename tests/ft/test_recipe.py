"""Recipe + overlay + key=value: precedence, names, records; and every shipped recipe against Axolotl's schema."""

from __future__ import annotations

from pathlib import Path

import pytest

from ft import recipe, schema
from prep.errors import UserError
from tests.conftest import ROOT, one_line, run

RECIPES = sorted(path.stem for path in (ROOT / "configs").glob("*.yaml"))


@pytest.fixture(autouse=True)
def _here(in_workspace: Path) -> None:
    pass


def test_the_command_line_wins_over_the_overlay_and_the_overlay_over_the_recipe() -> None:
    plain = recipe.resolve("codellama").values
    overlaid = recipe.resolve("codellama", hardware="cpu").values
    both = recipe.resolve("codellama", ["optimizer=adafactor"], hardware="cpu").values
    assert [v["optimizer"] for v in (plain, overlaid, both)] == ["adamw_torch_fused", "adamw_torch", "adafactor"]


def test_null_takes_a_key_out() -> None:
    assert "liger_rms_norm" not in recipe.resolve("codellama", hardware="cpu").values
    assert "warmup_ratio" not in recipe.resolve("codellama", ["warmup_ratio=null"]).values


def test_every_change_is_on_record_with_its_reason() -> None:
    changes = {c.key: c for c in recipe.resolve("codellama", ["lora_r=8"], hardware="cpu").changes}
    assert (changes["lora_r"].before, changes["lora_r"].after) == (32, 8)
    assert "CUDA kernel" in changes["optimizer"].why
    assert all(change.why for change in changes.values())


@pytest.mark.parametrize(
    ("text", "value"),
    [("a=2e-4", 0.0002), ("a=1", 1), ("a=true", True), ("a=[q_proj]", ["q_proj"]), ("a=x=y", "x=y"), ("a=null", None)],
)
def test_override_values_are_yaml_and_exponents_are_numbers(text: str, value: object) -> None:
    assert recipe.parse_override(text) == ("a", value)


def test_a_dotted_key_reaches_one_level_down() -> None:
    values = recipe.resolve("codellama", ["special_tokens.pad_token=<unk>"]).values
    assert values["special_tokens"] == {"pad_token": "<unk>"}


def test_a_copied_recipe_has_a_run_folder_of_its_own(tmp_path: Path) -> None:
    copy = tmp_path / "gpt-oss-r32.yaml"
    copy.write_text((ROOT / "configs/gpt-oss.yaml").read_text())
    assert recipe.resolve(str(copy)).output_dir == Path("outputs/gpt-oss-r32")


def test_unknown_keys_are_all_named_with_the_nearest_name() -> None:
    values = recipe.resolve("codellama", ["lerning_rate=1", "lora_rr=3"]).values
    with pytest.raises(UserError) as caught:
        schema.check_keys(values, "configs/codellama.yaml")
    assert "'lerning_rate': did you mean 'learning_rate'" in str(caught.value)
    assert "'lora_rr'" in str(caught.value)


@pytest.mark.parametrize("name", RECIPES)
@pytest.mark.parametrize("hardware", [None, "cpu"])
def test_every_recipe_passes_axolotls_own_schema(name: str, hardware: str | None) -> None:
    values = recipe.resolve(name, hardware=hardware).values
    schema.check_keys(values, name)
    schema.validate(values, gpu=hardware is None)


def test_the_schema_check_can_fail() -> None:
    with pytest.raises(UserError, match="lora_r"):
        schema.validate(recipe.resolve("codellama", ["lora_r=many"]).values, gpu=True)


def test_there_are_recipes() -> None:
    assert {"gpt-oss", "codellama", "deepseek", "tiny"} <= set(RECIPES)


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipes_header_says_what_a_user_needs(name: str) -> None:
    head = (ROOT / "configs" / f"{name}.yaml").read_text().split("\n\n")[0]
    for word in (f"python -m ft train {name}", "needs", "data/", "override"):
        assert word in head


def test_a_missing_recipe_is_one_line_with_the_nearest(workspace: Path) -> None:
    one_line(run("ft", "train", "gpt-os", cwd=workspace), 2, "no recipe configs/gpt-os.yaml", "did you mean 'gpt-oss'")


def test_yaml_that_is_none_is_named_with_its_line(workspace: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text("a: 1\nb: [1\nc: 2\n")
    one_line(run("ft", "train", bad, cwd=workspace), 2, "bad.yaml:3", "not valid YAML")


def test_an_anchor_that_holds_itself_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("peft: &a\n  loftq_config: *a\n")
    with pytest.raises(UserError, match=r"an anchor .* holds itself"):
        recipe.read_yaml(path)


def test_what_is_not_key_value_is_refused(workspace: Path) -> None:
    one_line(run("ft", "train", "tiny", "lora_r:8", cwd=workspace), 2, "'lora_r:8' is not key=value")


def test_a_dotted_key_of_a_plain_value_is_refused() -> None:
    with pytest.raises(UserError, match="'lora_r' is no mapping"):
        recipe.resolve("codellama", ["lora_r.x=1"])


@pytest.mark.parametrize("value", ["null", "5"])
def test_an_output_dir_that_is_no_path_is_refused(value: str) -> None:
    with pytest.raises(UserError, match="output_dir must be the path"):
        recipe.resolve("codellama", [f"output_dir={value}"])


def test_a_run_is_found_by_its_whole_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("qwen2", "qwen2.5"):
        (tmp_path / "outputs" / name).mkdir(parents=True)
        (tmp_path / "outputs" / name / "recipe.yaml").write_text("{}")
    assert recipe.run_folder("qwen2.5") == Path("outputs/qwen2.5")
    assert recipe.run_folder("configs/qwen2.5.yaml") == Path("outputs/qwen2.5")


def test_a_plugin_that_is_none_is_named(workspace: Path) -> None:
    done = run("ft", "train", "tiny", "plugins=[axolotl.integrations.nope.Foo]", "--dry-run", cwd=workspace)
    one_line(done, 2, "there is no 'axolotl.integrations.nope.Foo'")
