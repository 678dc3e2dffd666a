"""Putting values to places along a dimension: the result is a new tensor, nothing is written in place."""

from typing import Any

import numpy as np

from .. import ops
from ..core import Tensor, wrap
from ..errors import ArgumentError, DtypeError, ShapeError
from .arguments import as_tensor, fits_into, integers, number, one_dim
from .pick import beside, fitting, slices, with_dim
from .reduce import in_dtype

__all__ = ["index_add", "index_fill", "scatter", "scatter_add"]


def scatter(input: Any, dim: int, index: Any, src: Any = None, *, value: Any = None) -> Tensor:
    """Put values along ``dim`` to the places that ``index`` names, :math:`y_{i,index_{ij}} = src_{ij}` for
    ``dim=1``; elsewhere y is x.

    ``src`` is a tensor or one number, which may be named ``value``, too. Where a place is named twice, the
    last one counts, and it alone gets the gradient.

    Raises:
        DtypeError: ``index`` holds no whole numbers, or ``src`` is of another dtype than x.
        ShapeError: ``index`` is longer than x (but along ``dim``) or ``src``, or names a place out of range.

    >>> import tinygrad_cnn as tg
    >>> tg.scatter(tg.zeros(2, 3), 1, [[0], [2]], tg.tensor([[5.0], [7.0]]))
    tensor([[5., 0., 0.],
            [0., 0., 7.]])
    """
    if (src is None) == (value is None):
        raise ArgumentError("scatter: give src or value, one of them")
    given = src if value is None else value
    x, d, places, source = _put("scatter", input, dim, index, given)
    if not places.size:
        return x
    last = np.full(with_dim(x).shape, -1)
    number = np.arange(places.size).reshape(places.shape)
    np.put_along_axis(last[beside(places, d)], places, number, axis=d)
    taken = last.reshape(x.shape)
    new = ops.getitem(ops.reshape(source, shape=(places.size,)), index=(np.maximum(taken, 0),))
    return ops.select(new, x, condition=taken >= 0)


def scatter_add(input: Any, dim: int, index: Any, src: Any) -> Tensor:
    r"""Add values along ``dim`` to the places that ``index`` names, for ``dim=1``

    .. math:: y_{ik} = x_{ik} + \sum_{j: index_{ij} = k} src_{ij}

    so that all count where a place is named more than once.

    Raises:
        DtypeError: ``index`` holds no whole numbers, or ``src`` is of another dtype than x.
        ShapeError: ``index`` is longer than x (but along ``dim``) or ``src``, or names a place out of range.

    >>> import tinygrad_cnn as tg
    >>> tg.scatter_add(tg.zeros(3), 0, [0, 0, 2], tg.tensor([1.0, 2.0, 4.0]))
    tensor([3., 0., 4.])
    """
    if isinstance(src, bool | int | float | np.number):
        raise ArgumentError(f"scatter_add: src must be a tensor, got {src!r}")
    x, d, places, source = _put("scatter_add", input, dim, index, src)
    if not places.size:
        return x
    rows = with_dim(x)
    shape = tuple(n if e == d else m for e, (n, m) in enumerate(zip(rows.shape, places.shape, strict=True)))
    added = ops.scatter_add(source, dim=d, index=places, shape=shape)
    rim = tuple((0, n - m) for n, m in zip(rows.shape, shape, strict=True))
    added = ops.pad(added, padding=rim) if shape != rows.shape else added
    return ops.add(x, ops.reshape(added, shape=x.shape))


