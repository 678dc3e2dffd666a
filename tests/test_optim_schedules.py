"""Schedules against their closed forms, and gradient clipping against norms written out."""

import math

import numpy as np
import pytest

from tinygrad_cnn import tensor
from tinygrad_cnn.errors import ArgumentError, CheckpointError, NotFiniteError
from tinygrad_cnn.optim import SGD, CosineAnnealingLR, StepLR, clip_grad_norm_


def optimizer(*rates):
    return SGD([{"params": [tensor([1.0], requires_grad=True)], "lr": rate} for rate in rates])


def rates_of(schedule, epochs):
    found = []
    for _ in range(epochs):
        found.append(schedule.get_last_lr())
        schedule.step()
    return np.array(found)


def test_step_lr_follows_its_closed_form_in_every_group():
    expected = [[rate * 0.3 ** (t // 4) for rate in (1.0, 0.02)] for t in range(30)]
    np.testing.assert_allclose(rates_of(StepLR(optimizer(1.0, 0.02), 4, 0.3), 30), expected, rtol=1e-12)


@pytest.mark.parametrize(("period", "lowest"), [(7, 0.0), (10, 0.004), (1, 0.1)])
def test_cosine_annealing_follows_its_closed_form_down_and_up_again(period, lowest):
    def closed(rate, t):
        return lowest + (rate - lowest) * (1 + math.cos(math.pi * t / period)) / 2

    expected = [[closed(rate, t) for rate in (1.0, 0.02)] for t in range(4 * period)]
    found = rates_of(CosineAnnealingLR(optimizer(1.0, 0.02), period, lowest), 4 * period)
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-12)


def test_a_schedule_sets_the_rate_that_the_optimizer_uses():
    own = optimizer(1.0)
    schedule = StepLR(own, 1, 0.5)
    schedule.step()
    assert own.param_groups[0]["lr"] == 0.5 == schedule.get_last_lr()[0]
    assert schedule.last_epoch == 1 and own.param_groups[0]["initial_lr"] == 1.0


def test_schedules_chain_because_each_rate_follows_from_the_one_before():
    own = optimizer(1.0)
    both = [StepLR(own, 1, 0.5), CosineAnnealingLR(own, 8)]
    for t in range(1, 6):
        for schedule in both:
            schedule.step()
        expected = 0.5**t * (1 + math.cos(math.pi * t / 8)) / 2
        assert own.param_groups[0]["lr"] == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(
    "make", [lambda o, n: StepLR(o, 3, 0.5, n), lambda o, n: CosineAnnealingLR(o, 9, 0.1, n)]
)
def test_a_schedule_can_begin_in_the_middle_with_last_epoch(make):
    straight = rates_of(make(optimizer(1.0), -1), 12)[5:, 0]
    own = optimizer(1.0)
    make(own, -1)
    own.param_groups[0]["lr"] = float(straight[0])
    later = make(own, 4)
    assert later.last_epoch == 5
    np.testing.assert_allclose(rates_of(later, 7)[:, 0], straight, rtol=1e-12)


@pytest.mark.parametrize("make", [lambda o: StepLR(o, 3, 0.5), lambda o: CosineAnnealingLR(o, 9, 0.1)])
def test_a_stored_schedule_goes_on_with_the_same_bits(make):
    straight = rates_of(make(optimizer(1.0)), 20)[10:]
    first_optimizer = optimizer(1.0)
    first = make(first_optimizer)
    rates_of(first, 10)
    second_optimizer = optimizer(1.0)
    second = make(second_optimizer)
    second_optimizer.load_state_dict(first_optimizer.state_dict())
    second.load_state_dict(first.state_dict())
    assert np.array_equal(rates_of(second, 10), straight)


REFUSED = [
    (lambda: StepLR(optimizer(1.0), 0), "StepLR: step_size must be a whole number above 0, got 0"),
    (lambda: StepLR(optimizer(1.0), 2, -0.1), "gamma must be a finite number >= 0, got -0.1"),
    (lambda: CosineAnnealingLR(optimizer(1.0), 1.5), "T_max must be a whole number above 0, got 1.5"),
    (lambda: CosineAnnealingLR(optimizer(1.0), 5, math.nan), "eta_min must be a finite number >= 0, got nan"),
    (lambda: StepLR(optimizer(1.0), 2, last_epoch=3), "group 0 has no initial_lr, which last_epoch=3 needs"),
    (lambda: StepLR([1.0], 2), "StepLR expects an optimizer, got list"),
]


@pytest.mark.parametrize(("make", "message"), REFUSED, ids=[message for _, message in REFUSED])
def test_a_schedule_that_cannot_be_meant_is_refused(make, message):
    with pytest.raises(ArgumentError, match=message):
        make()


def test_the_state_of_another_schedule_is_refused():
    cosine = CosineAnnealingLR(optimizer(1.0), 5)
    with pytest.raises(
        CheckpointError, match=r"missing \['gamma', 'step_size'\], unexpected \['T_max', 'eta_min'\]"
    ):
        StepLR(optimizer(1.0), 2).load_state_dict(cosine.state_dict())


# -- clipping ----------------------------------------------------------------------------------------------


def with_gradients(*gradients):
    params = []
    for g in gradients:
        p = tensor(np.zeros_like(g), requires_grad=True)
        p.grad = tensor(g)
        params.append(p)
    return params


GRADIENTS = [np.array([[3.0, -4.0], [1.0, 0.0]]).T, np.array([12.0])]


@pytest.mark.parametrize("norm_type", [1.0, 2.0, 3.0, math.inf])
def test_the_norm_is_that_of_all_gradients_together(norm_type):
    numbers = [abs(v) for v in (3.0, 4.0, 1.0, 0.0, 12.0)]
    expected = (
        max(numbers) if norm_type == math.inf else sum(v**norm_type for v in numbers) ** (1 / norm_type)
    )
    params = with_gradients(*GRADIENTS)
    assert clip_grad_norm_(params, 2.0, norm_type).item() == pytest.approx(expected, rel=1e-12)
    factor = 2.0 / (expected + 1e-6)
    for p, g in zip(params, GRADIENTS, strict=True):
        np.testing.assert_allclose(p.grad.numpy(), g * factor, rtol=1e-12)


def test_short_gradients_stay_as_they_are():
    params = with_gradients(*GRADIENTS)
    clip_grad_norm_(iter(params), 100.0)
    assert all(np.array_equal(p.grad.numpy(), g) for p, g in zip(params, GRADIENTS, strict=True))


def test_an_array_that_two_gradients_share_is_not_scaled_twice():
    shared = tensor([3.0, 4.0])
    a, b = tensor([0.0, 0.0], requires_grad=True), tensor([0.0, 0.0], requires_grad=True)
    a.grad, b.grad = shared.detach(), shared.detach()
    clip_grad_norm_([a, b], 1.0)
    assert shared.tolist() == [3.0, 4.0]
    np.testing.assert_allclose(a.grad.numpy(), np.array([3.0, 4.0]) / math.sqrt(50), rtol=1e-6)
    assert np.array_equal(a.grad.numpy(), b.grad.numpy())


@pytest.mark.parametrize("size", [1e30, 1e-30])
def test_squares_that_float32_cannot_hold_do_not_spoil_the_norm(size):
    (p,) = with_gradients(np.array([3.0, 4.0], np.float32) * np.float32(size))
    assert clip_grad_norm_(p, 1e-31).item() == pytest.approx(5 * size, rel=1e-6)
    assert p.grad.dtype == np.float32 and np.isfinite(p.grad.numpy()).all()


def test_no_gradients_have_norm_zero():
    assert clip_grad_norm_([tensor([1.0], requires_grad=True)], 1.0).item() == 0.0


def test_a_norm_that_is_not_finite_is_refused_on_request():
    params = with_gradients(np.array([1.0, math.nan]), np.array([2.0]))
    with pytest.raises(NotFiniteError, match="the norm of the gradients is nan, so they cannot be clipped"):
        clip_grad_norm_(params, 1.0, error_if_nonfinite=True)
    assert params[1].grad.item() == 2.0
    assert math.isnan(clip_grad_norm_(params, 1.0).item())


def test_a_norm_below_zero_is_refused():
    with pytest.raises(ArgumentError, match=r"expects max_norm >= 0 and norm_type > 0, got -1 and 2.0"):
        clip_grad_norm_([], -1)
    with pytest.raises(ArgumentError, match=r"expects max_norm >= 0 and norm_type > 0, got 1 and 'x'"):
        clip_grad_norm_([], 1, "x")
