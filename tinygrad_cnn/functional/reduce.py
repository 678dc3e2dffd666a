"""Sums, means and extremes over one, several or all dimensions."""

from typing import Any, NamedTuple

import numpy as np

from .. import ops
from ..core import Tensor, wrap
from ..errors import ShapeError
from .arguments import as_tensor, dims, floating, one_dim
from .shape import squeeze


class ValuesAndIndices(NamedTuple):
    """What `max` over a dimension gives."""

    values: Tensor
    indices: Tensor


def sum(input: Any, dim: Any = None, keepdim: bool = False) -> Tensor:
    r"""Add up values, :math:`y = \sum_{i \in dim} x_i`, over ``dim`` (a number, a tuple, or None for all).

    >>> import tinygrad_cnn as tg
    >>> tg.sum(tg.tensor([[1.0, 2.0], [3.0, 4.0]]), dim=0)
    tensor([4., 6.])
    """
    x = as_tensor(input)
    return ops.sum(x, dim=dims("sum", dim, x.ndim), keepdim=keepdim)


def mean(input: Any, dim: Any = None, keepdim: bool = False) -> Tensor:
    r"""Average values, :math:`y = \frac{1}{n} \sum_{i \in dim} x_i`, over ``dim`` (a number, a tuple, or
    None for all).

    >>> import tinygrad_cnn as tg
    >>> tg.mean(tg.tensor([[1.0, 2.0], [3.0, 4.0]]), dim=0)
    tensor([2., 3.])
    """
    x = floating("mean", as_tensor(input))
    over = dims("mean", dim, x.ndim)
    if not x.numel() and any(x.shape[d] == 0 for d in over):
        raise ShapeError(f"mean: there is nothing to average in a tensor of shape {x.shape}")
    return ops.mean(x, dim=over, keepdim=keepdim)


def var(input: Any, dim: Any = None, correction: int = 1, keepdim: bool = False) -> Tensor:
    r"""Variance, :math:`y = \frac{1}{n - correction} \sum_i (x_i - \mu)^2`, over ``dim``.

    >>> import tinygrad_cnn as tg
    >>> tg.var(tg.tensor([1.0, 2.0, 3.0, 4.0])).item()
    1.6666666269302368
    """
    x = floating("var", as_tensor(input))
    over = dims("var", dim, x.ndim)
    n = int(np.prod([x.shape[d] for d in over]))
    if n <= correction:
        raise ShapeError(f"var: {n} values are too few for a variance with correction {correction}")
    centred = x - mean(x, over, keepdim=True)
    return ops.sum(centred * centred, dim=over, keepdim=keepdim) / float(n - correction)


def amax(input: Any, dim: Any = None, keepdim: bool = False) -> Tensor:
    """Largest value over ``dim`` (a number, a tuple, or None for all); equal values share the gradient
    evenly.

    >>> import tinygrad_cnn as tg
    >>> tg.amax(tg.tensor([[1.0, 5.0], [3.0, 4.0]]), dim=1)
    tensor([5., 4.])
    """
    x = _not_empty("amax", as_tensor(input), dim)
    return ops.amax(x, dim=dims("amax", dim, x.ndim), keepdim=keepdim)


def max(input: Any, dim: Any = None, keepdim: bool = False) -> Any:
    """Largest value: of all (as `amax`), along one ``dim`` (values and indices), or of two tensors
    (`maximum`).

    Along a dimension, the first of several equal values is picked, and it alone gets the gradient.

    >>> import tinygrad_cnn as tg
    >>> values, indices = tg.max(tg.tensor([[1.0, 5.0], [3.0, 4.0]]), dim=1)
    >>> values, indices
    (tensor([5., 4.]), tensor([1, 1]))
    """
    x = as_tensor(input)
    if isinstance(dim, Tensor):
        return ops.maximum(x, dim)
    if dim is None:
        return amax(x)
    d = one_dim("max", dim, x.ndim)
    indices = argmax(x, d, keepdim=True)
    if not x.ndim:
        return ValuesAndIndices(x, indices)
    values = ops.gather(x, dim=d, index=indices.array)
    return ValuesAndIndices(*((values, indices) if keepdim else (squeeze(values, d), squeeze(indices, d))))


def argmax(input: Any, dim: int | None = None, keepdim: bool = False) -> Tensor:
    """Place of the largest value (the first of several), in all values or along ``dim``; it has no gradient.

    >>> import tinygrad_cnn as tg
    >>> tg.argmax(tg.tensor([[1.0, 5.0], [3.0, 4.0]]), dim=1)
    tensor([1, 1])
    """
    x = _not_empty("argmax", as_tensor(input), dim)
    axis = None if dim is None else one_dim("argmax", dim, x.ndim)
    if not x.ndim:
        return wrap(np.asarray(0))
    return wrap(np.asarray(np.argmax(x.array, axis=axis, keepdims=keepdim)))


def _not_empty(function: str, x: Tensor, dim: Any) -> Tensor:
    if any(x.shape[d] == 0 for d in dims(function, dim, x.ndim)):
        raise ShapeError(f"{function}: there is no largest value in a tensor of shape {x.shape}")
    return x
