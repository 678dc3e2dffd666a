"""Convolution and its two adjoints: each function picks the fastest path that covers its arguments.

The three are bilinear and each other's derivatives, so every order of derivative ends here. The paths:
depthwise (one channel in and out a group), rows (many channels, stride 1), patches (few channels, strides,
groups), taps (the plain definition, which covers everything). The adjoint in x is the convolution of g with
the turned kernel; where x was walked in strides, one such convolution for each phase of the stride.
"""

from itertools import product

import numpy as np

from . import conv_depthwise, conv_patches, conv_rows, conv_taps
from .layout import contiguous_maps, empty_maps, maps
from .recycle import empty
from .windows import Padding, Pair, output_size

FEW_CHANNELS = 5


def conv2d(
    x: np.ndarray,
    w: np.ndarray,
    b: np.ndarray | None = None,
    *,
    stride: Pair,
    padding: Padding,
    dilation: Pair,
    groups: int,
) -> np.ndarray:
    r"""Cross-correlation, :math:`y_{nohw} = b_o + \sum_{cij} x_{n,c,sh+di-p,sw+dj-p}\,w_{ocij}`.

    x is (N, C, H, W), w (O, C/groups, kh, kw), b (O,); any strides. The result lies in (H, C, W, N) memory.

    >>> x, w = np.arange(9.0).reshape(1, 1, 3, 3), np.ones((1, 1, 2, 2))
    >>> conv2d(x, w, stride=(1, 1), padding=((0, 0), (0, 0)), dilation=(1, 1), groups=1)[0, 0]
    array([[ 8., 12.],
           [20., 24.]])
    """
    oh = output_size(x.shape[2], w.shape[2], stride[0], *padding[0], dilation[0])
    ow = output_size(x.shape[3], w.shape[3], stride[1], *padding[1], dilation[1])
    y = empty_maps((x.shape[0], w.shape[0], oh, ow), x.dtype)
    correlate(contiguous_maps(x), w, maps(y), stride, (padding[0][0], padding[1][0]), dilation, groups)
    if b is not None:
        add_bias(maps(y), b)
    return y


def conv2d_input(
    g: np.ndarray, w: np.ndarray, *, size: Pair, stride: Pair, padding: Padding, dilation: Pair, groups: int
) -> np.ndarray:
    r"""Adjoint of `conv2d` in x, :math:`\bar x_{n,c,sh+di-p,sw+dj-p} \mathrel{+}= g_{nohw}\,w_{ocij}`, as
    (N, C, \*size); this is also the transposed convolution of g.

    >>> g, w = np.ones((1, 1, 2, 2)), np.ones((1, 1, 2, 2))
    >>> options = dict(stride=(1, 1), padding=((0, 0), (0, 0)), dilation=(1, 1), groups=1)
    >>> conv2d_input(g, w, size=(3, 3), **options)[0, 0]
    array([[1., 2., 1.],
           [2., 4., 2.],
           [1., 2., 1.]])
    """
    if stride != (1, 1) and dilation != (1, 1):
        return conv_taps.conv2d_input(g, w, size, stride, padding, dilation, groups)
    dx = empty_maps((g.shape[0], w.shape[1] * groups, *size), g.dtype)
    source = contiguous_maps(g)
    turned = turn(w, groups)
    for rows, cols in product(
        phases(w.shape[2], stride[0], padding[0][0], dilation[0]),
        phases(w.shape[3], stride[1], padding[1][0], dilation[1]),
    ):
        kernel = turned[:, :, rows[1], cols[1]]
        target = maps(dx)[rows[0] :: stride[0], :, cols[0] :: stride[1]]
        part = target if stride[1] == 1 else empty(target.shape, target.dtype)
        correlate(source, kernel, part, (1, 1), (rows[2], cols[2]), dilation, groups)
        if part is not target:
            target[...] = part
    return dx


