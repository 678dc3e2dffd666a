"""Activations: their formulas by `math`, the gradients at corners, and values at which formulas overflow."""

import inspect
import math

import numpy as np
import pytest
from numeric import assert_close

import tinygrad_cnn as tg
from tinygrad_cnn import Tensor, grad, tensor
from tinygrad_cnn.testing import gradcheck

INF = float("inf")


def leaf(values) -> Tensor:
    return tensor(np.array(values, float), requires_grad=True)


def slope(f, values):
    x = leaf(values)
    return grad(f(x).sum(), x).tolist()


def sigmoid(v):
    return 1 / (1 + math.exp(-v))


def cubic(v):
    return math.sqrt(2 / math.pi) * (v + 0.044715 * v**3)


FORMULAS = [
    ("leaky_relu", {}, lambda v: v if v > 0 else 0.01 * v),
    ("leaky_relu", {"negative_slope": -0.5}, lambda v: v if v > 0 else -0.5 * v),
    ("elu", {}, lambda v: v if v > 0 else math.exp(v) - 1),
    ("elu", {"alpha": 2.5}, lambda v: v if v > 0 else 2.5 * (math.exp(v) - 1)),
    ("selu", {}, lambda v: 1.0507009873554805 * (v if v > 0 else 1.6732632423543772 * (math.exp(v) - 1))),
    ("celu", {"alpha": 0.7}, lambda v: v if v > 0 else 0.7 * (math.exp(v / 0.7) - 1)),
    ("celu", {"alpha": -2}, lambda v: v if v > 0 else -2 * (math.exp(v / -2) - 1)),
    ("gelu", {}, lambda v: v * (1 + math.erf(v / math.sqrt(2))) / 2),
    ("gelu", {"approximate": "tanh"}, lambda v: v * (1 + math.tanh(cubic(v))) / 2),
    ("silu", {}, lambda v: v * sigmoid(v)),
    ("mish", {}, lambda v: v * math.tanh(math.log(1 + math.exp(v)))),
    ("softplus", {}, lambda v: math.log(1 + math.exp(v))),
    (
        "softplus",
        {"beta": 1.7, "threshold": 2},
        lambda v: v if 1.7 * v > 2 else math.log(1 + math.exp(1.7 * v)) / 1.7,
    ),
    ("softplus", {"beta": -2}, lambda v: math.log(1 + math.exp(-2 * v)) / -2),
    ("softsign", {}, lambda v: v / (1 + abs(v))),
    ("logsigmoid", {}, lambda v: math.log(sigmoid(v))),
    ("tanhshrink", {}, lambda v: v - math.tanh(v)),
    ("hardtanh", {}, lambda v: min(max(v, -1), 1)),
    ("hardtanh", {"min_val": -0.3, "max_val": 2}, lambda v: min(max(v, -0.3), 2)),
    ("hardsigmoid", {}, lambda v: min(max(v, -3), 3) / 6 + 0.5),
    ("hardswish", {}, lambda v: v * min(max(v + 3, 0), 6) / 6),
    ("relu6", {}, lambda v: min(max(v, 0), 6)),
    ("hardshrink", {"lambd": 0.8}, lambda v: v if abs(v) > 0.8 else 0.0),
    ("softshrink", {"lambd": 0.8}, lambda v: v - min(max(v, -0.8), 0.8)),
    ("threshold", {"threshold": 0.2, "value": 7}, lambda v: v if v > 0.2 else 7.0),
]
ids = [f"{name}-{setting}" for name, setting, _ in FORMULAS]


@pytest.mark.parametrize(("name", "settings", "formula"), FORMULAS, ids=ids)
def test_values_are_those_of_the_formula_and_derivatives_those_of_differences(name, settings, formula):
    f = getattr(tg, name)
    steps = np.random.default_rng(3).permutation(np.arange(24) * 0.37 - 4.2).reshape(2, 3, 4)
    y = f(tensor(steps), **settings)
    assert_close(y.array, np.vectorize(formula)(steps), 1e-14, name)
    assert gradcheck(lambda x: f(x, **settings), (steps,), order=2)
    narrow = f(tensor(steps.astype(np.float32)), **settings)
    assert narrow.dtype == np.float32
    assert_close(narrow.array, y.array, 1e-6, "float32")
    for other in (
        np.zeros((0, 3)),
        np.array(-0.7),
        np.repeat(steps, 2, -1)[..., ::2],
        np.asfortranarray(steps),
    ):
        assert f(tensor(other), **settings).shape == other.shape
        np.testing.assert_array_equal(f(tensor(other), **settings).array, f(tensor(other.copy()), **settings))


