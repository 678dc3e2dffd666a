"""Rotation, shift, scale and shear, as one matrix that says where each pixel of the result comes from."""

import math
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np

from ...errors import ArgumentError, ShapeError
from .base import as_pair, as_range, drawn, one_picture, required

Interpolation = Literal["nearest", "bilinear"]


class RandomRotation:
    """The picture turned about its middle by a random angle.

    Args:
        degrees: v for -v to v, or (low, high); counter-clockwise.
        interpolation: "nearest" or "bilinear".
        expand: whether the result is large enough for all of the turned picture; otherwise it keeps its size.
        center: (x, y) in pixels from the upper left corner to turn about; None for the middle.
        fill: the value of what was outside of the picture, or one a channel.

    Raises:
        ArgumentError: a range that is none, an unknown interpolation, or a centre together with `expand`.
        ShapeError: not one picture, or `fill` for another number of channels.

    >>> RandomRotation((90, 90))(np.arange(4.0).reshape(1, 2, 2), np.random.default_rng(0))
    array([[[1., 3.],
            [0., 2.]]])
    """

    def __init__(
        self,
        degrees: float | Sequence[float],
        interpolation: Interpolation = "nearest",
        expand: bool = False,
        center: tuple[float, float] | None = None,
        fill: float | Sequence[float] = 0,
    ):
        self.degrees = as_range(degrees, "RandomRotation", "degrees")
        self.interpolation = _interpolation(interpolation, "RandomRotation")
        self.center = _center(center, "RandomRotation")
        self.expand = bool(expand)
        self.fill = _fill(fill, "RandomRotation")
        if self.expand and center is not None:
            raise ArgumentError("RandomRotation: expand=True turns about the middle; leave out center")

    def __call__(self, x: np.ndarray, rng: np.random.Generator | None = None) -> np.ndarray:
        generator = required(rng, "RandomRotation")
        _, height, width = one_picture(x, "RandomRotation")
        turn = linear_part(-drawn(self.degrees, generator))
        center = self.center or (width / 2, height / 2)
        size = _expanded(turn, height, width) if self.expand else (height, width)
        shift = ((size[1] - width) / 2, (size[0] - height) / 2)
        return warped(x, around(turn, center, shift), size, self.interpolation, self.fill, "RandomRotation")

    def __repr__(self) -> str:
        return (
            f"RandomRotation({self.degrees}, {self.interpolation!r}, expand={self.expand}, fill={self.fill})"
        )


class RandomAffine:
    """The picture turned, shifted, scaled and sheared at random, about its middle.

    Args:
        degrees: v for -v to v, or (low, high); clockwise; 0 for no turning.
        translate: the largest shifts (across, down) as shares of width and height; drawn in whole pixels.
        scale: (low, high) of the factor.
        shear: degrees: v for -v to v across; (low, high) across; or (low, high, low, high) across and down.
        interpolation: "nearest" or "bilinear".
        fill: the value of what was outside of the picture, or one a channel.
        center: (x, y) in pixels from the upper left corner; None for the middle.

    Raises:
        ArgumentError: a range that is none, a share outside of 0 to 1, or an unknown interpolation.
        ShapeError: not one picture, or `fill` for another number of channels.

    >>> twice = RandomAffine(0, scale=(2, 2))
    >>> twice(np.arange(16.0).reshape(1, 4, 4), np.random.default_rng(0))[0, 1].tolist()
    [5.0, 5.0, 6.0, 6.0]
    """

    def __init__(
        self,
        degrees: float | Sequence[float],
        translate: tuple[float, float] | None = None,
        scale: tuple[float, float] | None = None,
        shear: float | Sequence[float] | None = None,
        interpolation: Interpolation = "nearest",
        fill: float | Sequence[float] = 0,
        center: tuple[float, float] | None = None,
    ):
        name = "RandomAffine"
        self.degrees = as_range(degrees, name, "degrees")
        self.translate = _shares(translate, name)
        self.scale = (1.0, 1.0) if scale is None else as_pair(scale, name, "scale")
        self.shear = _shears(shear, name)
        self.interpolation = _interpolation(interpolation, name)
        self.fill = _fill(fill, name)
        self.center = _center(center, name)

    def __call__(self, x: np.ndarray, rng: np.random.Generator | None = None) -> np.ndarray:
        generator = required(rng, "RandomAffine")
        _, height, width = one_picture(x, "RandomAffine")
        angle = drawn(self.degrees, generator)
        most = (self.translate[0] * width, self.translate[1] * height)
        shift = (round(drawn((-most[0], most[0]), generator)), round(drawn((-most[1], most[1]), generator)))
        factor = drawn(self.scale, generator)
        shears = (drawn(self.shear[:2], generator), drawn(self.shear[2:], generator))
        move = linear_part(angle, factor, shears)
        center = self.center or (width / 2, height / 2)
        there = around(move, center, shift)
        return warped(x, there, (height, width), self.interpolation, self.fill, "RandomAffine")

    def __repr__(self) -> str:
        return (
            f"RandomAffine({self.degrees}, translate={self.translate}, scale={self.scale}, "
            f"shear={self.shear}, interpolation={self.interpolation!r}, fill={self.fill})"
        )


