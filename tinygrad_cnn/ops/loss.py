"""Softmax, its logarithm, and cross-entropy against target probabilities, stable by row."""

import numpy as np

from ..core import op, wrap
from .arithmetic import mul, sub
from .elementwise import exp
from .reduce import sum
from .shape import reshape


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
    return shifted - np.log(np.add.reduce(np.exp(shifted), axis=dim, keepdims=True)), grad_x


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