CORNERS = [
    (tg.relu, [0.0], [0.0]),
    (lambda x: tg.leaky_relu(x, 0.25), [0.0], [0.25]),
    (lambda x: tg.elu(x, 2.0), [0.0], [2.0]),
    (lambda x: tg.celu(x, 2.0), [0.0], [1.0]),
    (tg.hardtanh, [-1.0, 1.0], [0.0, 0.0]),
    (tg.relu6, [0.0, 6.0], [0.0, 0.0]),
    (tg.hardsigmoid, [-3.0, 3.0, 0.0], [0.0, 0.0, 1 / 6]),
    (tg.hardswish, [-3.0, 3.0, 0.0], [0.0, 1.0, 0.5]),
    (tg.hardshrink, [-0.5, 0.0, 0.5], [0.0, 0.0, 0.0]),
    (tg.softshrink, [-0.5, 0.0, 0.5], [0.0, 0.0, 0.0]),
    (lambda x: tg.threshold(x, 1.0, 5.0), [1.0], [0.0]),
    (lambda x: tg.softplus(x, 1.0, 2.0), [2.0], [1 / (1 + math.exp(-2.0))]),
    (tg.softplus, [0.0], [0.5]),
    (tg.softsign, [0.0], [1.0]),
]


@pytest.mark.parametrize(("f", "values", "expected"), CORNERS)
def test_gradients_at_corners_are_pytorchs(f, values, expected):
    assert_close(np.array(slope(f, values)), np.array(expected), 1e-15, "slope")


LARGE = [  # value and slope at -1e4 and 1e4, and at -1e30 and 1e30
    ("elu", [-1.0, 1.0], [0.0, 1.0]),
    ("gelu", [0.0, 1.0], [0.0, 1.0]),
    ("silu", [0.0, 1.0], [0.0, 1.0]),
    ("mish", [0.0, 1.0], [0.0, 1.0]),
    ("softplus", [0.0, 1.0], [0.0, 1.0]),
    ("hardswish", [0.0, 1.0], [0.0, 1.0]),
    ("logsigmoid", [1.0, 0.0], [1.0, 0.0]),
]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(("name", "values", "slopes"), LARGE)
def test_large_values_neither_overflow_nor_lose_their_gradient(name, values, slopes, dtype):
    for size in (1e4, 1e30):
        x = tensor(np.array([-size, size], dtype), requires_grad=True)
        outer = np.array([-1.0 if name == "elu" else -size, size], dtype)
        y = getattr(tg, name)(x)
        np.testing.assert_array_equal(y.array, np.abs(values) * outer)
        np.testing.assert_array_equal(grad(y.sum(), x), np.array(slopes, dtype))


def test_the_tanh_form_of_gelu_does_not_overflow_either():
    x = tensor(np.array([-1e30, -50.0, 50.0, 1e30], np.float32), requires_grad=True)
    y = tg.gelu(x, approximate="tanh")
    np.testing.assert_array_equal(y.array, np.array([0, 0, 50, 1e30], np.float32))
    assert grad(y.sum(), x).tolist() == [0.0, 0.0, 1.0, 1.0]


def test_small_tails_keep_their_digits():
    for f, v, expected in (
        (tg.gelu, -8.0, -8.0 * math.erfc(8 / math.sqrt(2)) / 2),
        (tg.softplus, -40.0, math.exp(-40.0)),
        (tg.logsigmoid, 40.0, -math.exp(-40.0)),
        (tg.silu, -40.0, -40.0 * math.exp(-40.0)),
        (tg.mish, -40.0, -40.0 * math.exp(-40.0)),
    ):
        assert abs(f(leaf(v)).item() / expected - 1) < 1e-13
    assert abs(slope(tg.elu, [-40.0])[0] / math.exp(-40.0) - 1) < 1e-13


