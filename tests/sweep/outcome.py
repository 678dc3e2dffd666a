"""What a call gave, as arrays; and the walk that turns the arrays of a case into tensors."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .case import Constant


@dataclass
class Outcome:
    """Named arrays (outputs, gradients, second derivatives, buffers), or the error."""

    arrays: dict[str, np.ndarray] = field(default_factory=dict)
    error: Exception | None = None


class Leaves:
    """Makes tensors of arrays, and keeps those that a gradient is asked for."""

    def __init__(self, make: Callable[[np.ndarray, bool], Any], dtype: Any) -> None:
        self.make, self.dtype = make, dtype
        self.leaves: list[Any] = []
        self.constants: list[Any] = []

    def convert(self, value: Any) -> Any:
        """Turn every array in nested lists, tuples and dictionaries into a tensor."""
        if isinstance(value, Constant):
            self.constants.append(self.make(value.array.astype(self.dtype), False))
            return self.constants[-1]
        if isinstance(value, np.ndarray):
            if value.dtype.kind != "f":
                return self.make(value, False)
            self.leaves.append(self.make(value.astype(self.dtype), True))
            return self.leaves[-1]
        if isinstance(value, dict):
            return {name: self.convert(v) for name, v in value.items()}
        if type(value) in (list, tuple):
            return type(value)(self.convert(v) for v in value)
        return value


def flat(value: Any, tensor: type) -> list[Any]:
    """List the tensors of a result; numbers and booleans count, too."""
    if isinstance(value, tensor) or value is None or isinstance(value, bool | int | float):
        return [] if value is None else [value]
    if isinstance(value, dict):
        return [t for v in value.values() for t in flat(v, tensor)]
    return [t for v in value for t in flat(v, tensor)]


def weights(shape: tuple[int, ...], key: int) -> np.ndarray:
    """The gradient that starts a backward pass: the same for both sides."""
    return np.round(np.random.default_rng([key, *shape]).standard_normal(shape) * 64) / 64


def derivatives(
    outputs: list[Any],
    wrt: list[Any],
    second: bool,
    gradients: Callable[..., list[Any]],
    zeros: Callable[..., np.ndarray],
) -> dict[str, np.ndarray]:
    """Name the first and, where asked for, the second derivatives, as one side computes its ``gradients``."""
    first = gradients(outputs, wrt, 1, second)
    found = {f"gradient {i}": zeros(g, t) for i, (g, t) in enumerate(zip(first, wrt, strict=True))}
    if second:
        again = gradients([g for g in first if g is not None], wrt, 2, False)
        found |= {f"second {i}": zeros(g, t) for i, (g, t) in enumerate(zip(again, wrt, strict=True))}
    return found
