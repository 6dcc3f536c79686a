"""Stops a training run that is lost, in its own process: NaN, infinity, a loss that explodes, no gradient at all.
`ft.curve` has the rules.

It judges what the trainer logs, and looks at nothing else between two logs: no step waits for it. Before a checkpoint
is written the losses since the last log and the adapter's weights must be finite, so every checkpoint is a good one.
What it finds goes to guard.json: the rows of the bad batch, their sources, and the usual cause.
"""

from __future__ import annotations

import json
import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from transformers import TrainerCallback

from ft.culprits import rows_in
from ft.curve import Curve
from prep.files import write_text

FILE = "guard.json"
DEAD = "nothing is learnt"
_KEPT = 256  # batches kept between two logs, as references to their tokens: a few MiB
_NAMED = 64  # rows at most in guard.json
_HISTORY = 20  # logged steps in guard.json


@dataclass(frozen=True)
class Batch:
    """One micro-batch: its step, its tokens [rows, length], how it was masked, its loss, still on the card."""

    step: int
    tokens: torch.Tensor
    attention: torch.Tensor | None
    labels: torch.Tensor | None
    loss: torch.Tensor


class Guard(TrainerCallback):
    """`record` writes a row of progress.jsonl; `decode` makes text of token ids."""

    def __init__(self, cfg: Any, trainer: Any, record: Callable[[dict[str, Any]], None]) -> None:
        self._cfg, self._record = cfg, record
        self._file = Path(cfg["output_dir"]) / FILE
        self._decode = trainer.processing_class.decode
        self._batches: deque[Batch] = deque(maxlen=_KEPT)
        self._history: deque[dict[str, Any]] = deque(maxlen=_HISTORY)
        self._curve = Curve()
        self._watch(trainer)

    def _watch(self, trainer: Any) -> None:
        """Keep each micro-batch with its loss; nothing is copied and nothing waits for the card."""
        step = trainer.training_step

        def training_step(model: Any, inputs: Any, *args: Any, **kwargs: Any) -> torch.Tensor:
            tokens, attention, labels = (inputs.get(key) for key in ("input_ids", "attention_mask", "labels"))
            loss = step(model, inputs, *args, **kwargs)
            if tokens is not None:
                self._batches.append(Batch(trainer.state.global_step + 1, tokens, attention, labels, loss.detach()))
            return loss

        trainer.training_step = training_step

    def on_log(self, args: Any, state: Any, control: Any, logs: dict[str, Any] | None = None, **kwargs: Any) -> None:
        logs, step = logs or {}, state.global_step
        if "eval_loss" in logs:
            self._warn(step, self._curve.turned_up(step, float(logs["eval_loss"])))
        if "loss" not in logs:
            return
        seen = {key: float(logs[key]) for key in ("loss", "grad_norm", "learning_rate") if key in logs}
        self._history.append({"step": step, **{key: _plain(value) for key, value in seen.items()}})
        for key in ("loss", "grad_norm"):
            scaled = key == "grad_norm" and args.fp16  # fp16's scaler tries, and skips such steps by itself
            if key in seen and not math.isfinite(seen[key]) and not scaled:
                self._stop(step, f"{key} is {seen[key]}", self._bad())
        if self._curve.exploded(seen["loss"]):
            what = f"the loss exploded: {seen['loss']:.4g}, the third above {self._curve.limit:.4g} in a row"
            self._stop(step, what, self._worst())
        if "grad_norm" in seen and self._curve.dead(seen["grad_norm"]):
            self._stop(step, f"{DEAD}: grad_norm is 0, the third in a row", self._bad())
        self._warn(step, self._curve.flat(step, seen["loss"]))
        self._batches.clear()

    def on_step_end(self, args: Any, state: Any, control: Any, model: Any = None, **kwargs: Any) -> None:
        """Nothing that is lost is saved: a checkpoint may come between two logs."""
        if control.should_save and model is not None and anywhere_true(not self._finite(model)):
            self._stop(state.global_step, "loss or adapter is not finite before a checkpoint", self._bad())

    def _finite(self, model: Any) -> bool:
        weights = (p for p in model.parameters() if p.requires_grad)
        losses = (batch.loss for batch in self._batches)
        return all(bool(torch.isfinite(value).all()) for source in (losses, weights) for value in source)

    def _bad(self) -> list[Batch]:
        """The batches whose loss is not finite; those of the last step where all are (its gradient was not)."""
        bad = [batch for batch in self._batches if not bool(torch.isfinite(batch.loss).all())]
        first = min((batch.step for batch in bad), default=None)
        last = self._batches[-1].step if self._batches else None
        return [b for b in (bad or self._batches) if b.step == (last if first is None else first)]

    def _worst(self) -> list[Batch]:
        return sorted(self._batches, key=lambda batch: -float(batch.loss.mean()))[:1]

    def _warn(self, step: int, words: str | None) -> None:
        if words:
            self._record({"step": step, "warning": words})

    def _stop(self, step: int, what: str, batches: list[Batch]) -> None:
        """Write guard.json from what every rank has, and raise: the trainer saves nothing any more."""
        here, masked = self._texts(batches)
        lost = any(not bool(torch.isfinite(batch.loss).all()) for batch in batches)
        first = min((batch.step for batch in batches), default=step)
        everywhere = gathered({"texts": here, "masked": masked, "lost": lost, "step": first})
        everywhere = [one for one in everywhere if one["lost"]] or everywhere  # the others' batches were good
        at = min(one["step"] for one in everywhere)
        texts = [text for one in everywhere for text in one["texts"]]
        rows = rows_in(texts, training_files(self._cfg))
        masked, fp16 = any(one["masked"] for one in everywhere), bool(self._cfg.get("fp16"))
        why = cause(what, at, list(self._history), masked, fp16)
        found = {
            "step": at,
            "seen_at": step,
            "what": what,
            "cause": why,
            "rows": rows[:_NAMED],
            "rows_in_all": len(rows),
            "batch_begins": [text[:200] for text in texts[:_NAMED]],
            "logged": list(self._history),
        }
        if torch.distributed.is_initialized() and torch.distributed.get_rank():
            raise FloatingPointError(f"{what} at step {at}")
        write_text(self._file, json.dumps(found, indent=1, ensure_ascii=False) + "\n")
        raise FloatingPointError(f"{what} at step {at}: {why}")

    def _texts(self, batches: list[Batch]) -> tuple[list[str], bool]:
        """Each row of the batches as text, and whether one of the batches has no trained token at all."""
        texts = []
        for batch in batches:
            keep = batch.attention != 0 if batch.attention is not None else torch.ones_like(batch.tokens).bool()
            pairs = zip(batch.tokens, keep, strict=True)
            texts += [self._decode(row[mask].tolist()) for row, mask in pairs]
        masked = any(b.labels is not None and bool((b.labels[:, 1:] == -100).all()) for b in batches)
        return texts, masked


