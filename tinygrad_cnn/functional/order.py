"""Putting values into order along a dimension, and picking by rank.

Everything here comes from one stable order: of equal values, the one that stands first comes first (also from
largest to smallest), so it is decided which place is named and which value gets the gradient. A NaN is larger
than every number.
"""

from typing import Any

import numpy as np

from .. import ops
from ..core import Tensor, wrap
from ..errors import ArgumentError, ShapeError
from .arguments import as_tensor, flag, integer, numeric, one_dim
from .pick import ValuesAndIndices, held, picked
from .reduce import only_with_dim

__all__ = ["argsort", "kthvalue", "median", "nanmedian", "sort", "topk", "unique"]


def sort(
    input: Any, dim: int = -1, descending: bool = False, *, stable: bool | None = False
) -> ValuesAndIndices:
    """Sort along ``dim``: values and where they were. The order is always a stable one.

    >>> import tinygrad_cnn as tg
    >>> values, indices = tg.sort(tg.tensor([3.0, 1.0, 2.0]))
    >>> values, indices
    (tensor([1., 2., 3.]), tensor([1, 2, 0]))
    """
    x = as_tensor(input, "sort")
    d = one_dim("sort", dim, x.ndim)
    return picked(x, d, _order(x, d, descending))


def argsort(input: Any, dim: int = -1, descending: bool = False, *, stable: bool | None = False) -> Tensor:
    """Where the values of `sort` are; it has no gradient.

    >>> import tinygrad_cnn as tg
    >>> tg.argsort(tg.tensor([3.0, 1.0, 2.0]), descending=True)
    tensor([0, 2, 1])
    """
    x = as_tensor(input, "argsort")
    return wrap(_order(x, one_dim("argsort", dim, x.ndim), descending))


def _order(x: Tensor, d: int, descending: bool = False) -> np.ndarray:
    if not x.ndim:
        return np.zeros((), np.int64)
    if not descending:
        return np.argsort(x.array, axis=d, kind="stable")
    backwards = np.argsort(np.flip(x.array, d), axis=d, kind="stable")  # turned around, it is stable again
    return x.shape[d] - 1 - np.flip(backwards, d)


def topk(input: Any, k: int, dim: int = -1, largest: bool = True, sorted: bool = True) -> ValuesAndIndices:
    """The ``k`` largest values along ``dim`` (or smallest), and where they were; they are always sorted.

    Raises:
        DtypeError: x is boolean.
        ArgumentError: ``k`` is negative, or larger than there are values.

    >>> import tinygrad_cnn as tg
    >>> values, indices = tg.topk(tg.tensor([3.0, 1.0, 2.0]), 2)
    >>> values, indices
    (tensor([3., 2.]), tensor([0, 2]))
    """
    x = numeric("topk", as_tensor(input, "topk"))
    d = one_dim("topk", dim, x.ndim)
    count = integer("topk", "k", k, 0)
    _at_most("topk", count, x, d)
    order = _order(x, d, largest)
    return picked(x, d, order[(slice(None),) * d + (slice(count),)] if x.ndim else order)


def kthvalue(input: Any, k: int, dim: int = -1, keepdim: bool = False) -> ValuesAndIndices:
    """The ``k``-th smallest value along ``dim``, counted from 1, and where it was.

    Raises:
        DtypeError: x is boolean.
        ArgumentError: ``k`` is not one of 1..n.

    >>> import tinygrad_cnn as tg
    >>> value, index = tg.kthvalue(tg.tensor([3.0, 1.0, 2.0]), 2)
    >>> value, index
    (tensor(2.), tensor(2))
    """
    x = numeric("kthvalue", as_tensor(input, "kthvalue"))
    d = one_dim("kthvalue", dim, x.ndim)
    rank = integer("kthvalue", "k", k, 1)
    _at_most("kthvalue", rank, x, d)
    return _ranked(x, d, rank - 1, flag("kthvalue", "keepdim", keepdim))


def _at_most(function: str, k: int, x: Tensor, d: int) -> None:
    n = x.shape[d] if x.ndim else 1
    if k > n:
        raise ArgumentError(f"{function}: k must be at most {n}, the size of dim {d}, got {k}")


