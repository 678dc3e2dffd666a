"""Gradients that are not derivatives, and operations of one's own that do the rest."""

import numpy as np
import pytest

import tinygrad_cnn as tg
from tinygrad_cnn.errors import DtypeError, ShapeError

X = np.array([0.2, 1.7, -3.0, np.inf, -0.0])


def test_a_stopped_gradient_is_a_constant():
    x = tg.tensor(X, requires_grad=True)
    y = tg.stop_gradient(x)
    assert not y.requires_grad and np.shares_memory(y.numpy(), x.numpy())
    assert tg.stop_gradient([1.0, 2.0]).tolist() == [1.0, 2.0]
    np.testing.assert_array_equal(
        tg.grad((x[:3] * tg.stop_gradient(x[:3] * 2.0)).sum(), x), [0.4, 3.4, -6, 0, 0]
    )


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_straight_through_has_the_values_of_one_and_the_gradient_of_the_other(dtype):
    x = tg.tensor(X.astype(dtype), requires_grad=True)
    v = np.array([1e30, -0.0, np.nan, 5.0, np.inf], dtype)
    y = tg.straight_through(v, x)
    assert y.dtype == dtype and y.numpy().tobytes() == v.tobytes()
    weights = tg.tensor(np.arange(5).astype(dtype))
    np.testing.assert_array_equal(tg.grad(y, x, weights), weights)


def test_the_value_gets_no_gradient_and_other_orders_are_those_of_the_identity():
    x = tg.tensor([0.2, 1.7], requires_grad=True)
    scale = tg.tensor([2.0, 3.0], requires_grad=True)
    y = tg.straight_through((x * scale).round(), x)
    assert tg.grad(y.sum(), [x, scale], allow_unused=True)[1] is None
    first = tg.grad((y * y * y).sum(), x, create_graph=True)
    np.testing.assert_array_equal(first, 3 * y.numpy() ** 2)
    np.testing.assert_array_equal(tg.grad(first.sum(), x), 6 * y.numpy())


def test_where_nothing_is_recorded_only_the_values_come():
    x = tg.tensor([0.2, 1.7])
    assert tg.straight_through(x.round(), x).node is None
    with tg.no_grad():
        assert tg.straight_through(x, tg.ones(2, requires_grad=True)).node is None
    source = tg.tensor([1.0, 2.0])
    held = source.data
    y = tg.straight_through(source, tg.ones(2, requires_grad=True))
    held[0] = 9.0
    assert y.tolist() == [1.0, 2.0]


def test_what_does_not_fit_is_named():
    with pytest.raises(ShapeError, match=r"forward_value must have the shape \(2,\) of x, got \(3,\)"):
        tg.straight_through(tg.ones(3), tg.ones(2))
    with pytest.raises(DtypeError, match="forward_value must be float32 as x is, got float64"):
        tg.straight_through(tg.ones(2).double(), tg.ones(2))


def test_an_operation_may_have_any_gradient():
    @tg.op
    def clipped_backward(x, *, limit):
        r""":math:`y = x`, and :math:`\bar x` is :math:`\bar y` within limits."""
        return x.array, lambda g: g.clip(-limit, limit)

    x = tg.tensor([1.0, 2.0], requires_grad=True)
    y = clipped_backward(x, limit=3.0)
    assert tg.grad((y * y).sum(), x).tolist() == [2.0, 3.0]
