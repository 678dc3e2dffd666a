"""What a tensor can hold, and how anything becomes that."""

from typing import Any

import numpy as np

from ..errors import ArgumentError, DtypeError

FLOATS = (np.dtype(np.float32), np.dtype(np.float64))  # what can be differentiated


def to_array(data: Any, dtype: Any = None) -> np.ndarray:
    """Copy anything into an array that a tensor can hold: float32, float64, integers or booleans."""
    data = getattr(data, "array", data)  # a tensor
    try:
        array = np.array(data, dtype=dtype)
    except (ValueError, TypeError) as error:
        raise ArgumentError(
            f"a tensor is made of numbers in rows of equal length, got {str(data)[:60]!r}"
        ) from error
    if not array.dtype.isnative:
        array = array.astype(array.dtype.newbyteorder("="))
    if dtype is None and array.dtype == np.float64 and not isinstance(data, np.ndarray | np.generic):
        return array.astype(np.float32)
    if array.dtype.kind in "OUS":
        raise DtypeError(f"a tensor is made of numbers, got {type(data).__name__} {str(data)[:60]!r}")
    if array.dtype.kind not in "biu" and array.dtype not in FLOATS:
        raise DtypeError(
            f"a tensor holds float32, float64, integers or booleans, got {array.dtype}; "
            "convert with .astype(np.float32)"
        )
    return array.view(np.dtype(array.dtype.str))  # the one dtype object that numpy's own results have


def written(array: np.ndarray, note: str | None) -> str:
    """Write values for people, shortened where there are many, with one word on their role."""
    with np.printoptions(threshold=200, edgeitems=3, linewidth=110):
        notes = [np.array2string(array, separator=", ", prefix="tensor(")]
    if array.dtype == np.float64 or array.size == 0:
        notes.append(f"dtype={array.dtype}")
    if array.size == 0:
        notes.append(f"shape={array.shape}")
    return f"tensor({', '.join(notes + [note] if note else notes)})"
