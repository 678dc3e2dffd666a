"""Max pooling picks one pixel a window and notes which; `pool_put`, `pool_take` move numbers along the picks.

Each position inside the window is one strided view of the input, compared with the best so far. The two that
move numbers are each other's adjoints. Masks are multiplied as integers, so that what is left out is exactly
0 and nothing branches.
"""

from functools import lru_cache

import numpy as np

from . import threads
from .activation import bits
from .layout import empty_maps, maps
from .windows import Padding, Pair, Tap, pooled_size, tap_slices, taps, tiles


def max_pool2d(
    x: np.ndarray, *, kernel_size: Pair, stride: Pair, padding: Padding, dilation: Pair, ceil_mode: bool
) -> tuple[np.ndarray, np.ndarray]:
    """Largest number of each window, and its position i * kw + j inside the window.

    Outside of the input lies -inf. The first maximum in row-major order wins; NaN counts as larger than
    anything, and the last NaN wins, as in PyTorch.

    >>> options = dict(stride=(2, 2), padding=((0, 0), (0, 0)), dilation=(1, 1), ceil_mode=False)
    >>> y, index = max_pool2d(np.array([[[[1.0, 2.0], [4.0, 3.0]]]]), kernel_size=(2, 2), **options)
    >>> y.item(), index.item()
    (4.0, 2)
    """
    batch, channels, height, width = x.shape
    geometry = (kernel_size, stride, padding, dilation)
    outputs = pooled_size((height, width), *geometry, ceil_mode)
    y = empty_maps((batch, channels, *outputs), x.dtype)
    index = empty_maps((batch, channels, *outputs), index_dtype(kernel_size))
    firsts = first_seen((height, width), outputs, *geometry)

    def work(first: int, last: int) -> None:
        seen = taps_of_rows((height, width), outputs, first, last, *geometry)
        best, noted = maps(y)[first:last], maps(index)[first:last]
        pick(maps(x), best, noted, seen, firsts[first:last], kernel_size[1])
        if best.size and np.isnan(best.max()):
            pick_with_nan(maps(x), best, noted, seen, firsts[first:last], kernel_size[1])

    threads.run_ranges(work, outputs[0], x.size)
    return y, index


def taps_of_rows(
    size: Pair,
    outputs: Pair,
    first: int,
    last: int,
    kernel: Pair,
    stride: Pair,
    padding: Padding,
    dilation: Pair,
) -> tuple[Tap, ...]:
    """The taps as seen from the output rows first to last, which count as rows 0 to last - first."""
    above = ((padding[0][0] - first * stride[0], 0), padding[1])
    return taps(size, (last - first, outputs[1]), kernel, stride, above, dilation)


def pick(
    x: np.ndarray, y: np.ndarray, index: np.ndarray, seen_by_tap: tuple[Tap, ...], firsts: np.ndarray, kw: int
) -> None:
    """Fill y and index (OH, C, OW, N); right unless x holds NaN, which at least reaches y.

    The winner's number grows from tap to tap, so that the largest number among the taps that won is the last.
    Where the first two taps see everything, they are compared with each other and nothing is filled before.
    """
    whole = (slice(0, y.shape[0]), slice(None), slice(0, y.shape[2]))
    if [tap[2] for tap in seen_by_tap[:2]] == [whole, whole] and not firsts.any():
        one, other = x[seen_by_tap[0][3]], x[seen_by_tap[1][3]]
        i, j = seen_by_tap[1][:2]
        np.multiply(np.greater(other, one).view(np.uint8), index.dtype.type(i * kw + j), out=index)
        np.maximum(one, other, out=y)
        seen_by_tap = seen_by_tap[2:]
    else:
        y[...] = -np.inf
        index[...] = firsts[:, None, :, None]
    for i, j, there, here in seen_by_tap:
        seen, best, noted = x[here], y[there], index[there]
        wins = np.greater(seen, best).view(np.uint8)
        np.maximum(best, seen, out=best)
        np.maximum(noted, wins * index.dtype.type(i * kw + j), out=noted)


def pick_with_nan(
    x: np.ndarray, y: np.ndarray, index: np.ndarray, seen_by_tap: tuple[Tap, ...], firsts: np.ndarray, kw: int
) -> None:
    """The plain definition of `pick`, in which a NaN wins over everything before it."""
    y[...] = -np.inf
    index[...] = firsts[:, None, :, None]
    for i, j, there, here in seen_by_tap:
        seen, best = x[here], y[there]
        wins = (seen > best) | np.isnan(seen)
        np.copyto(best, seen, where=wins)
        np.copyto(index[there], index.dtype.type(i * kw + j), where=wins)


def index_dtype(kernel: Pair) -> np.dtype:
    """The smallest type that holds every position inside the window."""
    return np.min_scalar_type(max(kernel[0] * kernel[1] - 1, 0))


@lru_cache(256)
def first_seen(
    size: Pair, outputs: Pair, kernel: Pair, stride: Pair, padding: Padding, dilation: Pair
) -> np.ndarray:
    """Position of the first pixel inside the input, for each window (OH, OW): the pick where all are -inf."""
    firsts = []
    for axis in (0, 1):
        first = np.zeros(outputs[axis], int)
        for tap in reversed(range(kernel[axis])):
            args = (size[axis], outputs[axis], stride[axis], padding[axis][0], dilation[axis])
            first[tap_slices(tap, *args)[0]] = tap
        firsts.append(first)
    positions = firsts[0][:, None] * kernel[1] + firsts[1]
    positions.flags.writeable = False  # kept for the next time
    return positions


