"""Products of matrices, and the dense layer."""

from typing import Any

from .. import ops
from ..core import Tensor
from ..errors import ShapeError
from .arguments import as_tensor
from .shape import reshape, squeeze, unsqueeze

__all__ = ["linear", "matmul"]


def matmul(input: Any, other: Any) -> Tensor:
    r"""Multiply matrices, :math:`y_{ij} = \sum_k a_{ik} b_{kj}`; vectors as a row in front and a column
    behind.

    Dimensions before the last two are batches and are broadcast: (..., I, K) and (..., K, J) give
    (..., I, J).

    Raises:
        ShapeError: a tensor without dimensions, inner sizes that differ, batches that do not broadcast.

    >>> import tinygrad_cnn as tg
    >>> tg.matmul(tg.tensor([[1.0, 2.0]]), tg.tensor([3.0, 4.0]))
    tensor([11.])
    """
    a, b = as_tensor(input, "matmul"), as_tensor(other, "matmul")
    if not a.ndim or not b.ndim:
        raise ShapeError(f"matmul: expected vectors or matrices, got shapes {a.shape} and {b.shape}")
    row, column = a.ndim == 1, b.ndim == 1
    y = ops.matmul(unsqueeze(a, 0) if row else a, unsqueeze(b, 1) if column else b)
    if column:
        y = squeeze(y, -1)
    return reshape(y, (*y.shape[:-2], y.shape[-1]) if not column else y.shape[:-1]) if row else y


def linear(input: Any, weight: Any, bias: Any = None) -> Tensor:
    r"""Apply a dense layer, :math:`y = x W^T + b`, with x (..., in), W (out, in), b (out).

    A weight (in) without ``out`` gives (...), and then takes a bias without dimensions.

    Raises:
        ShapeError: sizes that do not fit.

    >>> import tinygrad_cnn as tg
    >>> tg.linear(tg.tensor([[1.0, 2.0]]), tg.tensor([[3.0, 4.0]]), tg.tensor([0.5]))
    tensor([[11.5]])
    """
    x, w = as_tensor(input, "linear"), as_tensor(weight, "linear")
    if w.ndim == 1:
        b = None if bias is None else unsqueeze(bias, 0)
        return squeeze(linear(x, unsqueeze(w, 0), b), -1)
    return ops.linear(x, w, None if bias is None else as_tensor(bias, "linear"))
