"""A part of the picture taken away, so that the network must look at the rest, too."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from ...errors import ArgumentError, ShapeError
from .base import as_pair, one_picture, probability, required
from .crop import random_sides

_TRIES = 10


class RandomErasing:
    """A rectangle of random size, proportions and place replaced, with probability p.

    Ten times, an area and a ratio are drawn; the first rectangle smaller than the picture is taken, and
    if there is none, the picture stays as it is.

    Args:
        p: the probability.
        scale: the least and the largest share of the picture's area.
        ratio: the least and the largest ratio of height to width.
        value: what is put there: a number, one a channel, or "random" for normally distributed ones.

    Raises:
        ArgumentError: a setting out of range.
        ShapeError: not one picture, or values for another number of channels.

    Source: Z. Zhong et al., "Random erasing data augmentation" (2017).

    >>> quarter = RandomErasing(p=1.0, scale=(0.25, 0.25), ratio=(1, 1), value=0.5)
    >>> int((quarter(np.zeros((1, 8, 8), np.float32), np.random.default_rng(0)) == 0.5).sum())
    16
    """

    def __init__(
        self,
        p: float = 0.5,
        scale: tuple[float, float] = (0.02, 0.33),
        ratio: tuple[float, float] = (0.3, 3.3),
        value: float | Sequence[float] | str = 0,
    ):
        self.p = probability(p, "RandomErasing")
        self.scale = as_pair(scale, "RandomErasing", "scale", most=1)
        self.ratio = as_pair(ratio, "RandomErasing", "ratio")
        self.value = (
            value if value == "random" and isinstance(value, str) else _values(value, "RandomErasing")
        )

    def __call__(self, x: np.ndarray, rng: np.random.Generator | None = None) -> np.ndarray:
        generator = required(rng, "RandomErasing")
        _, height, width = one_picture(x, "RandomErasing")
        if not generator.random() < self.p:
            return x
        for _ in range(_TRIES):
            columns, rows = random_sides(height * width, self.scale, self.ratio, generator)
            if rows < height and columns < width:
                top = int(generator.integers(height - rows + 1))
                left = int(generator.integers(width - columns + 1))
                return self._erased(x, top, left, rows, columns, generator)
        return x

    def _erased(
        self, x: np.ndarray, top: int, left: int, rows: int, columns: int, rng: np.random.Generator
    ) -> np.ndarray:
        if isinstance(self.value, str):
            new = rng.standard_normal((x.shape[0], rows, columns), np.float32)
        else:
            new = _column(self.value, x, "RandomErasing")
        return _replaced(x, [(top, left, rows, columns)], new)

    def __repr__(self) -> str:
        return f"RandomErasing({self.p}, scale={self.scale}, ratio={self.ratio}, value={self.value})"


class Cutout:
    """Squares with their middles at random places replaced; what of them lies outside of the picture is lost.

    Args:
        size: the side of a square in pixels.
        holes: the number of squares.
        value: what is put there, or one a channel.

    Raises:
        ArgumentError: a size or number below 1, or a value that is none.
        ShapeError: not one picture, an empty one, or values for another number of channels.

    Source: T. DeVries and G. Taylor, "Improved regularization of convolutional neural networks with cutout"
    (2017).

    >>> Cutout(2)(np.ones((1, 3, 4), np.float32), np.random.default_rng(0))[0].tolist()
    [[1.0, 1.0, 1.0, 1.0], [1.0, 0.0, 0.0, 1.0], [1.0, 0.0, 0.0, 1.0]]
    """

    def __init__(self, size: int, holes: int = 1, value: float | Sequence[float] = 0):
        for what, number in (("size", size), ("holes", holes)):
            if isinstance(number, bool) or not isinstance(number, int | np.integer) or number < 1:
                raise ArgumentError(f"Cutout expects {what} as a whole number above 0; got {number!r}")
        self.size, self.holes = int(size), int(holes)
        self.value = _values(value, "Cutout")

    def __call__(self, x: np.ndarray, rng: np.random.Generator | None = None) -> np.ndarray:
        generator = required(rng, "Cutout")
        _, height, width = one_picture(x, "Cutout")
        if height == 0 or width == 0:
            raise ShapeError(f"Cutout expects a picture with pixels; got shape {x.shape}")
        boxes = []
        for _ in range(self.holes):
            top = int(generator.integers(height)) - self.size // 2
            left = int(generator.integers(width)) - self.size // 2
            rows, columns = top + self.size - max(top, 0), left + self.size - max(left, 0)
            boxes.append((max(top, 0), max(left, 0), rows, columns))
        return _replaced(x, boxes, _column(self.value, x, "Cutout"))

    def __repr__(self) -> str:
        return f"Cutout({self.size}, holes={self.holes}, value={self.value})"


def _values(value: Any, name: str) -> tuple[float, ...]:
    numbers = np.atleast_1d(np.asarray(value))
    if (
        numbers.dtype.kind not in "iuf"
        or numbers.ndim != 1
        or not numbers.size
        or not np.isfinite(numbers).all()
    ):
        other = " or 'random'" if name == "RandomErasing" else ""
        raise ArgumentError(
            f"{name} expects value as a finite number, or one a channel{other}; got {value!r}"
        )
    return tuple(float(v) for v in numbers)


def _column(values: tuple[float, ...], x: np.ndarray, name: str) -> np.ndarray:
    if len(values) not in (1, x.shape[0]):
        raise ShapeError(f"{name} has {len(values)} values, for channels; got shape {x.shape}")
    return np.array(values, x.dtype).reshape(-1, 1, 1)


def _replaced(x: np.ndarray, boxes: list[tuple[int, int, int, int]], new: np.ndarray) -> np.ndarray:
    changed = x.copy()
    for top, left, rows, columns in boxes:
        changed[:, top : top + rows, left : left + columns] = new
    return changed
