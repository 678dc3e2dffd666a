"""Changing the shape of a tensor: the same values under other dimensions, or repeated without a copy."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from .. import ops
from ..core import Tensor
from ..errors import ArgumentError, ShapeError
from .arguments import as_tensor, dims, integer_list, one_dim

__all__ = [
    "broadcast_tensors",
    "broadcast_to",
    "expand",
    "flatten",
    "moveaxis",
    "movedim",
    "permute",
    "reshape",
    "squeeze",
    "swapaxes",
    "swapdims",
    "t",
    "transpose",
    "unflatten",
    "unsqueeze",
]


def reshape(input: Any, shape: int | Sequence[int]) -> Tensor:
    """Give the same values another shape; one size may be -1 and follows from the others.

    >>> import tinygrad_cnn as tg
    >>> tg.reshape(tg.tensor([1.0, 2.0, 3.0, 4.0]), (2, -1))
    tensor([[1., 2.],
            [3., 4.]])
    """
    x = as_tensor(input, "reshape")
    sizes = integer_list("reshape", "shape", shape, -1)
    return ops.reshape(
        x, shape=_filled("reshape", f"{x.numel()} values of shape {x.shape}", x.numel(), sizes)
    )


def _filled(function: str, what: str, count: int, sizes: tuple[int, ...]) -> tuple[int, ...]:
    """Replace -1 by the size that follows, and refuse what does not hold ``count`` values."""
    if sizes.count(-1) > 1:
        raise ShapeError(f"{function}: only one size can be -1, got {sizes}")
    known = int(np.prod([n for n in sizes if n != -1]))
    open_size = -1 in sizes and known != 0 and count % known == 0
    filled = tuple(count // known if n == -1 and open_size else n for n in sizes)
    if int(np.prod(filled)) != count or -1 in filled:
        raise ShapeError(f"{function}: {what} do not fit into {sizes}")
    return filled


def flatten(input: Any, start_dim: int = 0, end_dim: int = -1) -> Tensor:
    """Join the dimensions from ``start_dim`` to ``end_dim`` into one.

    >>> import tinygrad_cnn as tg
    >>> tg.flatten(tg.zeros(2, 3, 4), start_dim=1).shape
    (2, 12)
    """
    x = as_tensor(input, "flatten")
    start, end = one_dim("flatten", start_dim, x.ndim), one_dim("flatten", end_dim, x.ndim)
    if start > end:
        raise ArgumentError(f"flatten: start_dim {start_dim} lies behind end_dim {end_dim}")
    joined = int(np.prod(x.shape[start : end + 1]))
    return ops.reshape(x, shape=(*x.shape[:start], joined, *x.shape[end + 1 :]))


def unflatten(input: Any, dim: int, sizes: Sequence[int]) -> Tensor:
    """Split one dimension into several, the reverse of `flatten`; one of ``sizes`` may be -1.

    Raises:
        ShapeError: the sizes do not multiply to that of the dimension, or there are none.

    >>> import tinygrad_cnn as tg
    >>> tg.unflatten(tg.zeros(2, 12), 1, (3, -1)).shape
    (2, 3, 4)
    """
    x = as_tensor(input, "unflatten")
    d = one_dim("unflatten", dim, x.ndim)
    parts = integer_list("unflatten", "sizes", sizes, -1)
    if not parts or not x.ndim:
        raise ShapeError(f"unflatten: expected a dimension and one size or more, got {x.shape} and {parts}")
    filled = _filled("unflatten", f"{x.shape[d]} values of dim {d} of shape {x.shape}", x.shape[d], parts)
    return ops.reshape(x, shape=(*x.shape[:d], *filled, *x.shape[d + 1 :]))


def squeeze(input: Any, dim: int | Sequence[int] | None = None) -> Tensor:
    """Drop one dimension of size 1 or several (larger ones stay), or all of them.

    >>> import tinygrad_cnn as tg
    >>> tg.squeeze(tg.zeros(2, 1, 3, 1), 1).shape, tg.squeeze(tg.zeros(2, 1, 3, 1), (0, 3)).shape
    ((2, 3, 1), (2, 1, 3))
    """
    x = as_tensor(input, "squeeze")
    gone = dims("squeeze", dim, x.ndim)
    return ops.reshape(x, shape=tuple(n for d, n in enumerate(x.shape) if n != 1 or d not in gone))


def unsqueeze(input: Any, dim: int) -> Tensor:
    """Insert a dimension of size 1 at ``dim``.

    >>> import tinygrad_cnn as tg
    >>> tg.unsqueeze(tg.zeros(2, 3), 1).shape
    (2, 1, 3)
    """
    x = as_tensor(input, "unsqueeze")
    d = one_dim("unsqueeze", dim, x.ndim + 1)
    return ops.reshape(x, shape=(*x.shape[:d], 1, *x.shape[d:]))


def permute(input: Any, dims: Sequence[int]) -> Tensor:
    """Put the dimensions into another order.

    >>> import tinygrad_cnn as tg
    >>> tg.permute(tg.zeros(2, 3, 4), (2, 0, 1)).shape
    (4, 2, 3)
    """
    x = as_tensor(input, "permute")
    named = integer_list("permute", "dims", dims, None)
    order = tuple(one_dim("permute", d, x.ndim) for d in named)
    if sorted(order) != list(range(x.ndim)):
        raise ShapeError(f"permute: dims {named} must name each of the {x.ndim} dimensions once")
    return ops.permute(x, dims=order)


def movedim(input: Any, source: int | Sequence[int], destination: int | Sequence[int]) -> Tensor:
    """Move dimensions to other places; the rest keep their order.

    Raises:
        ShapeError: a dimension is out of range, named twice, or there are more of one than of the other.

    >>> import tinygrad_cnn as tg
    >>> tg.movedim(tg.zeros(2, 3, 4), 0, -1).shape, tg.movedim(tg.zeros(2, 3, 4), (0, 1), (1, 2)).shape
    ((3, 4, 2), (4, 2, 3))
    """
    x = as_tensor(input, "movedim")
    named = [
        integer_list("movedim", n, v, None) for n, v in (("source", source), ("destination", destination))
    ]
    moved, places = ([one_dim("movedim", d, x.ndim) for d in part] for part in named)
    if len(moved) != len(places) or len(set(moved)) != len(moved) or len(set(places)) != len(places):
        raise ShapeError(f"movedim: each of {named[0]} needs one place of its own, got {named[1]}")
    if not x.ndim:
        return x
    rest = iter([d for d in range(x.ndim) if d not in moved])
    to = dict(zip(places, moved, strict=True))
    return ops.permute(x, dims=tuple(to[d] if d in to else next(rest) for d in range(x.ndim)))


def transpose(input: Any, dim0: int, dim1: int) -> Tensor:
    """Swap two dimensions; `swapdims` is another name of it.

    >>> import tinygrad_cnn as tg
    >>> tg.transpose(tg.zeros(2, 3, 4), 0, 2).shape
    (4, 3, 2)
    """
    return _swapped("transpose", input, dim0, dim1)


def _swapped(function: str, input: Any, first: int, second: int) -> Tensor:
    x = as_tensor(input, function)
    order = list(range(x.ndim))
    a, b = one_dim(function, first, x.ndim), one_dim(function, second, x.ndim)
    if order:
        order[a], order[b] = order[b], order[a]
    return ops.permute(x, dims=tuple(order))


def t(input: Any) -> Tensor:
    """Swap rows and columns of a matrix; a vector or a number stays as it is.

    Raises:
        ShapeError: the tensor has more than two dimensions.

    >>> import tinygrad_cnn as tg
    >>> tg.t(tg.tensor([[1.0, 2.0]]))
    tensor([[1.],
            [2.]])
    """
    x = as_tensor(input, "t")
    if x.ndim > 2:
        raise ShapeError(f"t: expected a matrix, got shape {x.shape}; use transpose or permute")
    return ops.permute(x, dims=tuple(range(x.ndim))[::-1])


def expand(input: Any, *sizes: Any) -> Tensor:
    """Repeat dimensions of size 1 (no copy); -1 keeps a size, new dimensions come in front.

    >>> import tinygrad_cnn as tg
    >>> tg.expand(tg.tensor([[1.0], [2.0]]), 2, 3)
    tensor([[1., 1., 1.],
            [2., 2., 2.]])
    """
    return _expanded("expand", input, "sizes", sizes[0] if len(sizes) == 1 else sizes)


def _expanded(function: str, input: Any, name: str, sizes: Any) -> Tensor:
    x, wanted = as_tensor(input, function), integer_list(function, name, sizes, -1)
    ahead = len(wanted) - x.ndim
    shape = tuple(x.shape[d - ahead] if n == -1 and d >= ahead else n for d, n in enumerate(wanted))
    fits = ahead >= 0 and all(n in (1, shape[d + ahead]) for d, n in enumerate(x.shape))
    if not fits or any(n < 0 for n in shape):
        raise ShapeError(f"{function}: shape {x.shape} cannot be repeated to {wanted}; only sizes of 1 can")
    return ops.expand(x, shape=shape)


def swapaxes(input: Any, axis0: int, axis1: int) -> Tensor:
    """Swap two dimensions: `transpose`, with numpy's names.

    >>> import tinygrad_cnn as tg
    >>> tg.swapaxes(tg.zeros(2, 3, 4), 0, 2).shape
    (4, 3, 2)
    """
    return _swapped("swapaxes", input, axis0, axis1)


def broadcast_to(input: Any, size: Sequence[int]) -> Tensor:
    """Repeat dimensions of size 1 up to a shape: `expand` with the sizes as one argument.

    >>> import tinygrad_cnn as tg
    >>> tg.broadcast_to(tg.tensor([1.0, 2.0]), (2, 2))
    tensor([[1., 2.],
            [1., 2.]])
    """
    return _expanded("broadcast_to", input, "size", size)


def broadcast_tensors(*tensors: Any) -> tuple[Tensor, ...]:
    """Repeat each tensor to the one shape that all of them broadcast to.

    Raises:
        ShapeError: there is no such shape.

    >>> import tinygrad_cnn as tg
    >>> a, b = tg.broadcast_tensors(tg.tensor([[1.0], [2.0]]), tg.tensor([3.0, 4.0, 5.0]))
    >>> a.shape, b.shape
    ((2, 3), (2, 3))
    """
    parts = [as_tensor(x, "broadcast_tensors") for x in tensors]
    try:
        shape = np.broadcast_shapes(*(x.shape for x in parts))
    except ValueError:
        shapes = ", ".join(str(x.shape) for x in parts)
        raise ShapeError(
            f"broadcast_tensors: shapes {shapes} have no common one; sizes must be equal or 1"
        ) from None
    return tuple(ops.expand(x, shape=shape) for x in parts)


moveaxis = movedim
swapdims = transpose
