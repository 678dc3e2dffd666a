"""Arithmetic on two tensors, with broadcasting.

The gradient of a broadcast input is summed over what it was repeated along: `unbroadcast`.
"""

import numpy as np

from ..core import Tensor, op, wrap
from .shape import sum_to


def unbroadcast(g: Tensor, shape: tuple[int, ...]) -> Tensor:
    """Sum a gradient down to the shape that an input had before it was broadcast."""
    return g if g.array.shape == shape else sum_to(g, shape=shape)


@op
def add(a, b):
    r""":math:`y = a + b`, so :math:`\bar a = \bar y` and :math:`\bar b = \bar y`."""
    a_shape, b_shape = a.array.shape, b.array.shape

    def grad_a(g):
        return unbroadcast(g, a_shape)

    def grad_b(g):
        return unbroadcast(g, b_shape)

    return np.add(a.array, b.array), grad_a, grad_b


@op
def sub(a, b):
    r""":math:`y = a - b`, so :math:`\bar a = \bar y` and :math:`\bar b = -\bar y`."""
    a_shape, b_shape = a.array.shape, b.array.shape

    def grad_a(g):
        return unbroadcast(g, a_shape)

    def grad_b(g):
        return unbroadcast(neg(g), b_shape)

    return np.subtract(a.array, b.array), grad_a, grad_b


@op
def mul(a, b):
    r""":math:`y = a b`, so :math:`\bar a = \bar y\,b` and :math:`\bar b = \bar y\,a`."""
    a_shape, b_shape = a.array.shape, b.array.shape

    def grad_a(g):
        return unbroadcast(mul(g, b), a_shape)

    def grad_b(g):
        return unbroadcast(mul(g, a), b_shape)

    return np.multiply(a.array, b.array), grad_a, grad_b


@op
def div(a, b):
    r""":math:`y = a / b`, so :math:`\bar a = \bar y / b` and :math:`\bar b = -\bar y\,y / b`."""
    a_shape, b_shape = a.array.shape, b.array.shape

    def grad_a(g):
        return unbroadcast(div(g, b), a_shape)

    def grad_b(g, y):
        return unbroadcast(neg(div(mul(g, y), b)), b_shape)

    return np.divide(a.array, b.array), grad_a, grad_b


@op
def neg(x):
    r""":math:`y = -x`, so :math:`\bar x = -\bar y`."""

    def grad_x(g):
        return neg(g)

    return np.negative(x.array), grad_x


@op
def remainder(a, b):
    r""":math:`y = a - b \lfloor a / b \rfloor`, which has the sign of b, so :math:`\bar a = \bar y` and
    :math:`\bar b = -\bar y \lfloor a / b \rfloor`."""
    a_shape, b_shape = a.array.shape, b.array.shape

    def grad_a(g):
        return unbroadcast(g, a_shape)

    def grad_b(g):
        times = np.floor_divide(a.array, b.array)
        return unbroadcast(neg(mul(g, wrap(times))), b_shape)

    return np.remainder(a.array, b.array), grad_a, grad_b


@op
def maximum(a, b):
    r""":math:`y = \max(a, b)`: the gradient goes to the larger; equal values get one half each."""
    a_shape, b_shape = a.array.shape, b.array.shape

    def grad_a(g):
        return unbroadcast(mul(g, share_of_larger(a, b)), a_shape)

    def grad_b(g):
        return unbroadcast(mul(g, share_of_larger(b, a)), b_shape)

    return np.maximum(a.array, b.array), grad_a, grad_b


@op
def minimum(a, b):
    r""":math:`y = \min(a, b)`: the gradient goes to the smaller; equal values get one half each."""
    a_shape, b_shape = a.array.shape, b.array.shape

    def grad_a(g):
        return unbroadcast(mul(g, share_of_larger(b, a)), a_shape)

    def grad_b(g):
        return unbroadcast(mul(g, share_of_larger(a, b)), b_shape)

    return np.minimum(a.array, b.array), grad_a, grad_b


def share_of_larger(a: Tensor, b: Tensor) -> Tensor:
    """Give 0 where a < b, 1/2 where they are equal, 1 elsewhere (both get 1 where one is NaN, as in PyTorch);
    a constant, the derivative of max(a, b) by a."""
    return wrap(np.where(a.array == b.array, 0.5, ~(a.array < b.array)).astype(a.array.dtype))


@op
def select(a, b, *, condition):
    r""":math:`y = a` where the condition holds and :math:`b` elsewhere; so is the gradient handed back.

    The side that was not taken gets exactly 0, whatever the values there are.
    """
    a_shape, b_shape = a.array.shape, b.array.shape

    def grad_a(g):
        return unbroadcast(select(g, 0.0, condition=condition), a_shape)

    def grad_b(g):
        return unbroadcast(select(0.0, g, condition=condition), b_shape)

    return np.where(condition, a.array, b.array), grad_a, grad_b