def cause(what: str, step: int, logged: list[dict[str, Any]], masked: bool, fp16: bool) -> str:
    """The usual cause, in words, with what to do."""
    norms = [row["grad_norm"] for row in logged[:-1] if isinstance(row.get("grad_norm"), float)]
    grew = len(norms) >= 4 and max(norms[-3:]) > 10 * sorted(norms)[len(norms) // 2]
    causes = [
        (masked, "a batch has no trained token, all of it is masked: python -m ft check names such rows"),
        (
            fp16 and "explode" not in what,
            "fp16 has no room for very large or small values: bf16=true fp16=false where the card has it",
        ),
        (
            DEAD in what,
            "the adapter is cut off from the loss: gradient_checkpointing, a frozen adapter, or answers all masked",
        ),
        (grew, "the gradients grew first: lower learning_rate, raise warmup_ratio, set max_grad_norm=1.0"),
        (
            step <= 1,
            "from the first step on: broken weights, or an attn_implementation that this card does not compute well",
        ),
        ("explode" in what, "most often learning_rate is too high: a third of it, and a longer warmup_ratio"),
    ]
    otherwise = "most often learning_rate is too high, or one of the rows named in guard.json is damaged: look at them"
    return next((words for holds, words in causes if holds), otherwise)


def training_files(cfg: Any) -> list[Path]:
    """The local JSON files that are trained on."""
    paths = [Path(str(entry["path"])) for entry in cfg.get("datasets") or []]
    return [path for path in paths if path.is_file() and path.suffix in (".json", ".jsonl")]


def anywhere_true(here: bool) -> bool:
    """The same answer on all ranks, which then all stop or all go on."""
    return any(gathered(here))


def gathered(value: Any) -> list[Any]:
    """`value` of every rank, on every rank."""
    if not torch.distributed.is_initialized() or torch.distributed.get_world_size() == 1:
        return [value]
    values: list[Any] = [None] * torch.distributed.get_world_size()
    torch.distributed.all_gather_object(values, value)
    return values


def _plain(value: float) -> float | str:
    return value if math.isfinite(value) else str(value)
