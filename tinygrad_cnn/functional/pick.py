"""Picking values by their places along a dimension.

Places are whole numbers (a tensor, an array or a list) from 0 on; where negative ones count from the end, it
is said. The gradient of what is picked goes to where it was picked, and is added up where a place is named
twice.
"""

from typing import Any, NamedTuple

import numpy as np

from .. import ops
from ..core import Tensor, wrap
from ..errors import PositionError, ShapeError
from .arguments import as_tensor, integers, one_dim

__all__ = ["gather", "index_select", "take", "take_along_dim"]


class ValuesAndIndices(NamedTuple):
    """What a function gives that picks values along a dimension: the values, and where they were."""

    values: Tensor
    indices: Tensor


def picked(x: Tensor, d: int, places: np.ndarray, keepdim: bool = True) -> ValuesAndIndices:
    """Give the values at some places along a dimension, which is dropped if it is not kept."""
    if not x.ndim:
        return ValuesAndIndices(x, wrap(np.zeros((), np.int64)))
    values = ops.gather(x, dim=d, index=places)
    if keepdim:
        return ValuesAndIndices(values, wrap(places))
    kept = (*places.shape[:d], *places.shape[d + 1 :])
    return ValuesAndIndices(ops.reshape(values, shape=kept), wrap(places.reshape(kept)))


def held(x: Tensor, places: np.ndarray) -> Tensor:
    """Give the one value that all these places hold; they share its gradient evenly."""
    found = ops.getitem(x, index=(places,))
    nothing = x.dtype.kind == "f" and np.isnan(found.array).any()
    return (ops.mean if nothing else ops.amax)(found, dim=(0,))


def gather(input: Any, dim: int, index: Any) -> Tensor:
    """Pick along ``dim`` the places that ``index`` names, :math:`y_{ij} = x_{i,index_{ij}}` for ``dim=1``.

    ``index`` has as many dimensions as x, and is nowhere longer but along ``dim``.

    Raises:
        DtypeError: ``index`` holds no whole numbers.
        ShapeError: it does not fit, or names a place out of range.

    >>> import tinygrad_cnn as tg
    >>> tg.gather(tg.tensor([[1.0, 2.0], [3.0, 4.0]]), 1, [[1], [0]])
    tensor([[2.],
            [3.]])
    """
    x = as_tensor(input, "gather")
    d = one_dim("gather", dim, x.ndim)
    places = integers("gather", "index", index)
    if not places.size:
        return wrap(np.zeros(places.shape, x.dtype))
    fitting("gather", places, x, d)
    shape = places.shape
    x, places = with_dim(x), places.reshape(shape or (1,))
    if places.shape != x.shape:
        x = ops.getitem(x, index=beside(places, d))
    y = ops.gather(x, dim=d, index=places)
    return y if shape else ops.reshape(y, shape=())


def index_select(input: Any, dim: int, index: Any) -> Tensor:
    """Pick slices along ``dim``, :math:`y_i = x_{index_i}`; ``index`` has one dimension or none.

    Raises:
        DtypeError: ``index`` holds no whole numbers.
        ShapeError: it has more dimensions, or names a place out of range.

    >>> import tinygrad_cnn as tg
    >>> tg.index_select(tg.tensor([[1.0, 2.0, 3.0]]), 1, [2, 2, 0])
    tensor([[3., 3., 1.]])
    """
    x, d, places = slices("index_select", input, dim, index)
    if not x.ndim:
        if places.size != 1:
            raise ShapeError(
                f"index_select: a tensor without dimensions has one value, got {places.size} places"
            )
        return x
    return ops.getitem(x, index=(*(slice(None),) * d, places))


