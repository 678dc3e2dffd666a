"""Running sums, products and extremes along a dimension, and differences of neighbours."""

from typing import Any

import numpy as np

from .. import ops
from ..core import Tensor, wrap
from ..errors import DtypeError, ShapeError
from .arguments import as_tensor, floating, integer, one_dim
from .pick import ValuesAndIndices, picked
from .reduce import in_dtype, summand

__all__ = ["cummax", "cummin", "cumprod", "cumsum", "diff", "logcumsumexp"]


def cumsum(input: Any, dim: int, *, dtype: Any = None) -> Tensor:
    r"""Running sum along ``dim``, :math:`y_i = \sum_{j \le i} x_j`.

    Whole numbers and booleans give int64; ``dtype`` is what x is brought to first.

    >>> import tinygrad_cnn as tg
    >>> tg.cumsum(tg.tensor([1.0, 2.0, 3.0]), 0)
    tensor([1., 3., 6.])
    """
    x = summand("cumsum", as_tensor(input, "cumsum"), dtype)
    return in_dtype("cumsum", _along("cumsum", ops.cumsum, x, dim), x.dtype)


def cumprod(input: Any, dim: int, *, dtype: Any = None) -> Tensor:
    r"""Running product along ``dim``, :math:`y_i = \prod_{j \le i} x_j`; its gradient is right where values
    are 0, too.

    Whole numbers and booleans give int64; ``dtype`` is what x is brought to first.

    >>> import tinygrad_cnn as tg
    >>> tg.cumprod(tg.tensor([1.0, 2.0, 3.0]), 0)
    tensor([1., 2., 6.])
    """
    x = summand("cumprod", as_tensor(input, "cumprod"), dtype)
    return in_dtype("cumprod", _along("cumprod", ops.cumprod, x, dim), x.dtype)


def logcumsumexp(input: Any, dim: int) -> Tensor:
    r"""Logarithm of the running sum of exponentials along ``dim``, :math:`y_i = \ln \sum_{j \le i} e^{x_j}`,
    without overflow.

    Raises:
        DtypeError: x holds no floats.

    >>> import tinygrad_cnn as tg
    >>> tg.logcumsumexp(tg.tensor([1000.0, 1000.0]), 0)
    tensor([1000.    , 1000.6932])
    """
    return _along(
        "logcumsumexp", ops.logcumsumexp, floating("logcumsumexp", as_tensor(input, "logcumsumexp")), dim
    )


def _along(name: str, operation: Any, x: Tensor, dim: int) -> Tensor:
    d = one_dim(name, dim, x.ndim)
    if x.ndim:
        return operation(x, dim=d)
    return ops.reshape(operation(ops.reshape(x, shape=(1,)), dim=0), shape=())


def cummax(input: Any, dim: int) -> ValuesAndIndices:
    """Running maximum along ``dim``, and where it was; of equal values the last one so far, which gets the
    gradient. From a NaN on, it is NaN.

    >>> import tinygrad_cnn as tg
    >>> values, indices = tg.cummax(tg.tensor([1.0, 3.0, 2.0, 3.0]), 0)
    >>> values, indices
    (tensor([1., 3., 3., 3.]), tensor([0, 1, 1, 3]))
    """
    return _running("cummax", np.maximum, input, dim)


def cummin(input: Any, dim: int) -> ValuesAndIndices:
    """Running minimum along ``dim``, and where it was; of equal values the last one so far, which gets the
    gradient. From a NaN on, it is NaN.

    >>> import tinygrad_cnn as tg
    >>> values, indices = tg.cummin(tg.tensor([3.0, 1.0, 2.0, 1.0]), 0)
    >>> values, indices
    (tensor([3., 1., 1., 1.]), tensor([0, 1, 1, 3]))
    """
    return _running("cummin", np.minimum, input, dim)


def _running(name: str, extreme: np.ufunc, input: Any, dim: int) -> ValuesAndIndices:
    x = as_tensor(input, name)
    d = one_dim(name, dim, x.ndim)
    if not x.ndim:
        return picked(x, d, np.zeros((), np.int64))
    so_far = extreme.accumulate(x.array, axis=d)
    new = (x.array == so_far) | (x.array != x.array)
    places = np.arange(x.shape[d]).reshape((-1,) + (1,) * (x.ndim - d - 1))
    return picked(x, d, np.maximum.accumulate(np.where(new, places, 0), axis=d))


def diff(input: Any, n: int = 1, dim: int = -1, prepend: Any = None, append: Any = None) -> Tensor:
    r"""Differences of neighbours along ``dim``, :math:`y_i = x_{i+1} - x_i`, taken ``n`` times; of booleans,
    where they change.

    ``prepend`` and ``append`` are put before and after x first, and have its shape but along ``dim``.

    Raises:
        ArgumentError: ``n`` is negative.
        ShapeError: x has no dimension, or what is put beside it does not fit.

    >>> import tinygrad_cnn as tg
    >>> tg.diff(tg.tensor([1.0, 4.0, 9.0])), tg.diff(tg.tensor([1.0, 4.0, 9.0]), n=2)
    (tensor([3., 5.]), tensor([2.]))
    """
    x = as_tensor(input, "diff")
    times = integer("diff", "n", n, 0)
    if not x.ndim:
        raise ShapeError("diff: expected a tensor with a dimension at least, got shape ()")
    d = one_dim("diff", dim, x.ndim)
    sides = [_beside(name, side, x, d) for name, side in (("prepend", prepend), ("append", append))]
    if not times:
        return x
    if sides != [None, None]:
        parts = [part for part in (sides[0], x, sides[1]) if part is not None]
        x = ops.concat(*parts, dim=d)
    for _ in range(min(times, x.shape[d])):
        later, earlier = (
            ops.getitem(x, index=(*(slice(None),) * d, part)) for part in (slice(1, None), slice(0, -1))
        )
        x = ops.sub(later, earlier) if x.dtype.kind != "b" else wrap(later.array != earlier.array)
    return x


def _beside(name: str, side: Any, x: Tensor, d: int) -> Tensor | None:
    if side is None:
        return None
    t = as_tensor(side, "diff")
    if t.ndim != x.ndim or (*t.shape[:d], *t.shape[d + 1 :]) != (*x.shape[:d], *x.shape[d + 1 :]):
        raise ShapeError(f"diff: {name} must have the shape {x.shape} but along dim {d}, got {t.shape}")
    if t.dtype.kind == "f" and t.dtype != x.dtype:
        raise DtypeError(f"diff: {name} must be {x.dtype} as input is, got {t.dtype}")
    return in_dtype("diff", t, x.dtype)
