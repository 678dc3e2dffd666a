"""Average pooling, a linear operation, with its adjoint; each position in the window is one strided view."""

import numpy as np

from .layout import empty_maps, maps
from .windows import Padding, Pair, pooled_size, taps, tiles


def avg_pool2d(
    x: np.ndarray,
    *,
    kernel_size: Pair,
    stride: Pair,
    padding: Padding,
    ceil_mode: bool,
    count_include_pad: bool,
    divisor_override: int | None = None,
) -> np.ndarray:
    """Sum of each window over its divisor: its pixels, with or without padding, or the given number.

    >>> options = dict(stride=(2, 2), padding=((0, 0), (0, 0)), ceil_mode=False, count_include_pad=True)
    >>> avg_pool2d(np.array([[[[1.0, 2.0], [4.0, 3.0]]]]), kernel_size=(2, 2), **options).item()
    2.5
    """
    batch, channels, height, width = x.shape
    outputs = pooled_size((height, width), kernel_size, stride, padding, (1, 1), ceil_mode)
    y = empty_maps((batch, channels, *outputs), x.dtype)
    y[...] = 0
    for _, _, there, here in taps((height, width), outputs, kernel_size, stride, padding, (1, 1)):
        part = maps(y)[there]
        part += maps(x)[here]
    y /= divisors(
        (height, width), outputs, kernel_size, stride, padding, count_include_pad, divisor_override
    ).astype(x.dtype)
    return y


def avg_pool2d_input(
    g: np.ndarray,
    *,
    size: Pair,
    kernel_size: Pair,
    stride: Pair,
    padding: Padding,
    ceil_mode: bool,
    count_include_pad: bool,
    divisor_override: int | None = None,
) -> np.ndarray:
    """Adjoint of `avg_pool2d`: each g over its divisor, added to every pixel of its window, as (N, C, *size).

    >>> options = dict(stride=(2, 2), padding=((0, 0), (0, 0)), ceil_mode=False, count_include_pad=True)
    >>> avg_pool2d_input(np.ones((1, 1, 1, 1)), size=(2, 2), kernel_size=(2, 2), **options)[0, 0]
    array([[0.25, 0.25],
           [0.25, 0.25]])
    """
    outputs = g.shape[2:]
    counts = divisors(size, outputs, kernel_size, stride, padding, count_include_pad, divisor_override)
    shared = maps(g / counts.astype(g.dtype))
    dx = empty_maps((*g.shape[:2], *size), g.dtype)
    exact = tiles(size, outputs, kernel_size, stride, padding)
    if not exact:
        dx[...] = 0
    for _, _, here, there in taps(size, outputs, kernel_size, stride, padding, (1, 1)):
        part = maps(dx)[there]
        np.copyto(part, shared[here]) if exact else np.add(part, shared[here], out=part)
    return dx


def divisors(
    size: Pair,
    outputs: Pair,
    kernel: Pair,
    stride: Pair,
    padding: Padding,
    count_include_pad: bool,
    override: int | None,
) -> np.ndarray:
    """What the sum of each window (OH, OW) is divided by.

    Counted with padding, a window ends where the padded input ends: what `ceil_mode` adds does not count.
    """
    if override is not None:
        return np.full(outputs, override)
    lengths = []
    for axis in (0, 1):
        start = np.arange(outputs[axis]) * stride[axis] - padding[axis][0]
        end = np.minimum(start + kernel[axis], size[axis] + padding[axis][1])
        if not count_include_pad:
            start, end = np.maximum(start, 0), np.minimum(end, size[axis])
        lengths.append(end - start)
    return np.maximum(lengths[0][:, None] * lengths[1], 1)
