"""What a tensor can hold, and how anything becomes that."""

import math
from typing import Any, Protocol

import numpy as np

from ..errors import ArgumentError, CnnError, DtypeError, GraphError, ShapeError


class Held(Protocol):
    """A tensor, as far as this folder knows it: a leaf or the result of a node."""

    array: np.ndarray
    requires_grad: bool
    node: Any
    watch: Any
    hooks: Any

    @property
    def shape(self) -> tuple[int, ...]:
        """The sizes."""


FLOATS = (np.dtype(np.float32), np.dtype(np.float64))  # what can be differentiated


def to_array(data: Any, dtype: Any = None) -> np.ndarray:
    """Copy anything into an array that a tensor can hold: float32, float64, integers or booleans."""
    held = getattr(data, "array", None)
    data = held if isinstance(held, np.ndarray) else data  # a tensor
    typed = hasattr(data, "__array__") or hasattr(data, "__array_interface__")
    try:
        # what __array__ gives may be somebody's own memory, whatever it was asked for
        array = np.array(np.asarray(data) if typed else data, dtype=dtype)
    except (ValueError, TypeError, RuntimeError) as error:
        if typed:
            raise ArgumentError(
                f"this {type(data).__name__} cannot be read as an array of numpy: {error}"
            ) from error
        raise ArgumentError(
            f"a tensor is made of numbers in rows of equal length, got {str(data)[:60]!r}"
        ) from error
    if not array.dtype.isnative:
        array = array.astype(array.dtype.newbyteorder("="))
    if dtype is None and array.dtype == np.float64 and not typed:
        return array.astype(np.float32)
    if array.dtype.kind in "OUS":
        raise DtypeError(f"a tensor is made of numbers, got {type(data).__name__} {str(data)[:60]!r}")
    if array.dtype.kind not in "biu" and array.dtype not in FLOATS:
        raise DtypeError(
            f"a tensor holds float32, float64, integers or booleans, got {array.dtype}; "
            "convert with .astype(np.float32)"
        )
    return array.view(np.dtype(array.dtype.str))  # the one dtype object that numpy's own results have


def operand_array(function: str, data: Any, dtype: Any = None) -> np.ndarray:
    """Do as `to_array`, in the name of the function that was called."""
    try:
        return to_array(data, dtype)
    except (ArgumentError, DtypeError) as error:
        raise type(error)(f"{function}: {error}") from error


def beside_integers(name: str, args: tuple[Any, ...]) -> tuple[Any, ...]:
    """Turn plain whole numbers into arrays, in the integer dtype of the tensors beside them if they fit."""
    held = [x.array.dtype for x in args if isinstance(getattr(x, "array", None), np.ndarray)]
    if not held or not any(type(x) is int for x in args):
        return args
    kind = np.result_type(*held)
    return tuple([_whole_number(name, x, kind) if type(x) is int else x for x in args])


def _whole_number(name: str, value: int, beside: np.dtype) -> np.ndarray:
    fits = beside.kind in "iu" and np.iinfo(beside).min <= value <= np.iinfo(beside).max
    if not fits and not -(2**63) <= value < 2**63:
        raise ArgumentError(f"{name}: {value} does not fit into int64; write it as a float")
    return np.asarray(value, beside if fits else np.int64)


def differentiable(array: np.ndarray) -> bool:
    """Refuse to ask for the gradient of what is no float."""
    if array.dtype not in FLOATS:
        raise DtypeError(
            f"only float32 and float64 tensors can require grad, got {array.dtype}; convert with .float()"
        )
    return True


def check_gradient(x: np.ndarray, g: np.ndarray) -> None:
    """Refuse a gradient that does not belong to x."""
    if g.shape != x.shape or g.dtype != x.dtype:
        raise ShapeError(
            f"the gradient of a {x.dtype} tensor of shape {x.shape} has the same dtype and shape, "
            f"got {g.dtype} {g.shape}"
        )


