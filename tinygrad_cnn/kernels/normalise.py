"""Means and variances of groups, and what normalisation computes with them, a piece of the array at a time.

A group is what lies along some axes, at one place of the others. Pieces stay in the cache while several
passes go over them; their sums are added in a fixed order, whatever the number of threads.
"""

import math
import weakref
from collections.abc import Callable

import numpy as np

from . import threads
from .recycle import empty_like

PIECE = 1 << 16
"""Numbers in a piece."""
FEW = 16
"""Groups of so few values cancel almost to nothing in their gradients, so they are computed in float64."""
Piece = tuple[slice, ...]
Last = tuple[Callable[[], np.ndarray | None], np.ndarray | None, list[np.ndarray]]


class Moments:
    """Mean and variance of each group of one array, and sums of gradients over them, each worked out once."""

    def __init__(self, x: np.ndarray, dim: tuple[int, ...], eps: float) -> None:
        """Take the array; the axes ``dim`` stay as axes of length 1."""
        self.array, self.dim = x, dim
        self.n = max(1, math.prod(x.shape[d] for d in dim))
        self.kind = np.dtype(np.float64) if self.n <= FEW else x.dtype
        self.count = self.kind.type(self.n)
        self.mean = self._summed(1, lambda at: [x[at]])[0] / self.count
        self.var = self._summed(1, self._squares)[0] / self.count
        self.scale = 1 / np.sqrt(self.var + self.kind.type(eps))
        self._last: Last | None = None

    def __str__(self) -> str:
        """Say nothing in pictures: what is known follows from the array."""
        return ""

    def _summed(self, number: int, terms: Callable[[Piece], list[np.ndarray]]) -> list[np.ndarray]:
        return _summed(self.array, self.dim, self.kind, number, terms)

    def _squares(self, at: Piece) -> list[np.ndarray]:
        centred = self.array[at] - _at(self.mean, at)
        return [np.multiply(centred, centred, out=centred)]

    def sums(self, g: np.ndarray, w: np.ndarray | None = None) -> list[np.ndarray]:
        """Sums of u = g w and of u (x - mean) over each group; those asked for last are kept."""
        if self._last is None or self._last[0]() is not g or self._last[1] is not w:

            def terms(at: Piece) -> list[np.ndarray]:
                part = self.weighted(g, w, at)
                centred = self.array[at] - _at(self.mean, at)
                return [part, np.multiply(centred, part, out=centred)]

            self._last = weakref.ref(g), w, self._summed(2, terms)
        return self._last[2]

    def weighted(self, g: np.ndarray, w: np.ndarray | None, at: Piece) -> np.ndarray:
        """A piece of g w."""
        return g[at] if w is None else g[at].astype(self.kind, copy=False) * _at(w, at)


def moments(x: np.ndarray, dim: tuple[int, ...], eps: float, known: Moments | None = None) -> Moments:
    """Those that are known, if they are of this very array; otherwise new ones.

    >>> moments(np.array([[1.0, 3.0]]), (1,), 0.0).mean
    array([[2.]])
    """
    return known if known is not None and known.array is x else Moments(x, dim, eps)


def normalise(m: Moments, w: np.ndarray | None = None, b: np.ndarray | None = None) -> np.ndarray:
    """(x - mean) / sqrt(var + eps) * w + b, in the memory order of x.

    >>> normalise(moments(np.array([[1.0, 3.0]]), (1,), 0.0))
    array([[-1.,  1.]])
    """
    constant = w is None or all(w.shape[d] == 1 for d in m.dim)
    scale = m.scale if w is None or not constant else m.scale * w
    y = empty_like(m.array)

    def work(at: Piece) -> None:
        part = np.subtract(m.array[at], _at(m.mean, at), out=y[at] if m.kind == y.dtype else None)
        part *= _at(scale, at)
        if w is not None and not constant:
            part *= _at(w, at)
        if b is not None:
            part += _at(b, at)
        if m.kind != y.dtype:
            y[at] = part

    _each(m.array, work)
    return y


