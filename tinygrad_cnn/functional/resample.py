"""Resizing lines, pictures and volumes, one dimension after the other: sums of weighted places."""

import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from .. import ops
from ..core import Tensor
from ..errors import ArgumentError, ShapeError
from .arguments import as_tensor, floating, integer, number

__all__ = ["interpolate"]

SMOOTH = {"linear": 3, "bilinear": 4, "bicubic": 4, "trilinear": 5}
"""Modes that mix neighbours, and the number of dimensions that each is for."""
Taps = tuple[np.ndarray, np.ndarray, np.ndarray]


class Axis(NamedTuple):
    """One dimension: its size before and after, and how far apart two results are in x."""

    before: int
    after: int
    step: Any  # a number of x's dtype, in which places are worked out
    align: bool


def interpolate(
    input: Any,
    size: int | Sequence[int] | None = None,
    scale_factor: float | Sequence[float] | None = None,
    mode: str = "nearest",
    align_corners: bool | None = None,
    recompute_scale_factor: bool | None = None,
    antialias: bool = False,
) -> Tensor:
    r"""Resize lines (N, C, L), pictures (N, C, H, W) or volumes (N, C, D, H, W) to ``size``, or by
    ``scale_factor``, rounded down.

    Result i of m lies at the place :math:`(i + \frac12) \frac{n}{m} - \frac12` of the n values, with
    ``align_corners`` at :math:`i \frac{n - 1}{m - 1}`, so that the first and last ones coincide; a given
    scale factor s stands for m/n unless ``recompute_scale_factor`` is true.

    ========================  ==========================================================================
    mode                      each result is
    ========================  ==========================================================================
    ``"nearest"``             the value at :math:`\lfloor i\,n/m \rfloor`
    ``"nearest-exact"``       the value at :math:`\lfloor (i + \frac12) n/m \rfloor`
    ``"linear"`` (lines)      the mean of both neighbours, weighted by how near they are; the same for
                              pictures is ``"bilinear"``, for volumes ``"trilinear"``
    ``"bicubic"`` (pictures)  a cubic spline (a = -3/4) through four neighbours
    ``"area"``                the mean of the values that it covers
    ========================  ==========================================================================

    Raises:
        ShapeError: the mode is for another number of dimensions, a size before or after is 0, or there are
            more or fewer sizes than dimensions.
        ArgumentError: an unknown mode, both or none of ``size`` and ``scale_factor``, ``align_corners`` for a
            mode that does not mix neighbours, ``antialias=True``, which is not supported.

    >>> import tinygrad_cnn as tg
    >>> x = tg.tensor([[[0.0, 4.0]]])
    >>> tg.interpolate(x, scale_factor=2)
    tensor([[[0., 0., 4., 4.]]])
    >>> tg.interpolate(x, size=4, mode="linear")
    tensor([[[0., 1., 3., 4.]]])
    >>> tg.interpolate(x, size=5, mode="linear", align_corners=True)
    tensor([[[0., 1., 2., 3., 4.]]])
    """
    x = floating("interpolate", as_tensor(input, "interpolate"))
    _check_mode(mode, align_corners, antialias)
    if not (x.ndim == SMOOTH[mode] if mode in SMOOTH else 3 <= x.ndim <= 5):
        wanted = f"{SMOOTH[mode]} dimensions" if mode in SMOOTH else "3 to 5 dimensions"
        raise ShapeError(
            f"interpolate: mode {mode!r} expects x with {wanted}, N and C first / got x {x.shape}"
        )
    sizes, scales = _sizes(x, size, scale_factor)
    if recompute_scale_factor:
        if scale_factor is None:
            raise ArgumentError("interpolate: recompute_scale_factor=True needs a scale_factor, got a size")
        scales = [None] * len(sizes)
    if 0 in x.shape[1:] or min(sizes) < 1:
        raise ShapeError(f"interpolate: sizes must be above 0, got x {x.shape} and the new size {sizes}")
    axes = {
        d: Axis(x.shape[d], m, _step(x, d, m, s, bool(align_corners)), bool(align_corners))
        for d, (m, s) in enumerate(zip(sizes, scales, strict=True), start=2)
    }
    for d in sorted(
        axes, key=lambda d: (axes[d].after / axes[d].before, -d)
    ):  # small arrays as long as possible
        if (taps := MODES[mode](axes[d])) is not None:
            to, source, weight = taps
            x = ops.resample(x, dim=d, size=axes[d].after, to=to, source=source, weight=weight)
    return x


