"""Bringing the operands of an operation to tensors of one dtype.

Numbers, integers and booleans follow the floats beside them; float32 and float64 do not mix.
"""

from typing import Any

import numpy as np

from ..errors import DtypeError
from .convert import FLOATS, to_array
from .tensor import Tensor, wrap

_PLAIN = (float, int)
_ARRAYS = (Tensor, np.ndarray)
_NUMBERS = (int, float, np.generic)
_ROWS = (np.ndarray, list, tuple)


def harmonise(name: str, args: tuple[Any, ...], required: int) -> tuple[Any, ...]:
    """Bring inputs to tensors of one dtype: numbers, integers and booleans follow the floats beside them."""
    if any(x is None for x in args[:required]):
        raise DtypeError(f"{name} expects tensors, arrays or numbers, got None")
    dtype = None
    for x in args:
        if isinstance(x, _ARRAYS) and x.dtype in FLOATS:
            if dtype is not None and x.dtype != dtype:
                raise DtypeError(_mixed(name, args))
            dtype = FLOATS[x.dtype == FLOATS[1]]  # numpy has several objects for one dtype
    if dtype is None and any(_is_float(x) for x in args):
        dtype = FLOATS[0]
    return tuple([_convert(name, x, dtype) for x in args])


def _mixed(name: str, args: tuple[Any, ...]) -> str:
    got = " and ".join(str(x.dtype) for x in args if isinstance(x, _ARRAYS))
    array = any(isinstance(x, np.ndarray) for x in args)
    how = ", with .float() or .double()" + (", an array with .astype(np.float32)" if array else "")
    return f"{name} got {got}; nothing is promoted silently: convert one{how}"


def _is_float(x: Any) -> bool:
    return isinstance(x, float | np.floating) or (
        isinstance(x, list | tuple) and to_array(x).dtype.kind == "f"
    )


def beside_number(a: Any, b: Any) -> tuple[Any, Any]:
    """Turn a plain number beside a tensor of floats into a tensor; leave everything else to `harmonise`."""
    if type(b) in _PLAIN and isinstance(a, Tensor) and a.array.dtype.kind == "f":
        return a, wrap(np.array(b, a.array.dtype))
    if type(a) in _PLAIN and isinstance(b, Tensor) and b.array.dtype.kind == "f":
        return wrap(np.array(a, b.array.dtype)), b
    return a, b


def _convert(name: str, x: Any, dtype: np.dtype | None) -> Tensor | None:
    if isinstance(x, Tensor):
        return x if dtype is None or x.array.dtype == dtype else wrap(x.array.astype(dtype))
    if x is None:
        return None
    if isinstance(x, _NUMBERS):
        return wrap(np.asarray(x, dtype=dtype))
    if isinstance(x, _ROWS):
        return wrap(to_array(x, dtype))  # copied: its owner may write into it before the backward pass
    raise DtypeError(f"{name} expects tensors, arrays or numbers, got {type(x).__name__}")
