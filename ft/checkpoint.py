"""Safetensors folders: names, files, sizes, and the LoRA pairs of an adapter."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prep.errors import UserError

if TYPE_CHECKING:
    import torch

_INDEX = "model.safetensors.index.json"


def weight_map(folder: Path) -> dict[str, Path]:
    """Tensor name -> the safetensors file that holds it. Raises UserError when files are missing or damaged."""
    index = folder / _INDEX
    if index.is_file():
        names = read_json(index).get("weight_map")
        if not isinstance(names, dict):
            raise UserError(f"{index}: names no files: download the model again")
        missing = sorted({file for file in names.values() if not (folder / file).is_file()})
        if missing:
            raise UserError(f"{folder}: {', '.join(missing)} of its index is not there: download the model again")
        return {name: folder / file for name, file in names.items()}
    files = sorted(folder.glob("model*.safetensors"))
    if not files:
        raise UserError(f"{folder}: no safetensors files (other formats are not read)")
    found: dict[str, Path] = {}
    for file in files:
        with opened(file) as tensors:
            found.update(dict.fromkeys(tensors.keys(), file))
    return found


def opened(file: Path) -> Any:
    """A safetensors file to read from, a context manager. Raises UserError where it is not whole."""
    from safetensors import SafetensorError, safe_open

    try:
        return safe_open(file, framework="pt")
    except SafetensorError as error:
        raise UserError(f"{file}: cut off or damaged ({error}): make it again, or download it again", 1) from None


def tensor_bytes(folder: Path) -> int:
    return sum(file.stat().st_size for file in set(weight_map(folder).values()))


def read_config(folder: Path) -> dict[str, Any]:
    try:
        return read_json(folder / "config.json")
    except FileNotFoundError:
        raise UserError(f"{folder}: no config.json: not a model folder") from None


def read_json(path: Path) -> dict[str, Any]:
    """An object of a model's folder. Raises UserError where the file holds none."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:  # also bytes that are not UTF-8
        raise UserError(f"{path}: not valid JSON ({error}): download the model again") from None
    if not isinstance(found, dict):
        raise UserError(f"{path}: not valid JSON (no object): download the model again")
    return found


def ends(folder: Path) -> list[int]:
    """The tokens at which transformers ends an answer of this model; none where the folder names none."""
    for name in ("generation_config.json", "config.json"):
        value = read_json(folder / name).get("eos_token_id") if (folder / name).is_file() else None
        if value is not None:
            found = value if isinstance(value, list) else [value]
            if not all(isinstance(token, int) for token in found):
                raise UserError(f"{folder / name}: eos_token_id is {value!r}, no token's number: make it again")
            return found
    return []


def fingerprint(folder: Path) -> str | None:
    """Tells two bases apart in a moment: names, sizes, and the first and last MiB of each weight file. None when the
    folder is not on this disk."""
    if not folder.is_dir():
        return None
    digest = hashlib.sha256()
    for file in sorted(folder.glob("*.safetensors")):
        size = file.stat().st_size
        digest.update(f"{file.name}:{size};".encode())
        with file.open("rb") as data:
            digest.update(data.read(1 << 20))
            data.seek(max(0, size - (1 << 20)))
            digest.update(data.read())
    return digest.hexdigest()


def file_fingerprint(path: Path) -> str:
    """Tells two files apart in a moment, as `fingerprint` does folders: size, first and last MiB."""
    size, digest = path.stat().st_size, hashlib.sha256()
    with path.open("rb") as file:
        digest.update(f"{size};".encode() + file.read(1 << 20))
        file.seek(max(0, size - (1 << 20)))
        digest.update(file.read())
    return digest.hexdigest()


class Tensors:
    """Reads single tensors of a folder; a context manager that keeps its files open."""

    def __init__(self, folder: Path) -> None:
        self.map = weight_map(folder)
        self._files: dict[Path, Any] = {}
        self._stack = ExitStack()

    def __enter__(self) -> Tensors:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def __iter__(self) -> Iterator[str]:
        return iter(self.map)

    def __getitem__(self, name: str) -> torch.Tensor:
        path = self.map[name]
        if path not in self._files:
            self._files[path] = self._stack.enter_context(opened(path))
        return self._files[path].get_tensor(name)


def lora_pairs(adapter: Path) -> dict[str, tuple[torch.Tensor, torch.Tensor]]:
    """Weight name in the base -> its (A [r, in], B [out, r]) of a PEFT adapter folder."""
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    file = adapter / "adapter_model.safetensors"
    if not file.is_file():
        raise UserError(f"{adapter}: no adapter_model.safetensors: train first")
    try:
        tensors = load_file(file)
    except SafetensorError as error:
        raise UserError(f"{file}: cut off or damaged ({error}): train again", 1) from None
    pairs = {}
    for name in tensors:
        a, b = (name.replace(".lora_B.weight", ".lora_A.weight"), name.replace(".lora_A.weight", ".lora_B.weight"))
        if a == b:  # no part of a pair
            continue
        if a not in tensors or b not in tensors:
            raise UserError(f"{file}: {name} has no other half: edited? train again", 1)
        plain = a.removeprefix("base_model.model.").removesuffix(".lora_A.weight")
        pairs[f"{plain}.weight"] = (tensors[a], tensors[b])
    return pairs


def lora_scales(adapter: Path) -> dict[str, float] | None:
    """Weight name in the base -> alpha / r (alpha / sqrt(r) for rsLoRA), with the alpha and the rank of this very
    tensor; None for variants whose delta is not scale * B @ A."""
    config = json.loads((adapter / "adapter_config.json").read_text(encoding="utf-8"))
    if config.get("peft_type") != "LORA" or config.get("use_dora"):
        return None
    power = 0.5 if config.get("use_rslora") else 1.0
    return {
        name: float(_alpha(config, name.removesuffix(".weight")) / a.shape[0] ** power)
        for name, (a, _) in lora_pairs(adapter).items()
    }


def _alpha(config: dict[str, Any], module: str) -> float:
    patterns: dict[str, float] = config.get("alpha_pattern") or {}
    if not patterns:
        return float(config["lora_alpha"])
    from peft.utils.other import get_pattern_key

    return patterns.get(get_pattern_key(list(patterns), module), config["lora_alpha"])


def check_room(needed: int, folder: Path, what: str, instead: str = "") -> None:
    """Raise UserError, before the first byte, where `needed` bytes will not fit beside `folder`, which need not be
    there yet."""
    place = next(parent for parent in (folder.absolute(), *folder.absolute().parents) if parent.exists())
    free = shutil.disk_usage(place).free
    if needed * 1.05 > free:
        text = f"{what} needs {needed / 1e9:.1f} GB and {place} has {free / 1e9:.1f} GB free: free some space{instead}"
        raise UserError(text, code=1)