def _check_mode(mode: str, align_corners: bool | None, antialias: bool) -> None:
    if not isinstance(mode, str) or mode not in MODES:
        raise ArgumentError(f"interpolate: mode must be one of {', '.join(map(repr, MODES))}, got {mode!r}")
    if antialias:
        raise ArgumentError(
            "interpolate: antialias=True is not supported; shrink with mode='area', or smooth before"
        )
    if align_corners is not None and mode not in SMOOTH:
        raise ArgumentError(f"interpolate: align_corners is for {', '.join(SMOOTH)}, not for mode {mode!r}")


def _sizes(x: Tensor, size: Any, scale_factor: Any) -> tuple[list[int], list[float | None]]:
    """Give the new sizes, and the scale factors that were given."""
    count = x.ndim - 2
    if (size is None) == (scale_factor is None):
        raise ArgumentError("interpolate: give either size or scale_factor")
    given, name = (size, "size") if scale_factor is None else (scale_factor, "scale_factor")
    several = list(given) if isinstance(given, tuple | list) else [given] * count
    if len(several) != count:
        raise ShapeError(f"interpolate: {name} must have {count} numbers for x {x.shape}, got {given!r}")
    if scale_factor is None:
        return [integer("interpolate", "size", n, 0) for n in several], [None] * count
    factors = [float(s) if isinstance(s, bool) else number("interpolate", "scale_factor", s) for s in several]
    if not all(math.isfinite(s) for s in factors):
        raise ArgumentError(f"interpolate: scale_factor must be finite, got {scale_factor!r}")
    return [int(n * s) for n, s in zip(x.shape[2:], factors, strict=True)], list(factors)


def _step(x: Tensor, dim: int, after: int, scale: float | None, align: bool) -> Any:
    """The distance of two results in x, rounded as PyTorch rounds it."""
    number, before = x.dtype.type, x.shape[dim]
    if align:
        return number(before - 1) / number(after - 1) if after > 1 else number(0)
    return number(1 / scale) if scale else number(before) / number(max(after, 1))


def _nearest(axis: Axis) -> Taps | None:
    return _picked(axis, axis.step * np.arange(axis.after, dtype=axis.step.dtype))


def _nearest_exact(axis: Axis) -> Taps | None:
    return _picked(
        axis, axis.step * (np.arange(axis.after, dtype=axis.step.dtype) + axis.step.dtype.type(0.5))
    )


def _picked(axis: Axis, places: np.ndarray) -> Taps | None:
    source = _whole(places, axis.before)
    if axis.before == axis.after and (source == np.arange(axis.after)).all():
        return None
    return np.arange(axis.after), source, np.ones(axis.after)


def _whole(places: np.ndarray, size: int) -> np.ndarray:
    """Round down, in float32 as PyTorch does, and not beyond the last place."""
    return np.minimum(np.floor(places.astype(np.float32)).astype(np.int64), size - 1)


def _places(axis: Axis) -> np.ndarray:
    at = np.arange(axis.after, dtype=axis.step.dtype)
    half = axis.step.dtype.type(0.5)
    return axis.step * at if axis.align else axis.step * (at + half) - half


def _linear(axis: Axis) -> Taps | None:
    if axis.before == axis.after:
        return None
    at = np.maximum(_places(axis), 0)
    left = _whole(at, axis.before)
    share = np.clip(at - left, 0, 1)
    right = np.minimum(left + 1, axis.before - 1)
    return np.tile(np.arange(axis.after), 2), np.append(left, right), np.append(1 - share, share)


def _cubic(axis: Axis) -> Taps:
    at = _places(axis)
    left = _whole(at, axis.before)
    t = np.clip(at - left, 0, 1)
    a = -0.75
    near = [((a + 2) * d - (a + 3)) * d * d + 1 for d in (t, 1 - t)]
    far = [((a * d - 5 * a) * d + 8 * a) * d - 4 * a for d in (t + 1, 2 - t)]
    source = np.clip([left - 1, left, left + 1, left + 2], 0, axis.before - 1)
    weight = np.concatenate([far[0], near[0], near[1], far[1]])
    return np.tile(np.arange(axis.after), 4), source.reshape(-1), weight


def _area(axis: Axis) -> Taps | None:
    if axis.before == axis.after:
        return None
    i = np.arange(axis.after)
    begin = i * axis.before // max(axis.after, 1)
    lengths = -(-(i + 1) * axis.before // max(axis.after, 1)) - begin
    to = np.repeat(i, lengths)
    inside = np.arange(len(to)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    return to, begin[to] + inside, 1 / lengths[to]


MODES: dict[str, Callable[[Axis], Taps | None]] = {
    "nearest": _nearest,
    "nearest-exact": _nearest_exact,
    "linear": _linear,
    "bilinear": _linear,
    "trilinear": _linear,
    "bicubic": _cubic,
    "area": _area,
}
