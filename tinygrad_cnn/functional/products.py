"""Products of vectors and matrices of one kind each, with what is added to them."""

from typing import Any

from .. import ops
from ..core import Tensor
from ..errors import ShapeError
from .arguments import as_tensor, number
from .arrange import diagonal
from .linear import matmul
from .shape import flatten, reshape, transpose, unsqueeze

__all__ = ["addmm", "baddbmm", "bilinear", "bmm", "dot", "inner", "mm", "mv", "outer", "trace"]


def _expected(function: str, form: str, *tensors: Any) -> list[Tensor]:
    """Check the number of dimensions, which the form gives: "(I, K) and (K, J)"."""
    parts = [as_tensor(t, function) for t in tensors]
    ndims = [piece.count(",") - piece.endswith(",)") + 1 for piece in form.split(" and ")]
    if [t.ndim for t in parts] != ndims:
        raise ShapeError(f"{function} expects {form} / got {' and '.join(str(t.shape) for t in parts)}")
    return parts


def _matched(function: str, form: str, a: Tensor, b: Tensor, fits: bool) -> None:
    if not fits:
        raise ShapeError(f"{function} expects {form} / got {a.shape} and {b.shape}")


def mm(input: Any, mat2: Any) -> Tensor:
    r"""Multiply two matrices, :math:`y_{ij} = \sum_k a_{ik} b_{kj}`, without broadcasting.

    Raises:
        ShapeError: they are not (I, K) and (K, J).

    >>> import tinygrad_cnn as tg
    >>> tg.mm(tg.tensor([[1.0, 2.0]]), tg.tensor([[3.0], [4.0]]))
    tensor([[11.]])
    """
    a, b = _expected("mm", "(I, K) and (K, J)", input, mat2)
    _matched("mm", "(I, K) and (K, J)", a, b, a.shape[1] == b.shape[0])
    return ops.matmul(a, b)


def bmm(input: Any, mat2: Any) -> Tensor:
    r"""Multiply the matrices of two batches of one size, :math:`y_{nij} = \sum_k a_{nik} b_{nkj}`.

    Raises:
        ShapeError: they are not (N, I, K) and (N, K, J).

    >>> import tinygrad_cnn as tg
    >>> tg.bmm(tg.ones(2, 3, 4), tg.ones(2, 4, 5)).shape
    (2, 3, 5)
    """
    form = "(N, I, K) and (N, K, J)"
    a, b = _expected("bmm", form, input, mat2)
    _matched("bmm", form, a, b, a.shape[0] == b.shape[0] and a.shape[2] == b.shape[1])
    return ops.matmul(a, b)


def mv(input: Any, vec: Any) -> Tensor:
    r"""Multiply a matrix and a vector, :math:`y_i = \sum_k a_{ik} b_k`.

    Raises:
        ShapeError: they are not (I, K) and (K,).

    >>> import tinygrad_cnn as tg
    >>> tg.mv(tg.tensor([[1.0, 2.0]]), tg.tensor([3.0, 4.0]))
    tensor([11.])
    """
    a, b = _expected("mv", "(I, K) and (K,)", input, vec)
    _matched("mv", "(I, K) and (K,)", a, b, a.shape[1] == b.shape[0])
    return matmul(a, b)


def dot(input: Any, tensor: Any) -> Tensor:
    r"""Multiply two vectors of one length, :math:`y = \sum_k a_k b_k`.

    Raises:
        ShapeError: they are not (K,) and (K,).

    >>> import tinygrad_cnn as tg
    >>> tg.dot(tg.tensor([1.0, 2.0]), tg.tensor([3.0, 4.0]))
    tensor(11.)
    """
    a, b = _expected("dot", "(K,) and (K,)", input, tensor)
    _matched("dot", "(K,) and (K,)", a, b, a.shape == b.shape)
    return matmul(a, b)


def outer(input: Any, vec2: Any) -> Tensor:
    """Multiply each value of one vector with each of another, :math:`y_{ij} = a_i b_j`.

    Raises:
        ShapeError: they are not (I,) and (J,).

    >>> import tinygrad_cnn as tg
    >>> tg.outer(tg.tensor([1.0, 2.0]), tg.tensor([3.0, 4.0]))
    tensor([[3., 4.],
            [6., 8.]])
    """
    a, b = _expected("outer", "(I,) and (J,)", input, vec2)
    return ops.mul(unsqueeze(a, 1), b)