def take_along_dim(input: Any, indices: Any, dim: int | None = None) -> Tensor:
    """Pick along ``dim`` the places that ``indices`` names, as `gather`, with the other dimensions broadcast.

    Negative places count from the end. With ``dim=None``, the values are picked from all of x as one row;
    then places start at 0.

    Raises:
        DtypeError: ``indices`` holds no whole numbers.
        ShapeError: the two do not broadcast, or a place is out of range.

    >>> import tinygrad_cnn as tg
    >>> x = tg.tensor([[3.0, 1.0, 2.0], [4.0, 6.0, 5.0]])
    >>> tg.take_along_dim(x, tg.argsort(x, 1), 1), tg.take_along_dim(x, [[0]], 1)
    (tensor([[1., 2., 3.],
            [4., 5., 6.]]), tensor([[3.],
            [4.]]))
    """
    x, places = as_tensor(input, "take_along_dim"), integers("take_along_dim", "indices", indices)
    if dim is None:
        in_range("take_along_dim", places, x.numel())
        return ops.getitem(ops.reshape(x, shape=(x.numel(),)), index=(places.reshape(-1),))
    d = one_dim("take_along_dim", dim, x.ndim)
    both = f"indices of shape {places.shape} and a tensor of shape {x.shape}"
    if places.ndim != x.ndim or not x.ndim:
        raise ShapeError(f"take_along_dim: {both} must have as many dimensions, one at least")
    in_range("take_along_dim", places, x.shape[d], -x.shape[d])
    rest = tuple(1 if e == d else n for e, n in enumerate(x.shape))
    others = tuple(1 if e == d else n for e, n in enumerate(places.shape))
    try:
        shape = np.broadcast_shapes(rest, others)
    except ValueError:
        raise ShapeError(f"take_along_dim: {both} do not broadcast") from None
    wide, long = ((*shape[:d], n, *shape[d + 1 :]) for n in (x.shape[d], places.shape[d]))
    at = np.broadcast_to(places % max(x.shape[d], 1), long)
    return ops.gather(ops.expand(x, shape=wide), dim=d, index=at)


def take(input: Any, index: Any) -> Tensor:
    """Pick values of x, as if it were one row; y has the shape of ``index``.

    Negative places count from the end.

    Raises:
        DtypeError: ``index`` holds no whole numbers.
        ShapeError: a place is out of range.

    >>> import tinygrad_cnn as tg
    >>> tg.take(tg.tensor([[1.0, 2.0], [3.0, 4.0]]), [[0, -1]])
    tensor([[1., 4.]])
    """
    x, places = as_tensor(input, "take"), integers("take", "index", index)
    in_range("take", places, x.numel(), -x.numel())
    return ops.getitem(ops.reshape(x, shape=(x.numel(),)), index=(places,))


def beside(places: np.ndarray, d: int) -> tuple[slice, ...]:
    """The part of a tensor that an index of places along one dimension can meet."""
    return tuple(slice(None) if e == d else slice(n) for e, n in enumerate(places.shape))


def with_dim(x: Tensor) -> Tensor:
    return x if x.ndim else ops.reshape(x, shape=(1,))


def fitting(function: str, places: np.ndarray, x: Tensor, d: int) -> None:
    """Refuse an index of another number of dimensions, one that is too long, and places out of range."""
    sizes, room = places.shape or (1,), x.shape or (1,)
    if len(sizes) != len(room) or [e for e in range(len(room)) if e != d and sizes[e] > room[e]]:
        raise ShapeError(
            f"{function}: index of shape {places.shape} does not fit a tensor of shape {x.shape}"
        )
    in_range(function, places, room[d])


def in_range(function: str, places: np.ndarray, n: int, least: int = 0) -> None:
    """Refuse places out of range."""
    if places.size and not (places.min() >= least and places.max() < n):
        allowed = f"in {least}..{n - 1}" if n else "inside of a dimension, which is empty"
        raise PositionError(f"{function}: index must lie {allowed}, got {places.min()}..{places.max()}")


def slices(function: str, input: Any, dim: int, index: Any, from_end: bool = False) -> Any:
    x = as_tensor(input, function)
    d = one_dim(function, dim, x.ndim)
    places = integers(function, "index", index)
    if places.ndim > 1:
        raise ShapeError(f"{function}: index must have one dimension or none, got shape {places.shape}")
    n = x.shape[d] if x.ndim else 1
    in_range(function, places, n, -n if from_end else 0)
    return x, d, places.reshape(-1)
