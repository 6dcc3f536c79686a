"""What each recipe trains of a conversation, by Axolotl's own tokenisation: golden files, and what must hold of them.

`python -m tests.ft.golden` renews them.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

from ft import recipe
from tests.conftest import ROOT
from tests.ft import golden
from tests.ft.golden import Masked

pytestmark = pytest.mark.slow  # imports Axolotl
RECIPES = sorted(path.stem for path in (ROOT / "configs").glob("*.yaml"))


@pytest.fixture(scope="module")
def masked(workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Masked]]:
    """Recipe name -> the fixed row as the recipe trains on it; each made once, in this process."""
    folder, before = tmp_path_factory.mktemp("tokenizers"), Path.cwd()
    os.chdir(workspace)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AXOLOTL_DO_NOT_TRACK", "1")
        patch.setenv("HF_HUB_OFFLINE", "1")
        yield cache(lambda name: golden.masked(golden.reader(name, folder)))
    os.chdir(before)


def answers(name: str) -> list[str]:
    kind = recipe.read_yaml(ROOT / "configs" / f"{name}.yaml")["datasets"][0]["type"]
    return list(golden.ANSWERS[:1] if kind == "alpaca" else golden.ANSWERS)


@pytest.mark.parametrize("name", RECIPES)
def test_what_is_trained_is_as_in_the_golden_file(masked: Callable[[str], Masked], name: str) -> None:
    changed = golden.difference(name, masked(name).text)
    assert not changed, f"\n{changed}\nright as it is now? python -m tests.ft.golden {name}"


@pytest.mark.parametrize("name", RECIPES)
def test_each_answer_is_trained_to_its_terminator_without_a_gap(masked: Callable[[str], Masked], name: str) -> None:
    """An untrained token in between is one that the model is not taught to write: it would not come to the end."""
    found = masked(name)
    wanted = answers(name)
    assert len(found.trained) == len(wanted)
    for text, answer in zip(found.trained, wanted, strict=True):
        assert text.endswith(found.terminators), text
        terminator = next(end for end in found.terminators if text.endswith(end))
        assert text.removesuffix(terminator).rstrip().endswith(answer)


@pytest.mark.parametrize("name", RECIPES)
def test_nothing_of_user_or_system_is_trained(masked: Callable[[str], Masked], name: str) -> None:
    trained = "".join(masked(name).trained)
    for text in (golden.SYSTEM, *golden.QUESTIONS, "Below is an instruction"):
        assert text not in trained
    whole = "".join(text for text, _ in masked(name).pieces)
    assert all(question in whole for question in golden.QUESTIONS)


def test_gpt_oss_learns_to_leave_an_empty_analysis(masked: Callable[[str], Masked]) -> None:
    last = masked("gpt-oss").trained[-1]
    assert last.startswith("analysis<|message|><|end|><|start|>assistant<|channel|>final<|message|>")
    assert last.endswith("<|return|>")


def test_the_day_is_not_in_llamas_data(masked: Callable[[str], Masked]) -> None:
    assert "Today Date: 26 Jul 2024\n" in masked("llama32").text


def test_mistrals_template_leaves_a_system_message_out(masked: Callable[[str], Masked]) -> None:
    """The recipe says so: what is written there would not be taught."""
    assert golden.SYSTEM not in masked("mistral").text
    assert "system message" in (ROOT / "configs" / "mistral.yaml").read_text(encoding="utf-8")


def test_codellamas_published_template_leaves_a_gap_before_the_terminator(
    workspace: Path, tmp_path: Path, in_workspace: Path
) -> None:
    """Why the recipe has a template of its own; and the gap is seen."""
    found = golden.masked(golden.reader("codellama-instruct", tmp_path, chat_template_jinja=None))
    assert found.trained[1::2] == ["</s>", "</s>"]


def test_every_recipe_has_a_golden_file_and_every_file_a_recipe() -> None:
    assert sorted(path.stem for path in golden.FOLDER.iterdir()) == RECIPES
