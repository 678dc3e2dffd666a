"""Every optimiser and every schedule, stored and taken up again, goes on with the same bits."""

import signal

import numpy as np
import pytest
from training import X, Y, network, same, state_of, weights, without_seconds
from training_program import EndAt

from tinygrad_cnn import tensor
from tinygrad_cnn.errors import CheckpointError
from tinygrad_cnn.io import dumps, loads
from tinygrad_cnn.optim import (
    SGD,
    Adagrad,
    Adam,
    AdamW,
    ChainedScheduler,
    ConstantLR,
    CosineAnnealingLR,
    CosineAnnealingWarmRestarts,
    ExponentialLR,
    LambdaLR,
    LinearLR,
    MultiStepLR,
    OneCycleLR,
    ReduceLROnPlateau,
    RMSprop,
    SequentialLR,
    StepLR,
)
from tinygrad_cnn.train import TrainingInterrupted, fit


class Falling:
    """A function of the epoch with a state: how often it was called."""

    def __init__(self):
        self.calls = 0

    def __call__(self, epoch):
        self.calls += 1
        return 1 / (1 + self.calls)


OPTIMIZERS = {
    "sgd": lambda p: SGD(p, 0.1, 0.9, weight_decay=0.01, nesterov=True),
    "adam": lambda p: Adam(p, 0.02, amsgrad=True, maximize=True),
    "adamw": lambda p: AdamW(p, 0.02, (0.8, 0.9)),
    "rmsprop": lambda p: RMSprop(p, 0.02, momentum=0.5, centered=True),
    "adagrad": lambda p: Adagrad(p, 0.1, 0.1, initial_accumulator_value=0.1),
}
SCHEDULES = {
    "none": lambda o: None,
    "step": lambda o: StepLR(o, 2, 0.5),
    "milestones": lambda o: MultiStepLR(o, [1, 3], 0.5),
    "exponential": lambda o: ExponentialLR(o, 0.7),
    "function": lambda o: LambdaLR(o, lambda t: 1 / (1 + t)),
    "callable": lambda o: LambdaLR(o, Falling()),
    "constant": lambda o: ConstantLR(o, 0.3, 3),
    "linear": lambda o: LinearLR(o, 0.3, 1, 5),
    "cosine": lambda o: CosineAnnealingLR(o, 3),
    "restarts": lambda o: CosineAnnealingWarmRestarts(o, 1, 2),
    "one cycle": lambda o: OneCycleLR(o, 0.1, 30),
    "plateau": lambda o: ReduceLROnPlateau(o, patience=0, threshold=0.3, cooldown=1),
    "warm-up": lambda o: SequentialLR(o, [LinearLR(o, 0.3, 1, 2), CosineAnnealingWarmRestarts(o, 1, 2)], [2]),
    "chained": lambda o: ChainedScheduler([ConstantLR(o, 0.3, 3), CosineAnnealingLR(o, 3)]),
}


def groups(model):
    """Weights and biases have rates of their own."""
    found = list(model.parameters())
    return [{"params": found[::2]}, {"params": found[1::2], "lr": 0.03}]


def train(out, optimizer, schedule, epochs=4, at=None, resume=False, model=None):
    model = network() if model is None else model
    made = OPTIMIZERS[optimizer](groups(model))
    kept = {"optimizer": made, "scheduler": SCHEDULES[schedule](made), "batch_size": 6, "out": out}
    calls = [] if at is None else [EndAt(signal.SIGINT, at)]
    history = fit(model, (X, Y), (X, Y), epochs=epochs, callbacks=calls, resume=resume, **kept)
    return weights(model), without_seconds(history)


PAIRS = [(o, s) for o in OPTIMIZERS for s in ("none", "one cycle") if (o, s) != ("adagrad", "one cycle")]
PAIRS += [("sgd", s) for s in SCHEDULES if s not in ("none", "one cycle")]


@pytest.mark.parametrize(("optimizer", "schedule"), PAIRS, ids="-".join)
@pytest.mark.parametrize("at", [2, 10])
def test_a_run_that_is_stopped_and_resumed_has_the_bits_of_one_that_was_not(
    tmp_path, optimizer, schedule, at
):
    straight = train(tmp_path / "straight", optimizer, schedule)
    with pytest.raises(TrainingInterrupted):
        train(tmp_path / "run", optimizer, schedule, at=at)
    found = train(tmp_path / "run", optimizer, schedule, resume=True)
    assert same(found[0], straight[0]) and found[1] == straight[1]
    (arrays, state), (expected, state_there) = state_of(tmp_path / "run"), state_of(tmp_path / "straight")
    assert same(arrays, expected) and state == state_there
    again = train(tmp_path / "run", optimizer, schedule, resume=True)  # nothing is left to do
    assert same(again[0], straight[0])


