"""What an adapter adds to single weights, scale x B x A of each; one that is more than that is refused by name."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ft.checkpoint import lora_pairs, lora_scales, weight_map
from prep.errors import UserError

if TYPE_CHECKING:
    import torch

# Of adapter_config.json: with one of these set, the model is not W + scale * B @ A of its linear layers.
_MORE = ["use_dora", "lora_bias", "modules_to_save", "trainable_token_indices", "target_parameters", "fan_in_fan_out"]
_MORE += ["layer_replication", "use_qalora", "use_bdlora", "alora_invocation_tokens", "arrow_config"]
_MORE += ["monteclora_config"]
_STARTS = (None, True, False, "gaussian", "eva", "orthogonal", "mica")  # others change the base before they train
_KINDS = {
    "lora_embedding_": "embeddings (lora_embedding)",
    "lora_magnitude_vector": "DoRA's magnitudes",
    ".bias": "biases",
    "": "a whole weight (modules_to_save?)",
}


@dataclass(frozen=True)
class Deltas:
    """Weight name -> (A [r, in], B [out, r]) and its scale."""

    folder: Path
    config: dict[str, Any]
    pairs: dict[str, tuple[torch.Tensor, torch.Tensor]]
    scales: dict[str, float]

    def of(self, name: str, weight: float) -> torch.Tensor:
        """weight * scale * B @ A: [out, in] in fp32."""
        a, b = self.pairs[name]
        return (weight * self.scales[name]) * (b.float() @ a.float())


def read(folder: Path) -> Deltas:
    """The deltas of an adapter folder. Raises UserError where it is none, damaged, changes nothing, or is more."""
    from safetensors import SafetensorError, safe_open

    path, file = folder / "adapter_config.json", folder / "adapter_model.safetensors"
    for needed in (path, file):
        if not needed.is_file():
            raise UserError(f"{folder}: no {needed.name}: not the folder of a trained adapter")
    try:
        config = json.loads(path.read_text(encoding="utf-8"))
        with safe_open(file, framework="pt") as tensors:
            names = list(tensors.keys())
        _refuse_more(folder, config, names)
        pairs, scales = lora_pairs(folder), lora_scales(folder) or {}
    except (ValueError, AttributeError, SafetensorError) as error:
        raise UserError(f"{folder}: its adapter cannot be read ({error}): copy it again") from None
    except (KeyError, TypeError, ZeroDivisionError) as error:
        raise UserError(f"{folder}: its adapter is not whole ({error} is missing): copy it again") from None
    _check_values(folder, pairs, scales)
    return Deltas(folder, config, pairs, scales)


def _refuse_more(folder: Path, config: dict[str, Any], names: list[str]) -> None:
    only = "only what adds to single linear layers can be carried onto another model"
    if config.get("peft_type") != "LORA":
        raise UserError(f"{folder}: a {config.get('peft_type')} adapter, not LoRA: {only}")
    found = [f"{key}: {config[key]}" for key in _MORE if config.get(key)]
    if config.get("bias", "none") != "none":
        found.append(f"bias: {config['bias']}")
    if config.get("init_lora_weights") not in _STARTS:
        found.append(f"init_lora_weights: {config['init_lora_weights']} (its deltas are of a base that it changed)")
    if found:
        raise UserError(f"{folder}: the adapter has {', '.join(found)}: {only}")
    others = [name for name in names if not name.endswith((".lora_A.weight", ".lora_B.weight"))]
    for mark, kind in _KINDS.items():
        if held := [name for name in others if mark in name]:
            raise UserError(f"{folder}: the adapter holds {held[0]}, {kind}: {only}")


def _check_values(folder: Path, pairs: dict[str, tuple[torch.Tensor, torch.Tensor]], scales: dict[str, float]) -> None:
    import torch

    largest = 0.0
    for name, (a, b) in pairs.items():
        if a.ndim != 2 or b.ndim != 2 or a.shape[0] != b.shape[1]:
            raise UserError(f"{folder}: A {list(a.shape)} and B {list(b.shape)} of {name} do not fit: copy it again")
        if not (torch.isfinite(a).all() and torch.isfinite(b).all()):
            raise UserError(f"{folder}: its values for {name} are not finite: the run was lost, train again", 1)
        largest = max(largest, abs(scales[name]) * float((b.float().T @ b.float() @ a.float()).abs().max()))
    if not largest:
        raise UserError(f"{folder}: the adapter changes nothing: its deltas are all zero", 1)


@contextmanager
def progress(words: str, total: int) -> Iterator[Callable[[], None]]:
    """A bar on stderr for those who wait; yields what is called for each that is done."""
    from rich.console import Console
    from rich.progress import Progress

    with Progress(*Progress.get_default_columns(), console=Console(stderr=True)) as bar:
        task = bar.add_task(words, total=total)
        yield lambda: bar.advance(task)


def add(deltas: Deltas, weight: float, onto: Path, merged: Path) -> dict[str, dict[str, float]]:
    """Write the weights of `onto` with the deltas added, one shard in memory at a time; sums are of fp32 and rounded
    once, all else keeps its bytes. Returns how much was added to each kind of module, as ||delta|| / ||W||."""
    from safetensors import safe_open

    merged.mkdir()
    places, added = weight_map(onto), dict[str, list[float]]()
    with progress("adding", len(deltas.pairs)) as done:
        for file in sorted(set(places.values())):
            with safe_open(file, framework="pt") as stored:
                tensors = {name: stored.get_tensor(name) for name in stored.keys()}  # noqa: SIM118 (not a dict)
                for name in [name for name in tensors if name in deltas.pairs]:
                    tensors[name], share = _sum(name, tensors[name], deltas.of(name, weight))
                    added.setdefault(name.removesuffix(".weight").rpartition(".")[2], []).append(share)
                    done()
                _save(tensors, merged / file.name, stored.metadata())
    return {
        kind: {"weights": len(shares), "mean": sum(shares) / len(shares), "largest": max(shares)}
        for kind, shares in sorted(added.items())
    }


def _sum(name: str, stored: torch.Tensor, delta: torch.Tensor) -> tuple[torch.Tensor, float]:
    import torch

    result = (stored.float() + delta).to(stored.dtype)
    if not torch.isfinite(result).all():
        raise UserError(f"{name}: not finite in {stored.dtype} any more: a smaller --weight", 1)
    return result, float(delta.norm() / stored.float().norm().clamp(min=1e-30))


def _save(tensors: dict[str, torch.Tensor], path: Path, metadata: dict[str, str] | None) -> None:
    """save_file tells a full disk in an error of its own: here it is the system's."""
    from safetensors import SafetensorError
    from safetensors.torch import save_file

    try:
        save_file(tensors, path, metadata=metadata)
        path.chmod(0o644)
    except SafetensorError as error:
        number = re.search(r"os error (\d+)", str(error))
        if not number:
            raise UserError(f"{path.name} cannot be written: {error}", 1) from None
        raise OSError(int(number[1]), os.strerror(int(number[1])), str(path)) from None