def check_start(requires_grad: bool, shape: tuple[int, ...], seed: Any) -> None:
    """Refuse to start a backward pass where nothing was recorded, or from many values without weights."""
    if not requires_grad:
        raise GraphError(
            "this tensor was computed from nothing that requires grad (or under no_grad), so there "
            "is no gradient"
        )
    if seed is None and math.prod(shape) != 1:
        raise GraphError(
            f"a tensor of shape {shape} needs a gradient of that shape to start from; "
            "or reduce it first, with .sum()"
        )


def check_replacement(old: np.ndarray, new: np.ndarray) -> np.ndarray:
    """Give the new values of a tensor, which keeps its shape."""
    if new.shape != old.shape:
        raise ShapeError(f"data of shape {old.shape} cannot become {new.shape}; make a new tensor")
    return new


def common_dtype(name: str, args: tuple[Any, ...], required: int) -> np.dtype | None:
    """Find the float dtype that the inputs of an operation share; None if there is no float among them."""
    if any(x is None for x in args[:required]):
        raise DtypeError(f"{name} expects tensors, arrays or numbers, got None")
    arrays = [x if isinstance(x, np.ndarray) else getattr(x, "array", None) for x in args]
    dtype = None
    for array in arrays:
        if array is not None and array.dtype in FLOATS:
            if dtype is not None and array.dtype != dtype:
                raise DtypeError(_mixed(name, arrays, any(isinstance(x, np.ndarray) for x in args)))
            dtype = FLOATS[array.dtype == FLOATS[1]]  # numpy has several objects for one dtype
    return FLOATS[0] if dtype is None and any(_is_float(name, x) for x in args) else dtype


def _mixed(name: str, arrays: list[Any], plain: bool) -> str:
    got = " and ".join(str(x.dtype) for x in arrays if x is not None)
    how = ", with .float() or .double()" + (", an array with .astype(np.float32)" if plain else "")
    return f"{name} got {got}; nothing is promoted silently: convert one{how}"


def _is_float(name: str, x: Any) -> bool:
    rows = isinstance(x, list | tuple)
    return isinstance(x, float | np.floating) or (rows and operand_array(name, x).dtype.kind == "f")


def written(array: np.ndarray, note: str | None) -> str:
    """Write values for people, shortened where there are many, with one word on their role."""
    with np.printoptions(threshold=200, edgeitems=3, linewidth=110):
        notes = [np.array2string(array, separator=", ", prefix="tensor(")]
    if array.dtype == np.float64 or array.size == 0:
        notes.append(f"dtype={array.dtype}")
    if array.size == 0:
        notes.append(f"shape={array.shape}")
    return f"tensor({', '.join(notes + [note] if note else notes)})"


def as_result(name: str, y: Any, dtype: np.dtype | None) -> np.ndarray:
    """Turn numpy's scalars into arrays, and what it makes of integers into float32; refuse a promotion."""
    y = np.asarray(y)
    if y.dtype.kind != "f" or dtype is None or y.dtype == dtype:
        return y
    if dtype.kind != "f":
        return y.astype(np.float32)
    raise DtypeError(
        f"{name} got {dtype} and returned {y.dtype}; nothing is promoted silently: "
        "compute in the dtype of the input (numpy's own numbers promote, Python's do not)"
    )


def explained(name: str, args: tuple[Any, ...], error: ValueError | TypeError) -> Exception:
    """Name the operation and what it got in an error of numpy's."""
    if isinstance(error, CnnError):
        return error
    tensors = [x for x in args if x is not None]
    if isinstance(error, TypeError):
        got = ", ".join(str(getattr(x, "dtype", type(x).__name__)) for x in tensors)
        return DtypeError(f"{name} got {got} / {str(error).strip()}")
    return ShapeError(f"{name} got shapes {', '.join(str(x.shape) for x in tensors)} / {str(error).strip()}")
