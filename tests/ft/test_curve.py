"""When the guard stops a run and when it warns."""

from __future__ import annotations

import math
import random

import pytest

from ft.curve import Curve


def stops_at(losses: list[float]) -> int | None:
    curve = Curve()
    return next((step for step, loss in enumerate(losses, 1) if curve.exploded(loss)), None)


def noisy(start: float, end: float, count: int, noise: float) -> list[float]:
    rng = random.Random(7)
    rate = math.log(end / start) / count
    return [max(0.01, start * math.exp(rate * i) + rng.gauss(0, noise)) for i in range(count)]


@pytest.mark.parametrize(
    ("start", "end", "noise"), [(3.0, 0.5, 0.1), (9.0, 2.0, 0.5), (1.2, 1.0, 0.4), (0.3, 0.01, 0.1)]
)
def test_a_run_that_learns_is_left_alone(start: float, end: float, noise: float) -> None:
    assert stops_at(noisy(start, end, 600, noise)) is None


def test_single_bad_batches_do_not_stop_a_run() -> None:
    losses = noisy(2.0, 0.8, 300, 0.05)
    losses[50] = losses[120] = losses[121] = losses[250] = 30.0
    assert stops_at(losses) is None


def test_a_loss_that_jumps_and_stays_stops_the_run_at_the_third_step() -> None:
    assert stops_at([*noisy(2.0, 0.8, 100, 0.05), *[9.0] * 50]) == 103


def test_a_slow_climb_is_held_against_the_best_loss() -> None:
    assert stops_at([*noisy(2.0, 0.8, 100, 0.05), *[0.8 + 0.02 * i for i in range(400)]]) is not None


def test_a_loss_above_the_start_in_the_first_steps_stops_the_run() -> None:
    assert stops_at([2.0] * 8 + [7.0, 9.0, 14.0]) == 11


def test_three_gradients_of_exactly_nothing_are_a_dead_run() -> None:
    curve = Curve()
    assert [curve.dead(norm) for norm in (0.0, 0.0, 1e-9, 0.0, 0.0, 0.0)] == [False] * 5 + [True]


def warned(losses: list[float]) -> list[int]:
    curve = Curve()
    return [step for step, loss in enumerate(losses, 1) if curve.flat(step, loss)]


def test_a_flat_loss_is_told_and_not_at_every_step() -> None:
    assert warned([2.0] * 200) == [40, 80, 160]
    assert warned(noisy(2.0, 1.0, 200, 0.05)) == []


def turns(losses: list[float]) -> list[int]:
    curve = Curve()
    return [step for step, loss in enumerate(losses, 1) if curve.turned_up(step, loss)]


def test_validation_loss_that_turns_up_is_told_once() -> None:
    assert turns([2.0, 1.5, 1.2, 1.3, 1.4, 1.5, 1.6]) == [5]
    assert turns([2.0, 1.5, 1.2, 1.3, 1.19, 1.2, 1.195]) == []


def test_a_validation_loss_that_is_no_number_is_told_and_is_never_the_best() -> None:
    curve = Curve()
    assert "validation loss is nan at step 10" in str(curve.turned_up(10, float("nan")))
    assert [curve.turned_up(step, loss) for step, loss in ((20, 0.9), (30, 0.8), (40, 0.7))] == [None, None, None]
