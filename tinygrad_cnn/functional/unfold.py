"""Windows of pictures as columns, and back: along each dimension, a window repeats places of it."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from .. import ops
from ..core import Tensor
from ..errors import ShapeError
from .arguments import Pair, as_tensor, floating, integer, one_dim, pair

__all__ = ["fold", "unfold"]

Taps = tuple[np.ndarray, np.ndarray]


def unfold(
    input: Any,
    kernel_size: int | Pair,
    dilation: int | Pair = 1,
    padding: int | Pair = 0,
    stride: int | Pair = 1,
) -> Tensor:
    r"""Write the windows of pictures (N, C, H, W) as columns (N, C k k, L), row by row of the L windows.

    :math:`y_{n, (cij), (hw)} = x_{n, c, sh+di-p, sw+dj-p}`, and 0 in the padding. A convolution is a product
    of matrices with them. One picture (C, H, W) gives (C k k, L).

    Raises:
        ShapeError: x is no picture, one of its sizes but N is 0, or the window does not fit.
        ArgumentError: a kernel size, dilation or stride below 1, or a negative padding.

    >>> import tinygrad_cnn as tg
    >>> tg.unfold(tg.arange(6.0).reshape(1, 1, 2, 3), 2)
    tensor([[[0., 1.],
             [1., 2.],
             [3., 4.],
             [4., 5.]]])
    """
    x = floating("unfold", as_tensor(input, "unfold"))
    if x.ndim not in (3, 4) or 0 in x.shape[-3:]:
        raise ShapeError(f"unfold expects x (N, C, H, W) or (C, H, W), C, H and W above 0 / got x {x.shape}")
    ahead, channels, size = x.shape[:-3], x.shape[-3], x.shape[-2:]
    kernel, windows, taps = _windows("unfold", size, kernel_size, dilation, padding, stride)
    for d in (1, 0):
        to, source = taps[d]
        x = _moved(x, x.ndim - 2 + d, kernel[d] * windows[d], to, source)
    parts = ops.reshape(x, shape=(*ahead, channels, kernel[0], windows[0], kernel[1], windows[1]))
    n = len(ahead)
    columns = ops.permute(parts, dims=(*range(n + 1), n + 1, n + 3, n + 2, n + 4))
    return ops.reshape(columns, shape=(*ahead, channels * kernel[0] * kernel[1], windows[0] * windows[1]))


def fold(
    input: Any,
    output_size: int | Pair,
    kernel_size: int | Pair,
    dilation: int | Pair = 1,
    padding: int | Pair = 0,
    stride: int | Pair = 1,
) -> Tensor:
    r"""Add columns (N, C k k, L), as `unfold` gives them, up to pictures (N, C, H, W) of ``output_size``.

    Where windows overlap, their values are added: it is the adjoint of `unfold`, not its inverse.

    Raises:
        ShapeError: the columns are not those of windows of such a picture, or a size but N is 0.
        ArgumentError: a kernel size, dilation or stride below 1, or a negative padding.

    >>> import tinygrad_cnn as tg
    >>> tg.fold(tg.ones(1, 4, 2), output_size=(2, 3), kernel_size=2)
    tensor([[[[1., 2., 1.],
              [1., 2., 1.]]]])
    """
    x = floating("fold", as_tensor(input, "fold"))
    if x.ndim not in (2, 3) or 0 in x.shape[-2:]:
        raise ShapeError(f"fold expects columns x (N, C k k, L) or (C k k, L), above 0 / got x {x.shape}")
    size = pair("fold", "output_size", output_size, 1)
    kernel, windows, taps = _windows("fold", size, kernel_size, dilation, padding, stride)
    k, total = kernel[0] * kernel[1], windows[0] * windows[1]
    ahead, channels = x.shape[:-2], x.shape[-2] // k
    if x.shape[-2] % k or x.shape[-1] != total:
        raise ShapeError(
            f"fold expects columns x (N, C {k}, {total}): windows {kernel} stand at {windows[0]} times "
            f"{windows[1]} places of {size} / got x {x.shape}"
        )
    parts = ops.reshape(x, shape=(*ahead, channels, *kernel, *windows))
    n = len(ahead)
    rows = ops.permute(parts, dims=(*range(n + 1), n + 1, n + 3, n + 2, n + 4))
    y = ops.reshape(rows, shape=(*ahead, channels, kernel[0] * windows[0], kernel[1] * windows[1]))
    for d in (0, 1):
        to, source = taps[d]
        y = _moved(y, y.ndim - 2 + d, size[d], source, to)
    return y


def windows_along(input: Any, dimension: int, size: int, step: int) -> Tensor:
    """Take windows of ``size`` values along a dimension, one each ``step`` values, as a last dimension.

    It is the method ``x.unfold(dimension, size, step)``.

    Raises:
        ShapeError: the dimension is out of range or shorter than a window.
        ArgumentError: ``size`` is negative or ``step`` below 1.

    >>> import tinygrad_cnn as tg
    >>> tg.arange(5.0).unfold(0, 3, 2)
    tensor([[0., 1., 2.],
            [2., 3., 4.]])
    """
    x = as_tensor(input, "unfold")
    d = one_dim("unfold", dimension, x.ndim)
    length, every = integer("unfold", "size", size, 0), integer("unfold", "step", step, 1)
    if not x.ndim:
        x = ops.reshape(x, shape=(1,))
        if length <= 1:
            return ops.getitem(x, index=(slice(length),))
    if length > x.shape[d]:
        raise ShapeError(f"unfold: windows of {length} values are longer than dim {d} of x {x.shape}")
    count = (x.shape[d] - length) // every + 1
    source = (np.arange(count)[:, None] * every + np.arange(length)).reshape(-1)
    y = _moved(x, d, count * length, np.arange(count * length), source)
    y = ops.reshape(y, shape=(*x.shape[:d], count, length, *x.shape[d + 1 :]))
    return ops.permute(y, dims=(*range(d + 1), *range(d + 2, y.ndim), d + 1))


def _moved(x: Tensor, dim: int, size: int, to: np.ndarray, source: np.ndarray) -> Tensor:
    return ops.resample(x, dim=dim, size=size, to=to, source=source, weight=np.ones(len(to)))


def _windows(
    function: str, size: Sequence[int], kernel_size: Any, dilation: Any, padding: Any, stride: Any
) -> tuple[Pair, Pair, list[Taps]]:
    """Check a window; give its size, how many there are, and for each dimension what goes where."""
    kernel = pair(function, "kernel_size", kernel_size, 1)
    spread = pair(function, "dilation", dilation, 1)
    sides = pair(function, "padding", padding, 0)
    steps = pair(function, "stride", stride, 1)
    count, taps = [], []
    for d, side in enumerate(("height", "width")):
        covered, room = spread[d] * (kernel[d] - 1) + 1, size[d] + 2 * sides[d]
        if covered > room:
            raise ShapeError(
                f"{function}: a kernel of {kernel[d]} (dilation {spread[d]}) covers {covered}, but the "
                f"{side} is {size[d]} + padding {sides[d]} + {sides[d]} = {room}; use a smaller kernel or "
                "more padding"
            )
        count.append((room - covered) // steps[d] + 1)
        places = np.arange(kernel[d])[:, None] * spread[d] + np.arange(count[d]) * steps[d] - sides[d]
        inside = np.flatnonzero((places >= 0) & (places < size[d]))
        taps.append((inside, places.reshape(-1)[inside]))
    return kernel, (count[0], count[1]), taps
