"""Functions of one number, applied to every value."""

import numpy as np

from .. import kernels
from ..core import op, wrap
from .arithmetic import div, mul, select, sub, unbroadcast


def real(x):
    """Give integers and booleans as float32; numpy would compute with small ones in half precision."""
    return x if x.dtype.kind == "f" else x.astype(np.float32)


@op
def exp(x):
    r""":math:`y = e^x`, so :math:`\bar x = \bar y\,y`."""

    def grad_x(g, y):
        return mul(g, y)

    return np.exp(real(x.array)), grad_x


@op
def log(x):
    r""":math:`y = \ln x`, so :math:`\bar x = \bar y / x`."""

    def grad_x(g):
        return div(g, x)

    return np.log(real(x.array)), grad_x


@op
def sqrt(x):
    r""":math:`y = \sqrt x`, so :math:`\bar x = \bar y / 2y`."""

    def grad_x(g, y):
        return div(g, mul(y, 2.0))

    return np.sqrt(real(x.array)), grad_x


@op
def abs(x):
    r""":math:`y = |x|`, so :math:`\bar x = \bar y\,\mathrm{sign}(x)`, which is 0 at 0."""

    def grad_x(g):
        return mul(g, wrap(np.sign(x.array)))

    return np.abs(x.array), grad_x


@op
def pow(a, b):
    r""":math:`y = a^b`, so :math:`\bar a = \bar y\,b\,a^{b-1}` (0 for b = 0) and
    :math:`\bar b = \bar y\,y \ln a` (0 for a = 0, b >= 0)."""
    a_shape, b_shape = a.array.shape, b.array.shape

    def grad_a(g):
        lower = pow(a, select(sub(b, 1.0), 0.0, condition=(b.array != 0) | (a.array != 0)))
        return unbroadcast(mul(g, mul(b, lower)), a_shape)

    def grad_b(g, y):
        settled = (a.array == 0) & (b.array >= 0)
        return unbroadcast(mul(g, mul(y, log(select(1.0, a, condition=settled)))), b_shape)

    return np.power(a.array, b.array), grad_a, grad_b


@op
def clip(x, *, min=None, max=None):
    r""":math:`y = \min(\max(x, min), max)`, so :math:`\bar x = \bar y` where min <= x <= max and 0
    elsewhere."""

    def grad_x(g):
        low = True if min is None else x.array >= min
        high = True if max is None else x.array <= max
        return mul(g, wrap(np.logical_and(low, high).astype(x.array.dtype)))

    y = x.array if min is None else np.maximum(x.array, x.array.dtype.type(min))
    return y if max is None else np.minimum(y, x.array.dtype.type(max)), grad_x


@op
def relu(x):
    r""":math:`y = \max(0, x)`, so :math:`\bar x = \bar y` where y > 0 and 0 elsewhere, also at x = 0."""

    def grad_x(g, y):
        return gate(g, where_positive=y.array)

    return kernels.relu(x.array), grad_x


@op
def gate(x, *, where_positive):
    r""":math:`y = x` where a constant is positive and 0 elsewhere; it is its own adjoint, and that of
    `relu`."""

    def grad_x(g):
        return gate(g, where_positive=where_positive)

    return kernels.relu_put(x.array, where_positive), grad_x


@op
def sigmoid(x):
    r""":math:`y = 1 / (1 + e^{-x})`, so :math:`\bar x = \bar y\,y\,(1 - y)`; computed without overflow."""

    def grad_x(g, y):
        return mul(g, mul(y, sub(1.0, y)))

    e = np.exp(-np.abs(real(x.array)))
    return np.where(x.array >= 0, 1, e) / (1 + e), grad_x


@op
def tanh(x):
    r""":math:`y = \tanh x`, so :math:`\bar x = \bar y\,(1 - y^2)`."""

    def grad_x(g, y):
        return mul(g, sub(1.0, mul(y, y)))

    return np.tanh(real(x.array)), grad_x
