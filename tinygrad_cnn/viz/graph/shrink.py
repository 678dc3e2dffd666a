"""Small pictures made of arrays: averaged down to a few pixels, and put on a scale of 8 bits.

NaN and infinity are never averaged away: a pixel with one of them below it is magenta, which is on
no scale.
"""

import numpy as np

from ...errors import ArgumentError, ShapeError
from .thumbnails import Thumbnail, signed_colours

MAGENTA = (255, 0, 255)
_BAD = " (magenta: NaN or infinite)"


def grey(
    values: np.ndarray, title: str, *, most: int, low: float | None = None, high: float | None = None
) -> Thumbnail:
    """Draw (H, W) numbers in grey, ``low`` black and ``high`` white, at most ``most`` pixels a side.

    Without ``low`` or ``high`` it is the least or largest number that is shown, after averaging: the scale is
    used up. What lies outside is cut to the ends; if both ends are equal, it is drawn in middle grey.

    Raises:
        ShapeError: not (H, W), or empty.
        ArgumentError: ``most`` is below 1, or the scale is upside down.

    >>> grey(np.array([[0.0, 1.0], [2.0, 4.0]]), "x", most=2).array()[:, :, 0].tolist()
    [[0, 64], [128, 255]]
    """
    small, bad = shrink(_checked(values, 2), most)
    pixels = _levels(small, bad, low, high)
    if bad.any():
        return _coloured(np.repeat(pixels[:, :, None], 3, axis=2), bad, title)
    return Thumbnail(len(pixels), pixels.shape[1], 1, pixels.tobytes(), title)


def colour(
    values_chw: np.ndarray, title: str, *, most: int, low: float | None = None, high: float | None = None
) -> Thumbnail:
    """Draw (3, H, W) numbers as red, green and blue on one scale; the rest as in `grey`.

    >>> colour(np.array([1.0, 0.5, 0.0]).reshape(3, 1, 1), "x", most=8, low=0, high=1).array().tolist()
    [[[255, 128, 0]]]
    """
    values = _checked(values_chw, 3)
    if values.shape[0] != 3:
        raise ShapeError(f"a colour picture is (3, height, width), not {values_chw.shape}")
    parts = [shrink(channel, most) for channel in values]
    small = np.stack([means for means, _ in parts], axis=-1)
    bad = np.stack([marks for _, marks in parts], axis=-1)
    pixels, marked = _levels(small, bad, low, high), np.asarray(bad.any(axis=-1))
    if marked.any():
        return _coloured(pixels, marked, title)
    return Thumbnail(len(pixels), pixels.shape[1], 3, pixels.tobytes(), title)


def signed(values: np.ndarray, title: str, *, most: int, largest: float | None = None) -> Thumbnail:
    """Draw (H, W) numbers on a scale around 0: white is 0, blue ``-largest``, orange ``+largest``.

    Without ``largest`` it is the largest absolute number that is shown, after averaging.

    >>> signed(np.array([[-2.0, 0.0, 1.0]]), "dx", most=8).array()[0].tolist()
    [[33, 102, 172], [255, 255, 255], [236, 174, 134]]
    """
    small, bad = shrink(_checked(values, 2), most)
    end = float(np.abs(small[~bad]).max(initial=0.0)) if largest is None else _number(largest, "largest")
    if end < 0:
        raise ArgumentError(f"largest={largest}: the end of a signed scale is not negative")
    share = np.clip(small, -end, end) / end if end else np.sign(small) * (largest is not None)
    pixels = _round(128 + 127 * share)
    if bad.any():
        return _coloured(signed_colours(pixels), bad, title)
    return Thumbnail(len(pixels), pixels.shape[1], 1, pixels.tobytes(), title, signed=True)


def shrink(values: np.ndarray, most: int) -> tuple[np.ndarray, np.ndarray]:
    """Average (H, W) numbers over equal areas, so that no side is longer than ``most``.

    Gives the means (0 where there is none) and where a NaN or infinity lay in the area.

    >>> shrink(np.array([[1.0, 3.0, 5.0, np.inf]]), 2)
    (array([[2., 0.]]), array([[False,  True]]))
    """
    if not isinstance(most, int) or isinstance(most, bool) or most < 1:
        raise ArgumentError(f"most={most!r}: a picture has a whole number of pixels, 1 or more")
    values = np.asarray(values, np.float64)
    bad = ~np.isfinite(values)
    values = np.where(bad, 0.0, values)
    longest = max(values.shape)
    if longest > most:
        down, across = (_areas(n, max(1, round(n * most / longest))) for n in values.shape)
        values = down @ values @ across.T
        bad = (down > 0).astype(np.float64) @ bad @ (across > 0).T > 0
    return np.where(bad, 0.0, values), bad


def _areas(size: int, parts: int) -> np.ndarray:
    """Give the share that each of ``size`` pixels has in each of ``parts`` equal lengths."""
    ends = np.arange(parts + 1) * (size / parts)
    starts = np.arange(size)
    overlap = np.minimum(ends[1:, None], starts + 1) - np.maximum(ends[:-1, None], starts)
    overlap[overlap < 1e-9] = 0
    return overlap / overlap.sum(axis=1, keepdims=True)


def _levels(small: np.ndarray, bad: np.ndarray, low: float | None, high: float | None) -> np.ndarray:
    """Put numbers on the scale 0 to 255."""
    finite = small[~bad] if not bad.all() else np.zeros(1)
    bottom = float(finite.min()) if low is None else _number(low, "low")
    top = float(finite.max()) if high is None else _number(high, "high")
    if low is not None and high is not None and low > high:
        raise ArgumentError(f"low={low} is above high={high}: a scale goes from low to high")
    bottom, top = (min(bottom, top), top) if low is None else (bottom, max(bottom, top))
    if bottom == top:  # that number is in the middle, what differs from it at an end
        return _round(127.5 + 127.5 * np.sign(small - bottom))
    unit = max(abs(bottom), abs(top))  # the difference of two huge numbers would be infinite
    share = (np.clip(small, bottom, top) / unit - bottom / unit) / (top / unit - bottom / unit)
    return _round(255 * share)


def _round(values: np.ndarray) -> np.ndarray:
    """Round to 8 bits; twice, so that halves come out alike wherever the last bits of a mean differ."""
    return np.rint(np.round(values, 6)).astype(np.uint8)


def _coloured(pixels: np.ndarray, bad: np.ndarray, title: str) -> Thumbnail:
    pixels[bad] = MAGENTA
    return Thumbnail(len(pixels), pixels.shape[1], 3, pixels.tobytes(), title + _BAD)


def _checked(values: np.ndarray, dims: int) -> np.ndarray:
    array = np.asarray(values)
    if array.ndim != dims or not array.size:
        wanted = "(height, width)" if dims == 2 else "(3, height, width)"
        raise ShapeError(f"a picture is made of numbers {wanted}, at least one each way, not {array.shape}")
    return array


def _number(value: float, name: str) -> float:
    if not np.isfinite(value):
        raise ArgumentError(f"{name}={value}: a scale ends at a finite number")
    return float(value)
