"""Repeating, turning and shifting what is in a tensor, and its diagonals."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from .. import ops
from ..core import Tensor
from ..errors import ArgumentError, ShapeError
from .arguments import as_tensor, integer, integer_list, integers, one_dim
from .shape import broadcast_tensors, permute, reshape, transpose

__all__ = [
    "diag",
    "diagonal",
    "flip",
    "fliplr",
    "flipud",
    "meshgrid",
    "repeat",
    "repeat_interleave",
    "roll",
    "rot90",
    "tile",
    "tril",
    "triu",
]


def repeat(input: Any, *sizes: Any) -> Tensor:
    """Put copies beside each other, so many along each dimension; new dimensions come in front.

    Raises:
        ShapeError: fewer numbers than dimensions.
        ArgumentError: a negative number.

    >>> import tinygrad_cnn as tg
    >>> tg.repeat(tg.tensor([1.0, 2.0]), 2, 2)
    tensor([[1., 2., 1., 2.],
            [1., 2., 1., 2.]])
    """
    x = as_tensor(input, "repeat")
    times = integer_list("repeat", "sizes", sizes[0] if len(sizes) == 1 else sizes, 0)
    ahead = len(times) - x.ndim
    if ahead < 0:
        raise ShapeError(f"repeat: expected at least {x.ndim} numbers for shape {x.shape}, got {times}")
    shape = (1,) * ahead + x.shape
    between = [n for d in range(len(times)) for n in (1, shape[d])]
    copies = [n for d in range(len(times)) for n in (times[d], shape[d])]
    y = ops.expand(ops.reshape(x, shape=tuple(between)), shape=tuple(copies))
    return ops.reshape(y, shape=tuple(k * n for k, n in zip(times, shape, strict=True)))


def tile(input: Any, dims: int | Sequence[int]) -> Tensor:
    """Put copies beside each other: `repeat` that takes 1 for the first dimensions if they are not given.

    >>> import tinygrad_cnn as tg
    >>> tg.tile(tg.tensor([[1.0, 2.0]]), (2,))
    tensor([[1., 2., 1., 2.]])
    """
    x, times = as_tensor(input, "tile"), integer_list("tile", "dims", dims, 0)
    return repeat(x, (1,) * (x.ndim - len(times)) + times)


def repeat_interleave(
    input: Any, repeats: Any, dim: int | None = None, *, output_size: int | None = None
) -> Tensor:
    """Repeat each value on the spot, along ``dim`` or, without it, of the flattened tensor.

    ``repeats`` is one number, or one for each place along the dimension; ``output_size``, their sum, may be
    given and is then checked.

    Raises:
        ShapeError: ``repeats`` has another length than the dimension, or another sum than ``output_size``.
        ArgumentError: a negative number.

    >>> import tinygrad_cnn as tg
    >>> tg.repeat_interleave(tg.tensor([1.0, 2.0]), 2), tg.repeat_interleave(tg.tensor([1.0, 2.0]), [1, 3])
    (tensor([1., 1., 2., 2.]), tensor([1., 2., 2., 2.]))
    """
    x = as_tensor(input, "repeat_interleave")
    x = reshape(x, -1) if dim is None else _at_least("repeat_interleave", x, 1)
    d = 0 if dim is None else one_dim("repeat_interleave", dim, x.ndim)
    times = integers("repeat_interleave", "repeats", repeats)
    if times.ndim > 1 or (times.size != 1 and times.shape != (x.shape[d],)):
        raise ShapeError(
            f"repeat_interleave: repeats must be one number or {x.shape[d]}, one for each place of dim {d}, "
            f"got shape {times.shape}"
        )
    if times.size and times.min() < 0:
        raise ArgumentError(f"repeat_interleave: repeats must be integers >= 0, got {times.min()}")
    places = np.repeat(np.arange(x.shape[d]), times)
    if output_size is not None and places.size != output_size:
        raise ShapeError(f"repeat_interleave: repeats make {places.size} of dim {d}, not {output_size!r}")
    return ops.getitem(x, index=(*(slice(None),) * d, places))


def flip(input: Any, dims: int | Sequence[int]) -> Tensor:
    """Turn around the order along one dimension or several.

    >>> import tinygrad_cnn as tg
    >>> tg.flip(tg.tensor([[1.0, 2.0], [3.0, 4.0]]), (1,))
    tensor([[2., 1.],
            [4., 3.]])
    """
    x = as_tensor(input, "flip")
    named = integer_list("flip", "dims", dims, None)
    turned = [one_dim("flip", d, x.ndim) for d in named]
    if len(set(turned)) != len(turned):
        raise ArgumentError(f"flip: dims {named} name a dimension twice")
    back = slice(None, None, -1)
    return ops.getitem(x, index=tuple(back if d in turned else slice(None) for d in range(x.ndim)))


def fliplr(input: Any) -> Tensor:
    """Turn around the order of the columns, dim 1.

    >>> import tinygrad_cnn as tg
    >>> tg.fliplr(tg.tensor([[1.0, 2.0], [3.0, 4.0]]))
    tensor([[2., 1.],
            [4., 3.]])
    """
    return flip(_at_least("fliplr", input, 2), 1)


def flipud(input: Any) -> Tensor:
    """Turn around the order of the rows, dim 0.

    >>> import tinygrad_cnn as tg
    >>> tg.flipud(tg.tensor([[1.0, 2.0], [3.0, 4.0]]))
    tensor([[3., 4.],
            [1., 2.]])
    """
    return flip(_at_least("flipud", input, 1), 0)


def _at_least(function: str, input: Any, ndim: int) -> Tensor:
    x = as_tensor(input, function)
    if x.ndim < ndim:
        raise ShapeError(f"{function}: expected {ndim} dimensions or more, got shape {x.shape}")
    return x


def roll(input: Any, shifts: int | Sequence[int], dims: int | Sequence[int] | None = None) -> Tensor:
    r"""Shift values along dimensions, what leaves at one end comes in at the other:
    :math:`y_i = x_{(i - shift) \bmod n}`.

    Without ``dims``, the flattened tensor is rolled, and gets its shape back.

    Raises:
        ArgumentError: not one shift for each of ``dims``.

    >>> import tinygrad_cnn as tg
    >>> tg.roll(tg.tensor([1.0, 2.0, 3.0]), 1), tg.roll(tg.tensor([[1.0, 2.0, 3.0]]), (-1,), (1,))
    (tensor([3., 1., 2.]), tensor([[2., 3., 1.]]))
    """
    x = as_tensor(input, "roll")
    steps = integer_list("roll", "shifts", shifts, None)
    named = () if dims is None else integer_list("roll", "dims", dims, None)
    if not named and len(steps) == 1:
        return ops.reshape(roll(reshape(x, x.numel()), steps, 0), shape=x.shape)
    if len(steps) != len(named):
        raise ArgumentError(f"roll: expected one shift for each of dims {named}, got shifts {steps}")
    for step, dim in zip(steps, named, strict=True):
        d = one_dim("roll", dim, _at_least("roll", x, 1).ndim)
        cut = -step % x.shape[d] if x.shape[d] else 0
        if cut:
            front = (slice(None),) * d
            ends = (ops.getitem(x, index=(*front, part)) for part in (slice(cut, None), slice(cut)))
            x = ops.concat(*ends, dim=d)
    return x


def rot90(input: Any, k: int = 1, dims: Sequence[int] = (0, 1)) -> Tensor:
    """Turn by 90 degrees, ``k`` times, from the first of two dimensions towards the second.

    >>> import tinygrad_cnn as tg
    >>> tg.rot90(tg.tensor([[1.0, 2.0], [3.0, 4.0]]))
    tensor([[2., 4.],
            [1., 3.]])
    """
    x, named = as_tensor(input, "rot90"), integer_list("rot90", "dims", dims, None)
    turned = [one_dim("rot90", d, x.ndim) for d in named]
    if len(turned) != 2 or x.ndim < 2 or turned[0] == turned[1]:
        raise ShapeError(f"rot90: expected two different dims of two or more, got {named} for {x.shape}")
    quarter = integer("rot90", "k", k, None) % 4
    if quarter % 2:
        x = transpose(x, *turned)
    return flip(x, [turned[:0], turned[:1], turned, turned[1:]][quarter])


def tril(input: Any, diagonal: int = 0) -> Tensor:
    """Keep what is on and below a diagonal of the last two dimensions, and put 0 elsewhere.

    Diagonal k begins at row 0, column k, or at row -k, column 0.

    >>> import tinygrad_cnn as tg
    >>> tg.tril(tg.ones(2, 3))
    tensor([[1., 0., 0.],
            [1., 1., 0.]])
    """
    return _triangle("tril", input, diagonal, np.less_equal)


def triu(input: Any, diagonal: int = 0) -> Tensor:
    """Keep what is on and above a diagonal of the last two dimensions, and put 0 elsewhere.

    >>> import tinygrad_cnn as tg
    >>> tg.triu(tg.ones(2, 3), 1)
    tensor([[0., 1., 1.],
            [0., 0., 1.]])
    """
    return _triangle("triu", input, diagonal, np.greater_equal)


def _triangle(function: str, input: Any, diagonal: int, side: np.ufunc) -> Tensor:
    x, k = _at_least(function, input, 2), integer(function, "diagonal", diagonal, None)
    rows, columns = np.ogrid[: x.shape[-2], : x.shape[-1]]
    return ops.select(x, x.dtype.type(0), condition=side(columns - rows, k))


def diagonal(input: Any, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Tensor:
    r"""Take a diagonal of two dimensions, which are replaced by one at the end: :math:`y_i = x_{i,i+offset}`
    for an offset >= 0, :math:`x_{i-offset,i}` for a negative one.

    Raises:
        ShapeError: dim1 and dim2 are the same, or out of range.

    >>> import tinygrad_cnn as tg
    >>> x = tg.tensor([[1.0, 2.0], [3.0, 4.0]])
    >>> tg.diagonal(x), tg.diagonal(x, 1)
    (tensor([1., 4.]), tensor([2.]))
    """
    x, k = as_tensor(input, "diagonal"), integer("diagonal", "offset", offset, None)
    a, b = one_dim("diagonal", dim1, x.ndim), one_dim("diagonal", dim2, x.ndim)
    if a == b:
        raise ShapeError(f"diagonal: dim1 {dim1} and dim2 {dim2} must differ, for shape {x.shape}")
    places = np.arange(max(min(x.shape[a] + min(k, 0), x.shape[b] - max(k, 0)), 0))
    behind = permute(x, (*(d for d in range(x.ndim) if d not in (a, b)), a, b))
    return ops.getitem(behind, index=(..., places - min(k, 0), places + max(k, 0)))


def diag(input: Any, diagonal: int = 0) -> Tensor:
    """Turn a vector into a matrix with it on a diagonal, or take the diagonal of a matrix.

    >>> import tinygrad_cnn as tg
    >>> tg.diag(tg.tensor([1.0, 2.0]))
    tensor([[1., 0.],
            [0., 2.]])
    """
    x, k = as_tensor(input, "diag"), integer("diag", "diagonal", diagonal, None)
    if x.ndim not in (1, 2):
        raise ShapeError(f"diag: expected a vector or a matrix, got shape {x.shape}")
    if x.ndim == 2:
        return _diagonal(x, k)
    size, places = x.shape[0] + abs(k), np.arange(x.shape[0])
    return ops.index_add(x, index=(places - min(k, 0), places + max(k, 0)), shape=(size, size))


_diagonal = diagonal  # the name is an argument of `diag`


def meshgrid(*tensors: Any, indexing: str = "ij") -> tuple[Tensor, ...]:
    """Repeat vectors over a grid: the k-th result varies along dimension k.

    ``indexing="xy"`` swaps the first two dimensions. A number counts as a vector of one.

    Raises:
        ShapeError: a tensor has more than one dimension.
        ArgumentError: no tensors, or another ``indexing``.

    >>> import tinygrad_cnn as tg
    >>> y, x = tg.meshgrid(tg.arange(2), tg.arange(3))
    >>> y, x
    (tensor([[0, 0, 0],
            [1, 1, 1]]), tensor([[0, 1, 2],
            [0, 1, 2]]))
    """
    given = tensors[0] if len(tensors) == 1 and isinstance(tensors[0], list | tuple) else tensors
    parts = [as_tensor(t, "meshgrid") for t in given]
    if not parts or indexing not in ("ij", "xy"):
        raise ArgumentError(
            f"meshgrid: expected tensors and indexing 'ij' or 'xy', got {len(parts)} and {indexing!r}"
        )
    if any(t.ndim > 1 for t in parts):
        raise ShapeError(f"meshgrid: expected vectors, got shapes {[t.shape for t in parts]}")
    order = list(range(len(parts)))
    if indexing == "xy" and len(parts) > 1:
        order[:2] = [1, 0]
    shapes = [[-1 if e == d else 1 for e in range(len(parts))] for d in order]
    return broadcast_tensors(*(reshape(t, s) for t, s in zip(parts, shapes, strict=True)))
