"""Convolution and pooling as plain loops over windows: independent of the package, and slow."""

from itertools import product

import numpy as np


def windows(outputs, stride, padding, dilation, kernel):
    """Yield each window: its output place, and the list of (tap, row, column) that it covers in the image."""
    for i, j in product(range(outputs[0]), range(outputs[1])):
        covered = []
        for a, b in product(range(kernel[0]), range(kernel[1])):
            row = i * stride[0] + a * dilation[0] - padding[0][0]
            column = j * stride[1] + b * dilation[1] - padding[1][0]
            covered.append(((a, b), row, column))
        yield (i, j), covered


def inside(row, column, size):
    return 0 <= row < size[0] and 0 <= column < size[1]


def conv_size(size, kernel, stride, padding, dilation):
    """Count the window positions by trying them all."""
    counts = []
    for n, k, s, (before, after), d in zip(size, kernel, stride, padding, dilation, strict=True):
        reach = d * (k - 1) + 1
        counts.append(len([p for p in range(0, n + before + after, s) if p + reach <= n + before + after]))
    return tuple(counts)


def conv_terms(size, w_shape, outputs, stride, padding, dilation, groups):
    """Yield (output channel, input channel, channel in w, place in y, tap, place in x) of every product."""
    channels_out, channels, kh, kw = w_shape
    for place, covered in windows(outputs, stride, padding, dilation, (kh, kw)):
        seen = [(tap, r, c) for tap, r, c in covered if inside(r, c, size)]
        for o, c in product(range(channels_out), range(channels)):
            channel = (o // (channels_out // groups)) * channels + c
            for tap, row, column in seen:
                yield o, channel, c, place, tap, (row, column)


def conv2d(x, w, b=None, *, stride, padding, dilation, groups):
    outputs = conv_size(x.shape[2:], w.shape[2:], stride, padding, dilation)
    y = np.zeros((x.shape[0], w.shape[0], *outputs))
    terms = conv_terms(x.shape[2:], w.shape, outputs, stride, padding, dilation, groups)
    for o, channel, c, (i, j), tap, (row, column) in terms:
        y[:, o, i, j] += x[:, channel, row, column] * w[o, c, *tap]
    return y if b is None else y + b[None, :, None, None]


def conv2d_input(g, w, *, size, stride, padding, dilation, groups):
    y = np.zeros((g.shape[0], w.shape[1] * groups, *size))
    terms = conv_terms(size, w.shape, g.shape[2:], stride, padding, dilation, groups)
    for o, channel, c, (i, j), tap, (row, column) in terms:
        y[:, channel, row, column] += g[:, o, i, j] * w[o, c, *tap]
    return y


def conv2d_weight(g, x, *, size, stride, padding, dilation, groups):
    y = np.zeros((g.shape[1], x.shape[1] // groups, *size))
    terms = conv_terms(x.shape[2:], y.shape, g.shape[2:], stride, padding, dilation, groups)
    for o, channel, c, (i, j), tap, (row, column) in terms:
        y[o, c, *tap] += (g[:, o, i, j] * x[:, channel, row, column]).sum()
    return y


def pool_size(size, kernel, stride, padding, dilation, ceil_mode):
    """Count the window positions: whole ones, and in ceil mode those that start before the far padding."""
    counts = []
    for n, k, s, (before, after), d in zip(size, kernel, stride, padding, dilation, strict=True):
        reach = d * (k - 1) + 1
        total = n + before + after
        starts = [p for p in range(0, total, s) if p + reach <= total]
        if ceil_mode:
            starts = [p for p in range(0, n + before, s) if p + reach <= total + s - 1]
        counts.append(len(starts))
    return tuple(counts)


def max_pick(x, *, kernel_size, stride, padding, dilation, ceil_mode=False):
    """Give the largest value of each window, and its number i * kw + j inside of the window."""
    size = x.shape[2:]
    outputs = pool_size(size, kernel_size, stride, padding, dilation, ceil_mode)
    y = np.full((*x.shape[:2], *outputs), -np.inf)
    picked = np.zeros(y.shape, np.uint8)
    for (i, j), covered in windows(outputs, stride, padding, dilation, kernel_size):
        for n, c in product(range(x.shape[0]), range(x.shape[1])):
            found = [
                (x[n, c, r, s], a * kernel_size[1] + b) for (a, b), r, s in covered if inside(r, s, size)
            ]
            y[n, c, i, j], picked[n, c, i, j] = max(found, key=lambda pair: pair[0])
    return y, picked


def max_pool2d(x, **settings):
    return max_pick(x, **settings)[0]


def pool_moves(picked, size, kernel_size, stride, padding, dilation):
    """Yield (n, c, place in the small image, place in the large one) of every pick."""
    for (i, j), covered in windows(picked.shape[2:], stride, padding, dilation, kernel_size):
        for n, c in product(range(picked.shape[0]), range(picked.shape[1])):
            _, row, column = covered[picked[n, c, i, j]]
            if inside(row, column, size):
                yield n, c, (i, j), (row, column)


def pool_put(x, *, picked, size, kernel_size, stride, padding, dilation):
    y = np.zeros((*x.shape[:2], *size))
    for n, c, small, large in pool_moves(picked, size, kernel_size, stride, padding, dilation):
        y[n, c, *large] += x[n, c, *small]
    return y


def pool_take(x, *, picked, kernel_size, stride, padding, dilation):
    y = np.zeros(picked.shape)
    for n, c, small, large in pool_moves(picked, x.shape[2:], kernel_size, stride, padding, dilation):
        y[n, c, *small] = x[n, c, *large]
    return y


def max_unpool2d(x, *, places, size):
    y = np.zeros((*x.shape[:2], *size))
    for n, c, i, j in np.ndindex(*x.shape):
        place = places[n, c, i, j]
        y[n, c, place // size[1], place % size[1]] = x[n, c, i, j]
    return y


def avg_weights(size, *, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override):
    """Yield (place in the small image, places in the large one, divisor) of every window."""
    outputs = pool_size(size, kernel_size, stride, padding, (1, 1), ceil_mode)
    padded = [n + after for n, (_, after) in zip(size, padding, strict=True)]
    for place, covered in windows(outputs, stride, padding, (1, 1), kernel_size):
        seen = [(r, c) for _, r, c in covered if inside(r, c, size)]
        counted = [1 for _, r, c in covered if r < padded[0] and c < padded[1]] if count_include_pad else seen
        yield place, seen, divisor_override or len(counted)


def avg_pool2d(x, **settings):
    outputs = pool_size(
        x.shape[2:],
        settings["kernel_size"],
        settings["stride"],
        settings["padding"],
        (1, 1),
        settings["ceil_mode"],
    )
    y = np.zeros((*x.shape[:2], *outputs))
    for (i, j), seen, divisor in avg_weights(x.shape[2:], **settings):
        for row, column in seen:
            y[:, :, i, j] += x[:, :, row, column] / divisor
    return y


def avg_pool2d_input(x, *, size, **settings):
    y = np.zeros((*x.shape[:2], *size))
    for (i, j), seen, divisor in avg_weights(size, **settings):
        for row, column in seen:
            y[:, :, row, column] += x[:, :, i, j] / divisor
    return y
