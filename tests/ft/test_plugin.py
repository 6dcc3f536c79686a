"""The plugin: gradients stay right after an evaluation on this processor, packing follows seed and epoch."""

from __future__ import annotations

from pathlib import Path

import torch

from ft.plugin import Kit, packing_by_epoch


def test_nf4_weights_are_never_repacked_for_inference(tmp_path: Path) -> None:
    """bitsandbytes repacks them at the first evaluation on processors with AVX512-BF16; gradients are wrong after."""
    import bitsandbytes as bnb

    bnb.nn.modules.has_avx512bf16 = lambda: True
    Kit().register({"output_dir": str(tmp_path), "seed": 1})
    assert bnb.nn.modules.has_avx512bf16() is False
    layer = bnb.nn.Linear4bit(64, 64, bias=True, quant_type="nf4", compute_dtype=torch.float32).to("cpu")
    rows = torch.randn(4, 64, requires_grad=True)
    layer(rows).sum().backward()
    before, rows.grad = rows.grad, None
    layer.eval()
    with torch.no_grad():
        layer(rows)
    layer.train()
    layer(rows).sum().backward()
    assert torch.equal(before, rows.grad)


def test_packed_batches_are_a_function_of_seed_and_epoch() -> None:
    import numpy as np
    from accelerate.data_loader import SkipBatchSampler
    from axolotl.utils.samplers import MultipackBatchSampler
    from torch.utils.data import RandomSampler

    packing_by_epoch(3)

    def sampler() -> MultipackBatchSampler:
        return MultipackBatchSampler(
            RandomSampler(range(40)),
            batch_size=1,
            batch_max_len=50,
            lengths=np.full(40, 10),
            bin_size=10,
            drop_last=True,
        )

    whole = sampler()
    whole.set_epoch(2)
    torch.manual_seed(99)  # the global generator has no say
    skipping = SkipBatchSampler(sampler(), skip_batches=3)
    skipping.set_epoch(2)
    assert list(skipping) == list(whole)[3:]
    other = sampler()
    other.set_epoch(1)
    assert list(other) != list(whole)
