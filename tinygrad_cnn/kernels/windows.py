"""Where a sliding window lies: sizes, and which outputs see the input through which tap of the kernel.

Padding is never built: for each tap, the outputs that would see beyond the input are left out of the loop.
This is the only file of the package that makes views by stride arithmetic.
"""

from functools import lru_cache
from itertools import product

import numpy as np

Pair = tuple[int, int]
Padding = tuple[Pair, Pair]
Tap = tuple[int, int, tuple[slice, ...], tuple[slice, ...]]


def output_size(
    size: int,
    kernel: int,
    stride: int,
    pad_before: int,
    pad_after: int,
    dilation: int,
    ceil_mode: bool = False,
) -> int:
    r"""Number of window positions along one axis,
    :math:`\lfloor (size + pads - dilation\,(kernel - 1) - 1) / stride \rfloor + 1`, and never below 0.

    With `ceil_mode` the division rounds up, but windows that would start beyond the input and its padding
    before are left out.

    >>> output_size(5, 2, 2, 0, 0, 1), output_size(5, 2, 2, 0, 0, 1, ceil_mode=True)
    (2, 3)
    """
    room = size + pad_before + pad_after - dilation * (kernel - 1) - 1
    count = (room + (stride - 1 if ceil_mode else 0)) // stride + 1
    if ceil_mode:
        count = min(count, -(-(size + pad_before) // stride))
    return max(count, 0)


@lru_cache(4096)
def tap_slices(
    tap: int, size: int, outputs: int, stride: int, pad_before: int, dilation: int
) -> tuple[slice, slice]:
    """Output positions that see the input through this tap, and the input positions that they see.

    >>> tap_slices(0, size=5, outputs=5, stride=1, pad_before=1, dilation=1)
    (slice(1, 5, None), slice(0, 4, 1))
    """
    offset = tap * dilation - pad_before
    first = max(0, -(offset // stride))
    last = min(outputs, (size - 1 - offset) // stride + 1)
    if last <= first:
        return slice(0, 0), slice(0, 0, stride)
    return slice(first, last), slice(first * stride + offset, (last - 1) * stride + offset + 1, stride)


@lru_cache(1024)
def taps(
    size: Pair, outputs: Pair, kernel: Pair, stride: Pair, padding: Padding, dilation: Pair
) -> tuple[Tap, ...]:
    """Each kernel position that sees anything: i, j, and the (H, C, W) index into output and input.

    A training loop asks the same few questions again and again, so the answers are kept.
    """
    found = []
    for i, j in product(range(kernel[0]), range(kernel[1])):
        rows_out, rows_in = tap_slices(i, size[0], outputs[0], stride[0], padding[0][0], dilation[0])
        cols_out, cols_in = tap_slices(j, size[1], outputs[1], stride[1], padding[1][0], dilation[1])
        if rows_out.stop > rows_out.start and cols_out.stop > cols_out.start:
            found.append((i, j, (rows_out, slice(None), cols_out), (rows_in, slice(None), cols_in)))
    return tuple(found)


def pooled_size(
    size: Pair, kernel: Pair, stride: Pair, padding: Padding, dilation: Pair, ceil_mode: bool
) -> Pair:
    """Output height and width of a pooling."""
    oh = output_size(size[0], kernel[0], stride[0], *padding[0], dilation[0], ceil_mode)
    return oh, output_size(size[1], kernel[1], stride[1], *padding[1], dilation[1], ceil_mode)


def tiles(size: Pair, outputs: Pair, kernel: Pair, stride: Pair, padding: Padding) -> bool:
    """Whether undilated windows cover every pixel exactly once.

    >>> tiles((4, 6), (2, 3), (2, 2), (2, 2), ((0, 0), (0, 0)))
    True
    """
    reached = all(outputs[axis] * stride[axis] >= size[axis] for axis in (0, 1))
    return kernel == stride and padding[0][0] == padding[1][0] == 0 and reached


def overlapping_rows(rows: np.ndarray, first: int, count: int, step: int, height: int) -> np.ndarray:
    """View of a contiguous (H, C, W, N) as `count` matrices (height * C, W * N), each `step` rows further.

    Rows overlap in memory: the view is for reading.
    """
    _, channels, width, batch = rows.shape
    item = rows.itemsize
    channel = width * batch * item
    shape = (count, height * channels, width * batch)
    if 0 in shape:
        return np.empty(shape, rows.dtype)
    strides = (step * channels * channel, channel, item)
    # the constructor takes a fraction of the time of as_strided, and checks that the last row exists
    return np.ndarray(shape, rows.dtype, rows, first * channels * channel, strides)