def normalise_input(g: np.ndarray, m: Moments, w: np.ndarray | None = None) -> np.ndarray:
    """The gradient of `normalise` by x, for g that comes to its result.

    >>> m = moments(np.array([[-3.0, 0.0, 3.0]]), (1,), 0.0)
    >>> normalise_input(np.array([[1.0, 0.0, 0.0]]), m).round(3)
    array([[ 0.068, -0.136,  0.068]])
    """
    within = w if w is not None and any(w.shape[d] != 1 for d in m.dim) else None
    total, product = m.sums(g, within)
    offset, slope = total / m.count, product * (m.scale * m.scale / m.count)
    scale = m.scale if w is None or within is not None else m.scale * w
    dx = empty_like(m.array)

    def work(at: Piece) -> None:
        part = m.array[at] - _at(m.mean, at)
        part *= _at(slope, at)
        part += _at(offset, at)
        np.subtract(m.weighted(g, within, at), part, out=part)
        np.multiply(part, _at(scale, at), out=dx[at], casting="same_kind")

    _each(m.array, work)
    return dx


def normalise_weight(g: np.ndarray, m: Moments, shape: tuple[int, ...]) -> np.ndarray:
    """The gradient of `normalise` by w of this shape, for g that comes to its result.

    >>> normalise_weight(np.array([[1.0, 2.0]]), moments(np.array([[1.0, 3.0]]), (1,), 0.0), (1, 1))
    array([[1.]])
    """
    over = tuple(d for d, n in enumerate(shape) if n != m.array.shape[d])
    if all(shape[d] == 1 for d in m.dim):
        rest = tuple(d for d in over if d not in m.dim)
        total = np.add.reduce(m.sums(g)[1] * m.scale, axis=rest, keepdims=True)
        return total.reshape(shape).astype(m.array.dtype, copy=False)

    def terms(at: Piece) -> list[np.ndarray]:
        part = m.array[at] - _at(m.mean, at)
        part *= _at(m.scale, at)
        return [np.multiply(part, g[at], out=part)]

    return _summed(m.array, over, m.kind, 1, terms)[0].astype(m.array.dtype, copy=False)


def _at(values: np.ndarray, at: Piece) -> np.ndarray:
    """The part of values that belongs to a piece; along an axis of length 1, all of it."""
    return values[tuple(slice(None) if n == 1 else part for n, part in zip(values.shape, at, strict=True))]


def _pieces(x: np.ndarray) -> tuple[int, list[tuple[slice, ...]]]:
    """Cut along the axis of the largest steps in memory."""
    if not x.size:
        return 0, []
    axis = max(range(x.ndim), key=lambda d: (x.shape[d] > 1, abs(x.strides[d])))
    step = max(1, PIECE * x.shape[axis] // x.size)
    ahead = (slice(None),) * axis
    behind = (slice(None),) * (x.ndim - axis - 1)
    begins = range(0, x.shape[axis], step)
    return axis, [(*ahead, slice(n, min(n + step, x.shape[axis])), *behind) for n in begins]


def _summed(
    x: np.ndarray,
    dim: tuple[int, ...],
    kind: np.dtype,
    number: int,
    terms: Callable[[Piece], list[np.ndarray]],
) -> list[np.ndarray]:
    """Sum so many arrays of the shape of x, which come a piece at a time, over each group."""
    axis, pieces = _pieces(x)
    found: list[list[np.ndarray]] = [[] for _ in pieces]

    def work(part: int) -> None:
        found[part] = [np.add.reduce(t, axis=dim, keepdims=True, dtype=kind) for t in terms(pieces[part])]

    threads.run(work, len(pieces), x.size * threads.PASSES)
    if not found:
        return [np.zeros([1 if d in dim else n for d, n in enumerate(x.shape)], kind)] * number
    whole = [np.concatenate(parts, axis=axis) for parts in zip(*found, strict=True)]
    return [np.add.reduce(t, axis=axis, keepdims=True) for t in whole] if axis in dim else whole


def _each(x: np.ndarray, do: Callable[[Piece], None]) -> None:
    _, pieces = _pieces(x)
    threads.run(lambda part: do(pieces[part]), len(pieces), x.size * threads.PASSES)
