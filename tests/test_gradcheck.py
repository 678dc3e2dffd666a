"""`gradcheck` on functions that are right and functions that are wrong: verdict, place and name."""

import numpy as np
import pytest

import tinygrad_cnn as tg
import tinygrad_cnn.functional as F
from tinygrad_cnn import op
from tinygrad_cnn.core import wrap
from tinygrad_cnn.testing import gradcheck

RNG = np.random.default_rng(3)
X = RNG.standard_normal((3, 4))
W = RNG.standard_normal((5, 4))


def check(fn, *inputs, **settings):
    return gradcheck(fn, list(inputs), raise_exception=False, **settings)


# -- what is right passes --------------------------------------------------------------------------------

RIGHT = {
    "tanh": (lambda x: x.tanh(), X),
    "two inputs": (lambda x, w: x @ w.permute(1, 0), X, W),
    "several outputs": (lambda x: (x.exp(), {"a": x.sum()}["a"]), X),
    "a dictionary": (lambda x: {"loss": (x * x).sum(), "label": tg.tensor([1, 2])}, X),
    "its own input": (lambda x: x, X),
    "a part of it": (lambda x: x[1:, ::2], X),
    "a scalar": (lambda x: x**3, np.array(0.7)),
    "one entry": (lambda x: x.log(), np.array([[2.0]])),
    "no entry": (lambda x: x.exp(), np.zeros((0, 3))),
    "no result": (lambda x: x[:0], X),
    "used twice": (lambda x: x * x + x.sigmoid() * x, X),
    "an integer beside it": (lambda x, i: x[i], X, tg.tensor([2, 0, 0])),
    "a number beside it": (lambda x, n: x * n, X, 3),
    "a gradient inside": (lambda x: tg.grad((x**3).sum(), x, create_graph=True), X),
    "cross-entropy": (lambda x: F.cross_entropy(x, tg.tensor([1, 0, 3])), X),
    "variance of far values": (lambda x: (x + 1e4).var(), X),
    "huge inputs": (lambda x: (x * 1e-8).tanh(), 1e8 * X),
    "tiny inputs": (lambda x: x.log(), 1e-7 * np.abs(X) + 1e-9),
    "saturated softmax": (lambda x: x.softmax(0), np.array([0.0, 20.0, 0.1])),
    "a sum that cancels": (
        lambda x, w, b: F.batch_norm(x, None, None, w, b, training=True).sum(),
        RNG.standard_normal((4, 3, 2, 2)),
        np.ones(3),
        np.zeros(3),
    ),
    "a slope that bends nearby": (
        lambda x: x * F.clip(x, -1.0, 1.0) - 0.5 * F.clip(x, -1.0, 1.0) ** 2,
        np.array([1.0, 1.0 + 1e-7, 1.0 - 1e-5, 0.3]),
    ),
    "a power of 0": (lambda a, b: a**b, np.array([1.5, 0.7]), np.array([0.0, 2.0])),
    "tiny linear": (lambda x: 3.0 * x, 1e-30 * X),
    "large for float32": (lambda x: (100.0 * x).exp(), X),
    "in double precision": (lambda x: x.double().tanh(), X),
    "a power": (lambda x: x**20, X),
    "saturated": (lambda x: x.sigmoid(), 30 * X),
    "fast oscillation": (lambda x: (x * 300).tanh() * x, X),
}


@pytest.mark.parametrize("name", RIGHT)
@pytest.mark.parametrize("mode", ["auto", "fast", "full"])
def test_right_gradients_pass(name, mode):
    report = check(*RIGHT[name], mode=mode)
    assert report.verdict == "pass", report


def test_what_was_measured_is_in_the_report():
    report = check(lambda x: x.tanh(), X)
    measured = report.measured
    assert (measured.checked, measured.coordinates, measured.kinks, measured.skipped) == (12, 12, 0, {})
    assert report.order == 2
    assert 0 < measured.noise < 1e-14
    assert measured.error < 1e-10 < measured.tolerance < 1e-7
    assert measured.float32_error is not None and measured.float32_error < 1e-6
    assert "pass" in str(report).lower()


@pytest.mark.parametrize(
    ("fn", "x", "kinks"),
    [
        (lambda x: x.relu(), np.zeros((2, 3)), 6),
        (lambda x: x.abs(), np.array([0.0, 1.0, -2.0]), 1),
        (lambda x: F.clip(x, -1.0, 1.0), np.array([-1.0, 1.0, 0.3]), 2),
        (lambda x: x.amax(1), np.ones((2, 3)), 6),
        (lambda x: F.max_pool2d(x, 2), np.ones((1, 2, 4, 2)), 16),
        (lambda x: F.maximum(x, x * 1.0), np.array([1.0, 2.0]), 0),
    ],
    ids=["relu", "abs", "clip", "amax", "max_pool2d", "maximum with itself"],
)
def test_a_subgradient_passes_at_a_kink(fn, x, kinks):
    report = check(fn, x)
    assert (report.verdict, report.measured.kinks) == ("pass", kinks), report


@pytest.mark.parametrize("distance", [1e-2, 1e-4, 3e-6, 1e-8, 1e-12])
def test_a_kink_beside_the_place_is_no_mistake(distance):
    assert check(lambda x: x.relu(), distance * X), distance


def test_order_1_is_enough_if_asked_for():
    @op
    def cube(x):
        return x.array**3, lambda g: g * 3.0 * tg.tensor(x.array**2)

    assert check(cube, X, order=1).order == 1
    report = check(cube, X)
    assert report.codes == ("not-differentiable-again",)
    assert (report.worst.order, report.worst.name) == (2, "x")


def test_tolerances_can_be_set():
    @op
    def nearly(x):
        return x.array * 2.0, lambda g: g * 2.0001

    assert not check(nearly, X)
    assert check(nearly, X, order=1, rtol=1e-3)
    assert check(nearly, X, order=1, atol=1.0)
    assert not check(nearly, X, order=1, rtol=1e-6)


@pytest.mark.parametrize("i", [0, 777, 4607])
def test_one_wrong_entry_of_a_hundred_thousand_is_located(i):
    x = np.random.default_rng(1).standard_normal((8, 16, 28, 28))
    w = np.random.default_rng(2).standard_normal((32, 16, 3, 3))

    @op
    def watched(w):
        def grad_w(g):
            scale = np.ones(w.shape)
            scale.ravel()[i] = 1.001
            return g * wrap(scale)

        return w.array.copy(), grad_w

    report = check(lambda x, w: F.conv2d(x, watched(w)), x, w, order=1)
    assert report.measured.coordinates > 100_000
    assert (report.worst.name, report.worst.index) == ("w", np.unravel_index(i, w.shape))
    assert report.worst.analytic == pytest.approx(1.001 * report.worst.numeric, rel=1e-8)
    assert report.measured.evaluations < 250