def _put(function: str, input: Any, dim: int, index: Any, src: Any) -> tuple[Tensor, int, np.ndarray, Tensor]:
    """Check what is put where; cut the source to the size of the index."""
    x = as_tensor(input, function)
    d = one_dim(function, dim, x.ndim)
    places = integers(function, "index", index)
    single = isinstance(src, bool | int | float | np.number)
    source = scalar(function, "src", src, x) if single else as_tensor(src, function)
    if source.dtype != x.dtype:
        raise DtypeError(f"{function}: src must be {x.dtype} as input is, got {source.dtype}")
    if not places.size:
        return x, d, places, source
    fitting(function, places, x, d)
    places = places.reshape(places.shape or (1,))
    if single:
        return x, d, places, ops.expand(source, shape=places.shape)
    rows = with_dim(source)
    if rows.ndim != places.ndim or not np.less_equal(places.shape, rows.shape).all():
        raise ShapeError(
            f"{function}: src of shape {source.shape} is too small for an index of {places.shape}"
        )
    cut: tuple[slice, ...] = (*map(slice, places.shape),)
    return x, d, places, rows if rows.shape == places.shape else ops.getitem(rows, index=cut)


def index_add(input: Any, dim: int, index: Any, source: Any, *, alpha: float = 1) -> Tensor:
    r"""Add slices along ``dim``, :math:`y_{index_i} = x_{index_i} + \alpha\,source_i`; where a place is named
    twice, both are added.

    Raises:
        DtypeError: ``index`` holds no whole numbers, or ``source`` is of another dtype than x.
        ArgumentError: ``alpha`` is no number, or has a fraction beside whole numbers.
        ShapeError: ``source`` is not as x with a slice for each place, or a place is out of range.

    >>> import tinygrad_cnn as tg
    >>> tg.index_add(tg.zeros(3), 0, [0, 0, 2], tg.tensor([1.0, 2.0, 4.0]), alpha=10)
    tensor([30.,  0., 40.])
    """
    x, d, places = slices("index_add", input, dim, index)
    terms = as_tensor(source, "index_add")
    if terms.dtype != x.dtype:
        raise DtypeError(f"index_add: source must be {x.dtype} as input is, got {terms.dtype}")
    expected = (*x.shape[:d], places.size, *x.shape[d + 1 :]) if x.ndim else ()
    if terms.shape != expected or (not x.ndim and places.size != 1):
        raise ShapeError(f"index_add: source must have shape {expected}, got {terms.shape}")
    factor = number("index_add", "alpha", alpha)
    if x.dtype.kind != "f" and not isinstance(alpha, int | np.integer):
        raise ArgumentError(f"index_add: alpha must be an integer for integers, got {alpha!r}")
    scaled = terms if factor == 1 else ops.mul(terms, alpha)
    at = (*(slice(None),) * d, places) if x.ndim else ()
    return ops.add(x, ops.index_add(scaled, index=at, shape=x.shape))


def index_fill(input: Any, dim: int, index: Any, value: Any) -> Tensor:
    """Give slices along ``dim`` one value: a number, or a tensor without dimensions, which gets the gradient
    of all of them. Negative places count from the end.

    Raises:
        DtypeError: ``index`` holds no whole numbers.
        ShapeError: ``index`` or ``value`` has too many dimensions, or a place is out of range.

    >>> import tinygrad_cnn as tg
    >>> tg.index_fill(tg.zeros(2, 3), 1, [0, -1], 5.0)
    tensor([[5., 0., 5.],
            [5., 0., 5.]])
    """
    x, d, places = slices("index_fill", input, dim, index, True)
    chosen = np.zeros(x.shape[d] if x.ndim else 1, bool)
    chosen[places] = True
    condition = chosen.reshape((-1,) + (1,) * (x.ndim - d - 1)) if x.ndim else chosen[0]
    return ops.select(scalar("index_fill", "value", value, x), x, condition=condition)


def scalar(function: str, name: str, value: Any, x: Tensor) -> Tensor:
    """Give a number, or a tensor without dimensions, as a tensor of the dtype of x."""
    if isinstance(value, Tensor | np.ndarray):
        if value.ndim:
            raise ShapeError(
                f"{function}: {name} must be a number or have no dimensions, got shape {value.shape}"
            )
        return in_dtype(function, as_tensor(value, function), x.dtype)
    if not isinstance(value, bool | int | float | np.number | np.bool_):
        raise ArgumentError(f"{function}: {name} must be a number, got {value!r}")
    return wrap(np.asarray(fits_into(function, name, value, x.dtype)).astype(x.dtype))
