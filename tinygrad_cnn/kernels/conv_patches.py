"""Convolution by kw shifted copies, for few channels, strides, and groups; a block of rows at a time.

A block of input rows is copied once for every column of the kernel, as (rows, kw, C, OW, N). The kh rows
under an output row are then one matrix (kh * kw * C, OW * N), overlapping the next row's, and the convolution
is one product.
"""

from collections.abc import Callable, Iterator

import numpy as np

from . import scratch, threads
from .windows import Pair, overlapping_rows, tap_slices

BLOCK_BYTES = 4 << 20
SHARED_BYTES = 1 << 19

Use = Callable[[np.ndarray, np.ndarray], None]


def rows_per_block(oh: int, stride: int, kh: int, row_bytes: int) -> int:
    """How many output rows are worked on at a time: as many as fit, but half of them if there are many."""
    fitting = max(1, (BLOCK_BYTES // max(row_bytes, 1) - kh) // stride + 1)
    shared = (oh + 1) // 2 if oh * row_bytes > SHARED_BYTES else oh
    return max(1, min(fitting, shared))


def fill(block: np.ndarray, x: np.ndarray, first: int, stride: int, pad: int, dilation: int) -> None:
    """Copy rows of x (H, C, W, N) from `first` on into block (rows, kw, C, OW, N), zeros beyond the edges."""
    height, _, width, _ = x.shape
    rows, kw, _, ow, _ = block.shape
    above, below = min(max(-first, 0), rows), max(min(rows, height - first), 0)
    below = max(above, below)
    block[:above] = 0
    block[below:] = 0
    for j in range(kw):
        there, here = tap_slices(j, width, ow, stride, pad, dilation)
        copies = block[above:below, j]
        if there.start > 0 or there.stop < ow:
            copies[:, :, : there.start] = 0
            copies[:, :, there.stop :] = 0
        copies[:, :, there] = x[first + above : first + below, :, here]


Block = tuple[np.ndarray, np.ndarray, int, int, int]


def blocks(x: np.ndarray, y: np.ndarray, kernel: Pair, stride: Pair, pad: int, dilation: int) -> list[Block]:
    """The blocks of output rows: input and output maps, first and last row, padding above."""
    channels, ow, batch = x.shape[1], y.shape[2], x.shape[3]
    row_bytes = kernel[1] * channels * ow * batch * x.itemsize
    found = []
    for xs, ys, above in interleaved(x, y, pad, dilation):
        most = rows_per_block(len(ys), stride[0], kernel[0], row_bytes)
        found += [(xs, ys, first, min(first + most, len(ys)), above) for first in range(0, len(ys), most)]
    return found


def with_patches(block: Block, kernel: Pair, stride: Pair, pad: int, dilation: int, use: Use) -> None:
    """Call `use` with rows of the output maps and their patches (rows, kh * kw * C, OW * N)."""
    x, y, first, last, above = block
    channels, ow, batch = x.shape[1], y.shape[2], x.shape[3]
    high = (last - first - 1) * stride[0] + kernel[0]
    copies = scratch.take("patches", (high, kernel[1], channels, ow, batch), x.dtype)
    fill(copies, x, first * stride[0] - above, stride[1], pad, dilation)
    flat = copies.reshape(high, kernel[1] * channels, ow, batch)
    rows = y[first:last].reshape(last - first, y.shape[1], ow * batch)
    use(rows, overlapping_rows(flat, 0, last - first, stride[0], kernel[0]))
    scratch.give("patches", copies)


def correlate(x: np.ndarray, w: np.ndarray, y: np.ndarray, stride: Pair, pads: Pair, dilation: Pair) -> None:
    """Fill y (OH, O, OW, N), contiguous inside a row, with w (O, C, kh, kw) times windows of (H, C, W, N)."""
    channels_out, channels, kh, kw = w.shape
    weights = np.ascontiguousarray(w.transpose(0, 2, 3, 1)).reshape(channels_out, kh * kw * channels)
    parts = blocks(x, y, (kh, kw), stride, pads[0], dilation[0])

    def multiply(rows: np.ndarray, patches: np.ndarray) -> None:
        np.matmul(weights, patches, out=rows)

    def work(number: int) -> None:
        with_patches(parts[number], (kh, kw), stride, pads[1], dilation[1], multiply)

    threads.run(work, len(parts), 2.0 * y.size * weights.shape[1])


def correlate_weight(
    x: np.ndarray, g: np.ndarray, kernel: Pair, stride: Pair, pads: Pair, dilation: Pair
) -> np.ndarray:
    """Products of g (OH, O, OW, N) with what each kernel position saw of x (H, C, W, N): (O, C, kh, kw)."""
    (kh, kw), channels, channels_out = kernel, x.shape[1], g.shape[1]
    parts = blocks(x, g, kernel, stride, pads[0], dilation[0])
    sums = np.zeros((len(parts), channels_out, kh * kw * channels), g.dtype)

    def work(number: int) -> None:
        def multiply(rows: np.ndarray, patches: np.ndarray) -> None:
            np.matmul(rows, patches.transpose(0, 2, 1)).sum(0, out=sums[number])

        with_patches(parts[number], kernel, stride, pads[1], dilation[1], multiply)

    threads.run(work, len(parts), 2.0 * g.size * sums.shape[2])
    return sums.sum(0).reshape(channels_out, kh, kw, channels).transpose(0, 3, 1, 2)


def interleaved(
    x: np.ndarray, y: np.ndarray, pad: int, dilation: int
) -> Iterator[tuple[np.ndarray, np.ndarray, int]]:
    """With dilated rows and stride 1, every d-th output row sees every d-th input row: d convolutions.

    Output row a + d * q sees the input rows a - pad + d * (q + i), which begin at their own remainder.
    """
    for a in range(min(dilation, len(y))):
        remainder = (a - pad) % dilation
        yield x[remainder::dilation], y[a::dilation], (remainder - a + pad) // dilation
