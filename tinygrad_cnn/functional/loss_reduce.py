"""What losses share: which tensors belong together, and how their values become one number."""

import math
from typing import Any

import numpy as np

from ..core import Tensor, wrap
from ..errors import ArgumentError, DataError, DtypeError, ShapeError
from .arguments import as_tensor, floating, reduction_of
from .reduce import mean, sum

EMPTY = " got an empty batch, which has no mean; use reduction='sum' or drop the batch"


def paired(
    function: str, input: Any, target: Any, names: tuple[str, str] = ("input", "target")
) -> tuple[Tensor, Tensor]:
    """Give two tensors of floats of one shape and one precision; whole numbers take that of the other."""
    x, t = as_tensor(input, function), as_tensor(target, function)
    if x.shape != t.shape:
        raise ShapeError(
            f"{function} expects two equal shapes / got {names[0]} {x.shape}, {names[1]} {t.shape} / "
            "broadcasting would compare each value with many; reshape one of them"
        )
    same_precision(function, x, t, names)
    floating(function, t if t.dtype.kind == "f" else x)
    return _beside(x, t), _beside(t, x)


def _beside(x: Tensor, other: Tensor) -> Tensor:
    return x if x.dtype.kind == "f" else wrap(x.array.astype(other.dtype))


def same_precision(function: str, x: Tensor, t: Tensor, names: tuple[str, str] = ("input", "target")) -> None:
    """Refuse float32 beside float64 in the name of the function that was called."""
    if x.dtype.kind == t.dtype.kind == "f" and x.dtype != t.dtype:
        raise DtypeError(
            f"{function} got {names[0]} {x.dtype}, {names[1]} {t.dtype}; nothing is promoted silently: "
            f"convert the {names[1]}, with .float() or .double() (an array with .astype)"
        )


def shares(function: str, name: str, x: Tensor) -> None:
    """Refuse a value outside of 0..1, NaN included, and say where the first one is."""
    wrong = ~((x.array >= 0) & (x.array <= 1))
    if wrong.any():
        place = tuple(np.argwhere(wrong)[0].tolist())
        raise DataError(f"{function}: {name} must lie in 0..1, got {x.array[place]} at {place}")


def number(function: str, name: str, value: Any, least: float, above: bool = False) -> float:
    """Check one number that is not smaller than ``least``, or is above it."""
    plain = isinstance(value, int | float | np.number) and not isinstance(value, bool)
    if not plain or not (value > least if above else value >= least):
        sign = ">" if above else ">="
        raise ArgumentError(f"{function}: {name} must be a number {sign} {least:g}, got {value!r}")
    return float(value)


def constant(function: str, name: str, weight: Any) -> Tensor:
    """Give a weight as a tensor; refuse one that wants a gradient, as PyTorch does."""
    if getattr(weight, "requires_grad", False):
        raise ArgumentError(f"{function}: {name} is a constant without gradient; pass {name}.detach()")
    return as_tensor(weight, function)


def weighted(function: str, name: str, values: Tensor, weight: Any) -> Tensor:
    """Multiply values by a constant weight that may be repeated to their shape, or give them as they are."""
    if weight is None:
        return values
    w = constant(function, name, weight)
    fits = w.ndim <= values.ndim and all(
        n in (1, m) for n, m in zip(w.shape[::-1], values.shape[::-1], strict=False)
    )
    if not fits:
        raise ShapeError(
            f"{function}: {name} {w.shape} cannot be repeated to the shape of input, {values.shape}"
        )
    return values * wrap(w.array.astype(values.dtype))  # a constant takes the precision of the scores


def of_one_shape(function: str, values: Tensor, weight: Any) -> Tensor:
    """Check a weight of one number a value, which may require a gradient."""
    w = as_tensor(weight, function)
    if w.shape != values.shape:
        raise ShapeError(
            f"{function} expects weight {values.shape}, the shape of input / got weight {w.shape}"
        )
    if not w.requires_grad:
        return wrap(w.array.astype(values.dtype))
    same_precision(function, values, w, ("input", "weight"))
    return w


def reduce(function: str, values: Tensor, reduction: str, weight: Tensor | None = None) -> Tensor:
    """Give all values, their sum or their mean; with a weight, its mean is divided by its sum."""
    if reduction_of(function, reduction) == "none":
        return values
    if reduction == "sum":
        return sum(values)
    if not values.numel():
        raise ShapeError(f"{function}{EMPTY}")
    if weight is None:
        return mean(values)
    if not math.fsum(weight.array.ravel().tolist()):
        raise DataError(f"{function}: the weights add up to 0, so there is no mean")
    return sum(values) / sum(weight)
