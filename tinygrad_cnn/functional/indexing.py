"""Reading and writing parts of a tensor by what stands in brackets.

An index is taken in two steps, as in PyTorch: integers, slices, None and ``...`` first, then all arrays
together. Integers therefore never move the dimensions that arrays make.
"""

import operator
from typing import Any

import numpy as np

from .. import ops
from ..core import Tensor, is_grad_enabled, to_array
from ..errors import ArgumentError, DtypeError, GraphError, PositionError, ShapeError
from .arguments import as_tensor, integer, one_dim

__all__ = ["getitem", "narrow", "select"]

Parts = tuple[Any, ...]
_WHOLE = slice(None)


def getitem(input: Tensor, index: Any) -> Tensor:
    """Take a part of a tensor, ``x[index]``.

    By integers (the dimension goes), slices with positive steps, ``...``, None (a new dimension), arrays of
    integers, which are broadcast together, and boolean masks, which stand for the places where they hold.
    Tensors and lists of numbers are arrays. What several arrays make stands where they stood if they are
    neighbours, and in front otherwise.

    Raises:
        PositionError: an integer out of range, too many indices, a mask of another shape (an `IndexError`).
        DtypeError: an index that is none of these.

    >>> import tinygrad_cnn as tg
    >>> x = tg.tensor([[1.0, 2.0], [3.0, 4.0]])
    >>> x[:, 1], x[x > 2], x[[1, 0], [0, 1]]
    (tensor([2., 4.]), tensor([3., 4.]), tensor([3., 2.]))
    """
    input = as_tensor(input, "getitem")
    basic, arrays = _split(input.shape, index)
    if not arrays:
        return ops.getitem(input, index=basic)
    whole = all(part == _WHOLE for part in basic)
    x = input if whole else ops.getitem(input, index=basic)
    try:
        return ops.getitem(x, index=arrays)
    except IndexError as error:
        raise PositionError(f"index {_short(index)} does not fit shape {input.shape}: {error}") from None


def set_item(x: Tensor, index: Any, value: Any) -> None:
    """Write into a leaf where nothing is recorded, ``x[index] = value``; the value is broadcast."""
    if x.node is not None or (x.requires_grad and is_grad_enabled()):
        raise GraphError(
            "a tensor in a graph cannot be written to; use where() or cat(), or write inside of no_grad()"
        )
    if is_grad_enabled() and getattr(value, "requires_grad", False):
        raise GraphError(
            "writing a tensor that requires grad into another one would cut the graph; use where() or cat()"
        )
    basic, arrays = _split(x.shape, index)
    array, new = x.array.copy(), to_array(value)
    part = array[(*basic, ...)]  # a view also of a single number
    target = getitem(x, index).shape if arrays else part.shape
    while new.ndim > len(target) and new.shape[0] == 1:
        new = new[0]
    shared = zip(new.shape[::-1], target[::-1], strict=False)
    if new.ndim > len(target) or any(n not in (1, m) for n, m in shared):
        raise ShapeError(
            f"x[{_short(index)}] = value: a value of shape {new.shape} does not fit the part, {target}"
        )
    with np.errstate(invalid="ignore"):  # NaN into whole numbers
        part[arrays or ...] = new
    x.replace(array)


def _short(index: Any) -> str:
    text = " ".join(repr(index).split())
    return text if len(text) <= 60 else text[:57] + "..."


def _split(shape: tuple[int, ...], index: Any) -> tuple[Parts, Parts]:
    """Give the index without its arrays, and the arrays for what that leaves; no arrays give ()."""
    parts = [_part(part) for part in (index if isinstance(index, tuple) else (index,))]
    used = sum(_uses(part) for part in parts)
    if used > len(shape):
        raise PositionError(
            f"index {_short(index)} does not fit shape {shape}: {used} indices for {len(shape)} dimensions"
        )
    if sum(part is ... for part in parts) > 1:
        raise PositionError(f"index {_short(index)} has more than one ellipsis")
    parts = parts if any(part is ... for part in parts) else [*parts, ...]
    basic: list[Any] = []
    arrays: list[Any] = []
    for part in parts:
        sizes = shape[sum(b is not None for b in basic) :]
        count = len(shape) - used if part is ... else _uses(part)
        _check(part, sizes[:count], index, shape)
        if isinstance(part, int | slice) and not isinstance(part, bool):
            basic.append(part)
            arrays += [_WHOLE] if isinstance(part, slice) else []
        elif part is None or isinstance(part, bool):
            basic.append(None)
            arrays.append(_WHOLE if part is None else np.arange(int(part)))
        else:
            basic += [_WHOLE] * count
            arrays += [_WHOLE] * count if part is ... else [part]
    return tuple(basic), tuple(arrays) if any(isinstance(a, np.ndarray) for a in arrays) else ()


