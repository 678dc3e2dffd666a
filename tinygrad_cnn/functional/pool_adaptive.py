"""Adaptive pooling: the result has a given size, and the windows share the input between them evenly.

Window i of m along n values begins at floor(i n / m) and ends before ceil((i + 1) n / m). Where m divides n
these are the windows of plain pooling. Elsewhere their lengths differ by one or two, and each window gets a
block of its own first, as long as the longest.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .. import ops
from ..core import Tensor, wrap
from ..errors import ArgumentError, ShapeError
from .arguments import Pair, as_tensor, floating, integer
from .pool import avg_pool2d, max_pool2d
from .windows import SHAPES, pictures, unpictured

__all__ = ["adaptive_avg_pool1d", "adaptive_avg_pool2d", "adaptive_max_pool1d", "adaptive_max_pool2d"]

_LARGE = 64  # of a window with more values, the loop of the kernel over its places is slower than a copy


def adaptive_avg_pool1d(input: Any, output_size: int | Sequence[int]) -> Tensor:
    r"""Average ``output_size`` windows that share each line evenly, as `adaptive_avg_pool2d`.

    Raises:
        ShapeError: x is not (N, C, L) or (C, L), or has no length.
        ArgumentError: ``output_size`` is no integer >= 0.

    >>> import tinygrad_cnn as tg
    >>> tg.adaptive_avg_pool1d(tg.tensor([[[1.0, 2.0, 3.0, 4.0, 5.0]]]), 3)
    tensor([[[1.5, 3. , 4.5]]])
    """
    x, single = _input("adaptive_avg_pool1d", input, 1, -1)
    return unpictured(_average(x, _outputs("adaptive_avg_pool1d", output_size, x, 1)), 1, single)


def adaptive_avg_pool2d(input: Any, output_size: int | Sequence[int | None] | None) -> Tensor:
    r"""Average windows that share the picture evenly, so that the result has ``output_size`` (OH, OW).

    :math:`y_{nchw}` is the mean of the rows :math:`\lfloor hH/OH \rfloor` to
    :math:`\lceil (h + 1)H/OH \rceil - 1`, and the columns likewise. One number is for both sides; None keeps
    a side. 1 is the mean of the whole picture, which is called global average pooling.

    Raises:
        ShapeError: x is not (N, C, H, W) or (C, H, W), or has no height or width.
        ArgumentError: ``output_size`` is not one or two integers >= 0.

    >>> import tinygrad_cnn as tg
    >>> x = tg.arange(16.0).reshape(1, 1, 4, 4)
    >>> tg.adaptive_avg_pool2d(x, 1).item(), tg.adaptive_avg_pool2d(x, (3, 2)).shape
    (7.5, (1, 1, 3, 2))
    """
    x, single = _input("adaptive_avg_pool2d", input, 2, -2)
    return unpictured(_average(x, _outputs("adaptive_avg_pool2d", output_size, x, 2)), 2, single)


def adaptive_max_pool1d(input: Any, output_size: int | Sequence[int], return_indices: bool = False) -> Any:
    r"""Keep the largest value of ``output_size`` windows that share each line evenly, as
    `adaptive_max_pool2d`.

    Raises:
        ShapeError: x is not (N, C, L) or (C, L), or has no channels or no length.
        ArgumentError: ``output_size`` is no integer >= 0.

    >>> import tinygrad_cnn as tg
    >>> tg.adaptive_max_pool1d(tg.tensor([[[1.0, 2.0, 3.0, 0.0, 5.0]]]), 3, return_indices=True)
    (tensor([[[2., 3., 5.]]]), tensor([[[1, 2, 4]]]))
    """
    x, single = _input("adaptive_max_pool1d", input, 1, 1)
    values, places = _largest(x, _outputs("adaptive_max_pool1d", output_size, x, 1))
    y = unpictured(values, 1, single)
    return (y, unpictured(wrap(places()), 1, single)) if return_indices else y


def adaptive_max_pool2d(
    input: Any, output_size: int | Sequence[int | None] | None, return_indices: bool = False
) -> Any:
    r"""Keep the largest value of windows that share the picture evenly, so that the result has
    ``output_size`` (OH, OW).

    The windows are those of `adaptive_avg_pool2d`; ties, NaN and ``return_indices`` as in `max_pool2d`.

    Raises:
        ShapeError: x is not (N, C, H, W) or (C, H, W), or has no channels, height or width.
        ArgumentError: ``output_size`` is not one or two integers >= 0.

    >>> import tinygrad_cnn as tg
    >>> x = tg.arange(16.0).reshape(1, 1, 4, 4)
    >>> tg.adaptive_max_pool2d(x, (3, None))
    tensor([[[[ 4.,  5.,  6.,  7.],
              [ 8.,  9., 10., 11.],
              [12., 13., 14., 15.]]]])
    """
    x, single = _input("adaptive_max_pool2d", input, 2, 1)
    values, places = _largest(x, _outputs("adaptive_max_pool2d", output_size, x, 2))
    y = unpictured(values, 2, single)
    return (y, unpictured(wrap(places()), 2, single)) if return_indices else y


def _input(function: str, input: Any, rank: int, first: int) -> tuple[Tensor, bool]:
    """Give the input as pictures; from the dimension ``first`` on, sizes must not be 0."""
    x, single = pictures(function, input, rank)
    shape = as_tensor(input, function).shape
    if 0 in shape[first:]:
        raise ShapeError(f"{function} expects x {SHAPES[rank]} with sizes of at least 1 / got x {shape}")
    return floating(function, x), single


def _outputs(function: str, output_size: Any, x: Tensor, rank: int) -> Pair:
    """Bring the size of the result to (OH, OW)."""
    if rank == 1:
        alone = isinstance(output_size, Sequence) and len(output_size) == 1
        return 1, integer(function, "output_size", output_size[0] if alone else output_size, 0)
    if isinstance(output_size, Sequence) and len(output_size) == 2:
        wanted = [n if m is None else m for m, n in zip(output_size, x.shape[2:], strict=True)]
        return integer(function, "output_size", wanted[0], 0), integer(function, "output_size", wanted[1], 0)
    if isinstance(output_size, Sequence):
        raise ArgumentError(f"{function}: output_size must be one integer or two, got {output_size!r}")
    number = integer(function, "output_size", output_size, 0)
    return number, number


def _windows(n: int, m: int) -> tuple[np.ndarray, np.ndarray]:
    """Where each of m windows along n values begins and ends.

    >>> _windows(5, 3)
    (array([0, 1, 3]), array([2, 4, 5]))
    """
    i = np.arange(m)
    return i * n // m, -(-(i + 1) * n // m)


def _places(n: int, m: int, beyond: int | None) -> np.ndarray:
    """The places (m, k) in the windows, k being the length of the longest; shorter ones end with ``beyond``,
    or with their last place again.

    >>> _places(5, 3, None)
    array([[0, 1, 1],
           [1, 2, 3],
           [3, 4, 4]])
    """
    start, end = _windows(n, m)
    places = start[:, None] + np.arange((end - start).max())
    return np.where(places < end[:, None], places, end[:, None] - 1 if beyond is None else beyond)


def _nothing(x: Tensor, outputs: Pair) -> Tensor:
    """Give a result without values."""
    empty = ops.getitem(x, index=(slice(None), slice(None), slice(0)))
    return ops.reshape(empty, shape=(*x.shape[:2], *outputs))


def _blocks(x: Tensor, outputs: Pair, beyond: tuple[int | None, int | None]) -> tuple[Tensor, Any, Any]:
    """Copy the windows beside each other, and give the rows and columns that they are made of."""
    rows, columns = (_places(n, m, far) for n, m, far in zip(x.shape[2:], outputs, beyond, strict=True))
    if any(far is not None for far in beyond):
        x = ops.pad(x, padding=((0, 0), (0, 0), (0, 1), (0, 1)))
    index = (slice(None), slice(None), rows.reshape(-1, 1), columns.reshape(1, -1))
    return ops.getitem(x, index=index), rows.ravel(), columns.ravel()


def _kernel(x: Tensor, outputs: Pair) -> Pair:
    """The window where all are equal."""
    return x.shape[2] // outputs[0], x.shape[3] // outputs[1]


def _split(x: Tensor, outputs: Pair) -> Tensor:
    """Give equal windows dimensions of their own, (N, C, OH, kh, OW, kw)."""
    (oh, ow), (kh, kw) = outputs, _kernel(x, outputs)
    return ops.reshape(x, shape=(*x.shape[:2], oh, kh, ow, kw))


def _average(x: Tensor, outputs: Pair) -> Tensor:
    if 0 in (*outputs, x.shape[1]):
        return _nothing(x, outputs)
    if outputs == (1, 1):
        return ops.mean(x, dim=(2, 3), keepdim=True)
    height, width = x.shape[2:]
    kernel, divides = _kernel(x, outputs), not (height % outputs[0] or width % outputs[1])
    if divides and kernel[0] * kernel[1] <= _LARGE:
        return avg_pool2d(x, kernel)
    lengths = [np.subtract(*_windows(n, m)[::-1]) for n, m in zip((height, width), outputs, strict=True)]
    if not divides:
        x = _blocks(x, outputs, (height, width))[0]  # beyond a window lies the row or column of zeros
        kernel = _kernel(x, outputs)
    if kernel[0] * kernel[1] <= _LARGE:
        sums = avg_pool2d(x, kernel, divisor_override=1)
    else:
        sums = ops.sum(_split(x, outputs), dim=(3, 5), keepdim=False)
    return ops.div(sums, wrap((lengths[0][:, None] * lengths[1]).astype(x.dtype)))


def _largest(x: Tensor, outputs: Pair) -> tuple[Tensor, Callable[[], np.ndarray]]:
    """Give the largest values, and a function that gives their places."""
    if 0 in (*outputs, x.shape[1]):
        return _nothing(x, outputs), lambda: np.zeros((*x.shape[:2], *outputs), np.int64)
    height, width = x.shape[2:]
    rows, columns = np.arange(height), np.arange(width)
    if height % outputs[0] or width % outputs[1]:
        x, rows, columns = _blocks(x, outputs, (None, None))
    kernel = _kernel(x, outputs)
    if kernel[0] * kernel[1] <= _LARGE:
        y, found = max_pool2d(x, kernel), lambda: max_pool2d(x, kernel, return_indices=True)[1].array
    else:
        y, found = _of_large_windows(x, outputs)

    def places() -> np.ndarray:
        row, column = np.divmod(found(), x.shape[3])
        return np.asarray(rows[row] * width + columns[column], np.int64)

    return y, places


def _of_large_windows(x: Tensor, outputs: Pair) -> tuple[Tensor, Callable[[], np.ndarray]]:
    (oh, ow), (kh, kw) = outputs, _kernel(x, outputs)
    beside = ops.permute(_split(x, outputs), dims=(0, 1, 2, 4, 3, 5))
    flat = ops.reshape(beside, shape=(*x.shape[:2], oh, ow, kh * kw))
    index = flat.array.argmax(4, keepdims=True) if flat.numel() else np.zeros((*flat.shape[:4], 1), np.int64)
    nan = np.isnan(flat.array[..., ::-1])
    index = np.where(nan.any(4, keepdims=True), kh * kw - 1 - nan.argmax(4, keepdims=True), index)
    y = ops.reshape(ops.gather(flat, dim=4, index=index), shape=(*x.shape[:2], oh, ow))

    def places() -> np.ndarray:
        row, column = np.divmod(index[..., 0], kw)
        return (row + kh * np.arange(oh)[:, None]) * (kw * ow) + column + kw * np.arange(ow)

    return y, places
