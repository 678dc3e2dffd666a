"""ReduceLROnPlateau against a plain loop; what `fit` tells it, and `OneCycleLR` in `fit`."""

import math

import numpy as np
import pytest
from training import X, Y, network

from tinygrad_cnn import nn, tensor
from tinygrad_cnn.errors import ArgumentError
from tinygrad_cnn.optim import SGD, ChainedScheduler, OneCycleLR, ReduceLROnPlateau, SequentialLR
from tinygrad_cnn.train import Callback, fit

rng = np.random.default_rng(2)
VALUES = np.round(2 + rng.standard_normal(200).cumsum() / 8, 2)


def optimizer(*rates):
    return SGD([{"params": [tensor([1.0], requires_grad=True)], "lr": rate} for rate in rates])


def by_hand(values, lr, mode, factor, patience, threshold, threshold_mode, cooldown, min_lr, eps):
    best, bad, pause, rates = None, 0, 0, []
    for value in values:
        margin = threshold * (best or 0.0) if threshold_mode == "rel" else threshold
        better = best is None or (value < best - margin if mode == "min" else value > best + margin)
        best, bad = (value, 0) if better else (best, bad + 1)
        if pause:
            pause, bad = pause - 1, 0
        if bad > patience:
            pause, bad = cooldown, 0
            lower = max(lr * factor, min_lr)
            lr = lower if lr - lower > eps else lr
        rates.append(lr)
    return rates


@pytest.mark.parametrize("mode", ["min", "max"])
@pytest.mark.parametrize("threshold_mode", ["rel", "abs"])
@pytest.mark.parametrize("patience", [0, 3])
@pytest.mark.parametrize("cooldown", [0, 4])
@pytest.mark.parametrize(("threshold", "min_lr", "eps"), [(1e-4, 0.01, 1e-8), (0.05, 0.0, 0.02)])
def test_the_rate_falls_where_a_plain_loop_lets_it(
    mode, threshold_mode, patience, cooldown, threshold, min_lr, eps
):
    options = {"mode": mode, "factor": 0.7, "patience": patience, "threshold": threshold}
    options |= {"threshold_mode": threshold_mode, "cooldown": cooldown, "eps": eps}
    own = optimizer(1.0, 0.1)
    schedule = ReduceLROnPlateau(own, **options, min_lr=[min_lr, 0.05])
    found = []
    for value in VALUES:
        schedule.step(tensor(value))  # anything that is a number
        found.append(schedule.get_last_lr())
        assert found[-1] == [group["lr"] for group in own.param_groups]
    expected = [by_hand(VALUES, lr, **options, min_lr=m) for lr, m in ((1.0, min_lr), (0.1, 0.05))]
    np.testing.assert_allclose(np.transpose(found), expected, rtol=1e-12)
    assert len(set(expected[0])) > 2


def test_a_value_that_is_not_a_number_is_no_improvement():
    schedule = ReduceLROnPlateau(optimizer(1.0), patience=0, factor=0.5)
    for value, rate in ((math.nan, 0.5), (3.0, 0.5), (math.nan, 0.25), (2.0, 0.25), (math.inf, 0.125)):
        schedule.step(value)
        assert schedule.get_last_lr() == [rate]


def test_before_the_first_value_the_best_is_none_in_the_state():
    schedule, other = (ReduceLROnPlateau(optimizer(1.0), mode="max", patience=0) for _ in range(2))
    assert schedule.state_dict()["best"] is None
    other.step(3.0)
    other.load_state_dict(schedule.state_dict())
    assert other.best == -math.inf and other.last_epoch == 0


