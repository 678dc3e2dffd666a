"""Bringing arguments to one form, and refusing those that cannot be meant."""

import operator
from collections.abc import Sequence
from types import NoneType
from typing import Any

import numpy as np

from ..base.values import operand_array
from ..core import Tensor, default_generator, wrap
from ..errors import ArgumentError, DtypeError, ShapeError

Pair = tuple[int, int]
PadPair = tuple[Pair, Pair]

_NO_NUMBERS = (NoneType, str, bytes, dict, set, frozenset, type)


def as_tensor(x: Any, function: str) -> Tensor:
    """Give a tensor as it is, and anything else as a new one."""
    if isinstance(x, Tensor):
        return x
    if isinstance(x, _NO_NUMBERS):
        raise DtypeError(f"{function}: expected a tensor, an array or numbers, got {type(x).__name__}")
    return wrap(operand_array(function, x))


def shown(value: Any) -> str:
    """Say what came where a setting was expected, in one line."""
    shape = getattr(value, "shape", None)
    return repr(value) if not isinstance(shape, tuple) else f"{type(value).__name__} of shape {shape}"


def integer(function: str, name: str, value: Any, least: int | None) -> int:
    """Check one whole number, not smaller than ``least``."""
    try:
        number = operator.index(value)
    except (TypeError, ValueError):
        raise ArgumentError(f"{function}: {name} must be an integer, got {shown(value)}") from None
    if abs(number) >= 2**63:
        raise ArgumentError(f"{function}: {name} must be an integer of 64 bits, got {number}")
    if isinstance(value, bool) or (least is not None and number < least):
        bound = "" if least is None else f" >= {least}"
        raise ArgumentError(f"{function}: {name} must be an integer{bound}, got {value!r}")
    return number


def integer_list(function: str, name: str, value: Any, least: int | None) -> tuple[int, ...]:
    """Check one whole number or several in a row."""
    several = isinstance(value, Sequence) and not isinstance(value, str)
    several = several or (isinstance(value, np.ndarray) and value.ndim == 1)
    return tuple(integer(function, name, n, least) for n in (value if several else (value,)))


def number(function: str, name: str, value: Any) -> float:
    """Check one number that is a constant of the function; a tensor might expect a gradient."""
    if isinstance(value, bool) or not isinstance(value, int | float | np.number):
        raise ArgumentError(f"{function}: {name} must be a number, got {shown(value)}")
    return float(value)


def fits_into(function: str, name: str, value: Any, dtype: np.dtype) -> Any:
    """Refuse a number that would become another one in a dtype of whole numbers."""
    if dtype.kind in "iu" and not np.iinfo(dtype).min <= value <= np.iinfo(dtype).max:
        raise ArgumentError(f"{function}: {name} {value!r} does not fit into {dtype}")
    return value


def pair(function: str, name: str, value: Any, least: int) -> Pair:
    """Turn a number into (vertical, horizontal), and check a pair of them."""
    if isinstance(value, Sequence) and not isinstance(value, str):
        if len(value) != 2:
            raise ArgumentError(f"{function}: {name} must be one integer or two, got {value!r}")
        return integer(function, name, value[0], least), integer(function, name, value[1], least)
    number = integer(function, name, value, least)
    return number, number


def dims(function: str, dim: Any, ndim: int) -> tuple[int, ...]:
    """Turn one dimension, several or None (all) into a sorted tuple of non-negative ones."""
    if dim is None:
        return tuple(range(ndim))
    chosen = [one_dim(function, d, ndim) for d in (dim if isinstance(dim, tuple | list) else (dim,))]
    if len(set(chosen)) != len(chosen):
        raise ArgumentError(f"{function}: dim {dim!r} names a dimension twice")
    return (
        tuple(sorted(chosen)) if ndim else ()
    )  # a tensor without dimensions has the "dimension" 0, as in PyTorch


def one_dim(function: str, dim: Any, ndim: int) -> int:
    """Turn a dimension, counted from the end if negative, into a non-negative one."""
    try:
        d = operator.index(None if isinstance(dim, bool) else dim)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        raise ArgumentError(f"{function}: dim must be an integer, got {shown(dim)}") from None
    if not -max(ndim, 1) <= d < max(ndim, 1):
        raise ShapeError(f"{function}: dim {d} is out of range for a tensor with {ndim} dimensions")
    return d % max(ndim, 1)


def floating(function: str, x: Tensor) -> Tensor:
    """Refuse integers and booleans where only floats make sense."""
    if x.dtype.kind != "f":
        raise DtypeError(f"{function} expects float32 or float64, got {x.dtype}; convert with .float()")
    return x


def numeric(function: str, x: Tensor) -> Tensor:
    """Refuse booleans where only numbers make sense."""
    if x.dtype.kind == "b":
        raise DtypeError(f"{function} expects floats or integers, got bool; convert with .float()")
    return x


def batched(x: Tensor) -> tuple[Tensor, bool]:
    """Give one picture (C, H, W) as a batch of one, and say whether that was needed."""
    if x.ndim == 3:
        from .shape import unsqueeze

        return unsqueeze(x, 0), True
    return x, False


def reduction_of(function: str, reduction: str) -> str:
    """Check how a loss is to be reduced."""
    if not isinstance(reduction, str) or reduction not in ("none", "mean", "sum"):
        raise ArgumentError(f"{function}: reduction must be 'none', 'mean' or 'sum', got {reduction!r}")
    return reduction


def plain(function: str, name: str, value: Any) -> np.ndarray:
    """Give a private array of a tensor, an array or a list in rows of equal length."""
    try:
        return np.array(value.array if isinstance(value, Tensor) else value)
    except ValueError:
        raise ArgumentError(
            f"{function}: {name} must have rows of equal length, got {str(value)[:60]!r}"
        ) from None


def flag(function: str, name: str, value: Any) -> bool:
    """Check a setting that is either on or off."""
    if not isinstance(value, bool | np.bool_):
        raise ArgumentError(f"{function}: {name} must be True or False, got {shown(value)}")
    return bool(value)


def random_source(function: str, generator: Any) -> np.random.Generator:
    """Give the generator to draw from: the default one for None."""
    if generator is None:
        return default_generator()
    if not isinstance(generator, np.random.Generator):
        wanted = "np.random.default_rng(seed) or None"
        raise ArgumentError(f"{function}: generator must be {wanted}, got {shown(generator)}")
    return generator


def integers(function: str, name: str, value: Any) -> np.ndarray:
    """Give a private array of whole numbers, from a tensor, an array or a list."""
    array = plain(function, name, value)
    if array.dtype.kind not in "iu" and array.size:
        raise DtypeError(f"{function}: {name} must hold integers, got {array.dtype}")
    return array.astype(np.int64)
