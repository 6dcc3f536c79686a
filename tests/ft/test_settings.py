"""What a GGUF file's metadata says beside what config.json does: a difference that short texts do not show is named."""

from __future__ import annotations

from typing import Any

import pytest

from ft.chain.settings import unlike

CONFIG: dict[str, Any] = {
    "max_position_embeddings": 4096,
    "rms_norm_eps": 1e-5,
    "num_experts_per_tok": 2,
    "sliding_window": 64,
    "rope_parameters": {"rope_theta": 150000.0, "rope_type": "default"},
}
FOUND: dict[str, Any] = {
    "general.architecture": "x",
    "x.context_length": 4096,
    "x.attention.layer_norm_rms_epsilon": 9.999999747378752e-06,
    "x.expert_used_count": 2,
    "x.attention.sliding_window": 64,
    "x.rope.freq_base": 150000.0,
    "tensors": ["output.weight"],
}
YARN = {"rope_theta": 150000.0, "rope_type": "yarn", "factor": 8.0, "original_max_position_embeddings": 512}
WRITTEN = {
    "x.rope.scaling.type": "yarn",
    "x.rope.scaling.factor": 8.0,
    "x.rope.scaling.original_context_length": 512,
}


def test_what_was_converted_rightly_is_alike() -> None:
    assert unlike(FOUND, CONFIG) == ""
    assert unlike(FOUND | WRITTEN, CONFIG | {"rope_parameters": YARN}) == ""
    full = {"rope_parameters": {"full_attention": CONFIG["rope_parameters"]}}
    assert unlike(FOUND, CONFIG | full) == ""


@pytest.mark.parametrize("key", [key for key in FOUND if key.startswith("x.")])
def test_a_number_that_is_another_is_named(key: str) -> None:
    assert unlike(FOUND | {key: FOUND[key] * 1.01}, CONFIG).startswith(f"{key} is ")


def test_a_number_that_is_not_there_is_named() -> None:
    without = {key: value for key, value in FOUND.items() if key != "x.rope.freq_base"}
    assert unlike(without, CONFIG) == "x.rope.freq_base is 10000.0, and config.json has 150000.0"
    assert unlike(without, CONFIG | {"rope_parameters": {"rope_theta": 10000.0}}) == ""
    without = {key: value for key, value in FOUND.items() if key != "x.context_length"}
    assert unlike(without, CONFIG) == "x.context_length is None, and config.json has 4096"


@pytest.mark.parametrize("key", WRITTEN)
def test_rope_scaling_that_was_lost_is_named(key: str) -> None:
    found = {name: value for name, value in (FOUND | WRITTEN).items() if name != key}
    assert unlike(found, CONFIG | {"rope_parameters": YARN}).startswith(f"{key} is ")


def test_rope_scaling_that_nobody_asked_for_is_named() -> None:
    assert unlike(FOUND | WRITTEN, CONFIG) == "x.rope.scaling.type is yarn, and config.json has default"
    llama3 = CONFIG | {"rope_parameters": CONFIG["rope_parameters"] | {"rope_type": "llama3"}}
    assert unlike(FOUND, llama3).startswith("rope_freqs.weight is not in it")
    assert unlike(FOUND | {"tensors": ["rope_freqs.weight"]}, llama3) == ""