def conv2d_weight(
    g: np.ndarray, x: np.ndarray, *, size: Pair, stride: Pair, padding: Padding, dilation: Pair, groups: int
) -> np.ndarray:
    r"""Adjoint of `conv2d` in w, :math:`\bar w_{ocij} = \sum_{nhw} g_{nohw}\,x_{n,c,sh+di-p,sw+dj-p}`, as
    (O, C/groups, \*size).

    >>> g, x = np.ones((1, 1, 2, 2)), np.arange(9.0).reshape(1, 1, 3, 3)
    >>> options = dict(stride=(1, 1), padding=((0, 0), (0, 0)), dilation=(1, 1), groups=1)
    >>> conv2d_weight(g, x, size=(2, 2), **options)[0, 0]
    array([[ 8., 12.],
           [20., 24.]])
    """
    if x.size == 0 or g.size == 0:
        return np.zeros((g.shape[1], x.shape[1] // groups, *size), g.dtype)
    path = choose(x.shape[1] // groups, g.shape[1] // groups, stride, dilation, groups)
    if path == "taps":
        return conv_taps.conv2d_weight(g, x, size, stride, padding, dilation, groups)
    seen, pulled = contiguous_maps(x), contiguous_maps(g)
    pads = (padding[0][0], padding[1][0])
    if path == "depthwise":
        return conv_depthwise.correlate_weight(seen, pulled, size, stride, pads, dilation)
    if path == "rows":
        return conv_rows.correlate_weight(seen, pulled, size, pads, dilation[1])
    c, o = x.shape[1] // groups, g.shape[1] // groups
    parts = []
    for group in range(groups):
        xs, gs = seen[:, group * c : (group + 1) * c], pulled[:, group * o : (group + 1) * o]
        parts.append(conv_patches.correlate_weight(xs, gs, size, stride, pads, dilation))
    return parts[0] if groups == 1 else np.concatenate(parts)


def choose(channels: int, channels_out: int, stride: Pair, dilation: Pair, groups: int) -> str:
    """The path for a convolution with so many channels a group: "depthwise", "rows", "patches" or "taps"."""
    if groups > 1 and channels == 1 and channels_out == 1:
        return "depthwise"
    if dilation[0] > 1 and stride[0] > 1:
        return "taps"
    if stride == (1, 1) and dilation[0] == 1 and groups == 1 and channels > FEW_CHANNELS:
        return "rows"
    return "patches"


def correlate(
    x: np.ndarray, w: np.ndarray, y: np.ndarray, stride: Pair, pads: Pair, dilation: Pair, groups: int
) -> None:
    """Fill y (OH, O, OW, N) with x (H, C, W, N) correlated with w; x is contiguous, y inside its rows."""
    if x.size == 0 or w.size == 0:
        y[...] = 0
        return
    c, o = w.shape[1], w.shape[0] // groups
    path = choose(c, o, stride, dilation, groups)
    if path == "depthwise":
        conv_depthwise.correlate(x, w, y, stride, pads, dilation)
    elif path == "rows":
        conv_rows.correlate(x, w, y, pads, dilation[1])
    elif path == "patches":
        for group in range(groups):
            ws, ys = w[group * o : (group + 1) * o], y[:, group * o : (group + 1) * o]
            conv_patches.correlate(x[:, group * c : (group + 1) * c], ws, ys, stride, pads, dilation)
    else:
        conv_taps.correlate(x, w, y, stride, pads, dilation, groups)


def turn(w: np.ndarray, groups: int) -> np.ndarray:
    """The kernel of the adjoint: positions turned by 180 degrees, inputs and outputs of a group swapped."""
    channels_out, channels, kh, kw = w.shape
    split = w.reshape(groups, channels_out // groups, channels, kh, kw).transpose(0, 2, 1, 3, 4)
    return split.reshape(groups * channels, channels_out // groups, kh, kw)[:, :, ::-1, ::-1]


def phases(kernel: int, stride: int, pad: int, dilation: int) -> list[tuple[int, slice, int]]:
    """For each phase of the stride: its first pixel, the part of the turned kernel it sees, and the padding.

    Pixel a + stride * q got its gradient from outputs q + shift - m, through the kernel positions
    (a + pad) % stride + stride * m; with turned positions that is a correlation of stride 1.
    """
    if stride == 1:
        return [(0, slice(None), dilation * (kernel - 1) - pad)]
    found = []
    for a in range(stride):
        lowest = (a + pad) % stride
        count = len(range(lowest, kernel, stride))
        highest = lowest + stride * (count - 1)
        seen = slice(kernel - 1 - highest, kernel - lowest, stride) if count else slice(0, 0)
        found.append((a, seen, count - 1 - (a + pad) // stride))
    return found


def add_bias(y: np.ndarray, b: np.ndarray) -> None:
    """Add b to each channel of (H, C, W, N), spelled out once a row so that the inner loop is long."""
    _, channels, width, batch = y.shape
    y += np.repeat(b, width * batch).reshape(channels, width, batch)
