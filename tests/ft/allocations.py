"""What one LoRA step allocates, tensor by tensor, at real sizes: on fake tensors, which have no memory and no values.

It stands in for torch.cuda.max_memory_allocated where there is no card: fused kernels and 4-bit weights are not in it.
"""

from __future__ import annotations

import weakref
from typing import Any

import torch
from peft import LoraConfig, get_peft_model
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves
from transformers import AutoConfig, AutoModelForCausalLM


class Live(TorchDispatchMode):
    """Bytes of all living tensors but the model's own, now and at most."""

    def __init__(self, model: torch.nn.Module) -> None:
        super().__init__()
        self._seen = {t.untyped_storage()._cdata for t in [*model.parameters(), *model.buffers()]}
        self.now = self.peak = 0

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        out = func(*args, **(kwargs or {}))
        for tensor in tree_leaves(out):
            if isinstance(tensor, torch.Tensor) and (key := tensor.untyped_storage()._cdata) not in self._seen:
                size = tensor.untyped_storage().nbytes()
                self._seen.add(key)
                self.now += size
                weakref.finalize(tensor.untyped_storage(), self._gone, key, size)
        self.peak = max(self.peak, self.now)
        return out

    def _gone(self, key: int, size: int) -> None:
        self._seen.discard(key)
        self.now -= size


def on_meta(config: dict[str, Any], **options: Any) -> Any:
    """The model of a config.json in bf16, without memory."""
    plain = AutoConfig.for_model(**{k: v for k, v in config.items() if k != "quantization_config"})
    plain.use_cache = False
    with torch.device("meta"):
        return AutoModelForCausalLM.from_config(plain, dtype=torch.bfloat16, **options)


def adapted(model: Any, values: dict[str, Any]) -> Any:
    """With the recipe's LoRA on it, as Axolotl asks PEFT for it."""
    options = LoraConfig(
        r=values["lora_r"],
        target_modules=values["lora_target_modules"],
        target_parameters=values.get("lora_target_parameters"),
        task_type="CAUSAL_LM",
    )
    with torch.device("meta"):
        return get_peft_model(model, options)


def step_bytes(config: dict[str, Any], values: dict[str, Any], training: bool = True) -> int:
    """The peak of one step over one full micro batch, without the model's weights; of an evaluation's forward else."""
    model = adapted(on_meta(config, attn_implementation=values["attn_implementation"]), values)
    with FakeTensorMode(allow_non_fake_inputs=True):
        for module in model.modules():
            for name, p in [(n, p) for n, p in module._parameters.items() if p is not None]:
                fake = torch.empty(p.shape, dtype=p.dtype)
                module._parameters[name] = torch.nn.Parameter(fake, requires_grad=p.requires_grad)
            for name, b in [(n, b) for n, b in module._buffers.items() if b is not None]:
                module._buffers[name] = torch.empty(b.shape, dtype=b.dtype)
        model.train(training)
        if values.get("gradient_checkpointing") and training:
            model.gradient_checkpointing_enable({"use_reentrant": False})
            model.enable_input_require_grads()
        ids = torch.zeros((values["micro_batch_size"], values["sequence_len"]), dtype=torch.long)
        live = Live(model)
        with live, torch.set_grad_enabled(training):
            with torch.autocast("cpu", torch.bfloat16):
                loss = model(input_ids=ids, labels=ids).loss
            if training:
                loss.backward()
    return live.peak
