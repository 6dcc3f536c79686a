"""Values that no run can be right with are told, each; those of the shipped recipes are not."""

from __future__ import annotations

from typing import Any

import pytest

from ft import ranges, recipe
from prep.errors import UserError
from tests.conftest import ROOT

WRONG = {
    "micro_batch_size": [0, -1, "4", True, 1.5],
    "gradient_accumulation_steps": [0],
    "lora_r": [0, 16.5],
    "lora_alpha": [0, "wide"],
    "num_epochs": [0, "3 epochs"],
    "learning_rate": [0, -0.0001, 2, "2e-1", "fast"],
    "lora_dropout": [5, 1, -0.1],
    "warmup_ratio": [3],
    "warmup_steps": [0.1],
    "weight_decay": [10],
    "val_set_size": [1.5, -1],
    "logging_steps": [0],
    "save_total_limit": [0],
    "eot_tokens": ["<|im_end|>"],
    "save_steps": [1.5, "many", float("inf")],
    "seed": [1 << 32],
    "adam_beta2": [5],
    "adam_epsilon": [1],
    "cosine_min_lr_ratio": [5],
    "loraplus_lr_ratio": [0],
    "dataloader_num_workers": [-1],
    "dataset_num_proc": [0],
    "sample_packing": ["false", "yes"],
    "lora_target_modules": [[1]],
}


@pytest.mark.parametrize(("key", "value"), [(key, value) for key, values in WRONG.items() for value in values])
def test_a_value_out_of_its_range_is_named(key: str, value: Any) -> None:
    (line,) = ranges.problems({"micro_batch_size": 1, key: value})
    assert line.startswith(f"{key} must be ") and line.endswith(f"not {value!r}")


@pytest.mark.parametrize(
    "values",
    [
        {"learning_rate": "2e-4", "save_steps": 0.1, "max_grad_norm": 0, "lora_dropout": 0, "val_set_size": 200},
        {"lora_target_modules": "all-linear", "max_steps": None},
    ],
)
def test_values_that_may_be_are_left_alone(values: dict[str, Any]) -> None:
    assert ranges.problems(values) == []


def test_pythons_word_for_nothing_is_told() -> None:
    (line,) = ranges.problems({"tokenizer_type": "None"})
    assert line.startswith("tokenizer_type: None is a text")


@pytest.mark.parametrize("path", sorted((ROOT / "configs").glob("*.yaml")), ids=lambda path: path.stem)
def test_no_shipped_recipe_is_out_of_range(path: Any) -> None:
    assert ranges.problems(recipe.read_yaml(path)) == []


def test_all_are_refused_at_once_with_the_recipe() -> None:
    with pytest.raises(UserError, match=r"(?s)mine.yaml: lora_r must be .*\nmine.yaml: learning_rate must be above 0"):
        ranges.refuse({"lora_r": 0, "learning_rate": 0}, "mine.yaml")
