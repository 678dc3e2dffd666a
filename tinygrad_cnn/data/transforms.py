"""Changes to one picture on its way into a batch: float32 (C, H, W) in, float32 (C, H, W) out.

A transform is anything that can be called as `transform(x, rng)`. All randomness comes out of `rng`, a numpy
Generator that the loader opens for each (seed, epoch, index), so a picture is augmented in the same way
whatever thread does it and whether or not the run was interrupted. A transform with `batchable = True` draws
nothing, and takes (N, C, H, W) too.
"""

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..errors import ArgumentError, DataError, ShapeError
from .pictures import MAX_PIXELS, as_size, resize_plane

Transform = Callable[[np.ndarray, np.random.Generator | None], np.ndarray]


def transformed(transform: Transform | None, x: Any, rng: np.random.Generator | None) -> Any:
    """transform(x, rng), or x itself where there is no transform.

    Raises:
        ArgumentError: the transform cannot be called with two arguments.
    """
    if transform is None:
        return x
    try:
        return transform(x, rng)
    except TypeError as error:
        if _takes_two(transform):
            raise
        raise ArgumentError(
            "a transform is called as transform(x, rng), with a picture and a random generator; "
            f"{transform!r} cannot be called so: write it as lambda x, rng: ..."
        ) from error


class Compose:
    """Several transforms, one after the other, with the same random stream.

    >>> flip_and_scale = Compose([RandomHorizontalFlip(), Normalize(0.5, 0.25)])
    >>> flip_and_scale(np.ones((1, 2, 2), np.float32), np.random.default_rng(0)).max()
    np.float32(2.0)
    """

    def __init__(self, transforms: Sequence[Transform]):
        self.transforms = list(transforms)

    @property
    def batchable(self) -> bool:
        """Whether a whole batch may be passed: if every one of the transforms takes it."""
        return all(getattr(transform, "batchable", False) for transform in self.transforms)

    def __call__(self, x: np.ndarray, rng: np.random.Generator | None = None) -> np.ndarray:
        for transform in self.transforms:
            x = transformed(transform, x, rng)
        return x

    def __repr__(self) -> str:
        return f"Compose({self.transforms!r})"


@dataclass(frozen=True)
class Resize:
    """Antialiased bilinear resizing to (H, W); one number sets the shorter side and keeps the proportions.

    Args:
        size: (H, W), or the length of the shorter side, in pixels.

    Raises:
        DataError: keeping the proportions of a very long or empty picture is impossible.

    >>> Resize(4)(np.zeros((3, 8, 16), np.float32)).shape
    (3, 4, 8)
    """

    size: int | tuple[int, int]

    def __post_init__(self) -> None:
        as_size(self.size)

    def __call__(self, x: np.ndarray, rng: np.random.Generator | None = None) -> np.ndarray:
        height, width = _picture_size(x, "Resize")
        if isinstance(self.size, int | np.integer):
            target = self._in_proportion(height, width)
        else:
            target = as_size(self.size)
        if target == (height, width):
            return x
        return np.stack([resize_plane(plane, *target) for plane in x]).astype(x.dtype, copy=False)

    def _in_proportion(self, height: int, width: int) -> tuple[int, int]:
        short, (side, _) = min(height, width), as_size(self.size)
        target = (int(side * height / short), int(side * width / short)) if short else (0, 0)
        if not 0 < target[0] * target[1] <= MAX_PIXELS:
            raise DataError(
                f"Resize({side}) keeps the proportions and would make {target[0]} x {target[1]} (H x W) "
                f"pixels of {height} x {width}; the limit is {MAX_PIXELS:,}: "
                f"remove the picture, or give both sides as in Resize(({side}, {side}))"
            )
        return target


@dataclass(frozen=True)
class CenterCrop:
    """The middle (H, W) of the picture; a smaller picture is first padded with 0 on both sides.

    >>> CenterCrop(2)(np.arange(16.0).reshape(1, 4, 4))
    array([[[ 5.,  6.],
            [ 9., 10.]]])
    """

    size: int | tuple[int, int]
    batchable = True

    def __post_init__(self) -> None:
        as_size(self.size)

    def __call__(self, x: np.ndarray, rng: np.random.Generator | None = None) -> np.ndarray:
        want_height, want_width = as_size(self.size)
        height, width = _picture_size(x, "CenterCrop")
        missing_rows, missing_columns = max(want_height - height, 0), max(want_width - width, 0)
        if missing_rows or missing_columns:
            top, left = missing_rows // 2, missing_columns // 2
            x = _pad(x, left, top, missing_columns - left, missing_rows - top)
            height, width = x.shape[-2:]
        top, left = round((height - want_height) / 2), round((width - want_width) / 2)
        return x[..., top : top + want_height, left : left + want_width]


