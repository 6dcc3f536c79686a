"""An Axolotl plugin that puts faults into a real run: named in `plugins=`, told by the environment what to do.

FAULT_HOLD=7:FILE holds the run at the end of step 7 until FILE is there, so that a test can act in its own time.
FAULT_NAN=TEXT makes the loss of every batch NaN that holds TEXT.
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

from axolotl.integrations.base import BasePlugin
from transformers import TrainerCallback

PLUGIN = "tests.ft.faults.Faults"


class Faults(BasePlugin):
    def post_trainer_create(self, cfg: Any, trainer: Any) -> None:
        text = os.environ.get("FAULT_NAN")
        if not text:
            return
        compute = trainer.compute_loss

        def compute_loss(model: Any, inputs: Any, *args: Any, **kwargs: Any) -> Any:
            tokens = inputs["input_ids"].clone()
            loss = compute(model, inputs, *args, **kwargs)
            found = any(text in trainer.processing_class.decode(row.tolist()) for row in tokens)
            return loss * float("nan") if found else loss

        trainer.compute_loss = compute_loss

    def add_callbacks_post_trainer(self, cfg: Any, trainer: Any) -> list[TrainerCallback]:
        step, _, file = os.environ.get("FAULT_HOLD", "").partition(":")
        return [Hold(int(step), Path(file))] if step else []


class Hold(TrainerCallback):
    def __init__(self, step: int, file: Path) -> None:
        self._step, self._file = step, file

    def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        while state.global_step >= self._step and not self._file.exists():
            time.sleep(0.05)
