"""Matrix products that keep the memory order of their left factor, in several threads when they are large."""

import numpy as np

from . import threads
from .recycle import empty

PARTS = 4
ONE_THREAD_ANYWAY = 5e5
"""Floating-point operations up to which OpenBLAS itself does not think of threads."""


def matmul(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """`a @ b`; a matrix product lies in memory like a, so that a batch that is innermost stays so.

    >>> a = np.ones((3, 2)).T
    >>> matmul(a, np.ones((3, 4))).flags.f_contiguous
    True
    """
    if a.ndim != 2 or b.ndim != 2:
        return np.matmul(a, b)
    if a.flags.f_contiguous and not a.flags.c_contiguous:
        return matmul_in_rows(b.T, a.T).T
    return matmul_in_rows(a, b)


def matmul_in_rows(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Product of two matrices in C order, by blocks of its rows, or of its columns, if it is large.

    The blocks depend on the shapes alone, so the bits do not depend on the number of threads.
    """
    operations = 2.0 * a.shape[0] * a.shape[1] * b.shape[1]
    if operations <= ONE_THREAD_ANYWAY and a.shape[1] > 1:
        return np.matmul(a, b)
    y = empty((a.shape[0], b.shape[1]), np.result_type(a, b))
    if a.shape[1] == 1:
        return np.multiply(a, b, out=y)
    by_rows = len(a) >= PARTS
    length = len(a) if by_rows else b.shape[1]
    parts = PARTS if operations >= threads.WORTH_SHARING and length >= PARTS else 1

    def work(part: int) -> None:
        block = slice(part * length // parts, (part + 1) * length // parts)
        if by_rows:
            np.matmul(a[block], b, out=y[block])
        else:
            np.matmul(a, b[:, block], out=y[:, block])

    threads.run(work, parts, operations)
    return y
