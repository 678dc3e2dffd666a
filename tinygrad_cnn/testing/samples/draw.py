"""What a sample is, and how its values are drawn: away from kinks, ties and poles."""

from dataclasses import dataclass, field
from typing import Any
from zlib import crc32

import numpy as np

Shape = tuple[int, ...]


@dataclass(frozen=True)
class Sample:
    """The arrays (float64) and settings of one call."""

    op: str
    inputs: tuple[np.ndarray, ...]
    settings: dict[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """A readable test id: the shapes, and the settings that are short."""
        shapes = ",".join("x".join(map(str, x.shape)) or "()" for x in self.inputs)
        words = [f"{k}={readable(v)}" for k, v in self.settings.items()]
        return "-".join([self.op, shapes, *words]).replace(" ", "")


def readable(value: Any) -> str:
    """Write a setting in a few letters; an array by its shape, a slice as in code."""
    if isinstance(value, np.ndarray):
        return "array" + "x".join(map(str, value.shape))
    if isinstance(value, tuple):
        return f"({','.join(map(readable, value))})"
    if isinstance(value, slice):
        return ":".join("" if n is None else str(n) for n in (value.start, value.stop, value.step))
    return str(value)


def apart(*shape: int, near: float = 0.0) -> np.ndarray:
    """Draw values that differ from each other and from ``near`` by at least 0.02: no ties, no kinks."""
    n = int(np.prod(shape))
    rng = np.random.default_rng(crc32(repr(shape).encode()))
    steps = (np.arange(n) - n // 2 + 0.5) * max(0.04, 4.0 / max(n, 1))
    return rng.permutation(near + steps + rng.uniform(-0.01, 0.01, n)).reshape(shape)


def positive(*shape: int) -> np.ndarray:
    """Draw values between 0.5 and 2."""
    return np.asarray(np.random.default_rng(crc32(repr(shape).encode()) + 1).uniform(0.5, 2.0, shape))


def other(*shape: int) -> np.ndarray:
    """Draw values that are at least 0.02 away from those of `apart` for the same shape."""
    n = int(np.prod(shape))
    return np.asarray(apart(*shape) + np.random.default_rng(n).choice([-0.021, 0.021, 1.021], shape))


def numbers(top: int, *shape: int) -> np.ndarray:
    """Draw indices in 0..top-1; there are more of them than places, so that some repeat."""
    return np.random.default_rng(top + len(shape)).integers(0, top, shape)
