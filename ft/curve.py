"""When a loss is no longer one to wait for: rules over logged values, in words. No torch here.

- Exploded: three logged losses in a row above floor + max(10 x spread, 2 nats per token). Floor and spread are the
  median and the scaled median deviation of the best window of 16 logged losses so far (8 at the beginning). Single bad
  batches do not move a median; a slow climb is held against the best that the run had reached.
- Dead: three logged gradients in a row are exactly 0: nothing is learnt, whatever the loss says.
- Flat: after 40 logged losses (then 80, 160 ...), the median of the last 20 is not 1 % below that of the first 10.
- Turned up: the last two validation losses are each more than 1 % above the best one.
"""

from __future__ import annotations

from collections import deque
from math import isfinite
from statistics import median

WINDOW, LEAST, IN_A_ROW = 16, 8, 3
SPREADS, NATS = 10.0, 2.0
FLAT_AFTER, SHARE = 40, 0.01
_NORMAL = 1.4826  # median deviation -> standard deviation, for a normal distribution


class Curve:
    """Fed with each logged loss and validation loss, in order."""

    def __init__(self) -> None:
        self._window: deque[float] = deque(maxlen=WINDOW)
        self._first: list[tuple[int, float]] = []
        self._last: deque[float] = deque(maxlen=20)
        self._seen, self._above, self._zeros = 0, 0, 0
        self._floor, self._limit = float("inf"), float("inf")
        self._held: list[tuple[int, float]] = []
        self._told_turn = False
        self._next_flat = FLAT_AFTER

    @property
    def limit(self) -> float:
        """The loss above which three in a row are an explosion; infinite before the first 8."""
        return self._limit

    def exploded(self, loss: float) -> bool:
        """Whether this finite loss is the third in a row above the limit."""
        if loss > self._limit:
            self._above += 1
            return self._above >= IN_A_ROW
        self._above = 0
        self._window.append(loss)
        if len(self._window) >= LEAST and median(self._window) < self._floor:
            self._floor = median(self._window)
            spread = _NORMAL * median(abs(value - self._floor) for value in self._window)
            self._limit = self._floor + max(SPREADS * spread, NATS)
        return False

    def dead(self, norm: float) -> bool:
        """Whether this norm of the gradient is the third in a row that is exactly 0."""
        self._zeros = self._zeros + 1 if norm == 0 else 0
        return self._zeros >= IN_A_ROW

    def flat(self, step: int, loss: float) -> str | None:
        """A warning in words, at most once for each doubling of the logged steps."""
        self._seen += 1
        self._last.append(loss)
        if len(self._first) < 10:
            self._first.append((step, loss))
        if self._seen < self._next_flat:
            return None
        self._next_flat *= 2
        before, now = median(value for _, value in self._first), median(self._last)
        if now < before * (1 - SHARE):
            return None
        return (
            f"the loss is flat: {before:.4f} around step {self._first[0][0]}, {now:.4f} at step {step}: raise "
            "learning_rate or lora_r, and look at what is trained (python -m ft preview)"
        )

    def turned_up(self, step: int, loss: float) -> str | None:
        """A warning in words, once, when validation gets worse; each time that it is no number."""
        if not isfinite(loss):
            return (
                f"validation loss is {loss} at step {step}: a row of the validation data, or the weights, are damaged"
            )
        self._held.append((step, loss))
        best_step, best = min(self._held, key=lambda point: point[1])
        if self._told_turn or len(self._held) < 3 or any(v <= best * (1 + SHARE) for _, v in self._held[-2:]):
            return None
        self._told_turn = True
        return (
            f"validation loss turned up: best {best:.4f} at step {best_step}, {loss:.4f} at step {step}: it learns by "
            "heart from there on; fewer epochs, a lower learning_rate, more data, or load_best_model_at_end"
        )
