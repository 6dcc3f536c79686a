"""Where a run is and how fast: what its progress rows say, brought together. Nothing here reads a clock or a file."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

Number = float | str  # NaN and infinity are text in the rows, so that they stay visible
_WINDOW = 20  # logged steps over which the tokens/s that is shown is taken
_LOSSES = 400  # points that a spark line is drawn from
_BARS = "▁▂▃▄▅▆▇█"


class Speed:
    """Tokens per second from step to step, over the last `window` of them or all; the time of evaluations, and between
    the goes of a resumed run, does not count."""

    def __init__(self, window: int | None = None) -> None:
        self._last: tuple[float, float] | None = None
        self._steps: deque[tuple[float, float]] = deque(maxlen=window)

    def add(self, row: dict[str, Any]) -> None:
        if "loss" in row and "tokens/total" in row:
            now = (row["time"], row["tokens/total"])
            if self._last:
                self._steps.append((now[0] - self._last[0], now[1] - self._last[1]))
            self._last = now
        elif "eval_loss" in row or row.get("stage") == "training":
            self._last = None

    @property
    def per_second(self) -> float | None:
        """None where no time has passed."""
        seconds = sum(step[0] for step in self._steps)
        return sum(step[1] for step in self._steps) / seconds if seconds > 0 else None


@dataclass
class Pace:
    """Feed it each progress row once, in order; times are the rows' own, steady whatever the clock does."""

    stage: str = "starting Axolotl"
    step: int = 0
    max_steps: int = 0
    loss: Number | None = None
    eval_loss: Number | None = None
    eval_step: int = 0
    learning_rate: float | None = None
    seconds: float = 0.0  # of training, since the first logged step
    losses: deque[float] = field(default_factory=lambda: deque(maxlen=_LOSSES))
    _first: tuple[float, int] | None = None
    _speed: Speed = field(default_factory=lambda: Speed(_WINDOW))

    def add(self, row: dict[str, Any]) -> None:
        """Take in one row of progress.jsonl: a stage, a logged step, an evaluation, or a checkpoint."""
        over = self.stage == "evaluating" and ("loss" in row or "eval_loss" in row)
        self.stage = row.get("stage", "training" if over else self.stage)
        self.step, self.max_steps = row.get("step", self.step), row.get("max_steps", self.max_steps)
        self._speed.add(row)
        if "eval_loss" in row:
            self.eval_loss, self.eval_step = row["eval_loss"], self.step
        if "loss" in row:
            self._logged(row)

    def _logged(self, row: dict[str, Any]) -> None:
        now = row["time"]
        self._first = self._first or (now, self.step)
        self.seconds = max(now - self._first[0], 0.0)
        self.loss, self.learning_rate = row["loss"], row.get("learning_rate", self.learning_rate)
        if isinstance(self.loss, float | int):
            self.losses.append(float(self.loss))

    @property
    def tokens_per_second(self) -> float | None:
        """Over the last logged steps; None before the second one."""
        return self._speed.per_second

    @property
    def eta(self) -> float | None:
        """Seconds to the last step at the mean speed so far, evaluations and checkpoints included."""
        done = self.step - self._first[1] if self._first else 0
        return self.seconds / done * (self.max_steps - self.step) if done > 0 else None

    def numbers(self) -> dict[str, Any]:
        """What is shown, for a line of JSON; what is not known yet is left out."""
        speed, left = self.tokens_per_second, self.eta
        found = {
            "stage": self.stage,
            "step": self.step,
            "max_steps": self.max_steps,
            "loss": self.loss,
            "eval_loss": self.eval_loss,
            "learning_rate": self.learning_rate,
            "tokens_per_second": None if speed is None else round(speed, 1),
            "eta_seconds": None if left is None else round(left, 1),
        }
        return {key: value for key, value in found.items() if value is not None}


def spark(values: Iterable[float], width: int) -> str:
    """A curve of at most `width` characters, each the mean of its share of the values; empty below two values."""
    found = list(values)
    if len(found) < 2:
        return ""
    width = min(width, len(found))
    edges = [round(i * len(found) / width) for i in range(width + 1)]
    means = [sum(found[a:b]) / (b - a) for a, b in pairwise(edges)]
    low, high = min(means), max(means)
    scale = (len(_BARS) - 1) / (high - low) if high > low else 0.0
    return "".join(_BARS[round((mean - low) * scale)] for mean in means)
