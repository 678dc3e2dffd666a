"""Starting values: bounds, means and variances follow the formulas; a seed gives the same numbers."""

import math
import re

import numpy as np
import pytest

import tinygrad_cnn as tg
from tinygrad_cnn import nn
from tinygrad_cnn.errors import ArgumentError, DtypeError, GraphError, ShapeError
from tinygrad_cnn.nn import init

CONV = (30, 20, 5, 3)  # fan in 20 * 15 = 300, fan out 30 * 15 = 450
DENSE = (300, 200)  # fan in 200, fan out 300

SPREADS = [  # function, settings, shape, standard deviation by hand
    (init.xavier_uniform_, {}, CONV, math.sqrt(2 / 750)),
    (init.xavier_uniform_, {"gain": 3.0}, DENSE, 3 * math.sqrt(2 / 500)),
    (init.xavier_normal_, {}, CONV, math.sqrt(2 / 750)),
    (init.xavier_normal_, {"gain": 0.5}, DENSE, 0.5 * math.sqrt(2 / 500)),
    (init.kaiming_uniform_, {}, CONV, math.sqrt(2 / 300)),
    (init.kaiming_uniform_, {"a": math.sqrt(5)}, CONV, 1 / math.sqrt(3 * 300)),
    (init.kaiming_uniform_, {"mode": "fan_out", "nonlinearity": "relu"}, CONV, math.sqrt(2 / 450)),
    (init.kaiming_uniform_, {"nonlinearity": "tanh"}, DENSE, 5 / 3 / math.sqrt(200)),
    (init.kaiming_normal_, {}, CONV, math.sqrt(2 / 300)),
    (init.kaiming_normal_, {"mode": "fan_out", "nonlinearity": "linear"}, DENSE, 1 / math.sqrt(300)),
]


@pytest.mark.parametrize(("fill", "settings", "shape", "std"), SPREADS)
def test_values_have_the_variance_of_the_formula(fill, settings, shape, std):
    w = tg.zeros(*shape)
    assert fill(w, **settings, generator=np.random.default_rng(1)) is w
    values = w.numpy().astype(float)
    n = values.size
    assert abs(values.mean()) < 5 * std / math.sqrt(n)
    assert abs(values.std() / std - 1) < 5 / math.sqrt(2 * n)
    if "uniform" in fill.__name__:
        bound = std * math.sqrt(3)
        assert bound * 0.999 < np.abs(values).max() <= np.float32(bound)
    else:  # a normal distribution reaches beyond three sigma in 27 of 10,000 draws
        assert abs((np.abs(values) > 3 * std).mean() - 0.0027) < 5 * math.sqrt(0.0027 / n)


def test_uniform_and_normal_take_their_limits():
    w = init.uniform_(tg.zeros(100, 100), -2.0, 1.0, np.random.default_rng(0)).numpy()
    assert -2 <= w.min() < -1.99 and 0.99 < w.max() <= 1 and abs(w.mean() + 0.5) < 0.05
    w = init.normal_(tg.zeros(100, 100), 3.0, 0.5, np.random.default_rng(0)).numpy()
    assert abs(w.mean() - 3) < 0.025 and abs(w.std() - 0.5) < 0.02


def test_constants_fill_every_place_and_keep_the_dtype():
    w = nn.Parameter(np.zeros((2, 3)))
    assert init.constant_(w, 0.1) is w and w.tolist() == [[0.1] * 3] * 2 and w.dtype == np.float64
    assert init.ones_(w).tolist() == [[1.0] * 3] * 2 and w.requires_grad
    assert init.zeros_(tg.ones(2)).tolist() == [0.0, 0.0]
    assert init.ones_(tg.tensor([5, 5])).dtype == np.int64


def test_the_generator_decides_and_the_default_one_is_used_without():
    a, b = (init.normal_(tg.zeros(5), generator=np.random.default_rng(4)) for _ in range(2))
    np.testing.assert_array_equal(a, b)
    tg.manual_seed(4)
    np.testing.assert_array_equal(init.normal_(tg.zeros(5)), a)
    assert (init.normal_(tg.zeros(5)).numpy() != a.numpy()).any()


def test_the_precision_does_not_change_the_numbers():
    single, double = (
        init.kaiming_normal_(tg.zeros(4, 3, dtype=d), generator=np.random.default_rng(2))
        for d in (np.float32, np.float64)
    )
    np.testing.assert_array_equal(single, double.numpy().astype(np.float32))


def test_filling_replaces_the_array_and_never_writes_into_it():
    w = nn.Parameter(np.zeros((2, 2), np.float32))
    kept = w.detach()
    init.ones_(w)
    assert kept.tolist() == [[0.0, 0.0], [0.0, 0.0]]


@pytest.mark.parametrize(
    ("nonlinearity", "param", "gain"),
    [
        ("linear", None, 1.0),
        ("conv2d", None, 1.0),
        ("sigmoid", None, 1.0),
        ("tanh", None, 5 / 3),
        ("relu", None, 1.4142135623730951),
        ("leaky_relu", None, math.sqrt(2 / 1.0001)),
        ("leaky_relu", 2.0, math.sqrt(2 / 5)),
    ],
)
def test_gains(nonlinearity, param, gain):
    assert init.calculate_gain(nonlinearity, param) == pytest.approx(gain, rel=1e-14)


def test_an_empty_tensor_is_filled_with_nothing():
    assert init.kaiming_uniform_(tg.zeros(0, 3)).shape == (0, 3)
    assert init.xavier_normal_(tg.zeros(3, 0)).shape == (3, 0)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda: init.xavier_uniform_(tg.zeros(3)),
            ShapeError,
            "fan in and fan out need a weight (out, in, ...), got shape (3,)",
        ),
        (
            lambda: init.kaiming_normal_(tg.zeros(3, 3), mode="fan"),
            ArgumentError,
            "mode must be 'fan_in' or 'fan_out', got 'fan'",
        ),
        (
            lambda: init.kaiming_normal_(tg.zeros(3, 3), nonlinearity="gelu"),
            ArgumentError,
            "nonlinearity must be one of linear, conv2d, conv_transpose2d, sigmoid, tanh, relu, leaky_relu, "
            "got 'gelu'",
        ),
        (
            lambda: init.uniform_(tg.zeros(3), 2.0, 1.0),
            ArgumentError,
            "uniform_: expected finite a <= b, got a 2.0, b 1.0",
        ),
        (
            lambda: init.normal_(tg.zeros(3), std=-1.0),
            ArgumentError,
            "normal_: expected a finite mean and std >= 0, got mean 0.0, std -1.0",
        ),
        (
            lambda: init.normal_(tg.zeros(3), generator=0),
            ArgumentError,
            "generator must be np.random.default_rng(seed) or None, got 0",
        ),
        (
            lambda: init.uniform_(tg.tensor([1, 2])),
            DtypeError,
            "a int64 tensor cannot hold fractions; use a float32 or float64 one",
        ),
        (
            lambda: init.zeros_(nn.Parameter([1.0]) * 2),
            GraphError,
            "only a leaf can be given starting values; this tensor is a recorded result",
        ),
    ],
)
def test_what_cannot_be_filled_is_refused(call, error, message):
    with pytest.raises(error, match=f"^{re.escape(message)}$"):
        call()