def _ranked(x: Tensor, d: int, rank: Any, keepdim: bool) -> ValuesAndIndices:
    """Give the values of a rank along a dimension: one number for all rows, or one for each."""
    if not x.ndim:
        return picked(x, d, np.zeros((), np.int64))
    ranks = np.broadcast_to(rank, (*x.shape[:d], 1, *x.shape[d + 1 :]))
    return picked(x, d, np.take_along_axis(_order(x, d), ranks, d), keepdim)


def median(input: Any, dim: int | None = None, keepdim: bool = False) -> Any:
    """The middle value, of two the smaller one: of all values, or along ``dim`` (values and indices).

    A NaN makes it NaN. Of all values, those that are equal to the median share its gradient evenly; of no
    floats it is NaN.

    Raises:
        DtypeError: x is boolean.
        ArgumentError: ``keepdim`` is set without ``dim``.
        ShapeError: there is no value to choose from.

    >>> import tinygrad_cnn as tg
    >>> tg.median(tg.tensor([5.0, 1.0, 2.0, 9.0])), tg.median(tg.tensor([[1, 7, 3]]), dim=1).indices
    (tensor(2.), tensor([2]))
    """
    return _middle("median", input, dim, keepdim, False)


def nanmedian(input: Any, dim: int | None = None, keepdim: bool = False) -> Any:
    """The `median` of the values that are not NaN; NaN if all are.

    >>> import tinygrad_cnn as tg
    >>> tg.nanmedian(tg.tensor([5.0, float("nan"), 2.0, 9.0]))
    tensor(5.)
    """
    return _middle("nanmedian", input, dim, keepdim, True)


def _middle(function: str, input: Any, dim: int | None, keepdim: bool, skip: bool) -> Any:
    x = numeric(function, as_tensor(input, function))
    only_with_dim(function, dim, keepdim)
    if dim is None and not x.numel() and x.dtype.kind == "f":
        return ops.sum(x, dim=tuple(range(x.ndim))) * float("nan")
    d = 0 if dim is None else one_dim(function, dim, x.ndim)
    rows = ops.reshape(x, shape=(x.numel(),)) if dim is None else x
    if rows.ndim and not rows.shape[d]:
        raise ShapeError(f"{function}: there is no middle value in a tensor of shape {x.shape}")
    nothing = np.isnan(rows.array) if x.dtype.kind == "f" else np.zeros(rows.shape, bool)
    numbers = np.sum(~nothing, axis=d, keepdims=True) if rows.ndim else np.ones((), int)
    rank = (numbers - 1) // 2
    if rows.ndim:  # NaN come last in the order
        rank = np.maximum(rank, 0) if skip else np.where(numbers < rows.shape[d], numbers, rank)
    if dim is not None:
        return _ranked(rows, d, rank, keepdim)
    value = _ranked(rows.detach(), 0, rank, True).values.array
    return held(rows, nothing if np.isnan(value).any() else rows.array == value)


def unique(
    input: Any,
    sorted: bool = True,
    return_inverse: bool = False,
    return_counts: bool = False,
    dim: int | None = None,
) -> Any:
    """The different values, sorted, or the different slices along ``dim``; they have no gradient.

    With ``return_inverse``, also the place of each value among them; with ``return_counts``, also how often
    each occurs. No two NaN are the same.

    Raises:
        ShapeError: the slices along ``dim`` are empty.

    >>> import tinygrad_cnn as tg
    >>> tg.unique(tg.tensor([3.0, 1.0, 3.0])), tg.unique(tg.tensor([4, 2, 4]), return_counts=True)
    (tensor([1., 3.]), (tensor([2, 4]), tensor([1, 2])))
    """
    x = as_tensor(input, "unique")
    d = None if dim is None else one_dim("unique", dim, x.ndim)
    if d is not None and 0 in (*x.shape[:d], *x.shape[d + 1 :]):
        raise ShapeError(f"unique: the slices along dim {d} of a tensor of shape {x.shape} are empty")
    array = x.array if d is None or x.ndim else x.array.reshape(1)
    found, inverse, counts = np.unique(
        array, return_inverse=True, return_counts=True, axis=d, equal_nan=False
    )
    inverse = inverse.reshape(x.shape if d is None else -1)
    parts = [found, *([inverse] if return_inverse else []), *([counts] if return_counts else [])]
    return wrap(found) if len(parts) == 1 else tuple(map(wrap, parts))