@pytest.mark.parametrize("schedule", [name for name in SCHEDULES if name != "none"])
def test_a_stored_schedule_goes_on_with_the_same_rates_and_momenta(schedule):
    def made():
        own = SGD([{"params": [tensor([1.0], requires_grad=True)], "lr": lr} for lr in (1.0, 0.1)])
        return own, SCHEDULES[schedule](own)

    def go(own, schedule, steps):
        seen = []
        for value in steps:
            schedule.step(*([value % 7] if isinstance(schedule, ReduceLROnPlateau) else []))
            seen.append([(group["lr"], group["momentum"]) for group in own.param_groups])
        return seen

    straight = go(*made(), range(29))
    for stop in (1, 4, 13):
        first, second = made(), made()
        go(*first, range(stop))
        second[0].load_state_dict(loads(dumps(first[0].state_dict())))
        second[1].load_state_dict(loads(dumps(first[1].state_dict())))
        assert second[1].state_dict() == first[1].state_dict()
        assert go(*second, range(stop, 29)) == straight[stop:]


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_stored_optimizer_goes_on_with_the_same_bits_and_settings(optimizer):
    rng = np.random.default_rng(0)
    start, gradients = rng.standard_normal((2, 3)), rng.standard_normal((20, 2, 3))

    def walk(own, p, steps):
        for g in steps:
            p.grad = tensor(g)
            own.step()

    straight, first = (tensor(start, requires_grad=True) for _ in range(2))
    walk(OPTIMIZERS[optimizer]([straight]), straight, gradients)
    before = OPTIMIZERS[optimizer]([first])
    walk(before, first, gradients[:9])
    second = tensor(first.numpy(), requires_grad=True)
    after = OPTIMIZERS[optimizer]([second])
    stored = before.state_dict()
    after.load_state_dict({**stored, "param_groups": loads(dumps(stored["param_groups"]))})
    assert {**after.param_groups[0], "params": 0} == {**before.param_groups[0], "params": 0}
    walk(after, second, gradients[9:])
    assert np.array_equal(second.numpy(), straight.numpy())


def test_a_run_is_not_resumed_with_another_schedule_or_other_groups(tmp_path):
    train(tmp_path, "sgd", "warm-up", epochs=1)
    before = (tmp_path / "last.safetensors").read_bytes()
    with pytest.raises(
        CheckpointError, match=r"_schedulers\[0\]\.kind is 'ConstantLR' here and 'LinearLR' there"
    ):
        train(tmp_path, "sgd", "chained", epochs=2, resume=True)
    with pytest.raises(CheckpointError, match=r"optimizer\.kind is 'AdamW' here and 'SGD' there"):
        train(tmp_path, "adamw", "warm-up", epochs=2, resume=True)
    assert (tmp_path / "last.safetensors").read_bytes() == before


CRAFTED = [
    ("step", {"last_epoch": "3"}, "this state does not fit the StepLR: last_epoch cannot be 3"),
    ("step", {"_last_lr": [0.1]}, r"_last_lr cannot be \[0.1\]"),
    ("plateau", {"best": []}, r"best cannot be \[\]"),
    ("restarts", {"T_cur": float("nan")}, "T_cur cannot be nan"),
    ("one cycle", {"three_phase": 1}, "three_phase cannot be 1"),
    ("warm-up", {"_schedulers": [{}]}, r"this state does not fit the SequentialLR: _schedulers cannot be"),
    ("warm-up", {"_schedulers": [{}, {}]}, r"does not fit the LinearLR: missing \['_last_lr', .*unexpected"),
    ("chained", {"extra": 1}, r"missing \[\], unexpected \['extra'\]"),
]


@pytest.mark.parametrize(("schedule", "change", "message"), CRAFTED, ids=[m for *_, m in CRAFTED])
def test_a_crafted_schedule_is_refused_and_changes_nothing(schedule, change, message):
    own = SGD([{"params": [tensor([1.0], requires_grad=True)], "lr": lr} for lr in (1.0, 0.1)])
    made = SCHEDULES[schedule](own)
    before = made.state_dict()
    with pytest.raises(CheckpointError, match=message):
        made.load_state_dict({**before, **change})
    assert made.state_dict() == before


def test_the_state_after_the_last_step_of_a_linear_cycle_can_be_loaded():
    own = SGD([tensor([1.0], requires_grad=True)], momentum=0.9)
    schedule = OneCycleLR(own, 1.0, 4, anneal_strategy="linear")
    for _ in range(4):
        schedule.step()
    other = SGD([tensor([1.0], requires_grad=True)])
    other.load_state_dict(own.state_dict())
    assert other.param_groups[0]["lr"] == own.param_groups[0]["lr"] < 0  # PyTorch's number, one step too far
