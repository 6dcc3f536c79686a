"""verify finds each fault that a merge can have, by the weights alone and by the logits."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from ft.verify import Gap, Weights, compare_weights, failures, gap

Folders = tuple[Path, Path, Path]
Edit = Callable[[dict[str, torch.Tensor]], object]


@pytest.fixture
def merge(tmp_path: Path) -> Callable[[Edit | None, torch.dtype], Folders]:
    """A base, an adapter on q and v, and their right merge, which a test may edit before it is written."""

    def make(edit: Edit | None = None, dtype: torch.dtype = torch.bfloat16) -> Folders:
        generator = torch.Generator().manual_seed(0)
        names = [f"layers.0.{part}.weight" for part in ("q", "v", "up")]
        base = {name: torch.randn(32, 16, generator=generator).to(dtype) for name in names}
        adapter, merged = {}, dict(base)
        for name in names[:2]:
            a, b = torch.randn(4, 16, generator=generator) * 0.1, torch.randn(32, 4, generator=generator) * 0.1
            plain = f"base_model.model.{name.removesuffix('.weight')}"
            adapter |= {f"{plain}.lora_A.weight": a, f"{plain}.lora_B.weight": b}
            merged[name] = (base[name].float() + 2.0 * (b @ a)).to(dtype)
        if edit:
            edit(merged)
        folders = tmp_path / "base", tmp_path / "merged", tmp_path / "adapter"
        for folder, tensors, file in zip(
            folders, (base, merged, adapter), ("model", "model", "adapter_model"), strict=True
        ):
            folder.mkdir()
            save_file(tensors, folder / f"{file}.safetensors")
        (folders[2] / "adapter_config.json").write_text(json.dumps({"peft_type": "LORA", "r": 4, "lora_alpha": 8}))
        return folders

    return make


GOOD = {"adapter - base": Gap(2.0, 0.1, 0.8), "merged - adapter": Gap(0.01, 0.001, 1.0)}


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float32])
def test_a_right_merge_passes(merge: Callable[..., Folders], dtype: torch.dtype) -> None:
    found = compare_weights(*merge(None, dtype))
    assert (found.expected, found.changed, found.largest_error <= 1) == (2, 2, True)
    assert failures(found, GOOD) == []


def _bump(tensors: dict[str, torch.Tensor], name: str) -> None:
    tensors[name] = tensors[name].clone()
    tensors[name][3, 3] += 0.25


FAULTS: dict[str, tuple[Edit, str]] = {
    "a merged tensor is off": (lambda t: _bump(t, "layers.0.q.weight"), "merged tensors are not base + adapter"),
    "another tensor changed": (lambda t: _bump(t, "layers.0.up.weight"), "tensors differ that have no adapter"),
    "a tensor is missing": (lambda t: t.pop("layers.0.up.weight"), "tensors differ that have no adapter"),
    "a tensor has another type": (
        lambda t: t.update({"layers.0.up.weight": t["layers.0.up.weight"].half()}),
        "tensors differ that have no adapter",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_in_the_weights_is_found(merge: Callable[..., Folders], fault: str) -> None:
    edit, says = FAULTS[fault]
    assert any(says in line for line in failures(compare_weights(*merge(edit)), GOOD))


def test_a_merge_that_left_a_tensor_out_is_found(merge: Callable[..., Folders]) -> None:
    base, merged, adapter = merge()
    (merged / "model.safetensors").write_bytes((base / "model.safetensors").read_bytes())
    lines = failures(compare_weights(base, merged, adapter), GOOD)
    assert any("byte for byte" in line for line in lines)
    assert any("were not changed" in line for line in lines)


@pytest.mark.parametrize(("pattern", "right"), [({"layers.0.q": 8}, True), ({"q": 8, "v": 4}, False)])
def test_each_tensor_has_an_alpha_of_its_own(
    merge: Callable[..., Folders], pattern: dict[str, int], right: bool
) -> None:
    base, merged, adapter = merge()  # by 2, which is 8 / 4
    config = {"peft_type": "LORA", "r": 4, "lora_alpha": 8, "alpha_pattern": pattern}
    (adapter / "adapter_config.json").write_text(json.dumps(config))
    assert (compare_weights(base, merged, adapter).off == []) is right


def test_a_delta_below_every_rounding_may_change_nothing(merge: Callable[..., Folders]) -> None:
    base, _, adapter = merge()
    config = {"peft_type": "LORA", "r": 4, "lora_alpha": 1e-9}
    (adapter / "adapter_config.json").write_text(json.dumps(config))
    found = compare_weights(base, base, adapter)
    assert found.unchanged == [] and any("byte for byte" in line for line in failures(found, GOOD))


@pytest.mark.parametrize(
    ("effect", "merged", "says"),
    [
        (Gap(0.0, 0.0, 1.0), Gap(0.0, 0.0, 1.0), "the adapter changes nothing"),
        (Gap(2.0, 0.1, 0.8), Gap(0.6, 0.03, 1.0), "away from the adapter by 30%"),
        (Gap(2.0, 0.1, 0.8), Gap(0.1, 0.01, 0.9), "agree on 90.0%"),
        (Gap(2.0, 0.1, 0.8), Gap(float("nan"), float("nan"), 1.0), "away from the adapter by nan%"),
    ],
)
def test_a_fault_in_the_logits_is_found(effect: Gap, merged: Gap, says: str) -> None:
    found = failures(Weights(expected=2, changed=2), {"adapter - base": effect, "merged - adapter": merged})
    assert [says in line for line in found] == [True]


def test_gaps_are_over_the_shared_vocabulary_and_weighted_by_tokens() -> None:
    one = [torch.zeros(1, 3), torch.zeros(3, 3)]
    other = [torch.tensor([[0.0, 0.0, 4.0, 9.0]]), torch.zeros(3, 4)]
    assert gap(one, other) == Gap(max_logit=4.0, mean_logit=pytest.approx(4 / 3 / 4), agreement=0.75)