@dataclass(frozen=True)
class RandomCrop:
    """A piece (H, W) from a random place of the picture, which is first padded with zeros.

    Args:
        size: (H, W) of the piece, or one number for a square.
        padding: pixels added at every side; (left and right, top and bottom); or (left, top, right, bottom).

    Raises:
        ShapeError: the padded picture is smaller than the piece.

    >>> RandomCrop(4, padding=1)(np.ones((3, 4, 4), np.float32), np.random.default_rng(0)).shape
    (3, 4, 4)
    """

    size: int | tuple[int, int]
    padding: int | tuple[int, ...] = 0

    def __post_init__(self) -> None:
        as_size(self.size)
        _sides(self.padding)

    def __call__(self, x: np.ndarray, rng: np.random.Generator | None = None) -> np.ndarray:
        generator = _required(rng, "RandomCrop")
        want_height, want_width = as_size(self.size)
        x = _pad(x, *_sides(self.padding))
        height, width = _picture_size(x, "RandomCrop")
        if height < want_height or width < want_width:
            raise ShapeError(
                f"RandomCrop expects, after padding, at least {want_height} x {want_width} (H x W) pixels; "
                f"got {height} x {width}: resize first, or pad more"
            )
        top = int(generator.integers(height - want_height + 1))
        left = int(generator.integers(width - want_width + 1))
        return x[..., top : top + want_height, left : left + want_width]


@dataclass(frozen=True)
class RandomHorizontalFlip:
    """Left and right exchanged with probability p.

    >>> RandomHorizontalFlip(p=1.0)(np.array([[[1.0, 2.0]]]), np.random.default_rng(0))
    array([[[2., 1.]]])
    """

    p: float = 0.5

    def __post_init__(self) -> None:
        if not 0 <= self.p <= 1:
            raise ArgumentError(f"RandomHorizontalFlip expects a probability p from 0 to 1; got {self.p}")

    def __call__(self, x: np.ndarray, rng: np.random.Generator | None = None) -> np.ndarray:
        return x[..., ::-1] if _required(rng, "RandomHorizontalFlip").random() < self.p else x


class Normalize:
    """(x - mean) / std, channel by channel.

    Args:
        mean, std: one number a channel, or one for all; in the units of x (0 to 1 for pictures).

    Raises:
        ArgumentError: a std that is not above 0, or mean and std of different lengths.
        ShapeError: a picture with another number of channels.

    >>> Normalize([0.5], [0.25])(np.ones((1, 1, 1), np.float32))
    array([[[2.]]], dtype=float32)
    """

    batchable = True

    def __init__(self, mean: float | Sequence[float], std: float | Sequence[float]):
        self.mean = np.atleast_1d(np.asarray(mean, dtype=np.float64))
        self.std = np.atleast_1d(np.asarray(std, dtype=np.float64))
        if self.mean.shape != self.std.shape or self.mean.ndim != 1:
            raise ArgumentError(
                "Normalize expects one mean and one std a channel; "
                f"got {self.mean.size} means and {self.std.size} stds"
            )
        if not (np.isfinite(self.mean).all() and np.isfinite(self.std).all() and (self.std > 0).all()):
            raise ArgumentError(
                "Normalize expects finite numbers and every std above 0; "
                f"got mean {self.mean.tolist()}, std {self.std.tolist()}"
            )

    def __call__(self, x: np.ndarray, rng: np.random.Generator | None = None) -> np.ndarray:
        channels = x.shape[-3] if x.ndim >= 3 else 0
        if channels == 0 or self.mean.size not in (1, channels):
            raise ShapeError(
                f"Normalize has {self.mean.size} means and expects as many channels in (C, H, W); "
                f"got shape {x.shape}"
            )
        column = (-1, 1, 1)
        return (x - self.mean.astype(x.dtype).reshape(column)) / self.std.astype(x.dtype).reshape(column)

    def __repr__(self) -> str:
        return f"Normalize({self.mean.tolist()}, {self.std.tolist()})"


def _takes_two(transform: Any) -> bool:
    """Whether a call with two arguments can begin; what cannot say so counts as able."""
    if not callable(transform):
        return False
    try:
        inspect.signature(transform).bind(None, None)
    except TypeError:
        return False
    except ValueError:
        return True
    return True


def _required(rng: np.random.Generator | None, name: str) -> np.random.Generator:
    if rng is None:
        raise ArgumentError(
            f"{name} is random: call it with a generator, as transform(x, np.random.default_rng(0))"
        )
    return rng


def _picture_size(x: np.ndarray, name: str) -> tuple[int, int]:
    if x.ndim < 3:
        raise ShapeError(f"{name} expects a picture (C, H, W); got shape {x.shape}")
    return x.shape[-2], x.shape[-1]


def _sides(padding: int | tuple[int, ...]) -> tuple[int, int, int, int]:
    """(left, top, right, bottom) from one, two or four numbers."""
    numbers = (padding,) if isinstance(padding, int | np.integer) else tuple(padding)
    if len(numbers) not in (1, 2, 4) or not all(isinstance(n, int | np.integer) and n >= 0 for n in numbers):
        raise ArgumentError(f"padding must be one, two or four whole numbers from 0 up; got {padding!r}")
    left, top, right, bottom = (numbers * 4)[:4] if len(numbers) < 4 else numbers
    return left, top, right, bottom


def _pad(x: np.ndarray, left: int, top: int, right: int, bottom: int) -> np.ndarray:
    if not (left or top or right or bottom):
        return x
    height, width = x.shape[-2:]
    padded = np.zeros((*x.shape[:-2], top + height + bottom, left + width + right), dtype=x.dtype)
    padded[..., top : top + height, left : left + width] = x
    return padded
