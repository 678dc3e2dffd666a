"""Convolution without any copy of windows, for maps with many channels, stride 1 and undilated rows.

The kh input rows under an output row are one contiguous matrix (kh * C, W * N). Each column of the kernel is
one product with that matrix, shifted by whole columns, which BLAS takes as a leading dimension; padding is
loop bounds. A few output rows at a time, so that what is being added up stays in the cache.
"""

from collections.abc import Iterator

import numpy as np

from . import scratch, threads
from .windows import Pair, overlapping_rows, tap_slices

BLOCK_BYTES = 1 << 19
SUMS = 8
"""Parts of the gradient of w that are summed up on their own; fixed, so that the result is, too."""


def row_blocks(
    outputs: int, height: int, kernel: int, pad_before: int, most: int
) -> Iterator[tuple[int, int, int, int]]:
    """Split the output rows (first, last, i0, i1) into blocks that see the same rows i0..i1 of the kernel."""
    first = 0
    while first < outputs:
        i0 = min(max(0, pad_before - first), kernel)
        i1 = max(min(kernel, height + pad_before - first), i0)
        whole = i0 == 0 and i1 == kernel
        last = min(outputs, first + most, height + pad_before - kernel + 1) if whole else first + 1
        yield first, last, i0, i1
        first = last


def rows_per_block(outputs: int, row_bytes: int) -> int:
    """How many output rows are worked on at a time: as many as stay in the cache, and two blocks at least."""
    return max(1, min(BLOCK_BYTES // max(row_bytes, 1), (outputs + 1) // 2))


def columns(size: int, outputs: int, kernel: int, pad_before: int, dilation: int, batch: int) -> list:
    """For each kernel column the output and input slices along W * N, one that covers all outputs first."""
    found = []
    for j in range(kernel):
        there, here = tap_slices(j, size, outputs, 1, pad_before, dilation)
        there = slice(there.start * batch, there.stop * batch)
        found.append((j, there, slice(here.start * batch, here.stop * batch)))
    return sorted(found, key=lambda column: column[1].start - column[1].stop)


def correlate(x: np.ndarray, w: np.ndarray, y: np.ndarray, pads: Pair, dilation: int) -> None:
    """Fill y (OH, O, OW, N) with w (O, C, kh, kw) times windows of x (H, C, W, N), which is contiguous.

    `pads` are the rows above and the columns left of x, negative to cut; y's size says where the windows end.
    """
    height, channels, width, batch = x.shape
    channels_out, _, kh, kw = w.shape
    oh, _, ow, _ = y.shape
    weights = np.ascontiguousarray(w.transpose(3, 0, 2, 1)).reshape(kw, channels_out, kh * channels)
    steps = columns(width, ow, kw, pads[1], dilation, batch)
    most = rows_per_block(oh, channels_out * ow * batch * y.itemsize)
    blocks = list(row_blocks(oh, height, kh, pads[0], most))

    def work(number: int) -> None:
        first, last, i0, i1 = blocks[number]
        source = overlapping_rows(x, first - pads[0] + i0, last - first, 1, i1 - i0)
        target = y[first:last].reshape(last - first, channels_out, ow * batch)
        seen = weights[:, :, i0 * channels : i1 * channels]
        if channels_out <= channels and i0 < i1:
            add_stacked_products(seen, source, target, steps)
        else:
            add_products(seen, source, target, steps)

    threads.run(work, len(blocks), 2.0 * y.size * channels * kh * kw)


def add_stacked_products(weights: np.ndarray, source: np.ndarray, target: np.ndarray, steps: list) -> None:
    """`add_products` by one product for all columns of the kernel, shifted afterwards.

    BLAS repacks the rows once, not once a column, and likes the taller matrix; the price is memory for all
    columns at once, so it pays when there are no more outputs than inputs.
    """
    kw, channels_out, depth = weights.shape
    rows, _, width = source.shape
    products = scratch.take("products", (rows, kw, channels_out, width), target.dtype)
    stacked = weights.reshape(kw * channels_out, depth)
    np.matmul(stacked, source, out=products.reshape(rows, kw * channels_out, width))
    covered = steps[0][1] == slice(0, target.shape[2])
    target[...] = products[:, steps[0][0], :, steps[0][2]] if covered else 0
    for j, there, here in steps[covered:]:
        target[:, :, there] += products[:, j, :, here]
    scratch.give("products", products)


def add_products(weights: np.ndarray, source: np.ndarray, target: np.ndarray, steps: list) -> None:
    """Fill target with the sum over kernel columns of weights (kw, O, K) times shifted rows (n, K, W * N)."""
    rows, channels_out, length = target.shape
    if weights.shape[2] == 0 or steps[0][1] != slice(0, length):
        target[...] = 0
        covered = False
    else:
        j, _, here = steps[0]
        np.matmul(weights[j], source[:, :, here], out=target)
        covered = True
    part = scratch.take("products", (target.size,), target.dtype)
    for j, there, here in steps[covered:]:
        wide = there.stop - there.start
        if wide <= 0 or weights.shape[2] == 0:
            continue
        products = part[: rows * channels_out * wide].reshape(rows, channels_out, wide)
        np.matmul(weights[j], source[:, :, here], out=products)
        target[:, :, there] += products
    scratch.give("products", part)


def correlate_weight(x: np.ndarray, g: np.ndarray, kernel: Pair, pads: Pair, dilation: int) -> np.ndarray:
    """Products of g (OH, O, OW, N) with what each kernel position saw of x (H, C, W, N): (O, C, kh, kw)."""
    height, channels, width, batch = x.shape
    oh, channels_out, ow, _ = g.shape
    kh, kw = kernel
    steps = columns(width, ow, kw, pads[1], dilation, batch)
    most = rows_per_block(oh, (channels_out * ow + channels * width) * batch * g.itemsize)
    blocks = list(row_blocks(oh, height, kh, pads[0], most))
    sums = np.zeros((min(SUMS, len(blocks)), kw, channels_out, kh * channels), g.dtype)

    def work(number: int) -> None:
        for first, last, i0, i1 in blocks[number :: len(sums)]:
            seen = overlapping_rows(x, first - pads[0] + i0, last - first, 1, i1 - i0)
            rows = g[first:last].reshape(last - first, channels_out, ow * batch)
            add_weight_products(rows, seen, sums[number, :, :, i0 * channels : i1 * channels], steps)

    threads.run(work, len(sums), 2.0 * g.size * channels * kh * kw)
    return sums.sum(0).reshape(kw, channels_out, kh, channels).transpose(1, 3, 2, 0)


def add_weight_products(rows: np.ndarray, seen: np.ndarray, dw: np.ndarray, steps: list) -> None:
    """Add to dw (kw, O, K) the products of rows (n, O, OW * N) with what each column saw of (n, K, W * N)."""
    if dw.shape[2] == 0:
        return
    for j, there, here in steps:
        if there.stop > there.start:
            dw[j] += np.matmul(rows[:, :, there], seen[:, :, here].transpose(0, 2, 1)).sum(0)