def test_infinite_values_have_the_limits_that_pytorch_gives():
    with np.errstate(invalid="ignore"):
        assert tg.softplus(leaf([-INF, INF])).tolist() == [0.0, INF]
        assert tg.logsigmoid(leaf([-INF, INF])).tolist() == [-INF, 0.0]
        assert tg.elu(leaf([-INF, INF])).tolist() == [-1.0, INF]
        assert tg.leaky_relu(leaf([-INF, INF])).tolist() == [-INF, INF]
        assert tg.gelu(leaf([INF])).tolist() == [INF]
        assert slope(tg.logsigmoid, [-INF, INF]) == [1.0, 0.0]
    for name in (
        "leaky_relu",
        "elu",
        "gelu",
        "silu",
        "mish",
        "softplus",
        "hardtanh",
        "hardswish",
        "softshrink",
    ):
        assert np.isnan(getattr(tg, name)(leaf([np.nan])).array).all(), name


def test_whole_numbers_in_pieces_stay_whole():
    x = tensor([-3, 2, 9])
    assert tg.hardtanh(x, -1.5, 4.5).tolist() == [-1, 2, 4]
    assert tg.relu6(x).tolist() == [0, 2, 6]
    assert tg.threshold(x, 2, 7).tolist() == [7, 7, 9]
    assert tg.relu6(x).dtype == x.dtype


@pytest.mark.parametrize("shape", [(2, 3), (2, 3, 4), (2, 3, 4, 5), (0, 3, 2)])
def test_prelu_has_a_slope_for_each_channel(shape):
    x = np.random.default_rng(1).normal(size=shape)
    w = np.array([0.5, -0.25, 2.0])
    y = tg.prelu(tensor(x), tensor(w))
    each = w.reshape(3, *[1] * (len(shape) - 2))
    np.testing.assert_array_equal(y.array, np.where(x > 0, x, x * each))
    if x.size:
        assert gradcheck(tg.prelu, (x, w), order=2)


@pytest.mark.parametrize("shape", [(), (1,), (4,), (2, 3, 4)])
@pytest.mark.parametrize("slopes", [(), (1,)])
def test_prelu_has_one_slope_for_all(shape, slopes):
    x, w = leaf(np.full(shape, -2.0)), leaf(np.full(slopes, 0.5))
    y = tg.prelu(x, w)
    assert y.shape == shape
    by_x, by_w = grad(y.sum(), (x, w))
    assert set(by_x.array.reshape(-1)) == {0.5}
    assert by_w.shape == slopes
    assert by_w.item() == -2.0 * x.numel()


def test_the_slope_of_prelu_learns_from_what_is_not_positive_only():
    x, w = leaf([INF, 3.0, 0.0, -1.0]), leaf([0.25])
    assert grad(tg.prelu(x, w).sum(), w).tolist() == [-1.0]
    assert grad(tg.prelu(x, w).sum(), x).tolist() == [1.0, 1.0, 0.25, 0.25]


SIGNATURES = {
    "celu": "input alpha=1.0 inplace=False",
    "elu": "input alpha=1.0 inplace=False",
    "gelu": "input approximate='none'",
    "hardshrink": "input lambd=0.5",
    "hardsigmoid": "input inplace=False",
    "hardswish": "input inplace=False",
    "hardtanh": "input min_val=-1.0 max_val=1.0 inplace=False",
    "leaky_relu": "input negative_slope=0.01 inplace=False",
    "logsigmoid": "input",
    "mish": "input inplace=False",
    "prelu": "input weight",
    "relu6": "input inplace=False",
    "selu": "input inplace=False",
    "silu": "input inplace=False",
    "softplus": "input beta=1.0 threshold=20.0",
    "softshrink": "input lambd=0.5",
    "softsign": "input",
    "tanhshrink": "input",
    "threshold": "input threshold value inplace=False",
}


@pytest.mark.parametrize("name", SIGNATURES)
def test_arguments_have_pytorchs_names(name):
    parameters = inspect.signature(getattr(tg, name)).parameters.values()
    words = [p.name if p.default is p.empty else f"{p.name}={p.default!r}" for p in parameters]
    assert " ".join(words) == SIGNATURES[name]
