"""Changing the shape of a tensor, taking pieces of it and putting pieces together."""

import operator
from collections.abc import Sequence
from typing import Any

import numpy as np

from .. import ops
from ..core import Tensor, to_array
from ..errors import ArgumentError, DtypeError, PositionError, ShapeError
from .arguments import as_tensor, integer, one_dim


def reshape(input: Any, shape: Sequence[int]) -> Tensor:
    """Give the same values another shape; one size may be -1 and follows from the others.

    >>> import tinygrad_cnn as tg
    >>> tg.reshape(tg.tensor([1.0, 2.0, 3.0, 4.0]), (2, -1))
    tensor([[1., 2.],
            [3., 4.]])
    """
    x = as_tensor(input)
    sizes = [integer("reshape", "shape", n, -1) for n in ((shape,) if isinstance(shape, int) else shape)]
    if sizes.count(-1) > 1:
        raise ShapeError(f"reshape: only one size can be -1, got {tuple(sizes)}")
    if -1 in sizes:
        known = -int(np.prod(sizes))
        if known == 0 or x.numel() % known:
            raise ShapeError(f"reshape: {x.numel()} values of shape {x.shape} do not fit into {tuple(sizes)}")
        sizes[sizes.index(-1)] = x.numel() // known
    if int(np.prod(sizes)) != x.numel():
        raise ShapeError(f"reshape: {x.numel()} values of shape {x.shape} do not fit into {tuple(sizes)}")
    return ops.reshape(x, shape=tuple(sizes))


def flatten(input: Any, start_dim: int = 0, end_dim: int = -1) -> Tensor:
    """Join the dimensions from ``start_dim`` to ``end_dim`` into one.

    >>> import tinygrad_cnn as tg
    >>> tg.flatten(tg.zeros(2, 3, 4), start_dim=1).shape
    (2, 12)
    """
    x = as_tensor(input)
    start, end = one_dim("flatten", start_dim, x.ndim), one_dim("flatten", end_dim, x.ndim)
    if start > end:
        raise ArgumentError(f"flatten: start_dim {start_dim} lies behind end_dim {end_dim}")
    joined = int(np.prod(x.shape[start : end + 1]))
    return ops.reshape(x, shape=(*x.shape[:start], joined, *x.shape[end + 1 :]))


def squeeze(input: Any, dim: int | None = None) -> Tensor:
    """Drop a dimension of size 1 (a larger one stays), or all of them.

    >>> import tinygrad_cnn as tg
    >>> tg.squeeze(tg.zeros(2, 1, 3), 1).shape
    (2, 3)
    """
    x = as_tensor(input)
    gone = range(x.ndim) if dim is None else [one_dim("squeeze", dim, x.ndim)]
    return ops.reshape(x, shape=tuple(n for d, n in enumerate(x.shape) if n != 1 or d not in gone))


def unsqueeze(input: Any, dim: int) -> Tensor:
    """Insert a dimension of size 1 at ``dim``.

    >>> import tinygrad_cnn as tg
    >>> tg.unsqueeze(tg.zeros(2, 3), 1).shape
    (2, 1, 3)
    """
    x = as_tensor(input)
    d = one_dim("unsqueeze", dim, x.ndim + 1)
    return ops.reshape(x, shape=(*x.shape[:d], 1, *x.shape[d:]))


def permute(input: Any, dims: Sequence[int]) -> Tensor:
    """Put the dimensions into another order.

    >>> import tinygrad_cnn as tg
    >>> tg.permute(tg.zeros(2, 3, 4), (2, 0, 1)).shape
    (4, 2, 3)
    """
    x = as_tensor(input)
    order = tuple(one_dim("permute", d, x.ndim) for d in dims)
    if sorted(order) != list(range(x.ndim)):
        raise ShapeError(f"permute: dims {tuple(dims)} must name each of the {x.ndim} dimensions once")
    return ops.permute(x, dims=order)


def transpose(input: Any, dim0: int, dim1: int) -> Tensor:
    """Swap two dimensions.

    >>> import tinygrad_cnn as tg
    >>> tg.transpose(tg.zeros(2, 3, 4), 0, 2).shape
    (4, 3, 2)
    """
    x = as_tensor(input)
    order = list(range(x.ndim))
    a, b = one_dim("transpose", dim0, x.ndim), one_dim("transpose", dim1, x.ndim)
    if order:
        order[a], order[b] = order[b], order[a]
    return ops.permute(x, dims=tuple(order))


def expand(input: Any, *sizes: int) -> Tensor:
    """Repeat dimensions of size 1 (no copy); -1 keeps a size, new dimensions come in front.

    >>> import tinygrad_cnn as tg
    >>> tg.expand(tg.tensor([[1.0], [2.0]]), 2, 3)
    tensor([[1., 1., 1.],
            [2., 2., 2.]])
    """
    x = as_tensor(input)
    wanted = tuple(sizes[0]) if len(sizes) == 1 and isinstance(sizes[0], Sequence) else sizes
    ahead = len(wanted) - x.ndim
    shape = tuple(x.shape[d - ahead] if n == -1 and d >= ahead else n for d, n in enumerate(wanted))
    fits = ahead >= 0 and all(n in (1, shape[d + ahead]) for d, n in enumerate(x.shape))
    if not fits or any(n < 0 for n in shape):
        raise ShapeError(f"expand: shape {x.shape} cannot be repeated to {wanted}; only sizes of 1 can")
    return ops.expand(x, shape=shape)


