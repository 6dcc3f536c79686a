"""A GGUF file tensor by tensor: the 16-bit one against the checkpoint, a quantised one against the 16-bit one.

llama.cpp stores a tensor under another name, and may put its rows in another order. What is compared with the
checkpoint is therefore a sum over all values, the same in any order, which one changed value changes.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from ft import llama
from ft.checkpoint import Tensors, read_config

if TYPE_CHECKING:
    import numpy as np
    import torch

# |quantised - 16 bit| / |16 bit| of a tensor at most, by the bits of its form: twice what a bell curve of values gives.
_ERRORS = {"Q8": 0.02, "Q6": 0.05, "Q5": 0.09, "Q4": 0.2, "IQ4": 0.2, "Q3": 0.4, "Q2": 0.7}


def changed(whole: Path, merged: Path) -> tuple[list[str], int]:
    """Tensors of the checkpoint whose values are not those in the 16-bit file, and how many were compared; tensors
    that llama.cpp stores in another form (experts, latent attention) are left out."""
    with llama.reader(whole) as found, Tensors(merged) as tensors:
        stored = {tensor.name: tensor for tensor in found.tensors}
        name_of = _names(llama.text(found, "general.architecture") or "", merged)
        wrong, count = [], 0
        for name in tensors:
            tensor = stored.get(name_of(name) or "")
            if tensor is None:
                continue
            ours = tensors[name]
            if ours.numel() != tensor.n_elements or tensor.tensor_type.name not in ("F32", "F16", "BF16"):
                continue
            count += 1
            wrong += [] if _same_values(ours, tensor) else [name]
    return wrong, count


def _names(architecture: str, merged: Path) -> Any:
    """The function from a checkpoint's tensor name to that in the file, or None: llama.cpp's own table."""
    import gguf

    kinds = {name: kind for kind, name in gguf.MODEL_ARCH_NAMES.items()}
    table = gguf.get_tensor_name_map(kinds[architecture], int(read_config(merged)["num_hidden_layers"]))
    return lambda name: table.get_name(name, try_suffixes=(".weight", ".bias"))


def _same_values(ours: torch.Tensor, tensor: Any) -> bool:
    """The checkpoint's values, cast as the converter casts them, are the file's in any order."""
    import numpy as np
    import torch

    kinds = {"F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16}
    cast = ours.contiguous().to(kinds[tensor.tensor_type.name]).view(torch.uint8).numpy()
    return _sum(cast.reshape(-1).view(_words(tensor))) == _sum(np.asarray(tensor.data).reshape(-1).view(_words(tensor)))


def _words(tensor: Any) -> str:
    return "<u4" if tensor.tensor_type.name == "F32" else "<u2"


def _sum(words: np.ndarray[Any, Any]) -> int:
    """Of a mixed square of each word, modulo 2^64: the order does not matter, each value does."""
    import numpy as np

    total = np.uint64(0)
    with np.errstate(over="ignore"):
        for start in range(0, len(words), 1 << 24):
            part = words[start : start + (1 << 24)].astype(np.uint64) + np.uint64(0x9E3779B97F4A7C15)
            total += (part * part * part).sum(dtype=np.uint64)
    return int(total)


def off(quantised: Path, whole: Path) -> list[str]:
    """Tensors of a quantised file that are further from the 16-bit one than their form explains, or not in both."""
    import gguf
    import numpy as np

    with llama.reader(whole) as before, llama.reader(quantised) as after:
        stored = {tensor.name: tensor for tensor in after.tensors}
        wrong = sorted(set(stored) ^ {tensor.name for tensor in before.tensors})
        for tensor in before.tensors:
            other = stored.get(tensor.name)
            if other is None:
                continue
            if other.tensor_type == tensor.tensor_type:
                wrong += [] if np.array_equal(tensor.data, other.data) else [tensor.name]
                continue
            limit = _ERRORS.get(other.tensor_type.name.partition("_")[0], 0.01)
            w = gguf.dequantize(tensor.data, tensor.tensor_type).reshape(-1)
            q = gguf.dequantize(other.data, other.tensor_type).reshape(-1)
            error = float(np.linalg.norm(q - w)) / (float(np.linalg.norm(w)) or 1.0)
            wrong += [] if error <= limit else [tensor.name]  # NaN is off
    return wrong
