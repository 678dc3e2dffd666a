"""Schedules against their closed forms, for 200 steps and several groups."""

import math

import numpy as np
import pytest

from tinygrad_cnn import tensor
from tinygrad_cnn.errors import ArgumentError
from tinygrad_cnn.optim import (
    SGD,
    Adagrad,
    Adam,
    ChainedScheduler,
    ConstantLR,
    CosineAnnealingLR,
    CosineAnnealingWarmRestarts,
    ExponentialLR,
    LambdaLR,
    LinearLR,
    LRScheduler,
    MultiStepLR,
    OneCycleLR,
    RMSprop,
    SequentialLR,
    StepLR,
)

BASE = (1.0, 0.02)
STEPS = 200


def optimizer(*rates, kind=SGD, **options):
    groups = [{"params": [tensor([1.0], requires_grad=True)], "lr": rate} for rate in rates or BASE]
    return kind(groups, **options)


def rates_of(schedule, steps=STEPS):
    found = []
    for _ in range(steps):
        found.append(schedule.get_last_lr())
        assert [group["lr"] for group in schedule.optimizer.param_groups] == found[-1]
        schedule.step()
    return np.array(found)


def restarts(t, first, times):
    """The share of the way down: a cosine that begins again after first, first * times, ... epochs."""
    length = first
    while t >= length:
        t, length = t - length, length * times
    return (1 + math.cos(math.pi * t / length)) / 2


