"""Where in the picture, and how large: resizing, crops and flips."""

from dataclasses import dataclass

import numpy as np

from ...errors import ArgumentError, DataError, ShapeError
from ..pictures import MAX_PIXELS, as_size, resize_plane
from .base import as_pair, drawn, one_picture, picture_size, probability, required

_TRIES = 10


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
        height, width = picture_size(x, "Resize")
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
        height, width = picture_size(x, "CenterCrop")
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
        generator = required(rng, "RandomCrop")
        want_height, want_width = as_size(self.size)
        x = _pad(x, *_sides(self.padding))
        height, width = picture_size(x, "RandomCrop")
        if height < want_height or width < want_width:
            raise ShapeError(
                f"RandomCrop expects, after padding, at least {want_height} x {want_width} (H x W) pixels; "
                f"got {height} x {width}: resize first, or pad more"
            )
        top = int(generator.integers(height - want_height + 1))
        left = int(generator.integers(width - want_width + 1))
        return x[..., top : top + want_height, left : left + want_width]


@dataclass(frozen=True)
class RandomResizedCrop:
    """A piece of random size and proportions, resized to (H, W): the usual augmentation of photographs.

    Ten times, an area and a ratio of width to height are drawn, the ratio evenly on a logarithmic scale; the
    first piece that fits into the picture is taken, otherwise the largest one in the middle within `ratio`.

    Args:
        size: (H, W) of the result, or one number for a square.
        scale: the least and the largest share of the picture's area.
        ratio: the least and the largest ratio of width to height, before the resizing.

    Raises:
        ArgumentError: shares outside of 0 to 1, ratios not above 0, or in the wrong order.
        ShapeError: not one picture, or an empty one.

    >>> RandomResizedCrop(4)(np.ones((3, 9, 7), np.float32), np.random.default_rng(0)).shape
    (3, 4, 4)
    """

    size: int | tuple[int, int]
    scale: tuple[float, float] = (0.08, 1.0)
    ratio: tuple[float, float] = (3 / 4, 4 / 3)

    def __post_init__(self) -> None:
        as_size(self.size)
        as_pair(self.scale, "RandomResizedCrop", "scale", most=1)
        as_pair(self.ratio, "RandomResizedCrop", "ratio")

    def __call__(self, x: np.ndarray, rng: np.random.Generator | None = None) -> np.ndarray:
        generator = required(rng, "RandomResizedCrop")
        _, height, width = one_picture(x, "RandomResizedCrop")
        if height == 0 or width == 0:
            raise ShapeError(f"RandomResizedCrop expects a picture with pixels; got shape {x.shape}")
        top, left, rows, columns = self._piece(height, width, generator)
        piece = x[:, top : top + rows, left : left + columns]
        target = as_size(self.size)
        if target == (rows, columns):
            return piece
        planes = [resize_plane(plane, *target) for plane in piece]
        return np.stack(planes).astype(x.dtype, copy=False) if planes else np.empty((0, *target), x.dtype)

    def _piece(self, height: int, width: int, rng: np.random.Generator) -> tuple[int, int, int, int]:
        for _ in range(_TRIES):
            rows, columns = random_sides(height * width, self.scale, self.ratio, rng)
            if 0 < rows <= height and 0 < columns <= width:
                top = int(rng.integers(height - rows + 1))
                return top, int(rng.integers(width - columns + 1)), rows, columns
        low, high = self.ratio
        columns = min(width, max(1, round(height * high)))
        rows = min(height, max(1, round(width / low)))
        return (height - rows) // 2, (width - columns) // 2, rows, columns


@dataclass(frozen=True)
class RandomHorizontalFlip:
    """Left and right exchanged with probability p.

    >>> RandomHorizontalFlip(p=1.0)(np.array([[[1.0, 2.0]]]), np.random.default_rng(0))
    array([[[2., 1.]]])
    """

    p: float = 0.5

    def __post_init__(self) -> None:
        probability(self.p, "RandomHorizontalFlip")

    def __call__(self, x: np.ndarray, rng: np.random.Generator | None = None) -> np.ndarray:
        return x[..., ::-1] if required(rng, "RandomHorizontalFlip").random() < self.p else x


@dataclass(frozen=True)
class RandomVerticalFlip:
    """Top and bottom exchanged with probability p.

    >>> RandomVerticalFlip(p=1.0)(np.array([[[1.0], [2.0]]]), np.random.default_rng(0)).tolist()
    [[[2.0], [1.0]]]
    """

    p: float = 0.5

    def __post_init__(self) -> None:
        probability(self.p, "RandomVerticalFlip")

    def __call__(self, x: np.ndarray, rng: np.random.Generator | None = None) -> np.ndarray:
        generator = required(rng, "RandomVerticalFlip")
        picture_size(x, "RandomVerticalFlip")
        return x[..., ::-1, :] if generator.random() < self.p else x


def random_sides(
    pixels: int, scale: tuple[float, float], ratio: tuple[float, float], rng: np.random.Generator
) -> tuple[int, int]:
    """(rows, columns) of a piece with a random share of the pixels and a random ratio of width to height."""
    area = pixels * drawn(scale, rng)
    widening = np.exp(drawn((np.log(ratio[0]), np.log(ratio[1])), rng))
    return round(float(np.sqrt(area / widening))), round(float(np.sqrt(area * widening)))


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
