"""What one call of a sweep is, and what generators draw it from."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Constant:
    """An array of floats that gets no gradient; if the call writes into it, the result is compared, too."""

    array: np.ndarray


@dataclass
class Case:
    """One call: a function (or a method, ``Tensor.``), or a layer (``nn.``) that is built and then called.

    Arrays anywhere in ``args``, ``settings`` and ``inputs`` become tensors; those of floats get a gradient.
    """

    name: str
    args: Sequence[Any] = ()
    settings: dict[str, Any] = field(default_factory=dict)
    inputs: Sequence[Any] | None = None  # a layer is called on these
    theirs: str | Callable[..., Any] | None = None  # where PyTorch has it, if not under the same name
    ours: Callable[..., Any] | None = None  # what to call here, if it is more than one function
    single: bool = True  # whether float32 is compared, too
    differs: str | None = None  # a deliberate difference: the case is only counted
    training: bool = True  # the mode of a layer
    second: bool = True  # whether the second derivative is compared
    skip: tuple[int, ...] = ()  # outputs that PyTorch leaves open, such as places of equal values
    terms: int | None = None  # how many terms a sum has at most (default: from the sizes)
    absolute: float = 1e-12  # what float64 may be off by beside the relative 1e-10
    adjust: Callable[[Any], Any] | None = None  # what makes the outputs of both comparable


class Draw:
    """A stream of random numbers, shapes and arrays for one case.

    Floats are multiples of 1/1024, so that they are the same numbers in float32 and in float64.
    """

    def __init__(self, seed: Sequence[int]) -> None:
        self.source = np.random.default_rng(list(seed))

    def randint(self, low: int, high: int) -> int:
        """Draw an integer from low..high, both included."""
        return int(self.source.integers(low, high + 1))

    def random(self) -> float:
        """Draw a number from [0, 1)."""
        return float(self.source.random())

    def uniform(self, low: float, high: float) -> float:
        """Draw a number between two, a multiple of 1/1024."""
        return float(np.round(self.source.uniform(low, high) * 1024) / 1024)

    def chance(self, p: float) -> bool:
        """Say yes with probability p."""
        return self.random() < p

    def choice(self, options: Sequence[Any]) -> Any:
        """Pick one."""
        return options[self.randint(0, len(options) - 1)]

    def sample(self, options: Sequence[Any], k: int) -> list[Any]:
        """Pick k different ones, in any order."""
        return [options[i] for i in self.source.permutation(len(options))[:k]]

    def shape(self, low: int = 0, high: int = 4, most: int = 5, empty: float = 0.05) -> tuple[int, ...]:
        """Draw low..high dimensions of sizes 1..most; a size is 0 with probability ``empty`` over all."""
        sizes = [self.randint(1, most) for _ in range(self.randint(low, high))]
        if sizes and self.chance(empty):
            sizes[self.randint(0, len(sizes) - 1)] = 0
        return tuple(sizes)

    def dim(self, ndim: int) -> int:
        """Draw a dimension, half of the time counted from the end."""
        d = self.randint(0, max(ndim, 1) - 1)
        return d - max(ndim, 1) if self.chance(0.5) else d

    def array(self, shape: Sequence[int], kind: str = "normal", scale: float = 1.0) -> np.ndarray:
        """Draw floats: normal, distinct (no two equal), ties (few values), positive, unit (inside of 0..1) or
        special (with zeros, NaN and infinities)."""
        size = int(np.prod(shape))
        draw: dict[str, Callable[[], np.ndarray]] = {
            "normal": lambda: self.source.standard_normal(size),
            "distinct": lambda: self.source.permutation(size) * 0.125 - size / 16 + 0.03125,
            "ties": lambda: self.source.integers(-2, 3, size).astype(float),
            "positive": lambda: self.source.uniform(0.1, 3, size),
            "unit": lambda: self.source.uniform(0.01, 0.99, size),
            "special": lambda: self._special(size),
        }
        values = np.round(draw[kind]() * scale * 1024) / 1024
        if kind == "normal":
            values[values == 0] = 1 / 1024  # kinks lie at 0
        return self._ordered(values.reshape(tuple(shape)))

    def _special(self, size: int) -> np.ndarray:
        rare = self.source.choice([0.0, -0.0, np.nan, np.inf, -np.inf], size)
        return np.where(self.source.random(size) < 0.3, rare, self.source.standard_normal(size))

    def _ordered(self, array: np.ndarray) -> np.ndarray:
        """Give some arrays another order in memory: what computes must not depend on it."""
        if array.ndim < 2 or self.chance(0.7):
            return array
        axes = self.source.permutation(array.ndim)
        return np.ascontiguousarray(array.transpose(axes)).transpose(np.argsort(axes))

    def integers(self, low: int, high: int, shape: Sequence[int]) -> np.ndarray:
        """Draw int64 from low..high, both included."""
        return np.asarray(self.source.integers(low, high + 1, tuple(shape)), np.int64)

    def booleans(self, shape: Sequence[int]) -> np.ndarray:
        """Draw True and False."""
        return np.asarray(self.source.random(tuple(shape)) < 0.5)

    def constant(self, shape: Sequence[int], kind: str = "normal") -> Constant:
        """Draw floats that get no gradient."""
        return Constant(self.array(shape, kind))