def linear_part(angle: float, scale: float = 1.0, shear: tuple[float, float] = (0.0, 0.0)) -> np.ndarray:
    """The 2 x 2 matrix on (x, y) that shears across, then down, turns clockwise, and scales."""
    turn, across, down = (math.radians(v) for v in (angle, *shear))
    cos, sin = (math.cos(turn), math.sin(turn)) if angle % 90 else _quarter(angle)
    rotation = np.array([[cos, -sin], [sin, cos]])
    shear_down = np.array([[1.0, 0.0], [-math.tan(down), 1.0]])
    shear_across = np.array([[1.0, -math.tan(across)], [0.0, 1.0]])
    return scale * (rotation @ shear_down @ shear_across)


def around(move: np.ndarray, center: tuple[float, float], shift: tuple[float, float]) -> np.ndarray:
    """The 2 x 3 matrix that leads from a place in the result back to its place in the picture.

    A point p of the picture goes to move (p - center) + center + shift.
    """
    back = np.linalg.inv(move)
    middle = np.array(center)
    return np.column_stack([back, middle - back @ (middle + np.array(shift))])


def warped(
    x: np.ndarray,
    back: np.ndarray,
    size: tuple[int, int],
    interpolation: str,
    fill: tuple[float, ...],
    name: str,
) -> np.ndarray:
    """Each pixel of the result (C, *size) read where `back` leads from its middle; outside is `fill`."""
    from PIL import Image

    if len(fill) not in (1, x.shape[0]):
        raise ShapeError(f"{name} has {len(fill)} values to fill with, for channels; got shape {x.shape}")
    if 0 in x.shape or 0 in size:
        raise ShapeError(f"{name} expects a picture with pixels; got shape {x.shape}")
    method = Image.Resampling.NEAREST if interpolation == "nearest" else Image.Resampling.BILINEAR
    planes = []
    for plane, outside in zip(x, np.broadcast_to(np.array(fill), x.shape[:1]), strict=True):
        picture = Image.fromarray(np.ascontiguousarray(plane, dtype=np.float32))
        moved = picture.transform(
            size[::-1], Image.Transform.AFFINE, back.ravel().tolist(), method, fillcolor=float(outside)
        )
        planes.append(np.asarray(moved))
    return np.stack(planes).astype(x.dtype, copy=False)


def _quarter(angle: float) -> tuple[float, float]:
    """Cosine and sine of whole quarters of a turn, without rounding, so that pixels meet pixels."""
    return ((1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0))[int(angle // 90) % 4]


def _expanded(turn: np.ndarray, height: int, width: int) -> tuple[int, int]:
    """(rows, columns) that hold all of the turned picture, as Pillow counts them."""
    if np.isin(turn, (-1, 0, 1)).all():
        return (height, width) if turn[0, 0] else (width, height)
    middle = np.array([[width], [height]]) / 2
    corners = middle + turn @ (np.array([[0, width, 0, width], [0, 0, height, height]]) - middle)
    columns, rows = np.ceil(corners.max(axis=1)) - np.floor(corners.min(axis=1))
    return int(rows), int(columns)


def _interpolation(value: Any, name: str) -> str:
    if value not in ("nearest", "bilinear"):
        raise ArgumentError(f"{name} expects interpolation 'nearest' or 'bilinear'; got {value!r}")
    return str(value)


def _center(value: Any, name: str) -> tuple[float, float] | None:
    if value is None:
        return None
    if np.size(value) != 2 or not np.isfinite(np.asarray(value, np.float64)).all():
        raise ArgumentError(f"{name} expects center as (x, y) in pixels, or None; got {value!r}")
    x, y = value
    return float(x), float(y)


def _fill(value: Any, name: str) -> tuple[float, ...]:
    numbers = np.atleast_1d(np.asarray(value, np.float64))
    if numbers.ndim != 1 or numbers.size == 0 or not np.isfinite(numbers).all():
        raise ArgumentError(f"{name} expects fill as a finite number, or one a channel; got {value!r}")
    return tuple(numbers.tolist())


def _shares(value: Any, name: str) -> tuple[float, float]:
    if value is None:
        return 0.0, 0.0
    shares = np.asarray(value, np.float64)
    if shares.shape != (2,) or not ((shares >= 0) & (shares <= 1)).all():
        raise ArgumentError(
            f"{name} expects translate as two shares (across, down) from 0 to 1; got {value!r}"
        )
    return float(shares[0]), float(shares[1])


def _shears(value: Any, name: str) -> tuple[float, float, float, float]:
    if value is None:
        return 0.0, 0.0, 0.0, 0.0
    halves = [value[:2], value[2:]] if np.size(value) == 4 else [value, 0]
    ranges = [as_range(half, name, "shear", least=-89, most=89) for half in halves]
    return (*ranges[0], *ranges[1])
