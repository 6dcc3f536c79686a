"""The bf16 copy of MXFP4 weights: bit-exact, whole or absent."""

from __future__ import annotations

import json
import shutil
from collections import namedtuple
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers.integrations.mxfp4 import convert_moe_packed_tensors

from ft import mxfp4
from ft.checkpoint import Tensors
from prep.errors import UserError

SCALES = torch.arange(90, 154, dtype=torch.uint8)


def checkpoint(folder: Path, method: str = "mxfp4") -> Path:
    """A published checkpoint in two shards, blocks and scales of one tensor in different ones."""
    folder.mkdir()
    generator = torch.Generator().manual_seed(1)
    blocks = torch.randint(0, 256, (2, 6, 2, 16), generator=generator, dtype=torch.uint8)
    first = {"experts.down_proj_blocks": blocks, "norm.weight": torch.ones(4, dtype=torch.bfloat16)}
    second = {"experts.down_proj_scales": SCALES[torch.randint(0, 64, (2, 6, 2), generator=generator)]}
    names = {}
    for number, shard in enumerate((first, second), 1):
        file = f"model-{number:05}-of-00002.safetensors"
        save_file(shard, folder / file)
        names.update(dict.fromkeys(shard, file))
    (folder / "model.safetensors.index.json").write_text(json.dumps({"metadata": {}, "weight_map": names}))
    (folder / "config.json").write_text(json.dumps({"quantization_config": {"quant_method": method}}))
    (folder / "tokenizer.json").write_text("{}")
    return folder


def test_dequantising_is_transformers_own_bit_for_bit() -> None:
    """Every byte of a block under every scale that the published weights could hold."""
    blocks = torch.arange(256, dtype=torch.uint8).view(1, 1, 16, 16).repeat(1, 64, 1, 1)
    scales = SCALES.view(1, 64, 1).repeat(1, 1, 16)
    ours, theirs = mxfp4.dequantise(blocks, scales), convert_moe_packed_tensors(blocks, scales)
    assert ours.dtype == theirs.dtype == torch.bfloat16
    assert torch.equal(ours.view(torch.uint16), theirs.contiguous().view(torch.uint16))


def test_the_copy_holds_every_tensor_and_no_quantisation(tmp_path: Path) -> None:
    source = checkpoint(tmp_path / "published")
    mxfp4.convert(source, tmp_path / "bf16")
    with Tensors(tmp_path / "bf16") as copy, Tensors(source) as old:
        assert sorted(copy) == ["experts.down_proj", "norm.weight"]
        expected = convert_moe_packed_tensors(old["experts.down_proj_blocks"], old["experts.down_proj_scales"])
        assert torch.equal(copy["experts.down_proj"], expected)
    assert "quantization_config" not in json.loads((tmp_path / "bf16/config.json").read_text())
    assert (tmp_path / "bf16/tokenizer.json").is_file()


def test_shards_are_split_by_size_and_the_index_finds_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mxfp4, "SHARD_BYTES", 100)
    mxfp4.convert(checkpoint(tmp_path / "published"), tmp_path / "bf16")
    files = sorted((tmp_path / "bf16").glob("*.safetensors"))
    assert [file.name for file in files] == ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"]
    assert {name for file in files for name in load_file(file)} == {"experts.down_proj", "norm.weight"}


def test_a_checkpoint_that_is_not_mxfp4_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="not an MXFP4 checkpoint"):
        mxfp4.convert(checkpoint(tmp_path / "published", method="awq"), tmp_path / "bf16")


def test_a_shard_that_is_missing_is_named(tmp_path: Path) -> None:
    source = checkpoint(tmp_path / "published")
    (source / "model-00002-of-00002.safetensors").unlink()
    with pytest.raises(UserError, match=r"model-00002-of-00002\.safetensors"):
        mxfp4.convert(source, tmp_path / "bf16")


def test_too_small_a_disk_is_refused_before_the_first_byte(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(10**9, 10**9, 100))
    with pytest.raises(UserError, match="the bf16 copy needs") as caught:
        mxfp4.convert(checkpoint(tmp_path / "published"), tmp_path / "bf16")
    assert caught.value.code == 1
    assert [path.name for path in tmp_path.iterdir()] == ["published"]


def test_an_interrupted_copy_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(mxfp4, "dequantise", interrupt)
    with pytest.raises(KeyboardInterrupt):
        mxfp4.convert(checkpoint(tmp_path / "published"), tmp_path / "bf16")
    assert [path.name for path in tmp_path.iterdir()] == ["published"]
