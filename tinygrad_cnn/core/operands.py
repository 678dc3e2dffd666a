"""Bringing the operands of an operation to tensors of one dtype: others follow the floats beside them."""

from typing import Any

import numpy as np

from ..base.values import beside_integers, common_dtype, operand_array
from ..errors import DtypeError
from .tensor import Tensor, wrap

_PLAIN = (float, int)


def bring(name: str, args: tuple[Any, ...], required: int) -> tuple[Any, np.dtype | None, bool, bool]:
    """Bring inputs to tensors of one dtype; give it, and say whether one requires grad or is watched."""
    dtype = None
    track = watched = False
    for x in args:
        if not isinstance(x, Tensor) or (dtype is not None and x.array.dtype is not dtype):
            dtype = common_dtype(name, args, required)
            args = beside_integers(name, args) if dtype is None else args
            args = tuple([_convert(name, x, dtype) for x in args])
            tensors = [x for x in args if x is not None]
            dtype = tensors[0].array.dtype if tensors else None
            return args, dtype, any(x.requires_grad for x in tensors), any(x.watch for x in tensors)
        dtype = x.array.dtype
        track = track or x.requires_grad
        watched = watched or x.watch is not None
    return args, dtype, track, watched


def beside_number(a: Any, b: Any) -> tuple[Any, Any]:
    """Turn a plain number beside a tensor of floats into a tensor; leave everything else to `bring`."""
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
    if isinstance(x, int | float | np.generic):
        return wrap(np.asarray(x, dtype=dtype))
    if isinstance(x, np.ndarray | list | tuple):
        return wrap(operand_array(name, x, dtype))  # its owner may write into it before the backward pass
    raise DtypeError(f"{name} expects tensors, arrays or numbers, got {type(x).__name__}")
