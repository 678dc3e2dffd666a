"""Operations that combine values along dimensions: sums, means, extremes.

Dimensions arrive normalised from `functional`: a tuple of non-negative numbers.
"""

import numpy as np

from .. import kernels
from ..core import op, wrap
from .arithmetic import div, mul
from .shape import expand, reshape


@op
def sum(x, *, dim, keepdim=False):
    r""":math:`y = \sum_{i \in dim} x_i`, so :math:`\bar x_i = \bar y`."""
    shape = x.array.shape
    kept = tuple(1 if d in dim else n for d, n in enumerate(shape))

    def grad_x(g):
        return expand(reshape(g, shape=kept), shape=shape)

    if dim == (0, 2, 3) and len(shape) == 4 and not keepdim:
        return kernels.sum_per_channel(x.array), grad_x
    return np.add.reduce(x.array, axis=dim, keepdims=keepdim), grad_x


@op
def mean(x, *, dim, keepdim=False):
    r""":math:`y = \frac{1}{n} \sum_{i \in dim} x_i`, so :math:`\bar x_i = \bar y / n`."""
    shape = x.array.shape
    kept = tuple(1 if d in dim else n for d, n in enumerate(shape))
    n = int(np.prod([shape[d] for d in dim]))

    def grad_x(g):
        return expand(div(reshape(g, shape=kept), n), shape=shape)

    return np.divide(np.add.reduce(x.array, axis=dim, keepdims=keepdim), x.array.dtype.type(n)), grad_x


@op
def amax(x, *, dim, keepdim=False):
    r""":math:`y = \max_{i \in dim} x_i`; values that share the maximum get equal shares of :math:`\bar y`."""
    kept = tuple(1 if d in dim else n for d, n in enumerate(x.array.shape))
    y = np.max(x.array, axis=dim, keepdims=True)

    def grad_x(g):
        largest = x.array == np.max(x.array, axis=dim, keepdims=True)
        with np.errstate(invalid="ignore"):  # NaN equals nothing: then all shares are NaN, as in PyTorch
            share = largest / np.sum(largest, axis=dim, keepdims=True)
        return mul(reshape(g, shape=kept), wrap(share.astype(g.array.dtype)))

    return y if keepdim else np.squeeze(y, axis=dim), grad_x
