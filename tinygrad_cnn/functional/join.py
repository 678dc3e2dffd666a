"""Putting tensors together, and taking them apart again."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from .. import ops
from ..core import Tensor
from ..errors import ArgumentError, ShapeError
from .arguments import as_tensor, integer, integer_list, one_dim, plain
from .shape import reshape, unsqueeze

__all__ = [
    "cat",
    "chunk",
    "concat",
    "concatenate",
    "hstack",
    "split",
    "stack",
    "tensor_split",
    "unbind",
    "vstack",
]


def cat(tensors: Sequence[Any], dim: int = 0) -> Tensor:
    """Put tensors one after the other along ``dim``; the other sizes must be equal.

    Empty vectors, of shape (0,), fit anything and add nothing, as in PyTorch.

    >>> import tinygrad_cnn as tg
    >>> tg.cat([tg.tensor([1.0]), tg.tensor([2.0, 3.0])])
    tensor([1., 2., 3.])
    """
    return _joined("cat", _parts("cat", tensors), dim)


def _joined(function: str, given: list[Tensor], dim: int) -> Tensor:
    parts = [t for t in given if t.shape != (0,)] or given[:1]
    d = one_dim(function, dim, parts[0].ndim)
    shapes = [t.shape for t in parts]
    if any(
        len(s) != len(shapes[0]) or s[:d] + s[d + 1 :] != shapes[0][:d] + shapes[0][d + 1 :] for s in shapes
    ):
        raise ShapeError(f"{function}: all sizes but that of dim {d} must be equal, got shapes {shapes}")
    if not parts[0].ndim:
        raise ShapeError(
            f"{function}: tensors without dimensions cannot be put one after the other; use stack"
        )
    return ops.concat(*parts, dim=d)


def _parts(function: str, tensors: Any) -> list[Tensor]:
    if not isinstance(tensors, Sequence) or isinstance(tensors, str):
        raise ArgumentError(f"{function}: tensors must be a list or tuple, got {type(tensors).__name__}")
    if not tensors:
        raise ArgumentError(f"{function}: expected at least one tensor, got none")
    return [as_tensor(t, function) for t in tensors]


def stack(tensors: Sequence[Any], dim: int = 0) -> Tensor:
    """Put tensors of one shape side by side along a new dimension.

    >>> import tinygrad_cnn as tg
    >>> tg.stack([tg.tensor([1.0, 2.0]), tg.tensor([3.0, 4.0])])
    tensor([[1., 2.],
            [3., 4.]])
    """
    parts = _parts("stack", tensors)
    if any(t.shape != parts[0].shape for t in parts):
        raise ShapeError(f"stack: all shapes must be equal, got {[t.shape for t in parts]}")
    d = one_dim("stack", dim, parts[0].ndim + 1)
    return ops.concat(*(unsqueeze(t, d) for t in parts), dim=d)


def hstack(tensors: Sequence[Any]) -> Tensor:
    """Put tensors side by side: along the columns (dim 1), or one after the other if they are vectors.

    >>> import tinygrad_cnn as tg
    >>> tg.hstack([tg.ones(2, 1), tg.zeros(2, 2)])
    tensor([[1., 0., 0.],
            [1., 0., 0.]])
    """
    parts = [reshape(t, 1) if not t.ndim else t for t in _parts("hstack", tensors)]
    return _joined("hstack", parts, 0 if parts[0].ndim == 1 else 1)


def vstack(tensors: Sequence[Any]) -> Tensor:
    """Put tensors on top of each other, along dim 0; vectors are rows.

    >>> import tinygrad_cnn as tg
    >>> tg.vstack([tg.tensor([1.0, 2.0]), tg.tensor([[3.0, 4.0]])])
    tensor([[1., 2.],
            [3., 4.]])
    """
    parts = [reshape(t, (1, t.numel())) if t.ndim < 2 else t for t in _parts("vstack", tensors)]
    return _joined("vstack", parts, 0)


def split(tensor: Any, split_size_or_sections: int | Sequence[int], dim: int = 0) -> tuple[Tensor, ...]:
    """Cut into pieces of one size (the last one may be smaller), or of the sizes given.

    Raises:
        ShapeError: the sizes do not add up to that of the dimension.
        ArgumentError: a size is negative, or 0 where there is something to cut.

    >>> import tinygrad_cnn as tg
    >>> tg.split(tg.arange(5), 2), tg.split(tg.arange(5), [1, 4])
    ((tensor([0, 1]), tensor([2, 3]), tensor([4])), (tensor([0]), tensor([1, 2, 3, 4])))
    """
    x = as_tensor(tensor, "split")
    d, n = _cut_dim("split", x, dim)
    sizes = integer_list("split", "split_size_or_sections", split_size_or_sections, 0)
    if not isinstance(split_size_or_sections, Sequence):
        if not sizes[0] and n:
            raise ArgumentError(f"split: pieces of size 0 do not make up the {n} values of dim {d}")
        return _cut_at(x, d, list(range(sizes[0], n, sizes[0])) if n else [])
    if sum(sizes) != n:
        raise ShapeError(f"split: sizes {sizes} add up to {sum(sizes)}, but dim {d} of {x.shape} has {n}")
    return _cut_at(x, d, np.cumsum(sizes[:-1], dtype=int).tolist()) if sizes else ()


def chunk(input: Any, chunks: int, dim: int = 0) -> tuple[Tensor, ...]:
    r"""Cut into at most ``chunks`` pieces of size :math:`\lceil n / chunks \rceil`, of which the last is
    smaller.

    >>> import tinygrad_cnn as tg
    >>> tg.chunk(tg.arange(5), 3), len(tg.chunk(tg.arange(6), 4))
    ((tensor([0, 1]), tensor([2, 3]), tensor([4])), 3)
    """
    x, count = as_tensor(input, "chunk"), integer("chunk", "chunks", chunks, 1)
    d, n = _cut_dim("chunk", x, dim)
    return split(x, -(-n // count), d) if n else _cut_at(x, d, [0] * (count - 1))


def tensor_split(input: Any, indices_or_sections: int | Sequence[int], dim: int = 0) -> tuple[Tensor, ...]:
    """Cut into so many pieces, as even as they can be (the first ones larger), or before the places given.

    >>> import tinygrad_cnn as tg
    >>> tg.tensor_split(tg.arange(5), 3), tg.tensor_split(tg.arange(5), (1, 4))
    ((tensor([0, 1]), tensor([2, 3]), tensor([4])), (tensor([0]), tensor([1, 2, 3]), tensor([4])))
    """
    x = as_tensor(input, "tensor_split")
    d, n = _cut_dim("tensor_split", x, dim)
    cuts: Any = plain("tensor_split", "indices_or_sections", indices_or_sections)
    if cuts.ndim:
        return _cut_at(x, d, list(integer_list("tensor_split", "indices_or_sections", cuts, None)))
    count = integer("tensor_split", "indices_or_sections", indices_or_sections, 1)
    return _cut_at(x, d, [k * (n // count) + min(k, n % count) for k in range(1, count)])


def unbind(input: Any, dim: int = 0) -> tuple[Tensor, ...]:
    """Take all places along a dimension apart, each without that dimension.

    >>> import tinygrad_cnn as tg
    >>> tg.unbind(tg.tensor([[1.0, 2.0], [3.0, 4.0]]), 1)
    (tensor([1., 3.]), tensor([2., 4.]))
    """
    x = as_tensor(input, "unbind")
    d, n = _cut_dim("unbind", x, dim)
    return tuple(ops.getitem(x, index=(*(slice(None),) * d, i)) for i in range(n))


def _cut_dim(function: str, x: Tensor, dim: int) -> tuple[int, int]:
    if not x.ndim:
        raise ShapeError(f"{function}: a tensor without dimensions cannot be taken apart")
    d = one_dim(function, dim, x.ndim)
    return d, x.shape[d]


def _cut_at(x: Tensor, d: int, places: list[int]) -> tuple[Tensor, ...]:
    bounds = zip([0, *places], [*places, x.shape[d]], strict=True)
    return tuple(ops.getitem(x, index=(*(slice(None),) * d, slice(a, b))) for a, b in bounds)


concat = cat
concatenate = cat
