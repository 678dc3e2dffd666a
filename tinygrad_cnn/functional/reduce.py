"""Sums, products, means and questions over one, several or all dimensions.

``dim`` is a number, a tuple or list of them, or None for all; an empty tuple is all, too, as in PyTorch.
"""

from typing import Any

import numpy as np

from .. import ops
from ..core import Tensor, to_array, wrap
from ..errors import ArgumentError
from .arguments import as_tensor, dims, flag, floating, one_dim

__all__ = ["all", "any", "count_nonzero", "logsumexp", "mean", "prod", "sum"]


def sum(input: Any, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> Tensor:
    r"""Add up values, :math:`y = \sum_{i \in dim} x_i`.

    Whole numbers and booleans give int64; ``dtype`` is what x is brought to first.

    >>> import tinygrad_cnn as tg
    >>> tg.sum(tg.tensor([[1.0, 2.0], [3.0, 4.0]]), dim=0), tg.sum(tg.tensor([True, True]))
    (tensor([4., 6.]), tensor(2))
    """
    x = summand("sum", as_tensor(input, "sum"), dtype)
    y = ops.sum(x, dim=over("sum", dim, x.ndim), keepdim=flag("sum", "keepdim", keepdim))
    return y if y.dtype == x.dtype else in_dtype("sum", y, x.dtype)


def prod(input: Any, dim: int | None = None, keepdim: bool = False, *, dtype: Any = None) -> Tensor:
    r"""Multiply values, :math:`y = \prod_i x_i`, along one ``dim``, or all of them.

    The gradient, :math:`\bar x_i = \bar y \prod_{j \ne i} x_j`, is right where values are 0, too. Whole
    numbers and booleans give int64; ``dtype`` is what x is brought to first.

    Raises:
        ArgumentError: ``keepdim`` is set without ``dim``.

    >>> import tinygrad_cnn as tg
    >>> x = tg.tensor([[1.0, 0.0], [3.0, 4.0]], requires_grad=True)
    >>> tg.prod(x.detach(), dim=1), tg.grad(tg.prod(x), x)
    (tensor([ 0., 12.]), tensor([[ 0., 12.],
            [ 0.,  0.]]))
    """
    x = summand("prod", as_tensor(input, "prod"), dtype)
    only_with_dim("prod", dim, keepdim)
    d = 0 if dim is None else one_dim("prod", dim, x.ndim)
    rows = ops.reshape(x, shape=(x.numel(),)) if dim is None or not x.ndim else x
    if x.dtype.kind != "f":
        y = wrap(np.multiply.reduce(rows.array, axis=d, dtype=x.dtype, keepdims=True))
    else:
        y = _multiplied(rows, d) if rows.shape[d] else ops.sum(rows, dim=(d,), keepdim=True) + 1.0
    return y if keepdim and x.ndim else ops.reshape(y, shape=(*y.shape[:d], *y.shape[d + 1 :]))


def _multiplied(x: Tensor, d: int) -> Tensor:
    """Multiply along a dimension: one half by the other, until one value is left; so nothing is divided."""
    while (n := x.shape[d]) > 1:
        if n % 2:
            x = ops.pad(x, padding=tuple((0, int(e == d)) for e in range(x.ndim)), value=1.0)
        halves = [(slice(None),) * d + (slice(k, None, 2),) for k in (0, 1)]
        x = ops.mul(ops.getitem(x, index=halves[0]), ops.getitem(x, index=halves[1]))
    return x


def mean(input: Any, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> Tensor:
    r"""Average values, :math:`y = \frac{1}{n} \sum_{i \in dim} x_i`; of nothing, the mean is NaN.

    ``dtype`` is what x is brought to first, as whole numbers have to be.

    Raises:
        DtypeError: x holds no floats, or ``dtype`` is none of them.

    >>> import tinygrad_cnn as tg
    >>> tg.mean(tg.tensor([[1.0, 2.0], [3.0, 4.0]]), dim=0)
    tensor([2., 3.])
    """
    x = as_tensor(input, "mean")
    x = floating("mean", x if dtype is None else in_dtype("mean", x, dtype))
    chosen, keepdim = over("mean", dim, x.ndim), flag("mean", "keepdim", keepdim)
    if 0 in [x.shape[d] for d in chosen]:
        return ops.sum(x, dim=chosen, keepdim=keepdim) * float("nan")
    return ops.mean(x, dim=chosen, keepdim=keepdim)


def logsumexp(input: Any, dim: Any, keepdim: bool = False) -> Tensor:
    r"""The logarithm of added exponentials, :math:`y = \ln \sum_{i \in dim} e^{x_i}`, without overflow.

    Of nothing it is -inf; whole numbers become float32.

    Raises:
        ArgumentError: ``dim`` is None.

    >>> import tinygrad_cnn as tg
    >>> tg.logsumexp(tg.tensor([[1000.0, 1000.0], [0.0, -1000.0]]), dim=1)
    tensor([1000.6932,    0.    ])
    """
    x = as_tensor(input, "logsumexp")
    if dim is None:
        raise ArgumentError("logsumexp: dim must be an integer or several, got None; name all to reduce all")
    x = x if x.dtype.kind == "f" else in_dtype("logsumexp", x, np.float32)
    chosen = over("logsumexp", dim, x.ndim)
    return ops.logsumexp(x, dim=chosen, keepdim=flag("logsumexp", "keepdim", keepdim))


def any(input: Any, dim: Any = None, keepdim: bool = False) -> Tensor:
    """Ask whether at least one value is true, that is not 0 (NaN is true); of none it is False.

    The result is boolean; of uint8 it is uint8, as in PyTorch. An empty tuple as ``dim`` reduces nothing.

    >>> import tinygrad_cnn as tg
    >>> x = tg.tensor([[1.0, 0.0], [0.0, 0.0]])
    >>> tg.any(x), tg.any(x, dim=1), (x > 2).any()
    (tensor(True), tensor([ True, False]), tensor(False))
    """
    return _asked("any", np.any, input, dim, keepdim)


def all(input: Any, dim: Any = None, keepdim: bool = False) -> Tensor:
    """Ask whether every value is true, that is not 0 (NaN is true); of none it is True.

    The result is boolean; of uint8 it is uint8, as in PyTorch. An empty tuple as ``dim`` reduces nothing.

    >>> import tinygrad_cnn as tg
    >>> x = tg.tensor([[1.0, 2.0], [0.0, 3.0]])
    >>> tg.all(x), tg.all(x, dim=1), (x < 5).all()
    (tensor(False), tensor([ True, False]), tensor(True))
    """
    return _asked("all", np.all, input, dim, keepdim)


def _asked(name: str, function: Any, input: Any, dim: Any, keepdim: bool) -> Tensor:
    x = as_tensor(input, name)
    kind = x.dtype if x.dtype == np.uint8 else np.bool_
    answer = function(x.array, axis=dims(name, dim, x.ndim), keepdims=flag(name, "keepdim", keepdim))
    return wrap(np.asarray(answer).astype(kind))


def count_nonzero(input: Any, dim: Any = None) -> Tensor:
    """Count the values that are not 0 (NaN is not), as int64.

    >>> import tinygrad_cnn as tg
    >>> tg.count_nonzero(tg.tensor([[1.0, 0.0], [2.0, 3.0]]), dim=0)
    tensor([2, 1])
    """
    x = as_tensor(input, "count_nonzero")
    return wrap(np.asarray(np.count_nonzero(x.array, axis=over("count_nonzero", dim, x.ndim)), np.int64))


def over(function: str, dim: Any, ndim: int) -> tuple[int, ...]:
    """Turn ``dim`` into dimensions; None and an empty tuple are all."""
    return dims(function, None if isinstance(dim, tuple | list) and not dim else dim, ndim)


def only_with_dim(function: str, dim: Any, keepdim: bool) -> None:
    """Refuse to keep a dimension that was not named."""
    if flag(function, "keepdim", keepdim) and dim is None:
        raise ArgumentError(f"{function}: keepdim needs dim, the dimension that is kept")


def summand(function: str, x: Tensor, dtype: Any) -> Tensor:
    """Bring to a dtype what is to be added up: to int64 if it holds no floats."""
    if dtype is None and x.dtype.kind == "f":
        return x
    return in_dtype(function, x, np.int64 if dtype is None else dtype)


def in_dtype(function: str, x: Tensor, dtype: Any) -> Tensor:
    """Give the same values in another dtype; between floats, the gradient follows."""
    try:
        wanted = np.dtype(dtype)
    except TypeError:
        raise ArgumentError(
            f"{function} expects a dtype such as np.float64, got {dtype!r}; there are no devices"
        ) from None
    if wanted == x.dtype:
        return x
    if wanted.kind == "f" and x.dtype.kind == "f":
        to_array(0.0, wanted)  # refuses float16 in words
        return ops.cast(x, dtype=wanted)
    return wrap(to_array(x.array.astype(wanted)))
