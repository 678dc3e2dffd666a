"""Memory order: feature maps are logical (N, C, H, W) arrays that lie in memory as (H, C, W, N).

In that order the k rows under a window are one contiguous matrix (k * C, W * N), and the next column is a
shift by N, so a convolution is a few matrix products without any copy of windows. numpy's elementwise results
keep the order.
"""

import numpy as np

from .recycle import empty

Shape = tuple[int, ...]


def maps(x: np.ndarray) -> np.ndarray:
    """The (H, C, W, N) view of a logical (N, C, H, W) array."""
    return x.transpose(2, 1, 3, 0)


def logical(buffer: np.ndarray) -> np.ndarray:
    """The logical (N, C, H, W) view of an (H, C, W, N) array."""
    return buffer.transpose(3, 1, 0, 2)


def empty_maps(shape: Shape, dtype: np.dtype) -> np.ndarray:
    """An uninitialised logical (N, C, H, W) array in (H, C, W, N) memory."""
    n, c, h, w = shape
    return logical(empty((h, c, w, n), dtype))


def contiguous_maps(x: np.ndarray) -> np.ndarray:
    """The contiguous (H, C, W, N) array of a logical (N, C, H, W) one; a copy only if it lies otherwise."""
    rows = maps(x)
    if rows.flags.c_contiguous:
        return rows
    copy = empty(rows.shape, x.dtype)
    copy[...] = rows
    return copy


def reshape(x: np.ndarray, shape: Shape) -> np.ndarray:
    """`x.reshape(shape)` in logical C order: a view where there is one, otherwise the cheapest copy.

    When the first axis stays and is the innermost one in memory, as in feature maps, it stays innermost: the
    copy moves runs, not single numbers, and BLAS takes the result as a transposed matrix without a second.

    >>> x = np.arange(12.0).reshape(2, 3, 2).transpose(2, 0, 1)
    >>> reshape(x, (2, 6)).flags.f_contiguous
    True
    >>> np.array_equal(reshape(x, (2, 6)), x.reshape(2, 6))
    True
    """
    if x.flags.c_contiguous or x.ndim < 2 or not shape or shape[0] != x.shape[0] or not innermost_first(x):
        return x.reshape(shape)
    behind = x.transpose(*range(1, x.ndim), 0)
    if behind.flags.c_contiguous:
        behind = behind.reshape(*shape[1:], shape[0])
    else:
        copy = empty(behind.shape, x.dtype)
        copy[...] = behind
        behind = copy.reshape(*shape[1:], shape[0])
    return behind.transpose(behind.ndim - 1, *range(behind.ndim - 1))


def innermost_first(x: np.ndarray) -> bool:
    """Whether the first axis has the smallest step in memory."""
    first = abs(x.strides[0])
    return all(
        first <= abs(step) for step, length in zip(x.strides[1:], x.shape[1:], strict=True) if length > 1
    )
