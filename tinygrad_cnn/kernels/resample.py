"""Sums of weighted places along one axis: resizing, windows and their adjoints are all of this form."""

import math
from itertools import pairwise

import numpy as np

from . import threads
from .recycle import empty

LONG = 1 << 14
"""Numbers behind the axis from which on one place at a time is fast enough."""
BLOCK = 1 << 17
"""Numbers of the result that are worked on at a time, so that they stay in the cache."""


def resample(
    x: np.ndarray, *, dim: int, size: int, to: np.ndarray, source: np.ndarray, weight: np.ndarray
) -> np.ndarray:
    """Zeros of ``size`` along an axis, where y[to[k]] collects weight[k] * x[source[k]] for each k.

    Nothing else of x is read: an infinite value that no k names does not matter. The result keeps x's memory
    order.

    >>> taps = {"to": np.array([0, 0, 1]), "source": np.array([0, 1, 2]), "weight": np.array([0.5, 0.5, 1.0])}
    >>> resample(np.array([[1.0, 3.0, 7.0]]), dim=1, size=2, **taps)
    array([[2., 7.]])
    """
    order = sorted(range(x.ndim), key=lambda axis: (-abs(x.strides[axis]), axis))
    ahead = np.ascontiguousarray(x.transpose(order))
    place = order.index(dim)
    before, behind = ahead.shape[:place], ahead.shape[place + 1 :]
    y = empty((*before, size, *behind), x.dtype)
    outer, inner = math.prod(before), math.prod(behind)
    if y.size:
        sort = np.argsort(to, kind="stable")
        taps = to[sort], source[sort], weight[sort].astype(x.dtype)
        rows = outer == 1 and inner >= LONG
        (_by_rows if rows else _by_ranks)(
            ahead.reshape(outer, x.shape[dim], inner), y.reshape(outer, size, inner), *taps
        )
    return y.transpose(sorted(range(x.ndim), key=order.__getitem__))


def _by_rows(x: np.ndarray, y: np.ndarray, to: np.ndarray, source: np.ndarray, weight: np.ndarray) -> None:
    """One place of the result after the other; between the threads, what lies behind the axis is divided."""
    begins = np.searchsorted(to, np.arange(y.shape[1] + 1)).tolist()
    sources = source.tolist()

    def work(first: int, last: int) -> None:
        part = np.empty(last - first, x.dtype)
        for place, (begin, end) in enumerate(pairwise(begins)):
            target = y[0, place, first:last]
            if begin == end:
                target[...] = 0
            for k in range(begin, end):
                np.multiply(x[0, sources[k], first:last], weight[k], out=part if k > begin else target)
                if k > begin:
                    target += part

    threads.run_ranges(work, x.shape[2], y.size)


def _by_ranks(x: np.ndarray, y: np.ndarray, to: np.ndarray, source: np.ndarray, weight: np.ndarray) -> None:
    """The first term of every place, then the second of those that have two, and so on."""
    counts = np.bincount(to, minlength=y.shape[1])
    begins = np.searchsorted(to, np.arange(y.shape[1]))
    terms = []
    for rank in range(counts.max()):
        have = np.flatnonzero(counts > rank)
        at = begins[have] + rank
        dense = have[-1] - have[0] + 1 == len(have)
        factor = None if (weight[at] == 1).all() else weight[at][:, None]
        terms.append((slice(have[0], have[-1] + 1) if dense else have, len(have), source[at], factor))
    step = max(1, BLOCK // (y.shape[1] * y.shape[2]))

    def work(first: int, last: int) -> None:
        for begin in range(first, last, step):
            here = slice(begin, min(begin + step, last))
            _add_terms(x[here], y[here], terms)

    threads.run_ranges(work, x.shape[0], y.size)


def _add_terms(x: np.ndarray, y: np.ndarray, terms: list[tuple]) -> None:
    for rank, (have, count, source, factor) in enumerate(terms):
        whole = rank == 0 and count == y.shape[1]
        if rank == 0 and not whole:
            y[...] = 0
        part = np.take(x, source, axis=1, out=y, mode="clip") if whole else np.take(x, source, axis=1)
        if factor is not None:
            part *= factor
        if not whole:
            y[:, have] += part
    if not terms:
        y[...] = 0
