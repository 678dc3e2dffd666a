"""Softmax, its logarithm, and losses that could not be composed without losing digits."""

import numpy as np

from ..core import op, wrap
from .arithmetic import div, mul, select, sub
from .elementwise import clip, exp, log
from .reduce import sum
from .shape import reshape

SMALLEST = float(np.float32(1e-12))  # PyTorch's least divisor of `binary_cross_entropy`, also in float64


@op
def softmax(x, *, dim):
    r""":math:`y_i = e^{x_i} / \sum_j e^{x_j}`, so :math:`\bar x_i = y_i (\bar y_i - \sum_j \bar y_j y_j)`.

    The largest value of each row is subtracted first, so that no row can overflow or disturb another one.
    """

    def grad_x(g, y):
        return mul(y, sub(g, sum(mul(g, y), dim=(dim,), keepdim=True)))

    e = np.exp(x.array - largest(x.array, dim))
    return e / np.add.reduce(e, axis=dim, keepdims=True), grad_x


@op
def log_softmax(x, *, dim):
    r""":math:`y_i = x_i - \ln \sum_j e^{x_j}`, so :math:`\bar x_i = \bar y_i - e^{y_i} \sum_j \bar y_j`;
    stable by row."""

    def grad_x(g, y):
        return sub(g, mul(exp(y), sum(g, dim=(dim,), keepdim=True)))

    shifted = x.array - largest(x.array, dim)
    with np.errstate(divide="ignore"):  # the sum of nothing is 0, in a row without entries
        return shifted - np.log(np.add.reduce(np.exp(shifted), axis=dim, keepdims=True)), grad_x


@op
def logsumexp(x, *, dim, keepdim=False):
    r""":math:`y = \ln \sum_{i \in dim} e^{x_i}`, so :math:`\bar x_i = e^{x_i - y} \bar y`; no exponent is
    positive."""
    kept = tuple(1 if d in dim else n for d, n in enumerate(x.array.shape))

    def grad_x(g, y):
        with np.errstate(invalid="ignore"):  # of -inf and inf, PyTorch's gradient is NaN, too
            return mul(reshape(g, shape=kept), exp(sub(x, reshape(y, shape=kept))))

    top = np.maximum.reduce(x.array, axis=dim, keepdims=True, initial=-np.inf)
    top = np.where(np.isfinite(top), top, x.array.dtype.type(0))
    with np.errstate(divide="ignore"):  # the sum of nothing is 0
        y = np.log(np.add.reduce(np.exp(x.array - top), axis=dim, keepdims=True)) + top
    return y if keepdim else np.squeeze(y, axis=dim), grad_x


def largest(x, dim):
    """Give the largest value of each row; finite also for a row of nothing but -inf, or of nothing."""
    return np.maximum.reduce(x, axis=dim, keepdims=True, initial=np.finfo(x.dtype).min)


@op
def soft_cross_entropy(x, *, target):
    r""":math:`y_n = -\sum_c t_{nc} \ln p_{nc}` with p the softmax of x over dimension 1, so
    :math:`\bar x_{nc} = \bar y_n (p_{nc} \sum_k t_{nk} - t_{nc})`.

    The target holds the weight of each class, constant: one for the label and zero elsewhere, or any others.
    """
    kept = (x.array.shape[0], 1, *x.array.shape[2:])

    def grad_x(g):
        weight = wrap(np.add.reduce(target, axis=1, keepdims=True))
        return mul(reshape(g, shape=kept), sub(mul(softmax(x, dim=1), weight), wrap(target)))

    shifted = x.array - largest(x.array, 1)
    log_p = shifted - np.log(np.add.reduce(np.exp(shifted), axis=1, keepdims=True))
    # a class of weight 0 counts 0, also where its probability is 0 and the logarithm infinite
    counted = np.multiply(log_p, target, where=target != 0, out=np.zeros_like(log_p))
    return -np.add.reduce(counted, axis=1), grad_x


@op
def binary_cross_entropy(x, t):
    r""":math:`y = -t \ln x - (1 - t) \ln(1 - x)`, so :math:`\bar x = \bar y\,(x - t) / x (1 - x)` and
    :math:`\bar t = \bar y\,(\ln(1 - x) - \ln x)`.

    Logarithms count as -100 where they are less, and the divisor as 1e-12, as in PyTorch: x may be 0 or 1.
    """

    def grad_x(g):
        return div(mul(g, sub(x, t)), clip(mul(x, sub(1.0, x)), min=SMALLEST))

    def grad_t(g):
        return mul(g, sub(bounded_log(sub(1.0, x)), bounded_log(x)))

    with np.errstate(divide="ignore"):
        yes, no = np.maximum(np.log(x.array), -100), np.maximum(np.log1p(-x.array), -100)
    return (t.array - 1) * no - t.array * yes, grad_x, grad_t


def bounded_log(x):
    """The logarithm, or -100 where it is less."""
    within = x.array > np.exp(-100)
    return select(log(select(x, 1.0, condition=within)), -100.0, condition=within)


@op
def huber(x, *, delta):
    r""":math:`y = c\,(x - c / 2)` with :math:`c = \min(\max(x, -\delta), \delta)`, so
    :math:`\bar x = \bar y\,c`: half a square near 0, a straight line beyond."""

    def grad_x(g):
        return mul(g, clip(x, min=-delta, max=delta))

    near = np.clip(x.array, -delta, delta)
    return near * (x.array - near / 2), grad_x