# name: (how it is made, the rate at epoch t for a first rate)
SCHEDULES = {
    "step": (lambda o: StepLR(o, 17, 0.7), lambda lr, t: lr * 0.7 ** (t // 17)),
    "milestones": (
        lambda o: MultiStepLR(o, (90, 5, 41, 41), 0.3),
        lambda lr, t: lr * 0.3 ** sum(t >= m for m in (5, 41, 41, 90)),
    ),
    "milestone 0": (lambda o: MultiStepLR(o, [0, 3]), lambda lr, t: lr * 0.1 ** (1 + (t >= 3))),
    "no milestones": (lambda o: MultiStepLR(o, []), lambda lr, t: lr),
    "exponential": (lambda o: ExponentialLR(o, 0.97), lambda lr, t: lr * 0.97**t),
    "constant": (lambda o: ConstantLR(o, 0.3, 40), lambda lr, t: lr * (0.3 if t < 40 else 1)),
    "linear": (
        lambda o: LinearLR(o, 0.1, 0.8, 60),
        lambda lr, t: lr * (0.1 + 0.7 * min(t, 60) / 60),
    ),
    "linear down to 0": (lambda o: LinearLR(o, 1.0, 0, 9), lambda lr, t: lr * (1 - min(t, 9) / 9)),
    "linear by default": (lambda o: LinearLR(o), lambda lr, t: lr * (1 / 3 + 2 / 3 * min(t, 5) / 5)),
    "function": (lambda o: LambdaLR(o, lambda t: 1 / (1 + t)), lambda lr, t: lr / (1 + t)),
    "cosine": (
        lambda o: CosineAnnealingLR(o, 60, 0.001),
        lambda lr, t: 0.001 + (lr - 0.001) * (1 + math.cos(math.pi * t / 60)) / 2,
    ),
    "restarts": (
        lambda o: CosineAnnealingWarmRestarts(o, 9, 1, 0.001),
        lambda lr, t: 0.001 + (lr - 0.001) * restarts(t, 9, 1),
    ),
    "longer restarts": (
        lambda o: CosineAnnealingWarmRestarts(o, 4, 3),
        lambda lr, t: lr * restarts(t, 4, 3),
    ),
    "warm-up": (
        lambda o: SequentialLR(o, [LinearLR(o, 0.1, 1, 10), CosineAnnealingLR(o, 190)], [10]),
        lambda lr, t: (
            lr * (0.1 + 0.9 * t / 10) if t < 10 else lr * (1 + math.cos(math.pi * (t - 10) / 190)) / 2
        ),
    ),
    "three in turn": (
        lambda o: SequentialLR(
            o, [ConstantLR(o, 0.5, 4), LinearLR(o, 0.2, 1, 7), ExponentialLR(o, 0.9)], [6, 20]
        ),
        lambda lr, t: (
            lr
            * (
                (0.5 if t < 4 else 1.0)
                if t < 6
                else (0.2 + 0.8 * min(t - 6, 7) / 7 if t < 20 else 0.9 ** (t - 20))
            )
        ),
    ),
    "chained": (
        lambda o: ChainedScheduler([ConstantLR(o, 0.5, 9), ExponentialLR(o, 0.98), StepLR(o, 50, 0.5)]),
        lambda lr, t: lr * (0.5 if t < 9 else 1) * 0.98**t * 0.5 ** (t // 50),
    ),
}


@pytest.mark.parametrize("name", SCHEDULES)
def test_a_schedule_follows_its_closed_form_in_every_group(name):
    make, closed = SCHEDULES[name]
    expected = [[closed(lr, t) for lr in BASE] for t in range(STEPS)]
    np.testing.assert_allclose(rates_of(make(optimizer())), expected, rtol=1e-9, atol=1e-12)


def one_cycle(t, steps, share, form, three, path):
    """The value at a step: up in ``share`` of the steps, down in the rest (or as fast, and then flat)."""
    ends = [share * steps - 1, 2 * share * steps - 2, steps - 1] if three else [share * steps - 1, steps - 1]
    phase = sum(t > end for end in ends[:-1])
    before = ends[phase - 1] if phase else 0
    x = (t - before) / (ends[phase] - before)
    x = x if form == "linear" else (1 - math.cos(math.pi * x)) / 2
    return path[phase] * (1 - x) + path[phase + 1] * x


@pytest.mark.parametrize("three", [False, True])
@pytest.mark.parametrize("form", ["cos", "linear"])
@pytest.mark.parametrize("kind", [SGD, Adam, RMSprop])
def test_one_cycle_moves_the_rate_and_the_momentum_against_it(kind, form, three):
    own = optimizer(kind=kind)
    options = {"pct_start": 0.22, "anneal_strategy": form, "three_phase": three, "div_factor": 10}
    schedule = OneCycleLR(own, [1.0, 0.3], epochs=10, steps_per_epoch=20, final_div_factor=50, **options)
    for t in range(STEPS):
        for group, top in zip(own.param_groups, (1.0, 0.3), strict=True):
            low, least = top / 10, top / 500
            path = [low, top, low, least] if three else [low, top, least]
            expected = one_cycle(t, STEPS, 0.22, form, three, path)
            assert group["lr"] == pytest.approx(expected, rel=1e-9, abs=1e-12)
            momentum = one_cycle(t, STEPS, 0.22, form, three, [0.95, 0.85, 0.95, 0.95])
            found = group["betas"][0] if kind is Adam else group["momentum"]
            assert found == pytest.approx(momentum, rel=1e-9)
        schedule.step()
    if kind is Adam:
        assert own.param_groups[0]["betas"][1] == 0.999


def test_one_cycle_can_leave_momentum_alone_and_ends_with_its_steps():
    own = optimizer(1.0, momentum=0.5)
    schedule = OneCycleLR(own, 1.0, 3, cycle_momentum=False)
    for _ in range(3):
        schedule.step()
    assert own.param_groups[0]["momentum"] == 0.5
    with pytest.raises(ArgumentError, match="OneCycleLR: this is step 4 of 3; make total_steps the number"):
        schedule.step()


@pytest.mark.parametrize("steps", [1, 2])
def test_one_cycle_of_one_or_two_steps_gives_finite_rates(steps):
    schedule = OneCycleLR(optimizer(1.0), 1.0, steps, pct_start=0.5)
    assert np.isfinite(rates_of(schedule, steps)).all()


def test_restarts_can_be_placed_between_epochs():
    schedule = CosineAnnealingWarmRestarts(optimizer(), 4, 2)
    for epoch in (0.5, 3.75, 4, 11.5, 12.25, 27.5):
        schedule.step(epoch)
        expected = [lr * restarts(epoch, 4, 2) for lr in BASE]
        assert schedule.get_last_lr() == pytest.approx(expected, rel=1e-12)
        assert schedule.last_epoch == int(epoch)
    schedule.step()
    assert schedule.get_last_lr() == pytest.approx([lr * restarts(28.5, 4, 2) for lr in BASE], abs=1e-12)


def test_a_function_for_each_group():
    schedule = LambdaLR(optimizer(), [lambda t: 0.5**t, lambda t: 1 + t])
    np.testing.assert_allclose(
        rates_of(schedule, 9), [[0.5**t, 0.02 * (1 + t)] for t in range(9)], rtol=1e-12
    )


FROM_THE_MIDDLE = {
    "step": lambda o, n: StepLR(o, 17, 0.7, n),
    "milestones": lambda o, n: MultiStepLR(o, (90, 5, 41, 41), 0.3, n),
    "exponential": lambda o, n: ExponentialLR(o, 0.97, n),
    "constant": lambda o, n: ConstantLR(o, 0.3, 40, n),
    "linear": lambda o, n: LinearLR(o, 0.1, 0.8, 60, n),
    "function": lambda o, n: LambdaLR(o, lambda t: 1 / (1 + t), n),
    "cosine": lambda o, n: CosineAnnealingLR(o, 60, 0.001, n),
    "restarts": lambda o, n: CosineAnnealingWarmRestarts(o, 9, 1, 0.001, n),
    "longer restarts": lambda o, n: CosineAnnealingWarmRestarts(o, 4, 3, 0, n),
}


@pytest.mark.parametrize("name", FROM_THE_MIDDLE)
@pytest.mark.parametrize("at", [4, 19])
def test_a_schedule_can_begin_in_the_middle_with_last_epoch(name, at):
    make, straight = FROM_THE_MIDDLE[name], rates_of(SCHEDULES[name][0](optimizer()))
    own = optimizer()
    make(own, -1)
    for group, rate in zip(own.param_groups, straight[at], strict=True):
        group["lr"] = float(rate)
    np.testing.assert_allclose(rates_of(make(own, at - 1), 50), straight[at : at + 50], rtol=1e-9)


def test_a_rate_set_by_hand_is_kept_and_scaled_on():
    own = optimizer(1.0)
    schedule = ExponentialLR(own, 0.5)
    own.param_groups[0]["lr"] = 8.0
    schedule.step()
    assert schedule.get_last_lr() == [4.0]


def test_a_schedule_of_ones_own_starts_with_the_rate_of_the_group():
    class Rising(LRScheduler):
        def next_lr(self, group, base_lr):
            return base_lr * (1 + self.last_epoch)

    assert rates_of(Rising(optimizer(1.0)), 3)[:, 0].tolist() == [1.0, 2.0, 3.0]


OWN = optimizer(1.0)
REFUSED = [
    (lambda o: MultiStepLR(o, 3), "MultiStepLR: milestones must be a list of epochs, got 3"),
    (lambda o: MultiStepLR(o, [-1]), "MultiStepLR: each milestone must be a whole number >= 0, got -1"),
    (lambda o: ExponentialLR(o, -1), "ExponentialLR: gamma must be a finite number >= 0, got -1"),
    (lambda o: ExponentialLR(o, "x"), "ExponentialLR: gamma must be a finite number >= 0, got 'x'"),
    (lambda o: LambdaLR(o, 3), "LambdaLR: lr_lambda must be a function of the epoch, got int"),
    (
        lambda o: LambdaLR(o, [math.cos] * 2),
        "lr_lambda must be one value, or one for each of the 1 parameter",
    ),
    (
        lambda o: ConstantLR(o, 0),
        "ConstantLR: factor must be above 0, since no factor leads from a rate of 0",
    ),
    (lambda o: ConstantLR(o, 1.5), "ConstantLR: factor must be a finite number >= 0 and <= 1, got 1.5"),
    (lambda o: ConstantLR(o, 1, 0), "ConstantLR: total_iters must be a whole number above 0, got 0"),
    (lambda o: LinearLR(o, 0.0), "LinearLR: start_factor must be above 0"),
    (lambda o: LinearLR(o, 1, 1.1), "LinearLR: end_factor must be a finite number >= 0 and <= 1, got 1.1"),
    (lambda o: CosineAnnealingWarmRestarts(o, 0), "T_0 must be a whole number above 0, got 0"),
    (lambda o: CosineAnnealingWarmRestarts(o, 1, 1.5), "T_mult must be a whole number above 0, got 1.5"),
    (lambda o: CosineAnnealingWarmRestarts(o, 2).step(-1), "epoch must be a number >= 0, got -1"),
    (lambda o: OneCycleLR(o, 1.0), "OneCycleLR needs total_steps, or both epochs and steps_per_epoch"),
    (lambda o: OneCycleLR(o, 1.0, epochs=3), "or both epochs and steps_per_epoch"),
    (lambda o: OneCycleLR(o, 1.0, 0), "OneCycleLR: total_steps must be a whole number above 0, got 0"),
    (
        lambda o: OneCycleLR(o, 1.0, 9, pct_start=2.0),
        "pct_start must be a finite number >= 0 and <= 1, got 2",
    ),
    (lambda o: OneCycleLR(o, 1.0, 9, anneal_strategy="up"), "must be 'cos' or 'linear', got 'up'"),
    (lambda o: OneCycleLR(o, [1.0, 2.0], 9), "max_lr must be one value, or one for each of the 1 parameter"),
    (lambda o: OneCycleLR(o, 1.0, 9, div_factor=0), "OneCycleLR: div_factor must be above 0, got 0"),
    (
        lambda o: OneCycleLR(optimizer(kind=Adagrad), 1.0, 9),
        "OneCycleLR: Adagrad has neither momentum nor betas to move; pass cycle_momentum=False",
    ),
    (
        lambda o: CosineAnnealingWarmRestarts(o, 3, last_epoch="x"),
        "CosineAnnealingWarmRestarts: last_epoch must be a whole number >= -1, got 'x'",
    ),
    (lambda o: MultiStepLR(o, np.array(2)), r"MultiStepLR: milestones must be a list of epochs, got array"),
    (lambda o: SequentialLR(o, [], []), "SequentialLR: schedulers must be a list of at least one schedule"),
    (lambda o: SequentialLR(o, [3], []), r"schedulers\[0\] is no schedule: int"),
    (lambda o: SequentialLR(o, [StepLR(o, 1)], [4]), "1 schedulers need 0 milestones, got 1"),
    (
        lambda o: SequentialLR(o, [StepLR(o, 1) for _ in range(3)], [4, 4]),
        r"SequentialLR: milestones must increase, got \[4, 4\]",
    ),
    (lambda o: SequentialLR(o, [StepLR(OWN, 1)], []), r"schedulers\[0\] belongs to another optimizer"),
    (lambda o: SequentialLR(o, [StepLR(o, 1)], [], 3), "got last_epoch=3; to go on, load its state"),
    (
        lambda o: SequentialLR(o, [ChainedScheduler([StepLR(o, 1)])], []),
        r"schedulers\[0\] is a ChainedScheduler, which cannot start anew; give the schedules",
    ),
    (lambda o: ChainedScheduler([]), "ChainedScheduler: schedulers must be a list of at least one"),
    (lambda o: ChainedScheduler([StepLR(o, 1)], OWN), r"schedulers\[0\] belongs to another optimizer"),
]


@pytest.mark.parametrize(("make", "message"), REFUSED, ids=[message for _, message in REFUSED])
def test_a_schedule_that_cannot_be_meant_is_refused(make, message):
    with pytest.raises(ArgumentError, match=message):
        make(optimizer(1.0))


def test_a_group_that_was_added_later_is_named():
    own = optimizer(1.0)
    schedule = StepLR(own, 1)
    own.add_param_group({"params": [tensor([1.0], requires_grad=True)]})
    with pytest.raises(ArgumentError, match="made for 1 parameter groups, and the optimizer has 2 now"):
        schedule.step()
