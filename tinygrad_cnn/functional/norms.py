"""Lengths of vectors, distances and angles between them."""

import math
from typing import Any

import numpy as np

from .. import ops
from ..core import Tensor, wrap
from ..errors import ArgumentError, DtypeError, ShapeError
from .arguments import as_tensor, flag, floating, number, one_dim
from .arithmetic import steps
from .moments import root
from .reduce import in_dtype, over

__all__ = ["cosine_similarity", "norm", "normalize", "pairwise_distance", "vector_norm"]


def vector_norm(
    input: Any, ord: float = 2, dim: Any = None, keepdim: bool = False, *, dtype: Any = None
) -> Tensor:
    r"""Length of the vectors along ``dim`` (a number, a tuple, or None for all values), with p = ``ord``:

    .. math:: y = \Big(\sum_i |x_i|^p\Big)^{1/p}

    For ``inf`` it is the largest absolute value, for ``-inf`` the smallest, for 0 the number of values that
    are not 0. The gradient is 0 where the length is 0, and by an entry that is 0; for ``inf`` and ``-inf``
    equal values share it evenly. ``dtype`` is what x is brought to first.

    Raises:
        DtypeError: x holds no floats, or ``dtype`` is narrower than they are.
        ArgumentError: ``ord`` is no number.
        ShapeError: nothing is left to measure, and ``ord`` is infinite or negative.

    >>> import tinygrad_cnn as tg
    >>> x = tg.tensor([3.0, -4.0, 0.0])
    >>> [tg.vector_norm(x, p).item() for p in (1, 2, float("inf"), 0)]
    [7.0, 5.0, 4.0, 2.0]
    """
    return _length("vector_norm", input, number("vector_norm", "ord", ord), dim, keepdim, dtype)


def norm(input: Any, p: Any = "fro", dim: Any = None, keepdim: bool = False, dtype: Any = None) -> Tensor:
    r"""Length of the vectors along ``dim``, as `vector_norm` has it.

    ``p="fro"`` and None are 2: the root of the added squares, over one dimension, two or all.

    Raises:
        ArgumentError: ``p`` is neither a number nor "fro", or "fro" is asked for over more than two
            dimensions.

    >>> import tinygrad_cnn as tg
    >>> tg.norm(tg.tensor([[3.0, 4.0], [6.0, 8.0]]), dim=1), tg.norm(tg.tensor([3.0, -4.0]), p=1)
    (tensor([ 5., 10.]), tensor(7.))
    """
    if isinstance(p, str):
        if p != "fro":
            raise ArgumentError(f"norm: p must be a number or 'fro', got {p!r}")
        if isinstance(dim, tuple | list) and len(dim) > 2:
            raise ArgumentError(f"norm: 'fro' takes at most two dimensions, got dim {dim!r}; use p=2")
    order = 2.0 if p is None or p == "fro" else number("norm", "p", p)
    return _length("norm", input, order, dim, keepdim, dtype)


def _length(function: str, input: Any, p: float, dim: Any, keepdim: bool, dtype: Any) -> Tensor:
    x = floating(function, as_tensor(input, function))
    if dtype is not None:
        narrow = x.dtype
        x = floating(function, in_dtype(function, x, dtype))
        if x.dtype.itemsize < narrow.itemsize:
            raise DtypeError(f"{function}: dtype {x.dtype} is narrower than the {narrow} of input")
    chosen, keepdim = over(function, dim, x.ndim), flag(function, "keepdim", keepdim)
    if (math.isinf(p) or p < 0) and 0 in [x.shape[d] for d in chosen]:
        raise ShapeError(f"{function}: nothing has no length of order {p}, got shape {x.shape}")
    if p == 2:
        return root(ops.sum(ops.mul(x, x), dim=chosen, keepdim=keepdim))
    if p == 0:
        return ops.sum(steps(x, (x.array != 0).astype(x.dtype)), dim=chosen, keepdim=keepdim)
    size = ops.abs(x)
    if math.isinf(p):
        largest = ops.amax(size if p > 0 else ops.neg(size), dim=chosen, keepdim=keepdim)
        return largest if p > 0 else ops.neg(largest)
    if p == 1:
        return ops.sum(size, dim=chosen, keepdim=keepdim)
    return _power(ops.sum(_power(size, p), dim=chosen, keepdim=keepdim), 1 / p)


