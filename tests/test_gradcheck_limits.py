"""Verdicts at the limits of what differences can tell: noise, lost digits, float32, small beside large."""

import numpy as np
import pytest

import tinygrad_cnn as tg
import tinygrad_cnn.functional as F
from tinygrad_cnn.testing import check_op, gradcheck


def rng(seed=0):
    return np.random.default_rng(seed)


@pytest.mark.parametrize("seed", range(4))
def test_a_backward_pass_in_float32_is_not_taken_for_rounding(seed):
    @tg.op
    def narrow(x):
        slope = 1 - np.tanh(x.array.astype(np.float32)) ** 2
        return np.tanh(x.array), lambda g: g * tg.tensor(slope.astype(x.dtype))

    assert not gradcheck(narrow, [rng(seed).standard_normal((3, 4))], raise_exception=False)


def test_where_noise_hides_everything_nothing_passes():
    x = rng().standard_normal((3, 4))
    assert gradcheck(lambda x: 1e16 + x.tanh(), [x], raise_exception=False).verdict == "inconclusive"
    report = gradcheck(lambda a, b: (1e13 * a + b).sum(), [x, x], raise_exception=False)
    assert report.measured.skipped == {"the differences do not settle there": 12}


@pytest.mark.parametrize("offset", [1e5, 1e7, 1e8])
@pytest.mark.parametrize("seed", range(5))
def test_lost_digits_are_no_mistake(offset, seed):
    v = np.round(2 * rng(seed).standard_normal(3)) / 2
    for fn in (lambda x: (((x + offset) - offset) ** 2).max(), lambda x: (x + offset).var()):
        report = gradcheck(fn, [np.concatenate([v, v, v / 3])], raise_exception=False)
        assert report.verdict != "fail", report


@pytest.mark.parametrize("frequency", [1e4, 1e6])
def test_a_fine_oscillation_is_not_called_wrong(frequency):
    @tg.op
    def sine(x):
        return np.sin(x.array), lambda g: g * cosine(x)

    @tg.op
    def cosine(x):
        return np.cos(x.array), lambda g: g * sine(x) * -1.0

    for seed in range(5):
        x = rng(seed).standard_normal(12)
        report = gradcheck(lambda x: x + 1e-6 * sine(frequency * x), [x], raise_exception=False)
        assert report.verdict != "fail", report


def test_the_smallest_loss_passes():
    x = rng().standard_normal((3, 4))
    assert gradcheck(lambda x, y: (x - y).abs().sum(), [x, x])


def test_a_small_entry_beside_a_large_one_is_checked():
    @tg.op
    def exponential(x):
        right = np.exp(x.array) * np.where(x.array < 1, 0.85, 1)
        return np.exp(x.array), lambda g: g * tg.tensor(right.astype(x.dtype))

    report = gradcheck(exponential, [np.array([20.0, 0.5, 2.0])], order=1, raise_exception=False)
    assert (report.verdict, report.worst.index) == ("fail", (1,))


def test_a_gradient_that_is_clipped_is_not_linear():
    @tg.op
    def clipped(x):
        return x.array * 2.0, lambda g: F.clip(g * 2.0, -100.0, 100.0)

    report = gradcheck(clipped, [rng().standard_normal(4)], raise_exception=False)
    assert report.codes[:1] == ("not-linear",)


@pytest.mark.parametrize("scale", [1.0, 1.1, 1.2, 1.3])
def test_digits_that_the_gradient_loses_itself_are_no_mistake(scale):
    x = scale * np.array([1e-3, 1e-2, 0.5])
    report = gradcheck(lambda x: ((1.0 + x * x).sqrt() - 1.0) / (x * x), [x], raise_exception=False)
    assert report.verdict != "fail", report


def test_each_entry_alone_shows_a_backward_pass_in_float32():
    @tg.op
    def narrow(x):
        slope = 1 - np.tanh(x.array.astype(np.float32)) ** 2
        return np.tanh(x.array), lambda g: g * tg.tensor(slope.astype(x.dtype))

    missed = [
        x for x in rng(3).uniform(0.2, 1.0, 12) if gradcheck(narrow, [np.array(x)], raise_exception=False)
    ]
    assert len(missed) <= 1  # by chance a float32 number can be right


def test_a_forward_pass_in_float32_is_not_believed():
    @tg.op
    def coarse(x):
        y = (x.array.astype(np.float32) ** 2).astype(x.dtype)
        return y, lambda g: g * 2.0001 * x

    report = gradcheck(coarse, [rng().standard_normal((3, 4))], raise_exception=False)
    assert report.verdict == "inconclusive"
    assert "it does not compute in float64" in report.reason


def test_what_changes_within_the_smallest_step_is_not_judged():
    @tg.op
    def wave(x):
        return np.sin(1e7 * x.array), lambda g: g * tg.tensor((1e7 * np.cos(1e7 * x.array)).astype(x.dtype))

    for seed in range(5):
        report = gradcheck(wave, [rng(seed).standard_normal(12)], order=1, raise_exception=False)
        assert report.verdict == "inconclusive", report


