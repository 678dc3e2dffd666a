"""Products of matrices."""

import numpy as np

from .. import kernels
from ..core import Tensor, op
from .arithmetic import unbroadcast
from .reduce import sum
from .shape import permute


def transposed(x: Tensor) -> Tensor:
    """Swap the last two dimensions."""
    n = x.array.ndim
    return permute(x, dims=(*range(n - 2), n - 1, n - 2))


@op("a: ... I K; b: ... K J")
def matmul(a, b):
    r""":math:`y = a b`, so :math:`\bar a = \bar y\,b^T` and :math:`\bar b = a^T \bar y`; dimensions in
    front are broadcast."""
    a_shape, b_shape = a.array.shape, b.array.shape

    def grad_a(g):
        return unbroadcast(matmul(g, transposed(b)), a_shape)

    def grad_b(g):
        return unbroadcast(matmul(transposed(a), g), b_shape)

    return kernels.matmul(a.array, b.array), grad_a, grad_b


@op("x: ... I; w: O I; b: O")
def linear(x, w, b=None):
    r""":math:`y = x w^T + b`, so :math:`\bar x = \bar y\,w`, :math:`\bar w = \bar y^T x` and
    :math:`\bar b = \sum_n \bar y_n`."""
    rows = x.array.ndim - 1

    def grad_x(g):
        return linear_input(g, w)

    def grad_w(g):
        return linear_weight(g, x)

    def grad_b(g):
        return sum(g, dim=tuple(range(rows)))

    y = kernels.matmul(x.array, w.array.T)
    if b is not None:
        y = np.add(y, b.array, out=y) if y.ndim else y + b.array
    return y, grad_x, grad_w, grad_b


@op("g: ... O; w: O I")
def linear_input(g, w):
    r""":math:`y = g\,w`, the adjoint of `linear` in x."""

    def grad_g(h):
        return linear(h, w)

    def grad_w(h):
        return linear_weight(g, h)

    return kernels.matmul(g.array, w.array), grad_g, grad_w


@op
def linear_weight(g, x):
    r""":math:`y_{oi} = \sum_n g_{no} x_{ni}`, the adjoint of `linear` in w; n is everything before the
    last dimension."""

    def grad_g(h):
        return linear(x, h)

    def grad_x(h):
        return linear_input(g, h)

    return kernels.matmul_in_rows(_rows(g.array).T, _rows(x.array)), grad_g, grad_x


def _rows(x):
    return x if x.ndim == 2 else x.reshape(int(np.prod(x.shape[:-1])), x.shape[-1])
