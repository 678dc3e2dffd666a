"""What is kept of an array that may change later: a few numbers and a histogram of 20 bins."""

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

BINS = 20
SAMPLED_ABOVE = 65_536  # of more values, the histogram counts evenly spaced ones


@dataclass(frozen=True)
class Stats:
    """Numbers about one array; those that do not exist (of an empty array) are NaN.

    ``min``, ``max``, ``mean``, ``std``, ``rms`` and the histogram are those of the finite values.
    """

    shape: tuple[int, ...]
    dtype: str
    size: int
    min: float
    max: float
    mean: float
    std: float
    rms: float  # root of the mean square
    zeros: int
    nans: int
    infs: int
    bins: tuple[int, ...]  # counts in 20 equal steps from min to max

    @property
    def is_finite(self) -> bool:
        """True if there is neither NaN nor infinity in the array."""
        return not self.nans and not self.infs

    @property
    def is_zero(self) -> bool:
        """True if every value is exactly 0."""
        return self.size > 0 and self.zeros == self.size

    @property
    def norm(self) -> float:
        """The Euclidean norm of the finite values."""
        finite = self.size - self.nans - self.infs
        return self.rms * math.sqrt(finite) if finite else 0.0


def measure(array: np.ndarray) -> Stats:
    """Measure an array of any dtype.

    >>> s = measure(np.array([[0.0, 3.0], [-3.0, np.nan]], np.float32))
    >>> s.min, s.max, s.zeros, s.nans
    (-3.0, 3.0, 1, 1)
    >>> round(s.rms, 3), sum(s.bins)
    (2.449, 3)
    """
    if array.size == 1:
        return _measure_one(array.shape, _name(array.dtype), array.item())
    flat = np.asarray(array).reshape(-1) if array.flags.c_contiguous else np.ravel(array, order="K")
    zeros = int(flat.size - np.count_nonzero(flat))
    nans = infs = 0
    if flat.dtype.kind == "f":
        with np.errstate(all="ignore"):
            bad = not math.isfinite(float(np.dot(flat, flat))) if flat.size else False
        if bad:
            finite = np.isfinite(flat)
            nans = int(np.isnan(flat).sum())
            infs = int(flat.size - finite.sum()) - nans
            flat = flat[finite]
    common = (array.shape, _name(array.dtype), int(array.size))
    if not flat.size:
        nan = math.nan
        return Stats(*common, nan, nan, nan, nan, nan, zeros, nans, infs, (0,) * BINS)
    low, high = float(flat.min()), float(flat.max())
    scale = max(abs(low), abs(high)) or 1.0
    mean = _mean(flat, scale)
    square = _mean_square(flat, scale)
    rms = scale * math.sqrt(square)
    std = 0.0 if low == high else scale * math.sqrt(max(square - (mean / scale) ** 2, 0.0))
    return Stats(*common, low, high, mean, std, rms, zeros, nans, infs, _histogram(flat, low, high))


_name = lru_cache(maxsize=32)(str)  # of a dtype: numpy takes long to write it


def _measure_one(shape: tuple[int, ...], dtype: str, value: Any) -> Stats:
    """Measure a single number, of which there are many, without the way through arrays."""
    x = float(value)
    zeros, nans, infs = int(x == 0), int(math.isnan(x)), int(math.isinf(x))
    if nans or infs:
        nan = math.nan
        return Stats(shape, dtype, 1, nan, nan, nan, nan, nan, zeros, nans, infs, (0,) * BINS)
    return Stats(shape, dtype, 1, x, x, x, 0.0, abs(x), zeros, nans, infs, (1, *(0,) * (BINS - 1)))


def _mean(flat: np.ndarray, scale: float) -> float:
    if flat.size * scale < 1e300:
        return float(flat.mean(dtype=np.float64))
    return scale * float(np.mean(flat / scale))


def _mean_square(flat: np.ndarray, scale: float) -> float:
    """Average the squares of the values divided by the largest, so that nothing overflows or vanishes."""
    if flat.dtype.kind == "f" and 1e-12 < scale < 1e12:
        return float(np.einsum("i,i->", flat, flat, dtype=np.float64)) / flat.size / scale / scale
    return float(np.mean(np.square(flat.astype(np.float64) / scale)))


def _histogram(flat: np.ndarray, low: float, high: float) -> tuple[int, ...]:
    if low == high:
        return (flat.size, *(0,) * (BINS - 1))
    width = high / BINS - low / BINS
    if math.isinf(high - low):
        return _histogram(flat / 4, low / 4, high / 4)
    if not width:  # the smallest numbers that there are cannot be divided
        return _histogram(flat * 2.0**60, low * 2.0**60, high * 2.0**60)
    if flat.size > SAMPLED_ABOVE:  # counting takes longer than all the rest
        flat = flat[:: -(-flat.size // SAMPLED_ABOVE)]
    places = ((flat.astype(np.float64) - low) / width).astype(np.intp)
    return tuple(int(n) for n in np.bincount(np.clip(places, 0, BINS - 1), minlength=BINS))