def _power(x: Tensor, p: float) -> Tensor:
    """A power of what is not negative, with the gradient 0 at 0, where it may have none."""
    filled = x.array != 0
    if filled.all() or p >= 2:
        return ops.pow(x, p)
    powers = ops.pow(ops.select(x, 1.0, condition=filled), p)
    return ops.select(powers, 0.0 if p > 0 else float("inf"), condition=filled)


def normalize(input: Any, p: float = 2.0, dim: Any = 1, eps: float = 1e-12) -> Tensor:
    r"""Divide vectors by their length, :math:`y = x / \max(\lVert x \rVert_p, \epsilon)`, along ``dim``.

    >>> import tinygrad_cnn as tg
    >>> tg.normalize(tg.tensor([[3.0, 4.0], [0.0, 0.0]]))
    tensor([[0.6, 0.8],
            [0. , 0. ]])
    """
    x = as_tensor(input, "normalize")
    length = _length("normalize", x, number("normalize", "p", p), dim, True, None)
    return ops.div(x, ops.clip(length, min=number("normalize", "eps", eps)))


def cosine_similarity(x1: Any, x2: Any, dim: int = 1, eps: float = 1e-8) -> Tensor:
    r"""Cosine of the angle between vectors along ``dim``:

    .. math:: y = \frac{x_1 \cdot x_2}{\max(\lVert x_1 \rVert, \epsilon) \max(\lVert x_2 \rVert, \epsilon)}

    The two are broadcast, and ``dim`` counts in what they are broadcast to.

    Raises:
        ArgumentError: ``eps`` is negative.

    >>> import tinygrad_cnn as tg
    >>> tg.cosine_similarity(tg.tensor([[1.0, 0.0], [1.0, 1.0]]), tg.tensor([[2.0, 0.0]]))
    tensor([1.        , 0.70710677])
    """
    if number("cosine_similarity", "eps", eps) < 0:
        raise ArgumentError(f"cosine_similarity: eps must not be negative, got {eps!r}")
    a, b = _broadcast("cosine_similarity", x1, x2)
    d = one_dim("cosine_similarity", dim, a.ndim)
    cosine = ops.mul(_to_length_one(a, d, eps), _to_length_one(b, d, eps))
    return ops.sum(cosine, dim=(d,) if a.ndim else ())


def _to_length_one(x: Tensor, d: int, eps: float) -> Tensor:
    length = _length("cosine_similarity", x, 2.0, d, True, None)
    short = np.maximum(x.dtype.type(eps) - length.array, 0)  # a constant: PyTorch has no kink at eps, either
    return ops.div(x, ops.add(length, wrap(short)) if short.any() else length)


def pairwise_distance(x1: Any, x2: Any, p: float = 2.0, eps: float = 1e-6, keepdim: bool = False) -> Tensor:
    r"""Distance of vectors along the last dimension, :math:`y = \lVert x_1 - x_2 + \epsilon \rVert_p`.

    The two are broadcast; whole numbers become float32.

    >>> import tinygrad_cnn as tg
    >>> tg.pairwise_distance(tg.tensor([[3.0, 4.0], [0.0, 1.0]]), tg.tensor([0.0, 0.0]), eps=0.0)
    tensor([5., 1.])
    """
    a, b = _broadcast("pairwise_distance", x1, x2)
    apart = ops.sub(a, b)
    if apart.dtype.kind != "f":
        apart = in_dtype("pairwise_distance", apart, np.float32)
    moved = ops.add(apart, number("pairwise_distance", "eps", eps))
    order = number("pairwise_distance", "p", p)
    return _length("pairwise_distance", moved, order, -1, keepdim, None)


def _broadcast(function: str, x1: Any, x2: Any) -> tuple[Tensor, Tensor]:
    a, b = as_tensor(x1, function), as_tensor(x2, function)
    kinds = [t.dtype for t in (a, b) if t.dtype.kind == "f"]
    if len(set(kinds)) > 1:
        raise DtypeError(f"{function} got {a.dtype} and {b.dtype}; nothing is promoted silently: convert one")
    a, b = (in_dtype(function, t, kinds[0]) if kinds else t for t in (a, b))
    try:
        shape = np.broadcast_shapes(a.shape, b.shape)
    except ValueError:
        raise ShapeError(f"{function}: x1 {a.shape} and x2 {b.shape} do not broadcast to one shape") from None
    return ops.expand(a, shape=shape), ops.expand(b, shape=shape)
