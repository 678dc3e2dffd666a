"""Depthwise convolution by shifts: every channel is its own, so there is no product of matrices to make.

Each kernel position is one multiplication and one addition over a block of rows that stays in the cache.
"""

import numpy as np

from . import scratch
from .windows import Pair, taps

BLOCK_BYTES = 1 << 18


def correlate(x: np.ndarray, w: np.ndarray, y: np.ndarray, stride: Pair, pads: Pair, dilation: Pair) -> None:
    """Fill y (OH, C, OW, N) with the windows of x (H, C, W, N) weighted by w (C, 1, kh, kw)."""
    oh, channels, ow, batch = y.shape
    most = max(1, min(oh, BLOCK_BYTES // max(channels * ow * batch * y.itemsize, 1)))
    part = scratch.take("shifted", (most, channels, ow, batch), y.dtype)
    weights = w[:, 0, :, :, None, None]
    for first in range(0, oh, most):
        block = y[first : first + most]
        block[...] = 0
        padding = ((pads[0] - first * stride[0], 0), (pads[1], 0))
        for i, j, there, here in taps(x.shape[::2], block.shape[::2], w.shape[2:], stride, padding, dilation):
            target = block[there]
            products = part[: target.shape[0], :, : target.shape[2]]
            np.multiply(x[here], weights[:, i, j], out=products)
            target += products
    scratch.give("shifted", part)


def correlate_weight(
    x: np.ndarray, g: np.ndarray, kernel: Pair, stride: Pair, pads: Pair, dilation: Pair
) -> np.ndarray:
    """Products of g (OH, C, OW, N) with what each kernel position saw of x (H, C, W, N): (C, 1, kh, kw)."""
    dw = np.zeros((g.shape[1], 1, *kernel), g.dtype)
    padding = ((pads[0], 0), (pads[1], 0))
    for i, j, there, here in taps(x.shape[::2], g.shape[::2], kernel, stride, padding, dilation):
        rows, channels, width, batch = g[there].shape
        seen = x[here].reshape(rows, channels, width * batch)
        dw[:, 0, i, j] = np.vecdot(g[there].reshape(rows, channels, width * batch), seen).sum(0)
    return dw
