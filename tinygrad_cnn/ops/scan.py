"""Operations that run along a dimension: running sums and products.

`cumsum` and `recurrence` are their own adjoints, run the other way. That of a product never divides, so zeros
in it do no harm, at any order.
"""

from itertools import pairwise

import numpy as np

from ..core import Tensor, op
from .arithmetic import mul, sub
from .elementwise import exp
from .shape import concat, getitem, pad


@op
def cumsum(x, *, dim, reverse=False):
    r""":math:`y_i = \sum_{j \le i} x_j`, so :math:`\bar x_i = \sum_{j \ge i} \bar y_j`, and the other way
    round with ``reverse``; added up in double precision."""

    def grad_x(g):
        return cumsum(g, dim=dim, reverse=not reverse)

    wide = np.float64 if x.array.dtype.kind == "f" else None
    along = np.flip(x.array, dim) if reverse else x.array
    y = np.add.accumulate(along, axis=dim, dtype=wide).astype(x.array.dtype)
    return np.flip(y, dim) if reverse else y, grad_x


@op
def recurrence(a, b, *, dim, reverse=False):
    r""":math:`y_i = a_i y_{i-1} + b_i`, from 0 on, so :math:`\bar b_i = \bar y_i + a_{i+1} \bar b_{i+1}` and
    :math:`\bar a_i = \bar b_i y_{i-1}`; with ``reverse``, from the last place to the first."""

    def grad_a(g, y):
        reached = recurrence(moved(a, dim, reverse), g, dim=dim, reverse=not reverse)
        return mul(reached, moved(y, dim, not reverse))

    def grad_b(g):
        return recurrence(moved(a, dim, reverse), g, dim=dim, reverse=not reverse)

    factors, terms = np.moveaxis(a.array, dim, 0), np.moveaxis(b.array, dim, 0)
    y = terms.copy()
    places = range(len(y))[::-1] if reverse else range(len(y))
    for before, here in pairwise(places):
        y[here] += factors[here] * y[before]
    return np.moveaxis(y, 0, dim), grad_a, grad_b


def moved(x: Tensor, dim: int, forward: bool, value: float = 0.0) -> Tensor:
    """Move values by one place, towards the end or the start; the place that gets free holds a constant."""
    n = x.array.shape[dim]
    kept = slice(0, max(n - 1, 0)) if forward else slice(1, n)
    sides = [(0, 0)] * x.array.ndim
    sides[dim] = (min(n, 1), 0) if forward else (0, min(n, 1))
    return pad(getitem(x, index=(*(slice(None),) * dim, kept)), padding=tuple(sides), value=value)


@op
def cumprod(x, *, dim):
    r""":math:`y_i = \prod_{j \le i} x_j`, so :math:`\bar x_i = y_{i-1} r_i` with
    :math:`r_i = \bar y_i + x_{i+1} r_{i+1}`, which divides by nothing."""

    def grad_x(g, y):
        return mul(recurrence(moved(x, dim, False), g, dim=dim, reverse=True), moved(y, dim, True, 1.0))

    wide = np.float64 if x.array.dtype.kind == "f" else None
    with np.errstate(over="ignore"):  # beyond float32 lies infinity
        return np.multiply.accumulate(x.array, axis=dim, dtype=wide).astype(x.array.dtype), grad_x


@op
def logcumsumexp(x, *, dim):
    r""":math:`y_i = \ln \sum_{j \le i} e^{x_j}`, so :math:`\bar x_i = e^{x_i - y_i} r_i` with
    :math:`r_i = \bar y_i + e^{y_i - y_{i+1}} r_{i+1}`; no exponent is positive."""

    def grad_x(g, y):
        n = y.array.shape[dim]
        front = (slice(None),) * dim
        pieces = [getitem(y, index=(*front, slice(*ends))) for ends in ((1, n), (max(n - 1, 0), n))]
        with np.errstate(invalid="ignore"):  # of -inf and inf, PyTorch's gradient is NaN, too
            ratio = exp(sub(y, concat(*pieces, dim=dim)))
            return mul(exp(sub(x, y)), recurrence(ratio, g, dim=dim, reverse=True))

    with np.errstate(invalid="ignore"):
        return np.logaddexp.accumulate(x.array, axis=dim), grad_x