def inner(input: Any, other: Any) -> Tensor:
    r"""Multiply along the last dimensions, :math:`y_{i \dots j \dots} = \sum_k a_{i \dots k} b_{j \dots k}`;
    a number is multiplied with all.

    Raises:
        ShapeError: the last sizes differ.

    >>> import tinygrad_cnn as tg
    >>> tg.inner(tg.ones(2, 3), tg.ones(4, 5, 3)).shape
    (2, 4, 5)
    """
    a, b = as_tensor(input, "inner"), as_tensor(other, "inner")
    if not a.ndim or not b.ndim:
        return ops.mul(a, b)
    _matched("inner", "(..., K) and (..., K)", a, b, a.shape[-1] == b.shape[-1])
    rows, columns = (flatten(unsqueeze(t, 0), 0, -2) for t in (a, b))
    return reshape(matmul(rows, transpose(columns, 0, 1)), (*a.shape[:-1], *b.shape[:-1]))


def trace(input: Any) -> Tensor:
    r"""Add up the diagonal of a matrix, :math:`y = \sum_i x_{ii}`.

    Raises:
        ShapeError: not a matrix.

    >>> import tinygrad_cnn as tg
    >>> tg.trace(tg.tensor([[1.0, 2.0], [3.0, 4.0]]))
    tensor(5.)
    """
    (x,) = _expected("trace", "(I, J)", input)
    return ops.sum(diagonal(x), dim=(0,))


def addmm(input: Any, mat1: Any, mat2: Any, *, beta: float = 1, alpha: float = 1) -> Tensor:
    r"""Add a product of matrices to something, :math:`y = \beta x + \alpha\,a b`.

    x is broadcast to the product; with ``beta=0`` its values, also NaN, do not count.

    Raises:
        ShapeError: a and b are not (I, K) and (K, J), or x does not broadcast to (I, J).

    >>> import tinygrad_cnn as tg
    >>> tg.addmm(tg.tensor([1.0]), tg.tensor([[1.0, 2.0]]), tg.tensor([[3.0], [4.0]]), alpha=10)
    tensor([[111.]])
    """
    return _added("addmm", as_tensor(input, "addmm"), mm(mat1, mat2), beta, alpha)


def baddbmm(input: Any, batch1: Any, batch2: Any, *, beta: float = 1, alpha: float = 1) -> Tensor:
    r"""Add the products of two batches of matrices to something, :math:`y = \beta x + \alpha\,a b`; as
    `addmm`.

    Raises:
        ShapeError: a and b are not (N, I, K) and (N, K, J), or x does not broadcast to (N, I, J).

    >>> import tinygrad_cnn as tg
    >>> tg.baddbmm(tg.ones(3, 5), tg.ones(2, 3, 4), tg.ones(2, 4, 5))[0, 0, 0]
    tensor(5.)
    """
    return _added("baddbmm", as_tensor(input, "baddbmm"), bmm(batch1, batch2), beta, alpha)


def _added(function: str, x: Tensor, product: Tensor, beta: float, alpha: float) -> Tensor:
    scale, share = number(function, "beta", beta), number(function, "alpha", alpha)
    ahead = product.ndim - x.ndim
    if ahead < 0 or any(n not in (1, m) for n, m in zip(x.shape, product.shape[ahead:], strict=True)):
        raise ShapeError(f"{function}: input of shape {x.shape} does not broadcast to {product.shape}")
    product = product if share == 1 else ops.mul(product, alpha)
    x = ops.select(0.0, x, condition=True) if not scale else x if scale == 1 else ops.mul(x, beta)
    return ops.add(x, product)


def bilinear(input1: Any, input2: Any, weight: Any, bias: Any = None) -> Tensor:
    r"""Combine two inputs, :math:`y_o = \sum_{ij} a_i w_{oij} b_j + \beta_o`.

    a is (..., I), b (..., J) with the same sizes in front, w (O, I, J), the bias (O,); the result is
    (..., O).

    Raises:
        ShapeError: sizes that do not fit.

    >>> import tinygrad_cnn as tg
    >>> tg.bilinear(tg.tensor([1.0, 2.0]), tg.tensor([3.0]), tg.ones(1, 2, 1))
    tensor([9.])
    """
    a, b, w = as_tensor(input1, "bilinear"), as_tensor(input2, "bilinear"), as_tensor(weight, "bilinear")
    fits = w.ndim == 3 and a.ndim and b.ndim and a.shape[:-1] == b.shape[:-1]
    if not fits or (a.shape[-1], b.shape[-1]) != w.shape[1:]:
        raise ShapeError(
            "bilinear expects a (..., I), b (..., J), w (O, I, J) / "
            f"got a {a.shape}, b {b.shape}, w {w.shape}"
        )
    if bias is not None and as_tensor(bias, "bilinear").shape != w.shape[:1]:
        raise ShapeError(f"bilinear expects a bias {w.shape[:1]} / got {as_tensor(bias, 'bilinear').shape}")
    half = matmul(unsqueeze(unsqueeze(a, -2), -2), w)  # (..., O, 1, J)
    y = reshape(matmul(half, unsqueeze(unsqueeze(b, -2), -1)), (*a.shape[:-1], w.shape[0]))
    return y if bias is None else ops.add(y, bias)
