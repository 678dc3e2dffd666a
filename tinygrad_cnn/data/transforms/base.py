"""What a transform is, and how several are joined: one after the other, some of the time, one of many."""

import inspect
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ...errors import ArgumentError, ShapeError

Transform = Callable[[np.ndarray, np.random.Generator | None], np.ndarray]


def transformed(transform: Transform | None, x: Any, rng: np.random.Generator | None) -> Any:
    """transform(x, rng), or x itself where there is no transform.

    Raises:
        ArgumentError: the transform cannot be called with two arguments.
    """
    return x if transform is None else call(transform, x, rng)


def call(transform: Callable[..., Any], *arguments: Any) -> Any:
    """transform(*arguments), the last of them the random stream; one that takes another number is refused."""
    try:
        return transform(*arguments)
    except TypeError as error:
        if _takes(transform, len(arguments)):
            raise
        how = "x, rng" if len(arguments) == 2 else "x, y, rng"
        what = "a picture" if len(arguments) == 2 else "a batch, its labels"
        raise ArgumentError(
            f"a transform is called as transform({how}), with {what} and a random generator; "
            f"{transform!r} cannot be called so: write it as lambda {how}: ..."
        ) from error


class Compose:
    """Several transforms, one after the other, with the same random stream.

    >>> from tinygrad_cnn.data.transforms import Normalize, RandomHorizontalFlip
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


class RandomApply:
    """All of the given transforms, one after the other, with probability p, and otherwise none of them.

    Also joins changes of whole batches (`MixUp`, `CutMix`), called with (x, y, rng).

    Args:
        transforms: a list of transforms, or one.
        p: the probability.

    Raises:
        ArgumentError: a probability outside of 0 to 1, or no transform.

    >>> from tinygrad_cnn.data.transforms import ColorJitter
    >>> sometimes = RandomApply([ColorJitter(brightness=0.5)], p=0.25)
    >>> x, rng = np.full((3, 2, 2), 0.5, np.float32), np.random.default_rng(0)
    >>> 200 < sum(sometimes(x, rng) is not x for _ in range(1000)) < 300
    True
    """

    def __init__(self, transforms: Transform | Sequence[Transform], p: float = 0.5):
        self.transforms = as_transforms(transforms, "RandomApply")
        self.p = probability(p, "RandomApply")

    def __call__(self, *arguments: Any) -> Any:
        *parts, rng = with_stream(arguments, "RandomApply")
        if rng.random() < self.p:
            for transform in self.transforms:
                parts = as_parts(call(transform, *parts, rng), len(parts))
        return parts[0] if len(parts) == 1 else tuple(parts)

    def __repr__(self) -> str:
        return f"RandomApply({self.transforms!r}, p={self.p})"


class RandomChoice:
    """One of the given transforms, drawn for each picture.

    Also chooses between changes of whole batches, as in `RandomChoice([MixUp(10), CutMix(10)])`.

    Args:
        transforms: a list of transforms.
        p: how often each is drawn, as numbers in proportion; None for equally often.

    Raises:
        ArgumentError: no transform, another number of them than of p, or a p that is no share.

    >>> from tinygrad_cnn.data.transforms import RandomHorizontalFlip, RandomVerticalFlip
    >>> one_flip = RandomChoice([RandomHorizontalFlip(1.0), RandomVerticalFlip(1.0)])
    >>> one_flip(np.array([[[1.0, 2.0], [3.0, 4.0]]]), np.random.default_rng(0)).tolist()
    [[[3.0, 4.0], [1.0, 2.0]]]
    """

    def __init__(self, transforms: Sequence[Transform], p: Sequence[float] | None = None):
        self.transforms = as_transforms(transforms, "RandomChoice")
        self.p = p
        shares = np.ones(len(self.transforms)) if p is None else np.asarray(p, np.float64)
        if shares.shape != (len(self.transforms),):
            raise ArgumentError(
                f"RandomChoice expects one p for each of its {len(self.transforms)} transforms; got {p!r}"
            )
        if not (np.isfinite(shares).all() and (shares >= 0).all() and shares.sum() > 0):
            raise ArgumentError(
                f"RandomChoice expects numbers p from 0 up that are not all 0; got {shares.tolist()}"
            )
        self._upper = np.cumsum(shares) / shares.sum()

    def __call__(self, *arguments: Any) -> Any:
        *parts, rng = with_stream(arguments, "RandomChoice")
        chosen = int(np.searchsorted(self._upper, rng.random(), side="right"))
        return call(self.transforms[chosen], *parts, rng)

    def __repr__(self) -> str:
        return f"RandomChoice({self.transforms!r}, p={self.p})"


def as_transforms(transforms: Any, name: str) -> list[Transform]:
    """A list of one transform or several; raises `ArgumentError` for none."""
    found = [transforms] if callable(transforms) else list(transforms)
    if not found:
        raise ArgumentError(f"{name} expects at least one transform; got none")
    return found


def as_parts(result: Any, count: int) -> list[Any]:
    """What a transform gave for `count` parts, as a list."""
    return [result] if count == 1 else list(result)


def with_stream(arguments: tuple[Any, ...], name: str) -> tuple[Any, ...]:
    """The arguments of a call, with their last one, the random stream, checked."""
    if len(arguments) < 2:
        required(None, name)
    return (*arguments[:-1], required(arguments[-1], name))


def probability(p: float, name: str) -> float:
    """P itself; raises `ArgumentError` where it is none."""
    if not 0 <= p <= 1:
        raise ArgumentError(f"{name} expects a probability p from 0 to 1; got {p}")
    return float(p)


def required(rng: np.random.Generator | None, name: str) -> np.random.Generator:
    """The random stream; raises `ArgumentError` where there is none."""
    if rng is None:
        raise ArgumentError(
            f"{name} is random: call it with a generator, as transform(x, np.random.default_rng(0))"
        )
    return rng


def picture_size(x: np.ndarray, name: str) -> tuple[int, int]:
    """(H, W) of a picture, or of a batch of them."""
    if x.ndim < 3:
        raise ShapeError(f"{name} expects a picture (C, H, W); got shape {x.shape}")
    return x.shape[-2], x.shape[-1]


def one_picture(x: np.ndarray, name: str) -> tuple[int, int, int]:
    """(C, H, W) of one picture; raises `ShapeError` for a batch, whose pictures need draws of their own."""
    if x.ndim != 3:
        raise ShapeError(f"{name} expects one picture (C, H, W); got shape {x.shape}")
    return x.shape


def as_range(
    value: Any, name: str, what: str, *, around: float = 0.0, least: float = -np.inf, most: float = np.inf
) -> tuple[float, float]:
    """(low, high) from two numbers, or from one, v, as around - v to around + v, no lower than `least`.

    Raises:
        ArgumentError: one number below 0, two that are not in order, or one outside of least to most.
    """
    numbers = _numbers(value)
    if numbers.size == 1:
        v = float(numbers[0])
        low, high = (max(around - v, least), around + v) if v >= 0 else (np.nan, np.nan)
    else:
        low, high = (float(v) for v in numbers)
    if not (least <= low <= high <= most and np.isfinite(low) and np.isfinite(high)):
        limits = "" if (least, most) == (-np.inf, np.inf) else f" within {least:g} to {most:g}"
        raise ArgumentError(
            f"{name} expects {what}: one number from 0 up or (low, high){limits}; got {value!r}"
        )
    return low, high


def as_pair(value: Any, name: str, what: str, most: float = np.inf) -> tuple[float, float]:
    """(low, high), both above 0 and at most `most`; raises `ArgumentError` for anything else."""
    numbers = _numbers(value)
    if numbers.size != 2 or not 0 < numbers[0] <= numbers[1] <= most or not np.isfinite(numbers[1]):
        limit = "" if most == np.inf else f" and at most {most:g}"
        raise ArgumentError(f"{name} expects {what} as (low, high), both above 0{limit}; got {value!r}")
    return float(numbers[0]), float(numbers[1])


def drawn(span: tuple[float, float], rng: np.random.Generator) -> float:
    """A number from low to high, each equally likely."""
    return float(rng.uniform(*span))


def _numbers(value: Any) -> np.ndarray:
    """One number or two as float64 (1,) or (2,); two NaN where there is something else."""
    try:
        numbers = np.asarray(value, np.float64).reshape(-1)
    except (TypeError, ValueError):
        return np.full(2, np.nan)
    return numbers if numbers.size in (1, 2) else np.full(2, np.nan)


def _takes(transform: Any, count: int) -> bool:
    """Whether a call with so many arguments can begin; what cannot say so counts as able."""
    if not callable(transform):
        return False
    try:
        inspect.signature(transform).bind(*[None] * count)
    except TypeError:
        return False
    except ValueError:
        return True
    return True