def cat(tensors: Sequence[Any], dim: int = 0) -> Tensor:
    """Put tensors one after the other along ``dim``; the other sizes must be equal.

    >>> import tinygrad_cnn as tg
    >>> tg.cat([tg.tensor([1.0]), tg.tensor([2.0, 3.0])])
    tensor([1., 2., 3.])
    """
    parts = [as_tensor(t) for t in tensors]
    if not parts:
        raise ArgumentError("cat: expected at least one tensor, got none")
    d = one_dim("cat", dim, parts[0].ndim)
    shapes = [t.shape for t in parts]
    if any(
        len(s) != len(shapes[0]) or s[:d] + s[d + 1 :] != shapes[0][:d] + shapes[0][d + 1 :] for s in shapes
    ):
        raise ShapeError(f"cat: all sizes but that of dim {d} must be equal, got shapes {shapes}")
    if not parts[0].ndim:
        raise ShapeError("cat: tensors without dimensions cannot be put one after the other; use stack")
    return ops.concat(*parts, dim=d)


def stack(tensors: Sequence[Any], dim: int = 0) -> Tensor:
    """Put tensors of one shape side by side along a new dimension.

    >>> import tinygrad_cnn as tg
    >>> tg.stack([tg.tensor([1.0, 2.0]), tg.tensor([3.0, 4.0])])
    tensor([[1., 2.],
            [3., 4.]])
    """
    parts = [as_tensor(t) for t in tensors]
    if any(t.shape != parts[0].shape for t in parts):
        raise ShapeError(f"stack: all shapes must be equal, got {[t.shape for t in parts]}")
    if not parts:
        raise ArgumentError("stack: expected at least one tensor, got none")
    return cat([unsqueeze(t, dim) for t in parts], one_dim("stack", dim, parts[0].ndim + 1))


def pad(input: Any, pad: Sequence[int], mode: str = "constant", value: float = 0.0) -> Tensor:
    """Surround the last dimensions with ``value``: ``pad`` = (left, right, top, bottom, ...), beginning
    with the last one.

    Negative numbers cut off.

    >>> import tinygrad_cnn as tg
    >>> tg.pad(tg.tensor([1.0, 2.0]), (1, 2))
    tensor([0., 1., 2., 0., 0.])
    """
    x = as_tensor(input)
    amounts = [integer("pad", "pad", n, -(10**9)) for n in pad]
    if mode != "constant":
        raise ArgumentError(f"pad: mode must be 'constant', got {mode!r}")
    if len(amounts) % 2 or len(amounts) > 2 * x.ndim:
        raise ShapeError(f"pad: expected pairs for at most {x.ndim} dimensions, got {len(amounts)} numbers")
    sides = [(0, 0)] * (x.ndim - len(amounts) // 2)
    sides += list(zip(amounts[-2::-2], amounts[-1::-2], strict=True))
    if any(n + min(a, 0) + min(b, 0) < 0 for n, (a, b) in zip(x.shape, sides, strict=True)):
        raise ShapeError(f"pad: {tuple(pad)} cuts off more than shape {x.shape} has")
    kept = tuple(slice(max(-a, 0), n - max(-b, 0)) for n, (a, b) in zip(x.shape, sides, strict=True))
    if any(n < 0 for n in amounts):
        x = ops.getitem(x, index=kept)
    return ops.pad(x, padding=tuple((max(a, 0), max(b, 0)) for a, b in sides), value=value)


def getitem(input: Tensor, index: Any) -> Tensor:
    """Take a part of a tensor: by integers, slices, ``...``, None, integer or boolean arrays and tensors.

    >>> import tinygrad_cnn as tg
    >>> tg.tensor([[1.0, 2.0], [3.0, 4.0]])[:, 1]
    tensor([2., 4.])
    """
    parts = tuple(_constant(i) for i in (index if isinstance(index, tuple) else (index,)))
    try:
        return ops.getitem(input, index=parts)
    except IndexError as error:
        raise PositionError(f"index {index!r} does not fit shape {input.shape}: {error}") from None


def _constant(part: Any) -> Any:
    """Copy arrays inside of an index, which their owner may change before the backward pass."""
    if part is None or part is ... or isinstance(part, int):
        return part
    if isinstance(part, slice):
        return slice(*(None if n is None else operator.index(n) for n in (part.start, part.stop, part.step)))
    array = to_array(part)
    if array.dtype.kind not in "biu" and array.size:
        raise DtypeError(f"an index is made of integers or booleans, got {array.dtype}")
    return array if array.size or array.dtype.kind in "biu" else array.astype(np.int64)


def gather(input: Any, dim: int, index: Any) -> Tensor:
    """Pick along ``dim`` the places that ``index`` names, :math:`y_{ij} = x_{i,index_{ij}}` for ``dim=1``.

    >>> import tinygrad_cnn as tg
    >>> tg.gather(tg.tensor([[1.0, 2.0], [3.0, 4.0]]), 1, [[1], [0]])
    tensor([[2.],
            [3.]])
    """
    from .arguments import integers

    x = as_tensor(input)
    d = one_dim("gather", dim, x.ndim)
    places = integers("gather", "index", index)
    if places.ndim != x.ndim or any(
        n > m for e, (n, m) in enumerate(zip(places.shape, x.shape, strict=True)) if e != d
    ):
        raise ShapeError(f"gather: index of shape {places.shape} does not fit a tensor of shape {x.shape}")
    if places.size and not (places.min() >= 0 and places.max() < x.shape[d]):
        raise ShapeError(f"gather: index must lie in 0..{x.shape[d] - 1}, got {places.min()}..{places.max()}")
    if places.shape != x.shape:
        x = ops.getitem(
            x, index=tuple(slice(None) if e == d else slice(n) for e, n in enumerate(places.shape))
        )
    return ops.gather(x, dim=d, index=places)
