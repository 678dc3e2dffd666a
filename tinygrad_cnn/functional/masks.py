"""Choosing values by conditions, and counting: masks, one-hot rows, places of values, how often numbers
occur."""

from typing import Any

import numpy as np

from .. import ops
from ..core import Tensor, wrap
from ..errors import ArgumentError, DataError, DtypeError, ShapeError
from .arguments import as_tensor, integer, plain
from .put import scalar

__all__ = ["bincount", "masked_fill", "masked_select", "nonzero", "one_hot"]


def masked_fill(input: Any, mask: Any, value: Any) -> Tensor:
    """Give one value to where the mask is true; x and mask are broadcast.

    ``value`` is a number, or a tensor without dimensions, which gets the gradient of all it replaces; where
    it stands, x gets 0. Whole numbers take the value without its fraction.

    Raises:
        DtypeError: ``mask`` is not boolean.
        ShapeError: x and mask do not broadcast, or ``value`` has dimensions.

    >>> import tinygrad_cnn as tg
    >>> x = tg.tensor([-1.0, 2.0])
    >>> tg.masked_fill(x, x < 0, float("-inf"))
    tensor([-inf,   2.])
    """
    x, where, shape = _masked("masked_fill", input, mask)
    filled = scalar("masked_fill", "value", value, x)
    return ops.select(filled, ops.expand(x, shape=shape), condition=where)


def masked_select(input: Any, mask: Any) -> Tensor:
    """Give the values where the mask is true, in one row; x and mask are broadcast.

    Raises:
        DtypeError: ``mask`` is not boolean.
        ShapeError: x and mask do not broadcast.

    >>> import tinygrad_cnn as tg
    >>> x = tg.tensor([[1.0, -2.0], [3.0, 4.0]])
    >>> tg.masked_select(x, x > 2)
    tensor([3., 4.])
    """
    x, where, shape = _masked("masked_select", input, mask)
    row = ops.reshape(ops.expand(x, shape=shape), shape=(int(np.prod(shape)),))
    return ops.getitem(row, index=(np.flatnonzero(np.broadcast_to(where, shape)),))


def _masked(function: str, input: Any, mask: Any) -> tuple[Tensor, np.ndarray, tuple[int, ...]]:
    x, where = as_tensor(input, function), plain(function, "mask", mask)
    if where.dtype != np.bool_:
        raise DtypeError(f"{function}: mask must be boolean, got {where.dtype}; write for instance x > 0")
    try:
        return x, where, np.broadcast_shapes(x.shape, where.shape)
    except ValueError:
        raise ShapeError(f"{function}: mask {where.shape} and input {x.shape} do not broadcast") from None


def nonzero(input: Any, *, as_tuple: bool = False) -> Any:
    """Give the places of the values that are not 0, a row for each; as a tuple, one tensor for each
    dimension, which can index x.

    >>> import tinygrad_cnn as tg
    >>> x = tg.tensor([[0.0, 7.0], [8.0, 0.0]])
    >>> tg.nonzero(x), x[tg.nonzero(x, as_tuple=True)]
    (tensor([[0, 1],
            [1, 0]]), tensor([7., 8.]))
    """
    x = as_tensor(input, "nonzero")
    if as_tuple:
        return tuple(wrap(places) for places in np.nonzero(np.atleast_1d(x.array)))
    return wrap(np.argwhere(x.array))


def one_hot(input: Any, num_classes: int = -1) -> Tensor:
    """Turn each class, a whole number, into a row of 0 with a 1 at its place; int64.

    Without ``num_classes`` there are as many as the largest one needs.

    Raises:
        DtypeError: the classes are no whole numbers.
        DataError: one is negative, or not smaller than ``num_classes``.
        ArgumentError: there is nothing to find ``num_classes`` from.

    >>> import tinygrad_cnn as tg
    >>> tg.one_hot([0, 2])
    tensor([[1, 0, 0],
            [0, 0, 1]])
    """
    classes = _whole("one_hot", "input", input)
    count = integer("one_hot", "num_classes", num_classes, None)
    if not classes.size and count < 1:
        raise ArgumentError(
            f"one_hot: num_classes must be given and positive if there is no class, got {count}"
        )
    if classes.size and classes.min() < 0:
        raise DataError(f"one_hot: classes must not be negative, got {classes.min()}")
    count = int(classes.max()) + 1 if count == -1 else count
    if classes.size and classes.max() >= count:
        raise DataError(f"one_hot: classes must be smaller than num_classes {count}, got {classes.max()}")
    return wrap((classes[..., None] == np.arange(count)).astype(np.int64))


def bincount(input: Any, weights: Any = None, minlength: int = 0) -> Tensor:
    r"""Count how often each number occurs, :math:`y_k = \sum_{i: x_i = k} w_i`, with ``weights`` w or 1.

    Weights get a gradient; whole ones count as float64.

    Raises:
        DtypeError: x holds no whole numbers.
        ShapeError: x has not one dimension, or ``weights`` another shape.
        DataError: a number is negative.

    >>> import tinygrad_cnn as tg
    >>> tg.bincount([0, 2, 2]), tg.bincount([0, 2, 2], tg.tensor([0.5, 1.0, 1.0]))
    (tensor([1, 0, 2]), tensor([0.5, 0. , 2. ]))
    """
    numbers = _whole("bincount", "input", input)
    least = integer("bincount", "minlength", minlength, 0)
    if numbers.ndim != 1:
        raise ShapeError(f"bincount: input must have one dimension, got shape {numbers.shape}")
    if numbers.size and numbers.min() < 0:
        raise DataError(f"bincount: numbers must not be negative, got {numbers.min()}")
    if weights is None:
        return wrap(np.bincount(numbers, minlength=least))
    if not numbers.size:
        return wrap(np.zeros(least, np.int64))  # as PyTorch, also with weights
    w = as_tensor(weights, "bincount")
    if w.shape != numbers.shape:
        raise ShapeError(f"bincount: weights must have shape {numbers.shape} as input has, got {w.shape}")
    w = w if w.dtype.kind == "f" else wrap(w.array.astype(np.float64))
    count = max(int(numbers.max()) + 1, least)
    return ops.index_add(w, index=(numbers,), shape=(count,))


def _whole(function: str, name: str, value: Any) -> np.ndarray:
    array = plain(function, name, value)
    if array.dtype.kind not in "iu" and (array.size or isinstance(value, Tensor | np.ndarray)):
        raise DtypeError(f"{function}: {name} must hold integers, got {array.dtype}")
    return array.astype(np.int64)
