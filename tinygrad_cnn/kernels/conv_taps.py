"""Convolution tap by tap: one product over the channels for every kernel position, whole maps at a time.

This is the plain definition, for any stride, dilation, grouping and memory order. The fast paths are tested
against it, and it does what none of them covers.
"""

import numpy as np

from .layout import empty_maps, maps
from .windows import Padding, Pair, taps


def grouped(part: np.ndarray, groups: int) -> np.ndarray:
    """(h, C, w, N) as matrices (h, G, C/G, w*N), a copy where the memory does not allow a view."""
    h, channels, w, batch = part.shape
    return part.reshape(h, groups, channels // groups, w * batch)


def correlate(
    x: np.ndarray, w: np.ndarray, y: np.ndarray, stride: Pair, pads: Pair, dilation: Pair, groups: int
) -> None:
    r"""Fill y (OH, O, OW, N) with x (H, C, W, N) correlated with w (O, C/groups, kh, kw),
    :math:`y_{hown} = \sum_{cij} x_{sh+di-p,c,sw+dj-p,n}\,w_{ocij}`.
    """
    channels_out, channels_in, kh, kw = w.shape
    y[...] = 0
    padding = ((pads[0], 0), (pads[1], 0))
    for i, j, there, here in taps(x.shape[::2], y.shape[::2], (kh, kw), stride, padding, dilation):
        wt = w[:, :, i, j].reshape(groups, channels_out // groups, channels_in)
        part = y[there]
        part += np.matmul(wt, grouped(x[here], groups)).reshape(part.shape)


def conv2d_input(
    g: np.ndarray, w: np.ndarray, size: Pair, stride: Pair, padding: Padding, dilation: Pair, groups: int
) -> np.ndarray:
    """The adjoint of `conv2d` in x: every g is spread over the window that it came from."""
    batch, channels_out, oh, ow = g.shape
    _, channels_in, kh, kw = w.shape
    dx = empty_maps((batch, channels_in * groups, *size), g.dtype)
    dx[...] = 0
    source, target = maps(g), maps(dx)
    for i, j, here, there in taps(size, (oh, ow), (kh, kw), stride, padding, dilation):
        wt = w[:, :, i, j].reshape(groups, channels_out // groups, channels_in).transpose(0, 2, 1)
        part = target[there]
        part += np.matmul(wt, grouped(source[here], groups)).reshape(part.shape)
    return dx


def conv2d_weight(
    g: np.ndarray, x: np.ndarray, size: Pair, stride: Pair, padding: Padding, dilation: Pair, groups: int
) -> np.ndarray:
    """The adjoint of `conv2d` in w: each tap is the product of g with what that tap saw."""
    _, channels_out, oh, ow = g.shape
    channels_in = x.shape[1] // groups
    dw = np.zeros((channels_out, channels_in, *size), g.dtype)
    for i, j, there, here in taps(x.shape[2:], (oh, ow), size, stride, padding, dilation):
        gs = grouped(maps(g)[there], groups)
        xs = grouped(maps(x)[here], groups)
        products = np.matmul(gs, xs.transpose(0, 1, 3, 2)).sum(0)
        dw[:, :, i, j] = products.reshape(channels_out, channels_in)
    return dw