def pool_put(
    g: np.ndarray,
    index: np.ndarray,
    *,
    size: Pair,
    kernel_size: Pair,
    stride: Pair,
    padding: Padding,
    dilation: Pair,
) -> np.ndarray:
    """Add each number of g to the pixel that its window picked, in zeros of shape (N, C, *size).

    >>> options = dict(stride=(2, 2), padding=((0, 0), (0, 0)), dilation=(1, 1))
    >>> g, index = np.full((1, 1, 1, 1), 5.0), np.full((1, 1, 1, 1), 2, np.uint8)
    >>> pool_put(g, index, size=(2, 2), kernel_size=(2, 2), **options)[0, 0]
    array([[0., 0.],
           [5., 0.]])
    """
    dx = empty_maps((*g.shape[:2], *size), g.dtype)
    geometry = (kernel_size, stride, padding, dilation)
    outputs = (g.shape[2], g.shape[3])
    alone = apart(outputs, kernel_size, stride, dilation)
    if not (alone and dilation == (1, 1) and tiles(size, outputs, kernel_size, stride, padding)):
        dx[...] = 0

    def work(first: int, last: int) -> None:
        seen = taps_of_rows(size, outputs, first, last, *geometry)
        put(maps(g)[first:last], maps(index)[first:last], maps(dx), seen, kernel_size[1], alone)

    threads.run_ranges(work, outputs[0], dx.size if alone else 0)
    return dx


def put(
    g: np.ndarray, index: np.ndarray, dx: np.ndarray, seen: tuple[Tap, ...], kw: int, alone: bool
) -> None:
    """Write or, where windows share pixels, add each g of (OH, C, OW, N) to the pixel that was picked."""
    for i, j, here, there in seen:
        picked = np.equal(index[here], i * kw + j)
        if alone:
            np.multiply(bits(g[here]), picked, out=bits(dx)[there])
        else:
            part = dx[there]
            part += np.multiply(bits(g[here]), picked).view(g.dtype)


def pool_take(
    x: np.ndarray, index: np.ndarray, *, kernel_size: Pair, stride: Pair, padding: Padding, dilation: Pair
) -> np.ndarray:
    """The pixel that each window picked; 0 where a pick lies outside of x.

    >>> options = dict(stride=(2, 2), padding=((0, 0), (0, 0)), dilation=(1, 1))
    >>> x, index = np.array([[[[1.0, 2.0], [4.0, 3.0]]]]), np.full((1, 1, 1, 1), 3, np.uint8)
    >>> pool_take(x, index, kernel_size=(2, 2), **options).item()
    3.0
    """
    y = empty_maps(index.shape, x.dtype)
    y[...] = 0
    for i, j, there, here in taps(x.shape[2:], index.shape[2:], kernel_size, stride, padding, dilation):
        picked = np.equal(maps(index)[there], i * kernel_size[1] + j)
        part = bits(maps(y))[there]
        part |= bits(maps(x))[here] * picked
    return y


def pool_places(
    index: np.ndarray, *, size: Pair, kernel_size: Pair, stride: Pair, padding: Padding, dilation: Pair
) -> np.ndarray:
    """Where in its picture of `size` each window found its pick, as row * width + column.

    >>> options = dict(size=(2, 2), kernel_size=(2, 2), stride=(2, 2), padding=((0, 0), (0, 0)))
    >>> pool_places(np.full((1, 1, 1, 1), 2, np.uint8), dilation=(1, 1), **options).item()
    2
    """
    found = []
    for axis, tap in enumerate(np.divmod(index.astype(np.int64), kernel_size[1])):
        first = np.arange(index.shape[2 + axis]) * stride[axis] - padding[axis][0]
        found.append(tap * dilation[axis] + (first[:, None] if axis == 0 else first))
    return np.asarray(found[0] * size[1] + found[1])


def unpool(x: np.ndarray, places: np.ndarray, size: Pair) -> np.ndarray:
    """Zeros of shape (N, C, *size) with each number of x (N, C, OH, OW) at its place row * width + column.

    Of several numbers at one place, the last one stays.

    >>> unpool(np.array([[[[5.0]]]]), np.array([[[[2]]]]), (2, 2))[0, 0]
    array([[0., 0.],
           [5., 0.]])
    """
    planes, values = x.shape[0] * x.shape[1], x.shape[2] * x.shape[3]
    y = np.zeros((planes, size[0] * size[1]), x.dtype)
    y[np.arange(planes)[:, None], places.reshape(planes, values)] = x.reshape(planes, values)
    return y.reshape(*x.shape[:2], *size)


def apart(outputs: Pair, kernel: Pair, stride: Pair, dilation: Pair) -> bool:
    """Whether no pixel lies in two windows."""
    reach = [dilation[axis] * (kernel[axis] - 1) + 1 for axis in (0, 1)]
    return all(reach[axis] <= stride[axis] or outputs[axis] <= 1 for axis in (0, 1))
