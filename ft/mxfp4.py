"""The bf16 copy of a published MXFP4 checkpoint, bit-exact, one output shard in memory at a time.

MXFP4 (OCP Microscaling Formats 1.0): blocks of 32 FP4 (E2M1) values, two a byte, low nibble first, with one shared
power-of-two scale stored as exponent + 127. Every product of the two is exact in bf16.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from ft.checkpoint import Tensors, check_room, read_config, weight_map
from prep.errors import UserError
from prep.files import whole_folder

if TYPE_CHECKING:
    import torch

FP4 = (0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, -0.0, -0.5, -1.0, -1.5, -2.0, -3.0, -4.0, -6.0)
SHARD_BYTES = 4 << 30


def dequantise(blocks: torch.Tensor, scales: torch.Tensor) -> torch.Tensor:
    """uint8 blocks [experts, out, in / 32, 16] and uint8 scales [experts, out, in / 32] -> bf16 [experts, in, out]."""
    import torch

    table = torch.tensor(FP4, dtype=torch.bfloat16)
    experts, outer, groups, half = blocks.shape
    result = torch.empty(experts, groups * half * 2, outer, dtype=torch.bfloat16)
    for expert in range(experts):  # one expert at a time: the working set stays small
        nibbles = torch.stack([blocks[expert] & 15, blocks[expert] >> 4], dim=-1).view(outer, groups, half * 2)
        exponents = scales[expert].to(torch.int32) - 127
        values = torch.ldexp(table[nibbles.int()], exponents.unsqueeze(-1))
        result[expert] = values.view(outer, -1).T
    return result


def convert(published: Path, out: Path) -> None:
    """Write the bf16 copy of the MXFP4 checkpoint `published` to `out`. Raises UserError when it is not MXFP4."""
    config = read_config(published)
    if (config.pop("quantization_config", None) or {}).get("quant_method") != "mxfp4":
        raise UserError(f"{published}: not an MXFP4 checkpoint (no quantization_config of that kind in config.json)")
    config["dtype"] = "bfloat16"
    config.pop("torch_dtype", None)
    tensors = weight_map(published)
    check_disk(published, out)
    with whole_folder(out) as folder:
        _write_shards(_converted(published), folder, total=_count(tensors))
        (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
        for file in sorted(published.iterdir()):
            if file.suffix in (".json", ".jinja", ".model", ".txt") and not (folder / file.name).exists():
                shutil.copyfile(file, folder / file.name)


def check_disk(published: Path, out: Path) -> None:
    """Refuse before the first byte when the bf16 copy will not fit."""
    needed = sum(_bf16_bytes(published / file) for file in sorted({p.name for p in weight_map(published).values()}))
    check_room(needed, out, "the bf16 copy", ", or choose another folder with --out")


def _bf16_bytes(file: Path) -> int:
    from safetensors import safe_open

    total = 0
    with safe_open(file, framework="pt") as tensors:
        for name in tensors.keys():  # noqa: SIM118 (not a dict)
            piece = tensors.get_slice(name)
            size = 1
            for side in piece.get_shape():
                size *= side
            width = {"U8": 4 if name.endswith("_blocks") else 0, "BF16": 2, "F16": 2}.get(piece.get_dtype(), 4)
            total += size * width
    return total


def _count(tensors: dict[str, Path]) -> int:
    return sum(not name.endswith("_scales") for name in tensors)


def _converted(published: Path) -> Iterator[tuple[str, torch.Tensor]]:
    with Tensors(published) as tensors:
        for name in tensors:
            if name.endswith("_blocks"):
                plain = name.removesuffix("_blocks")
                yield plain, dequantise(tensors[name], tensors[f"{plain}_scales"])
            elif not name.endswith("_scales"):
                yield name, tensors[name]


def _write_shards(tensors: Iterator[tuple[str, torch.Tensor]], folder: Path, total: int) -> None:
    from rich.progress import track
    from safetensors.torch import save_file

    shards: list[list[str]] = []
    batch: dict[str, torch.Tensor] = {}
    size = all_bytes = 0

    def flush() -> None:
        nonlocal batch, size
        save_file(batch, folder / f"shard-{len(shards):05}.safetensors", metadata={"format": "pt"})
        shards.append(list(batch))
        batch, size = {}, 0

    for name, tensor in track(tensors, description="bf16 copy", total=total):
        bytes_here = tensor.numel() * tensor.element_size()
        if batch and size + bytes_here > SHARD_BYTES:
            flush()
        batch[name] = tensor.contiguous()
        size += bytes_here
        all_bytes += bytes_here
    flush()
    names: dict[str, str] = {}
    for number, shard in enumerate(shards):
        final = f"model-{number + 1:05}-of-{len(shards):05}.safetensors"
        (folder / f"shard-{number:05}.safetensors").rename(folder / final)
        names.update(dict.fromkeys(shard, final))
    index = {"metadata": {"total_size": all_bytes}, "weight_map": names}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index, indent=2) + "\n", encoding="utf-8")