def test_a_tensor_that_two_calls_use_gets_both_gradients():
    newest = {}

    @tg.op
    def last_write(x):
        newest[id(x)] = mine = (x, object())
        return x.array * 2.0, lambda g: g * (2.0 if newest[id(x)] is mine else 0.0)

    report = gradcheck(last_write, [rng().standard_normal(4)], raise_exception=False)
    assert report.codes[:1] == ("overwritten",)


def test_a_backward_pass_that_counts_its_calls_is_found():
    calls = []

    @tg.op
    def alternating(x):
        calls.append(x)
        factor = 1.0 if len(calls) % 2 else 2.0
        return x.array * 1.0, lambda g: g * factor

    report = gradcheck(alternating, [rng().standard_normal(4)], raise_exception=False)
    assert report.codes[:1] == ("nondeterministic",)


def test_a_float32_gradient_that_is_always_wrong_fails_an_operation():
    @tg.op
    def uneven(x):
        factor = 2.0 if x.dtype == np.float64 else 2.001
        return x.array * 2.0, lambda g: g * factor

    samples = [rng().standard_normal((3, 4))]
    assert check_op(uneven, samples, raise_exception=False).codes == ("dtype-loss",)
    report = gradcheck(uneven, samples)
    assert "in float32, the gradient of x[" in report.notes[0]


def test_float32_that_loses_digits_by_chance_is_noted():
    samples = [rng().standard_normal((3, 4))]
    assert check_op(lambda x: (x + 1e4).var(), samples)
    notes = gradcheck(lambda x: (x + 1e4).var(), samples).notes
    assert notes and notes[0].startswith("in float32, rounding inside of the function changes the gradient")


@pytest.mark.parametrize("scale", [3.0, 30.0, 100.0, 1e4])
def test_a_saturated_softmax_is_not_called_wrong(scale):
    for seed in range(8):
        x = scale * rng(seed).standard_normal((3, 4))
        for fn in (lambda x: x.softmax(1), lambda x: x.log_softmax(1), lambda x: x.softmax(1).sum(1)):
            report = gradcheck(fn, [x], raise_exception=False)
            assert report.verdict != "fail", report


def test_a_tie_is_found_among_zeros_that_have_nothing_to_do_with_it():
    @tg.op
    def all_of_a_tie(x):
        top = x.array.max(1, keepdims=True)
        mask = (x.array == top).astype(x.dtype)
        return top[:, 0], lambda g: g.reshape(len(x), 1) * tg.tensor(mask)

    x = np.array([[0.0, 0.0, -1.0], [-2.0, 0.0, -1.0], [0.0, 0.0, 0.0]])
    report = gradcheck(lambda x: (all_of_a_tie(x[:2]), x[2].relu()), [x], raise_exception=False)
    assert report.codes == ("ties",)


def test_a_wave_as_long_as_the_step_is_not_called_wrong():
    """At a step of 1/1024 all of it looks flat."""
    length = 2 * np.pi * 1024

    @tg.op
    def wave(x):
        return np.sin(length * x.array), lambda g: g * cosine(x)

    @tg.op
    def cosine(x):
        return length * np.cos(length * x.array), lambda g: g * wave(x) * -(length**2)

    report = gradcheck(wave, [rng().uniform(0.1, 0.9, 12)], raise_exception=False)
    assert report.verdict != "fail", report


@pytest.mark.parametrize("x", [0.0, 1e-12, 1e-7, -1e-6, 1e-4])
def test_a_slope_that_bends_is_no_mistake(x):
    @tg.op
    def elu(x):
        y = np.where(x.array > 0, x.array, np.expm1(np.minimum(x.array, 0)))
        return y, lambda g, y: g * (1.0 + F.clip(y, -1.0, 0.0))

    assert gradcheck(elu, [np.array([x, 0.7])], raise_exception=False).verdict == "pass"


def test_made_up_inputs_that_do_not_suit_an_operation_are_left_out():
    @tg.op
    def product(x, w):
        return x.array @ w.array, lambda g: g @ w.transpose(0, 1), lambda g: x.transpose(0, 1) @ g

    assert check_op(product, raise_exception=False).verdict == "pass"


def test_a_report_of_made_up_inputs_says_so():
    @tg.op
    def half(x):
        return x.array**2, lambda g: g * x

    report = check_op(half, raise_exception=False)
    assert report.report.notes[-1].startswith("the check made up these inputs; give half inputs that it is")


def test_one_nan_among_thousands_is_located():
    @tg.op
    def square_sum(x):
        slope = 2.0 * x.array
        slope[1234] = np.nan
        return np.asarray((x.array**2).sum()), lambda g: g * tg.tensor(slope)

    report = gradcheck(square_sum, [rng().standard_normal(5000)], mode="fast", raise_exception=False)
    assert (report.codes[:1], report.worst.index) == (("not-finite",), (1234,))
