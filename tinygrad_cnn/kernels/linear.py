"""Matrix products that keep the memory order of their left factor, in several threads when they are large."""

import numpy as np

from . import threads
from .layout import Shape, reshape
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
    """Product of two matrices in C order, by blocks of its rows if it is large."""
    operations = 2.0 * a.shape[0] * a.shape[1] * b.shape[1]
    if operations <= ONE_THREAD_ANYWAY and a.shape[1] > 1:
        return np.matmul(a, b)
    y = empty((a.shape[0], b.shape[1]), np.result_type(a, b))
    if a.shape[1] == 1:
        return np.multiply(a, b, out=y)
    parts = PARTS if operations >= threads.WORTH_SHARING and len(a) >= PARTS else 1

    def work(part: int) -> None:
        rows = slice(part * len(a) // parts, (part + 1) * len(a) // parts)
        np.matmul(a[rows], b, out=y[rows])

    threads.run(work, parts, operations)
    return y


def flatten_rows(x: np.ndarray) -> np.ndarray:
    """Logical (N, C, H, W) as (N, C*H*W), the batch innermost in memory when it was so in x.

    >>> flatten_rows(np.zeros((2, 3, 4, 5))).shape
    (2, 60)
    """
    return reshape(x, (x.shape[0], int(np.prod(x.shape[1:]))))


def unflatten_rows(g: np.ndarray, shape: Shape) -> np.ndarray:
    """The inverse of `flatten_rows`.

    >>> unflatten_rows(np.zeros((2, 60)), (2, 3, 4, 5)).shape
    (2, 3, 4, 5)
    """
    return reshape(g, shape)
