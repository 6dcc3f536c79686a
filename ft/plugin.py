"""An Axolotl plugin that the launcher adds to every run: right gradients, equal adapters, a record of progress, the
guard, and an ear for `ft stop`.

It is named in the resolved recipe (`plugins: [..., ft.plugin.Kit]`), not in the recipes under configs/.
"""

from __future__ import annotations

import json
import math
import os
import time
from pathlib import Path
from typing import Any

import torch
from axolotl.integrations.base import BasePlugin
from transformers import TrainerCallback, set_seed

from ft import accuracy, data, lengths, lock, stop, trackers
from ft.guard import Guard

PROGRESS = "progress.jsonl"


class Kit(BasePlugin):
    """Loaded once per training process; every hook below is called by Axolotl."""

    def register(self, cfg: dict[str, Any]) -> None:
        import bitsandbytes.nn.modules

        lock.die_with_command()
        # On AVX512-BF16 CPUs bitsandbytes repacks NF4 weights at the first evaluation, and the packed path has no
        # autograd: later gradients are silently wrong. Inference speed is all that the repacking would give.
        bitsandbytes.nn.modules.has_avx512bf16 = lambda: False
        if cfg.get("quantize_moe_experts") and not torch.cuda.is_available():
            experts_on_cpu()
        if cfg.get("use_trackio") or cfg.get("trackio_project_name"):
            trackers.mend_trackio(cfg.get("trackio_project_name"))
        packing_by_epoch(int(cfg.get("seed") or 0))
        self._record = Record(Path(cfg["output_dir"]) / PROGRESS)
        self._record.stage("reading the recipe")

    def load_datasets(self, cfg: Any, preprocess: bool = False) -> None:
        self._record.stage("tokenising the data")

    def pre_model_load(self, cfg: Any) -> None:
        self._record.stage("loading the model")

    def pre_lora_load(self, cfg: Any, model: Any) -> None:
        # `seed` of the recipe comes too late for the adapter: LoRA A is drawn before the trainer seeds anything.
        set_seed(cfg.seed)

    def post_trainer_create(self, cfg: Any, trainer: Any) -> None:
        trainer.args.logging_nan_inf_filter = False  # the trainer would show the last finite loss instead
        accuracy.measure(trainer)
        for key, left in (("datasets", trainer.train_dataset), ("test_datasets", trainer.eval_dataset)):
            kept = len(left) if left is not None and hasattr(left, "__len__") else 0
            if words := lengths.lost(key, data.rows_of(cfg, key), kept, int(cfg.sequence_len or 0)):
                self._record.write({"step": 0, "warning": words})
        self._record.stage("starting")

    def add_callbacks_post_trainer(self, cfg: Any, trainer: Any) -> list[TrainerCallback]:
        # In this order: what is logged is on record before it is judged, and the guard sees the last checkpoint too.
        guard = Guard(cfg, trainer, self._record.write)
        return [Progress(self._record), Stop(Path(cfg["output_dir"])), guard]


def experts_on_cpu() -> None:
    """Let `quantize_moe_experts` work without a card, by the same bitsandbytes call: a rehearsal is 4-bit too.

    Axolotl quantises only CUDA tensors as they are loaded, and sends the model to card 0.
    """
    from axolotl.loaders.model import ModelLoader
    from axolotl.monkeypatch import moe_quant
    from bitsandbytes.nn.parametrize import replace_parameter_4bit
    from transformers import core_model_loading

    place, put = ModelLoader._set_device_map_config, core_model_loading.set_param_for_module

    def place_on_cpu(self: Any) -> None:
        place(self)
        self.model_kwargs["device_map"] = {"": "cpu"}

    def put_and_quantise(model: Any, name: str, value: torch.Tensor, *args: Any, **kwargs: Any) -> None:
        put(model, name, value, *args, **kwargs)
        if value.ndim >= 3 and "expert" in name.lower():
            path, _, parameter = name.rpartition(".")
            replace_parameter_4bit(model.get_submodule(path), parameter, compress_statistics=True, quant_type="nf4")
            moe_quant._moe_load_state["count"] += 1

    def patch_loading(cfg: Any) -> None:
        moe_quant._moe_load_state["count"] = 0
        core_model_loading.set_param_for_module = put_and_quantise

    ModelLoader._set_device_map_config = place_on_cpu
    moe_quant.patch_moe_quantization_on_load = patch_loading


def packing_by_epoch(seed: int) -> None:
    """Make the order of packed data a function of seed and epoch alone, so that a resumed run goes on with the rows
    that an interrupted one would have seen. Axolotl draws it from the global generator, anew after each resume, and
    accelerate does not pass the epoch on to the sampler whose first batches it skips."""
    from accelerate.data_loader import SkipBatchSampler
    from axolotl.utils.samplers import MultipackBatchSampler
    from torch.utils.data import RandomSampler

    generate = MultipackBatchSampler.generate_batches

    def generate_seeded(self: Any, set_stats: bool = False) -> Any:
        if self._batches is None and isinstance(self.sampler, RandomSampler):
            self.sampler.generator = torch.Generator().manual_seed(seed + self.epoch)
        return generate(self, set_stats)

    def pass_epoch_on(self: Any, epoch: int) -> None:
        if hasattr(self.batch_sampler, "set_epoch"):
            self.batch_sampler.set_epoch(epoch)

    MultipackBatchSampler.generate_batches = generate_seeded
    SkipBatchSampler.set_epoch = pass_epoch_on


class Record:
    """Appends one JSON object a line; only rank 0 writes. `time` is the wall clock at the start plus steady seconds: a
    clock that is set while the run goes on moves neither speed nor time left."""

    def __init__(self, path: Path) -> None:
        self._zero = time.time() - time.monotonic()
        self._path = path if int(os.environ.get("RANK", "0")) == 0 else None
        path.parent.mkdir(parents=True, exist_ok=True)

    def write(self, row: dict[str, Any]) -> None:
        if self._path:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(json.dumps({"time": round(self._zero + time.monotonic(), 3), **row}) + "\n")

    def stage(self, name: str) -> None:
        self.write({"stage": name})


class Progress(TrainerCallback):
    """What the live line and the loss curve are drawn from: one row per logged step."""

    def __init__(self, record: Record) -> None:
        self._record, self._evaluating = record, False

    def on_train_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        self._record.write({"stage": "training", "step": state.global_step, "max_steps": state.max_steps})

    def on_log(self, args: Any, state: Any, control: Any, logs: dict[str, Any] | None = None, **kwargs: Any) -> None:
        numbers = {key: _plain(value) for key, value in (logs or {}).items()}
        numbers = {key: value for key, value in numbers.items() if value is not None}
        self._record.write({"step": state.global_step, "max_steps": state.max_steps, **numbers})

    def on_prediction_step(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        if not self._evaluating:  # its first batch: minutes may pass until the next row
            self._evaluating = True
            self._record.write({"stage": "evaluating", "step": state.global_step, "max_steps": state.max_steps})

    def on_evaluate(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        self._evaluating = False

    def on_save(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        self._record.write({"step": state.global_step, "saved": f"checkpoint-{state.global_step}"})

    def on_train_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        self._record.write({"stage": "saving", "step": state.global_step, "max_steps": state.max_steps})


class Stop(TrainerCallback):
    """Makes the step at which `ft stop` asks the last one, and saves it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        if stop.due(self._folder, state.global_step, args.process_index, args.world_size):
            control.should_save = control.should_training_stop = True


def _plain(value: Any) -> float | str | None:
    """A JSON number; NaN and infinity as text, so that they stay visible and the line stays JSON."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) else str(number)