REFUSED = [
    (lambda o: ReduceLROnPlateau(o, "least"), "ReduceLROnPlateau: mode must be 'min' or 'max', got 'least'"),
    (lambda o: ReduceLROnPlateau(o, factor=1.0), "ReduceLROnPlateau: factor must be below 1, got 1.0"),
    (lambda o: ReduceLROnPlateau(o, factor=-1), "factor must be a finite number >= 0, got -1"),
    (lambda o: ReduceLROnPlateau(o, patience=-1), "patience must be a whole number >= 0, got -1"),
    (lambda o: ReduceLROnPlateau(o, threshold_mode="x"), "threshold_mode must be 'rel' or 'abs', got 'x'"),
    (lambda o: ReduceLROnPlateau(o, min_lr=[0, 0]), "min_lr must be one value, or one for each of the 1"),
    (lambda o: ReduceLROnPlateau([1]), "ReduceLROnPlateau expects an optimizer, got list"),
    (
        lambda o: SequentialLR(o, [ReduceLROnPlateau(o)], []),
        r"SequentialLR: schedulers\[0\] is a ReduceLROnPlateau, whose step needs a measured value; step it",
    ),
    (lambda o: ChainedScheduler([ReduceLROnPlateau(o)]), r"ChainedScheduler: schedulers\[0\] is a Reduce"),
]


@pytest.mark.parametrize(("make", "message"), REFUSED, ids=[message for _, message in REFUSED])
def test_what_cannot_be_meant_is_refused(make, message):
    with pytest.raises(ArgumentError, match=message):
        make(optimizer(1.0))


# -- in fit ------------------------------------------------------------------------------------------------


class Noting(ReduceLROnPlateau):
    """Notes what it is told."""

    def step(self, metrics):
        noted.append(metrics)
        super().step(metrics)


noted: list[float] = []


@pytest.mark.parametrize(
    ("mode", "monitor", "validation", "column"),
    [
        ("min", None, True, "val_loss"),
        ("max", None, True, "val_accuracy"),
        ("min", "val_accuracy", True, "val_loss"),
        ("max", "train_loss", True, "train_accuracy"),
        ("min", "train_accuracy", True, "train_loss"),
        ("min", None, False, "train_loss"),
        ("max", None, False, "train_accuracy"),
    ],
)
def test_fit_tells_the_loss_or_the_accuracy_of_the_monitored_data(mode, monitor, validation, column):
    noted.clear()
    model = network()
    sgd = SGD(model.parameters(), lr=0.1)
    schedule = Noting(sgd, mode, patience=0, threshold=1e3, threshold_mode="abs")  # never enough
    history = fit(
        *(model, (X, Y), (X, Y) if validation else None),
        epochs=3,
        optimizer=sgd,
        scheduler=schedule,
        monitor=monitor,
    )
    assert noted == history.column(column)
    assert history.column("lr") == pytest.approx([0.1, 0.1, 0.01])


def test_following_an_accuracy_that_is_not_measured_is_refused_before_the_first_step():
    model = nn.Linear(2, 1)
    sgd = SGD(model.parameters(), lr=0.1)
    before = model.weight.array
    data = np.ones((3, 2), np.float32), np.ones((3, 1), np.float32)
    with pytest.raises(ArgumentError, match=r"fit: ReduceLROnPlateau\(mode='max'\) follows the accuracy, "):
        fit(model, data, epochs=1, optimizer=sgd, loss=nn.MSELoss(), scheduler=ReduceLROnPlateau(sgd, "max"))
    assert model.weight.array is before


def test_fit_moves_one_cycle_after_each_step():
    model = network()
    sgd = SGD(model.parameters(), momentum=0.9)
    schedule = OneCycleLR(sgd, 0.1, epochs=2, steps_per_epoch=6, anneal_strategy="linear")
    rates = []

    class Note(Callback):
        def on_batch_end(self, run):
            rates.append(run.lr)

    fit(model, (X, Y), epochs=2, batch_size=4, optimizer=sgd, scheduler=schedule, callbacks=[Note()])
    own = SGD([tensor([1.0], requires_grad=True)], momentum=0.9)
    straight = OneCycleLR(own, 0.1, 12, anneal_strategy="linear")
    expected = []
    for _ in range(11):
        straight.step()
        expected += straight.get_last_lr()
    assert rates == [*expected, expected[-1]]  # after the last step nothing is left to prepare


def test_one_cycle_that_is_too_short_for_the_run_is_refused():
    model = network()
    sgd = SGD(model.parameters(), momentum=0.9)
    message = "OneCycleLR moves after each step and was made for 3; this run has 3 epochs of 6 steps, so pass"
    with pytest.raises(ArgumentError, match=message + " total_steps=18"):
        fit(model, (X, Y), epochs=3, batch_size=4, optimizer=sgd, scheduler=OneCycleLR(sgd, 0.1, 3))
