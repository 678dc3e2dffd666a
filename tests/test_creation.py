"""Tensors made from nothing: values, dtypes, and what follows another tensor."""

import numpy as np
import pytest

import tinygrad_cnn as tg
from tinygrad_cnn import tensor
from tinygrad_cnn.errors import DtypeError


@pytest.mark.parametrize(
    "make, expected, dtype",
    [
        (lambda: tg.zeros((2, 1)), [[0], [0]], np.float32),
        (lambda: tg.zeros(()), 0, np.float32),
        (lambda: tg.empty(2), [0, 0], np.float32),
        (lambda: tg.ones(2, 0), [[], []], np.float32),
        (lambda: tg.ones(2, dtype=bool), [True, True], np.bool_),
        (lambda: tg.full((2,), 7), [7, 7], np.int64),
        (lambda: tg.full(2, 7.5), [7.5, 7.5], np.float32),
        (lambda: tg.full((1,), True), [True], np.bool_),
        (lambda: tg.full((1,), tensor(2.0)), [2.0], np.float32),
        (lambda: tg.full((1,), 7, dtype=np.float64), [7], np.float64),
        (lambda: tg.arange(2.5), [0, 1, 2], np.float32),
        (lambda: tg.arange(5, 0, -2), [5, 3, 1], np.int64),
        (lambda: tg.arange(1, 1), [], np.int64),
        (lambda: tg.arange(3, dtype=np.float64), [0, 1, 2], np.float64),
        (lambda: tg.linspace(1, 0, 3), [1, 0.5, 0], np.float32),
        (lambda: tg.linspace(2, 9, 1), [2], np.float32),
        (lambda: tg.linspace(2, 9, 0), [], np.float32),
        (lambda: tg.eye(2), [[1, 0], [0, 1]], np.float32),
        (lambda: tg.eye(1, 3, dtype=np.int64), [[1, 0, 0]], np.int64),
        (lambda: tg.zeros_like(tensor([True])), [False], np.bool_),
        (lambda: tg.ones_like([1.0, 2.0]), [1, 1], np.float32),
        (lambda: tg.full_like(tensor([1, 2]), 3.7), [3, 3], np.int64),
        (lambda: tg.empty_like(tensor([1.0]), dtype=np.float64), [0], np.float64),
    ],
)
def test_values_and_dtypes(make, expected, dtype):
    t = make()
    assert t.tolist() == expected and t.dtype == dtype


@pytest.mark.parametrize("make", [tg.zeros_like, tg.ones_like, tg.rand_like, tg.randn_like])
def test_what_follows_a_tensor_is_a_leaf_of_its_own(make):
    x = tg.ones(2, 3, dtype=np.float64, requires_grad=True) * 2
    assert make(x).shape == (2, 3) and make(x).dtype == np.float64 and not make(x).requires_grad
    assert make(x, dtype=np.float32, requires_grad=True).requires_grad


def test_the_same_generator_draws_the_same():
    draws = [tg.randn_like(tg.zeros(3), generator=np.random.default_rng(4)) for _ in range(2)]
    assert np.array_equal(*draws)
    assert np.array_equal(draws[0], tg.randn(3, generator=np.random.default_rng(4)))


def test_long_ranges_of_steps_do_not_drift():
    assert tg.arange(0, 1, 0.1).tolist() == [np.float32(k / 10) for k in range(10)]
    assert tg.linspace(-1, 1, 2001)[-1].item() == 1.0


def test_only_floats_require_a_gradient():
    with pytest.raises(DtypeError, match="only float32 and float64 tensors can require grad"):
        tg.full((2,), 1, requires_grad=True)