def _part(part: Any) -> Any:
    """Bring one part to an int, a bool, a slice, None, ``...`` or a private array of integers or booleans."""
    if part is None or part is ... or isinstance(part, int):
        return part
    if isinstance(part, slice):
        return _slice(part)
    array = to_array(part)
    if not array.size and array.dtype.kind == "f" and isinstance(part, list | tuple):
        array = array.astype(np.int64)  # an empty list
    if array.dtype.kind not in "biu":
        raise DtypeError(f"an index is made of integers or booleans, got {array.dtype}")
    return array if array.ndim else array.item()


def _slice(part: slice) -> slice:
    try:
        bounds = [None if n is None else operator.index(n) for n in (part.start, part.stop, part.step)]
    except TypeError:
        raise DtypeError(f"the bounds of a slice are integers or None, got {part}") from None
    if bounds[2] is not None and bounds[2] < 1:
        raise ArgumentError(
            f"the step of a slice must be at least 1, got {bounds[2]}; use flip to turn around"
        )
    return slice(*bounds)


def _uses(part: Any) -> int:
    """Count the dimensions that a part of an index speaks of."""
    if part is None or part is ... or isinstance(part, bool):
        return 0
    return part.ndim if isinstance(part, np.ndarray) and part.dtype == np.bool_ else 1


def _check(part: Any, sizes: tuple[int, ...], index: Any, shape: tuple[int, ...]) -> None:
    """Refuse an integer out of range and a mask of another shape."""
    where = f"index {_short(index)} does not fit shape {shape}"
    if isinstance(part, np.ndarray) and part.dtype == np.bool_:
        if part.shape != sizes:
            raise PositionError(f"{where}: the mask has shape {part.shape} where the tensor has {sizes}")
    elif isinstance(part, np.ndarray) or (isinstance(part, int) and not isinstance(part, bool)):
        places = np.ravel(part)
        wrong = places[(places < -sizes[0]) | (places >= sizes[0])]
        if wrong.size:
            raise PositionError(f"{where}: {wrong[0]} is out of range for {sizes[0]} places")


def narrow(input: Any, dim: int, start: int, length: int) -> Tensor:
    """Keep ``length`` places along ``dim``, from ``start`` on (counted from the end if negative).

    Raises:
        ShapeError: the piece reaches beyond the dimension.

    >>> import tinygrad_cnn as tg
    >>> tg.narrow(tg.tensor([1.0, 2.0, 3.0]), 0, 1, 2)
    tensor([2., 3.])
    """
    x, d, n = _along("narrow", input, dim)
    first, count = integer("narrow", "start", start, None), integer("narrow", "length", length, 0)
    begin = first + n if first < 0 else first
    if begin < 0 or begin + count > n:
        raise ShapeError(f"narrow: {count} places from {first} on do not lie within the {n} of dim {d}")
    return ops.getitem(x, index=(*(_WHOLE,) * d, slice(begin, begin + count)))


def select(input: Any, dim: int, index: int) -> Tensor:
    """Take one place along ``dim``, which goes.

    Raises:
        PositionError: ``index`` is out of range.

    >>> import tinygrad_cnn as tg
    >>> tg.select(tg.tensor([[1.0, 2.0], [3.0, 4.0]]), 1, -1)
    tensor([2., 4.])
    """
    x, d, n = _along("select", input, dim)
    place = integer("select", "index", index, None)
    if not -n <= place < n:
        raise PositionError(f"select: index {place} is out of range for the {n} places of dim {d}")
    return ops.getitem(x, index=(*(_WHOLE,) * d, place))


def _along(function: str, input: Any, dim: int) -> tuple[Tensor, int, int]:
    x = as_tensor(input, function)
    if not x.ndim:
        raise ShapeError(f"{function}: a tensor without dimensions has no places to take")
    d = one_dim(function, dim, x.ndim)
    return x, d, x.shape[d]
